"""The folder of a training job, which the service and the job's runner share.

``ml`` is what a SageMaker container has as /opt/ml. Beside it lie the runner's order
(``spec.json``), the log and the metrics that it writes, its heartbeat, what it is asked to do
(``wish``), and at last what it has to tell (``exit.json``). ``lock`` is held from before the job's
start until its runner is no more: whoever can take it knows that nothing runs.
"""

import fcntl
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

MARK = "DOCINSIGHTS_JOB_FOLDER"
"""The variable that each process of a job has in its environment: the path of the folder."""

STOP, PAUSE = "stop", "pause"


@dataclass(frozen=True)
class JobFolder:
    """The paths in a job's folder."""

    root: Path

    @property
    def ml(self) -> Path:
        """What the job has as /opt/ml."""
        return self.root / "ml"

    @property
    def log(self) -> Path:
        """Lines ``<milliseconds> <text>``."""
        return self.root / "log"

    @property
    def metrics(self) -> Path:
        """Lines ``[milliseconds, name, value]`` in JSON."""
        return self.root / "metrics.jsonl"

    @property
    def heartbeat(self) -> Path:
        """Touched once a second while the runner lives."""
        return self.root / "heartbeat"

    @property
    def wish(self) -> Path:
        """``stop`` or ``pause``, where the runner is asked to end the job."""
        return self.root / "wish"

    def make(self) -> None:
        """Create the folder, which only this user may enter."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)

    def try_lock(self) -> int | None:
        """A descriptor that holds the folder's lock; None where somebody else holds it."""
        self.make()
        descriptor = os.open(self.root / "lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return None
        return descriptor

    def locked(self) -> bool:
        """Whether somebody holds the lock: the runner is alive."""
        descriptor = self.try_lock()
        if descriptor is None:
            return True
        os.close(descriptor)
        return False

    def read(self, name: str) -> dict[str, Any] | None:
        """The JSON object in the file ``name``; None where it is not there or not whole."""
        try:
            record = json.loads((self.root / name).read_bytes())
        except (OSError, ValueError):
            return None
        return record if isinstance(record, dict) else None

    def write(self, name: str, record: Mapping[str, Any]) -> None:
        """Write the file ``name`` at once or not at all, for this user only."""
        temporary = self.root / f".{name}.part"
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(dict(record), file)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self.root / name)

    def ask(self, wish: str) -> None:
        """Ask the runner to end the job; a stop outranks a pause."""
        if wish == STOP or not self.wish.exists():
            self.wish.write_text(wish, encoding="utf-8")

    def wished(self) -> str:
        """What the runner is asked for, or nothing."""
        try:
            return self.wish.read_text(encoding="utf-8")
        except OSError:
            return ""

    def last_beat(self) -> float | None:
        """When the heartbeat was last touched, in seconds since 1970."""
        with suppress(OSError):
            return self.heartbeat.stat().st_mtime
        return None

    def forget_attempt(self) -> None:
        """Remove what an attempt has left, so that another one can begin; log and data stay."""
        for name in ("exit.json", "runner.json", "spec.json", "wish", "heartbeat"):
            (self.root / name).unlink(missing_ok=True)

    def make_room(self) -> None:
        """Remove all that is large; who finds the folder so has to begin anew."""
        for name in ("exit.json", "prepared.json"):
            (self.root / name).unlink(missing_ok=True)
        shutil.rmtree(self.ml, ignore_errors=True)

    def exists(self) -> bool:
        """Whether the job has a folder yet."""
        return self.root.is_dir()

    def begun(self) -> bool:
        """Whether an attempt was begun."""
        return (self.root / "spec.json").exists()

    def lived_seconds(self) -> float:
        """How long the last attempt's runner has lived, as far as its heartbeat tells."""
        begun, last = self._spec_time(), self.last_beat()
        return max(0.0, last - begun) if begun is not None and last is not None else 0.0

    def newer_than_start(self, folder: Path) -> bool:
        """Whether anything in ``folder`` was written since the last attempt began."""
        begun = self._spec_time()
        if begun is None or not folder.is_dir():
            return False
        files = (path for path in folder.rglob("*") if path.is_file())
        return any(path.stat().st_mtime > begun for path in files)

    def _spec_time(self) -> float | None:
        with suppress(OSError):
            return (self.root / "spec.json").stat().st_mtime
        return None
