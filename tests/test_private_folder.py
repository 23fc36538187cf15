"""Nobody else on the computer reads the data folder."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.private_folder import claim


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_what_is_made_after_the_claim_is_the_users_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert not claim(home)
    (home / "s3").mkdir()
    (home / "s3/object").write_text("a document")
    assert (mode(home), mode(home / "s3"), mode(home / "s3/object")) == (0o700, 0o700, 0o600)


def test_an_open_folder_of_an_earlier_version_is_closed_with_all_in_it(tmp_path: Path) -> None:
    home, elsewhere = tmp_path / "home", tmp_path / "elsewhere"
    (home / "s3").mkdir(parents=True)
    elsewhere.write_text("not in the folder")
    (home / "service.json").write_text("{}")
    (home / "s3/program").touch(mode=0o755)
    (home / "s3/link").symlink_to(elsewhere)
    assert claim(home)
    assert [mode(home / name) for name in (".", "s3", "s3/program", "service.json")] == [
        0o700,
        0o700,
        0o700,
        0o600,
    ]
    assert mode(elsewhere) == 0o644
    assert not claim(home)


def test_a_folder_of_other_things_keeps_its_mode(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("for everybody")
    tmp_path.chmod(0o755)
    assert not claim(tmp_path)
    assert (mode(tmp_path), mode(tmp_path / "notes.txt")) == (0o755, 0o644)
