"""Gives a program a /opt/ml of its own: ``python namespace.py FOLDER PROGRAM ARGUMENT…``.

Runs in a mount namespace that ``unshare`` has made, so nothing that it mounts is seen outside. The
machine need not have the folder /opt/ml: /opt is rebuilt in memory, with what was in it and ``ml``.
Only the standard library is used here, since this file also runs in a Python without any path.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path

HOSTS, HOST = Path("/etc/hosts"), "algo-1"
OPT = Path("/opt")
ML = OPT / "ml"


def command(options: Sequence[str], folder: Path) -> list[str]:
    """What to put before a command to give it ``folder`` as /opt/ml."""
    return ["unshare", *options, sys.executable, "-I", str(Path(__file__)), str(folder)]


@cache
def options() -> tuple[str, ...] | None:
    """The options that ``unshare`` takes on this machine; None where it is missing or forbidden."""
    for tried in (("-m",), ("-rm",)):
        with (
            tempfile.TemporaryDirectory() as folder,
            suppress(OSError, subprocess.TimeoutExpired),
        ):
            probe = subprocess.run(
                [*command(tried, Path(folder)), "true"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
                timeout=30,
            )
            if probe.returncode == 0:
                return tried
    return None


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True, stdout=2)


def _rebuild() -> None:
    """Put a copy of /opt in its place that has a folder ``ml``."""
    copy = Path(tempfile.mkdtemp(prefix="opt-"))
    _mount("-t", "tmpfs", "-o", "mode=0755", "tmpfs", str(copy))
    for entry in OPT.iterdir() if OPT.is_dir() else ():
        target = copy / entry.name
        if entry.is_symlink():
            target.symlink_to(entry.readlink())
        elif entry.is_dir():
            target.mkdir()
            _mount("--rbind", str(entry), str(target))
        else:
            target.touch()
            _mount("--bind", str(entry), str(target))
    (copy / "ml").mkdir(exist_ok=True)
    _mount("--move", str(copy), str(OPT))
    copy.rmdir()


def _name_host() -> None:
    """Let the name that SageMaker gives to a job's only host mean this computer."""
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", prefix="hosts-") as hosts:
        hosts.write(f"{HOSTS.read_text(encoding='utf-8')}\n127.0.0.1 {HOST}\n")
        hosts.flush()
        Path(hosts.name).chmod(0o644)
        _mount("--bind", hosts.name, str(HOSTS))


def main(arguments: list[str]) -> None:
    """Mount, then become the program."""
    folder, *program = arguments
    if not ML.is_dir():
        _rebuild()
    _mount("--bind", folder, str(ML))
    _name_host()
    os.execvp(program[0], program)  # noqa: S606  the job itself, which is what shall run


if __name__ == "__main__":
    main(sys.argv[1:])
