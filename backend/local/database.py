"""Whether the file of the service's state can be used, said in a sentence where it cannot."""

from pathlib import Path

from sqlalchemy import Engine, MetaData, inspect
from sqlalchemy.exc import DatabaseError

from backend.local.config import ConfigError

SCHEMA_VERSION = 1
"""Kept in the file as SQLite's ``user_version``; 0 is a file from before it was kept."""
_FULL = ("disk is full", "disk I/O error", "unable to open database file")


class DiskFullError(ConfigError):
    """The disk has no room for what SQLite keeps beside the file while it is open."""


def prepare(engine: Engine, path: Path, tables: MetaData) -> None:
    """Check the database in ``path`` and make the tables that are missing.

    Raises ``ConfigError``, with what to do, for a file that is damaged, from a newer version, or
    that lacks columns; ``DiskFullError`` where the disk is full.
    """
    try:
        with engine.connect() as connection:
            damage = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar_one()
            version = connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        if damage != "ok":
            raise _damaged(path, str(damage))
        if version > SCHEMA_VERSION:
            raise ConfigError(
                f"{path} was written by a newer version of this program: start that version, or "
                "choose another folder with DOCINSIGHTS_HOME."
            )
        tables.create_all(engine)
        _require_columns(engine, path, tables)
        if version < SCHEMA_VERSION:
            with engine.connect() as connection:
                connection.exec_driver_sql(f"PRAGMA user_version = {SCHEMA_VERSION}")
                connection.commit()
    except DatabaseError as error:
        if any(words in str(error.orig) for words in _FULL):
            raise DiskFullError(
                f"{path} cannot be opened ({error.orig}), most likely because the disk is full: "
                "free some space. The service tries again."
            ) from error
        raise _damaged(path, str(error.orig)) from error


def _require_columns(engine: Engine, path: Path, tables: MetaData) -> None:
    found = inspect(engine)
    for name, table in tables.tables.items():
        missing = set(table.columns.keys()) - {column["name"] for column in found.get_columns(name)}
        if missing:
            raise ConfigError(
                f"{path} was written by another version of this program: its table {name} lacks "
                f"{', '.join(sorted(missing))}. Start that version, or choose another folder with "
                "DOCINSIGHTS_HOME."
            )


def _damaged(path: Path, what: str) -> ConfigError:
    return ConfigError(
        f"{path} is damaged ({what}). Put a copy of it in its place, if you have one. Otherwise "
        f"rename it, with {path.name}-wal and {path.name}-shm: the service then makes a new one, "
        "without endpoints and jobs; datasets and models stay in the folder s3 beside it."
    )
