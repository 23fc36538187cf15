"""Endpoints that answer a test split request by request: for those whose model cannot be run in a
batch job, because somebody else's account or program has it.

The answers lie in S3, in parts. So whoever looks at a run next, after a restart too, goes on where
it was left; what was answered is not asked again.
"""

import json
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from backend.errors import DocumentInsightsError
from backend.evaluation.batches import Example
from backend.evaluation.objects import Objects

Row = dict[str, Any]
Answer = Callable[[str, str, Example], Row]
"""What an endpoint (by name) of a task (by slug) predicts for an example; raises
``DocumentInsightsError``.
"""

_PART: Final = 32
_AT_ONCE: Final = 4
"""Requests under way at a time."""
_STOPPED: Final = "stopped.json"
_FAILED: Final = "failed.json"


@dataclass(frozen=True)
class Progress:
    """How far an endpoint is; ``status`` is one of a transform job's."""

    status: str
    answered: int
    reason: str = ""


class Asking:
    """Asks endpoints on threads of this process. Safe to share between threads."""

    def __init__(self, objects: Objects, answer: Answer) -> None:
        self._objects = objects
        self._answer = answer
        self._busy: set[str] = set()
        self._lock = threading.Lock()

    def go_on(self, folder: str, endpoint: str, task: str, rows: Sequence[Example]) -> Progress:
        """How far ``endpoint`` is with ``rows``, whose answers are kept below ``folder``; has it
        go on where nobody here is at it.
        """
        keys = set(self._objects.keys(folder))
        parts = _parts(rows)
        done = [place for place in range(len(parts)) if _part(folder, place) in keys]
        answered = sum(len(parts[place]) for place in done)
        if len(done) == len(parts):
            return Progress("Completed", answered)
        if f"{folder}{_STOPPED}" in keys:
            return Progress("Stopped", answered)
        if f"{folder}{_FAILED}" in keys:
            told = self._objects.get_json(f"{folder}{_FAILED}") or {}
            return Progress("Failed", answered, str(told.get("reason", "")))
        with self._lock:
            if folder not in self._busy:
                self._busy.add(folder)
                todo = {place: part for place, part in enumerate(parts) if place not in done}
                threading.Thread(
                    target=self._work, args=(folder, endpoint, task, todo), daemon=True
                ).start()
        return Progress("InProgress", answered)

    def stop(self, folder: str) -> None:
        """Have nobody ask any more for ``folder``; a request under way is still answered."""
        self._objects.put(f"{folder}{_STOPPED}", b"{}")

    def answers(self, folder: str, rows: Sequence[Example]) -> list[Row]:
        """All answers, in the order of ``rows``; raises ``NotFound`` before they are complete."""
        return [
            json.loads(line)
            for place in range(len(_parts(rows)))
            for line in self._objects.get(_part(folder, place)).splitlines()
        ]

    def _work(
        self, folder: str, endpoint: str, task: str, todo: dict[int, Sequence[Example]]
    ) -> None:
        try:
            with ThreadPoolExecutor(_AT_ONCE) as pool:
                for place, rows in todo.items():
                    if f"{folder}{_STOPPED}" in self._objects.keys(folder):
                        return
                    found = pool.map(lambda row: self._answer(endpoint, task, row), rows)
                    lines = (json.dumps(answer).encode() for answer in found)
                    self._objects.put(_part(folder, place), b"\n".join(lines))
        except DocumentInsightsError as error:
            with suppress(DocumentInsightsError):  # then the next to look tries again
                reason = json.dumps({"reason": str(error)}).encode()
                self._objects.put(f"{folder}{_FAILED}", reason)
        finally:
            with self._lock:
                self._busy.discard(folder)


def _parts(rows: Sequence[Example]) -> list[Sequence[Example]]:
    return [rows[at : at + _PART] for at in range(0, len(rows), _PART)]


def _part(folder: str, place: int) -> str:
    return f"{folder}part-{place:06}.jsonl"
