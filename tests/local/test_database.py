"""The file of the service's state, damaged or of another version."""

import sqlite3
from pathlib import Path

import pytest

from backend.local.config import ConfigError
from backend.local.database import SCHEMA_VERSION, DiskFullError
from backend.local.store import Store


def changed(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A database that was in use and is closed."""
    path = tmp_path / "service.db"
    Store(path).close()
    return path


def test_a_database_says_of_which_version_it_is(path: Path) -> None:
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    connection.close()


@pytest.mark.parametrize("content", [b"\x01" * 8192, b"no database at all"])
def test_a_damaged_database_is_named_with_what_to_do(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(ConfigError, match=r"service\.db is damaged .*rename it"):
        Store(path)


def test_damage_inside_the_file_is_found_at_the_start(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[4096 : 2 * 4096] = b"\xff" * 4096
    path.write_bytes(data)
    with pytest.raises(ConfigError, match=r"service\.db is damaged"):
        Store(path)


def test_a_database_of_a_newer_version_is_refused(path: Path) -> None:
    changed(path, f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    with pytest.raises(ConfigError, match="newer version"):
        Store(path)


def test_a_database_without_a_column_is_refused_by_its_name(path: Path) -> None:
    changed(path, "ALTER TABLE endpoints DROP COLUMN usage")
    with pytest.raises(ConfigError, match="endpoints lacks usage"):
        Store(path)


def test_a_database_from_before_versions_were_kept_opens(path: Path) -> None:
    changed(path, "PRAGMA user_version = 0")
    Store(path).close()


def test_a_database_that_cannot_be_opened_is_no_damaged_one(tmp_path: Path) -> None:
    (tmp_path / "service.db").mkdir()
    with pytest.raises(DiskFullError, match="free some space"):
        Store(tmp_path / "service.db")
