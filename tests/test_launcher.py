"""Starting and stopping everything, with a stand-in for the service and the app."""

import errno
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from backend import launcher, launcher_lock, local_service
from backend.errors import CloudUnreachable, SettingsError
from backend.settings import ROOT, ServiceAddress, Settings
from tests.support import eventually, free_port

DRIVER = """
import sys
from backend import launcher, launcher_lock
from backend.settings import Settings
from backend.supervision import Program

settings = Settings()
home = settings.folder

def fake(name, port):
    command = [sys.executable, "-m", "tests.fake_service", str(home / name), port]
    return Program(name, command, home / f"{name}.log")

def prepare(settings):
    launcher.say("preparing")

port = sys.argv[1]
with launcher_lock.only_launcher(home, {"mode": "run"}):
    sys.exit(
        launcher.supervise(
            settings, [fake("service", "0"), fake("app", port)],
            url=f"http://127.0.0.1:{port}", prepare=prepare,
        )
    )
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DOCINSIGHTS_HOME", str(tmp_path / "home"))
    return Settings.load()


@pytest.fixture
def running(settings: Settings) -> Iterator[subprocess.Popen[str]]:
    """A launcher with stand-ins, up to the line that says where the app is."""
    with subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(free_port())],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    ) as process:
        assert process.stdout is not None
        lines: list[str] = []
        while not lines or not lines[-1].startswith("Open "):
            lines.append(process.stdout.readline())
            assert lines[-1], lines
        assert lines[:2] == ["Starting. Ctrl-C ends everything.\n", "preparing\n"]
        try:
            yield process
        finally:
            process.kill()


def programs_of(process: subprocess.Popen[str]) -> list[psutil.Process]:
    return list(psutil.Process(process.pid).children(recursive=True))


def ended(processes: list[psutil.Process]) -> bool:
    return all(not p.is_running() or p.status() == psutil.STATUS_ZOMBIE for p in processes)


HANGUP = pytest.param(
    signal.SIGHUP,
    marks=pytest.mark.skipif(
        signal.getsignal(signal.SIGHUP) is signal.SIG_IGN, reason="started with nohup"
    ),
)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, HANGUP])
def test_a_signal_ends_everything(running: subprocess.Popen[str], number: signal.Signals) -> None:
    programs = programs_of(running)
    assert len(programs) == 2
    running.send_signal(number)
    assert running.wait(timeout=20) == 0
    assert ended(programs)


def test_nothing_outlives_a_killed_launcher(running: subprocess.Popen[str]) -> None:
    programs = programs_of(running)
    running.kill()
    eventually(lambda: ended(programs))


@pytest.mark.parametrize("which", [0, 1])
def test_each_program_is_restarted_when_it_is_killed(
    running: subprocess.Popen[str], which: int
) -> None:
    before = {program.pid for program in programs_of(running)}
    victim = programs_of(running)[which]
    victim.kill()

    def replaced() -> bool:
        now = {program.pid for program in programs_of(running)}
        return victim.pid not in now and len(now) == 2 and len(now & before) == 1

    eventually(replaced)


def test_stop_ends_the_launcher_of_its_home(
    running: subprocess.Popen[str], settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    programs = programs_of(running)
    assert launcher_lock.running_launcher(settings.folder) == running.pid
    assert launcher.main(["stop"]) == 0
    assert running.wait(timeout=20) == 0
    assert ended(programs)
    assert capsys.readouterr().out == "Stopped.\n"


def test_a_second_launcher_for_the_same_home_is_refused(
    running: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert launcher.main(["serve"]) == 1
    assert "already runs" in capsys.readouterr().err


def test_run_brings_up_the_service_and_the_app(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_EMBEDDED", "false")
    port = free_port()
    command = [sys.executable, "-m", "backend.launcher", "run", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(3)]
        assert said[1].startswith("The local service answers at http://127.0.0.1:")
        assert said[2] == f"Open http://127.0.0.1:{port}\n"
        programs = programs_of(process)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=30) == 0
    assert ended(programs)


def test_stop_says_so_when_nothing_runs(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launcher.main(["stop"]) == 0
    assert capsys.readouterr().out == "Nothing runs for this data folder.\n"


def test_another_process_with_the_recorded_number_is_not_taken_for_the_launcher(
    settings: Settings,
) -> None:
    settings.folder.mkdir()
    record = {"pid": os.getpid(), "birth": "another boot/1"}
    (settings.folder / "launcher.json").write_text(json.dumps(record))
    assert launcher_lock.running_launcher(settings.folder) is None


def test_a_port_that_another_program_uses_is_said_to_be(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(launcher, "_PORT_PATIENCE", 0.0)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert launcher.main(["run", "--port", str(port)]) == 1
    assert f"cannot listen on 127.0.0.1:{port}" in capsys.readouterr().err


def test_a_program_that_cannot_start_ends_the_launcher_with_its_last_words(
    settings: Settings,
) -> None:
    broken = DRIVER.replace('"tests.fake_service"', '"no_such_module_here"')
    ran = subprocess.run(
        [sys.executable, "-c", broken, "1"], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert ran.returncode == 1
    assert "No module named no_such_module_here" in ran.stdout


def test_the_service_and_the_app_listen_where_settings_say(settings: Settings) -> None:
    service = local_service.service_program(settings)
    assert service.arguments[1:] == [
        "-m",
        "backend.local",
        "--home",
        str(settings.folder),
        "--lifeline",
    ]
    app = launcher.app_program(settings, 8600)
    assert "--server.port=8600" in app.arguments
    assert "--server.address=127.0.0.1" in app.arguments
    assert app.environment is not None
    assert app.environment["DOCINSIGHTS_HOME"] == str(settings.folder)


def test_there_is_nothing_to_serve_on_aws(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_CLOUD", "sagemaker")
    assert launcher.main(["serve"]) == 1
    assert "nothing to serve" in capsys.readouterr().err


def test_env_prints_exports_and_warns_when_the_service_is_down(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    from tests.fake_service import write_service_file

    settings.folder.mkdir()
    write_service_file(settings.folder, free_port())
    assert launcher.main(["env"]) == 0
    printed = capsys.readouterr()
    shown = subprocess.run(
        ["sh", "-c", f'{printed.out}\nprintf %s "$AWS_SECRET_ACCESS_KEY"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert shown.stdout == "secret'key"
    assert "make serve" in printed.err


def test_env_before_the_first_start_prints_no_exports(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    assert launcher.main(["env"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "make run" in printed.err


def test_an_app_on_its_own_finds_a_service_that_runs(settings: Settings) -> None:
    command = [sys.executable, "-m", "tests.fake_service", str(settings.folder)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, cwd=ROOT) as service:
        eventually(lambda: local_service.service_answers(settings))
        local_service.ensure_service(settings)
        assert local_service._servers.get(settings.folder) is None
        service.kill()


def test_an_app_on_its_own_waits_for_the_service_of_a_launcher(settings: Settings) -> None:
    with (
        launcher_lock.only_launcher(settings.folder, {"mode": "serve"}),
        pytest.raises(CloudUnreachable),
    ):
        local_service.ensure_service(settings, timeout=0)
    assert local_service._servers.get(settings.folder) is None


APP = """
import threading, time
from backend.local_service import ensure_service
from backend.settings import Settings
sessions = [threading.Thread(target=ensure_service, args=(Settings.load(),)) for _ in range(4)]
for session in sessions: session.start()
for session in sessions: session.join()
print("up", flush=True)
time.sleep(600)
"""


def test_an_app_on_its_own_starts_one_service_that_ends_with_it(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_EMBEDDED", "false")
    command = [sys.executable, "-c", APP]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as app:
        assert app.stdout is not None
        assert app.stdout.readline() == "up\n"
        assert local_service.service_answers(settings)
        programs = programs_of(app)
        assert len(programs) == 2  # the launcher and the service
        app.kill()
    eventually(lambda: ended(programs))


def test_on_aws_there_is_no_service_to_ensure(settings: Settings) -> None:
    local_service.ensure_service(settings.model_copy(update={"cloud": "sagemaker"}))


def test_a_launcher_lock_names_its_holder(settings: Settings) -> None:
    with launcher_lock.only_launcher(settings.folder, {"mode": "run", "url": "http://here"}):
        record = json.loads((settings.folder / "launcher.json").read_text())
        assert (record["pid"], record["url"]) == (os.getpid(), "http://here")
        with (
            pytest.raises(SettingsError, match="make stop"),
            launcher_lock.only_launcher(settings.folder, {}),
        ):
            pass
    assert launcher_lock.running_launcher(settings.folder) is None
    with pytest.raises(CloudUnreachable):
        ServiceAddress.read(settings.folder)


def test_the_app_runs_behind_its_guard_under_loopbacks_names_and_those_of_a_proxy(
    settings: Settings,
) -> None:
    arguments = launcher.app_program(
        settings.model_copy(update={"hosts": "insights.example.com, "}), 8600
    ).arguments
    assert str(ROOT / "guarded_app.py") in arguments
    allowed = {text.partition("=")[2] for text in arguments if "allowedHosts" in text}
    assert allowed == {"127.0.0.1", "::1", "localhost", "insights.example.com"}


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.168.1.5", ""])
def test_an_app_without_sign_in_is_not_started_where_others_could_reach_it(
    settings: Settings,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_ADDRESS", address)
    assert launcher.main(["run", "--port", str(free_port())]) == 1
    said = capsys.readouterr().err
    assert "no sign-in" in said
    assert "ssh -L" in said
    assert not (settings.folder / "launcher.json").exists()


def test_a_folder_that_cannot_be_used_is_said_in_a_sentence(
    settings: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    settings.folder.write_text("a file")
    assert launcher.main(["serve"]) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_a_full_disk_is_said_in_a_sentence_and_leaves_nothing_behind(
    settings: Settings, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _: str) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    assert launcher.main(["serve"]) == 1
    assert "is full: free some space" in capsys.readouterr().err
    assert [path.name for path in settings.folder.iterdir()] == ["launcher.lock"]
