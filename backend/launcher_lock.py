"""Which launcher looks after a data folder: at most one does."""

import errno
import fcntl
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from backend.birth import birth
from backend.errors import SettingsError
from backend.private_folder import claim


@contextmanager
def only_launcher(home: Path, facts: Mapping[str, str]) -> Iterator[None]:
    """Hold ``home/launcher.lock`` and say in ``home/launcher.json`` who does.

    Raises ``SettingsError`` where another launcher holds it, or the folder cannot be used.
    """
    record = home / "launcher.json"
    with ExitStack() as held:
        try:
            if claim(home):
                sys.stdout.write(f"{home} was open to other users; it is closed to them now.\n")
            lock = held.enter_context((home / "launcher.lock").open("w"))
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            _write(record, dict(facts) | {"pid": os.getpid(), "birth": birth(os.getpid())})
        except BlockingIOError:
            raise SettingsError(
                f"A launcher already runs for {home}: use it, or end it with `make stop`."
            ) from None
        except OSError as error:
            raise _unusable(home, error) from error
        try:
            yield
        finally:
            with suppress(OSError):
                record.unlink(missing_ok=True)


def _unusable(home: Path, error: OSError) -> SettingsError:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return SettingsError(f"The disk that holds {home} is full: free some space and try again.")
    return SettingsError(
        f"The data folder {home} cannot be used ({error.strerror}): choose another one with "
        "DOCINSIGHTS_HOME."
    )


def _write(path: Path, content: Mapping[str, object]) -> None:
    unfinished = path.with_suffix(".new")
    try:
        unfinished.write_text(json.dumps(content))
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


def launcher_is_busy(home: Path) -> bool:
    """Whether a launcher holds this home."""
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    with (home / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def running_launcher(home: Path) -> int | None:
    """The process of this home's launcher, None where none runs.

    The birth on record keeps a later process of the same number from being taken for it.
    """
    with suppress(OSError, ValueError, KeyError, TypeError):
        record = json.loads((home / "launcher.json").read_text())
        pid = int(record["pid"])
        if "birth" not in record:  # of an earlier version, which runs while it holds the lock
            return pid if launcher_is_busy(home) else None
        if record["birth"] == birth(pid):
            return pid
    return None
