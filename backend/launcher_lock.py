"""Which launcher looks after a data folder: at most one does."""

import fcntl
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from backend.errors import SettingsError


@contextmanager
def only_launcher(home: Path, facts: Mapping[str, str]) -> Iterator[None]:
    """Hold ``home/launcher.lock`` and say in ``home/launcher.json`` who does.

    Raises ``SettingsError`` where another launcher holds it.
    """
    home.mkdir(parents=True, exist_ok=True)
    record = home / "launcher.json"
    with (home / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SettingsError(
                f"A launcher already runs for {home}: use it, or end it with `make stop`."
            ) from None
        me = psutil.Process()
        _write(record, dict(facts) | {"pid": me.pid, "start_time": me.create_time()})
        try:
            yield
        finally:
            record.unlink(missing_ok=True)


def _write(path: Path, content: Mapping[str, object]) -> None:
    unfinished = path.with_suffix(".new")
    unfinished.write_text(json.dumps(content))
    unfinished.replace(path)


def launcher_is_busy(home: Path) -> bool:
    """Whether a launcher holds this home."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "launcher.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def running_launcher(home: Path) -> int | None:
    """The process of this home's launcher, None where none runs.

    The start time on record keeps a later process of the same number from being taken for it.
    """
    with suppress(OSError, ValueError, KeyError, TypeError, psutil.Error):
        record = json.loads((home / "launcher.json").read_text())
        pid = int(record["pid"])
        if abs(psutil.Process(pid).create_time() - float(record["start_time"])) < 1:
            return pid
    return None
