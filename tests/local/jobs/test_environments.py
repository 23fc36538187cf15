"""Environments of jobs: they see the service's packages and leave them alone."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from backend.local.jobs import environments
from backend.local.script_environment import shared_environment


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return environments.create(tmp_path_factory.mktemp("job") / "environment")


def wheel(folder: Path, name: str, version: str) -> Path:
    """A wheel with one empty module."""
    path = folder / f"{name}-{version}-py3-none-any.whl"
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{name}.py", f"VERSION = {version!r}\n")
        archive.writestr(
            f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        )
        archive.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
        archive.writestr(f"{info}/RECORD", "")
    return path


def run(*command: str | Path) -> str:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, cwd="/")
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def test_what_is_installed_stays_in_the_environment(python: Path, tmp_path: Path) -> None:
    run(python.parent / "pip", "install", "--no-index", wheel(tmp_path, "jobs_own", "1"))
    assert Path(run(python, "-c", "import jobs_own; print(jobs_own.__file__)")).is_relative_to(
        python.parent.parent
    )
    found = "import importlib.util as u; print(u.find_spec('jobs_own'))"
    assert run(sys.executable, "-c", found) == "None"


def test_another_version_hides_the_services_and_leaves_it(python: Path, tmp_path: Path) -> None:
    before = run(sys.executable, "-c", "import psutil; print(psutil.__version__)")
    run(python, "-m", "pip", "install", "--no-index", wheel(tmp_path, "psutil", "0.0.1"))
    assert run(python, "-c", "import psutil; print(psutil.__file__)").startswith(
        str(python.parent.parent)
    )
    assert run(sys.executable, "-c", "import psutil; print(psutil.__version__)") == before


def test_the_services_packages_are_there(python: Path) -> None:
    assert run(python, "-c", "import boto3; print(1)") == "1"


def test_scripts_see_no_secrets_of_the_shell(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_TOKEN", "secret")
    monkeypatch.setenv("OPENAI_API_KEY", "secret")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "secret" not in shared_environment().values()
    assert "PATH" in shared_environment()
