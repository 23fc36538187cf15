"""Logs as CloudWatch Logs keeps them: groups of streams of events, one JSON Lines file a stream.

A file's first line tells when the stream was made; each further line is one event with its number
in the stream, so that a reader's place stays right when the oldest events are dropped.
"""

import json
import os
import shutil
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, unquote

from backend.local.wire.errors import AwsError

LARGEST_MESSAGE = 256 * 1024
LARGEST_STREAM = 20 * 1024 * 1024
_SUFFIX = ".jsonl"


@dataclass(frozen=True)
class Event:
    """One message: its number in the stream, its time in milliseconds since 1970."""

    number: int
    timestamp: int
    message: str


@dataclass(frozen=True)
class Stream:
    """What is known of a stream; times in milliseconds, None where it holds no event."""

    name: str
    created: int
    first: int | None
    last: int | None


@dataclass
class _Tail:
    """Where a stream's file ends: what the next event needs to know."""

    number: int
    timestamp: int
    size: int


class LogStore:
    """Groups, streams and events under ``root``. Every method may be called from any thread."""

    def __init__(self, root: Path, *, largest_stream: int = LARGEST_STREAM) -> None:
        self._root = root
        self._largest_stream = largest_stream
        self._tails: dict[Path, _Tail] = {}
        self._lock = threading.Lock()
        root.mkdir(parents=True, exist_ok=True)

    def append(self, group: str, stream: str, messages: Iterable[str]) -> None:
        """Add ``messages``, stamped with the time now; group and stream are made where missing."""
        path = self._path(group, stream)
        with self._lock:
            tail = self._tails.get(path) or self._open(path)
            now = max(_now(), tail.timestamp)
            lines = [
                _line({"n": number, "t": now, "m": _shortened(message)})
                for number, message in enumerate(messages, tail.number + 1)
            ]
            if not lines:
                return
            data = b"".join(lines)
            try:
                with path.open("ab") as file:
                    file.write(data)
            except OSError:
                self._forget(path, tail.size)
                raise
            tail.number, tail.timestamp = tail.number + len(lines), now
            tail.size += len(data)
            if tail.size > self._largest_stream:
                with suppress(OSError):  # on a full disk the stream stays longer for a while
                    tail.size = _drop_oldest_half(path)

    def groups(self) -> list[str]:
        """The names of all groups, sorted."""
        return sorted(unquote(path.name) for path in self._root.iterdir() if path.is_dir())

    def streams(self, group: str) -> list[Stream]:
        """The group's streams, sorted by name; ResourceNotFoundException where it is missing."""
        found = [_describe(path) for path in self._group(group).glob(f"*{_SUFFIX}")]
        return sorted(found, key=lambda stream: stream.name)

    def events(self, group: str, stream: str) -> Iterator[Event]:
        """The stream's events, oldest first; ResourceNotFoundException where it is missing."""
        self._group(group)
        try:
            return _events(self._path(group, stream).open("rb"))
        except FileNotFoundError as error:
            raise AwsError(
                "ResourceNotFoundException", "The specified log stream does not exist."
            ) from error

    def created(self, group: str) -> int:
        """When the group was made, in milliseconds; ResourceNotFoundException where missing."""
        return int(json.loads((self._group(group) / "group.json").read_bytes())["created"])

    def delete_group(self, group: str) -> None:
        """Remove the group with its streams, if there is one."""
        directory = self._root / _safe(group)
        with self._lock:
            self._tails = {p: tail for p, tail in self._tails.items() if p.parent != directory}
            shutil.rmtree(directory, ignore_errors=True)

    def delete_stream(self, group: str, stream: str) -> None:
        """Remove the stream with its events; ResourceNotFoundException where it is missing."""
        self._group(group)
        path = self._path(group, stream)
        with self._lock:
            self._tails.pop(path, None)
            try:
                path.unlink()
            except FileNotFoundError:
                raise AwsError(
                    "ResourceNotFoundException", "The specified log stream does not exist."
                ) from None

    def _group(self, group: str) -> Path:
        directory = self._root / _safe(group)
        if not (directory / "group.json").exists():
            raise AwsError("ResourceNotFoundException", "The specified log group does not exist.")
        return directory

    def _path(self, group: str, stream: str) -> Path:
        return self._root / _safe(group) / f"{_safe(stream)}{_SUFFIX}"

    def _forget(self, path: Path, size: int) -> None:
        """Cut off what a full disk took of some lines; failing that, the next ``_open`` does."""
        del self._tails[path]
        with suppress(OSError):
            os.truncate(path, size)

    def _open(self, path: Path) -> _Tail:
        path.parent.mkdir(exist_ok=True)
        for begun in (path.parent / "group.json", path):
            if not begun.exists() or begun.stat().st_size == 0:
                _begin(begun)
        last = _last_line(path)
        with path.open("r+b") as file:  # a line cut short by a crash is no event
            file.seek(0, os.SEEK_END)
            file.truncate(last.end)
        newest = _newest(path)
        number, timestamp = (newest.number, newest.timestamp) if newest else (0, 0)
        self._tails[path] = _Tail(number, timestamp, last.end)
        return self._tails[path]


def _begin(path: Path) -> None:
    """Write a file's first line, at once or not at all: a full disk leaves no empty file."""
    unfinished = path.with_name(f"{path.name}.new")
    try:
        unfinished.write_bytes(_line({"created": _now()}))
        unfinished.replace(path)
    except OSError:
        unfinished.unlink(missing_ok=True)
        raise


@dataclass(frozen=True)
class _Last:
    data: bytes
    end: int


def _last_line(path: Path) -> _Last:
    """The last complete line of a file that has one, and where it ends."""
    with path.open("rb") as file:
        size, step = file.seek(0, os.SEEK_END), 4096
        while True:
            file.seek(max(0, size - step))
            block = file.read(step)
            end = block.rfind(b"\n")
            start = block.rfind(b"\n", 0, end) if end > 0 else -1
            if start >= 0 or step >= size:
                return _Last(block[start + 1 : end], max(0, size - step) + end + 1)
            step *= 4


def _describe(path: Path) -> Stream:
    name = unquote(path.name.removesuffix(_SUFFIX))
    with path.open("rb") as file:
        created = int(json.loads(file.readline())["created"])
    first = next(_events(path.open("rb")), None)
    if first is None:
        return Stream(name, created, None, None)
    newest = _newest(path) or first
    return Stream(name, created, first.timestamp, newest.timestamp)


def _newest(path: Path) -> Event | None:
    """The last event, None where there is none."""
    event = _event(_last_line(path).data)
    if event is None:  # the first line alone, or a line that is damaged: look at all
        return next(iter(deque(_events(path.open("rb")), maxlen=1)), None)
    return event


def _events(file: BinaryIO) -> Iterator[Event]:
    with file:
        file.readline()
        for line in file:
            if line.endswith(b"\n") and (event := _event(line)) is not None:
                yield event


def _event(line: bytes) -> Event | None:
    """The event in a line, None where it holds none: one damaged line must not hide the others."""
    try:
        record = json.loads(line)
        return Event(record["n"], record["t"], record["m"])
    except (ValueError, KeyError, TypeError):
        return None


def _drop_oldest_half(path: Path) -> int:
    shorter = path.with_suffix(".tmp")
    try:
        size = _copy_newest_half(path, shorter)
        shorter.replace(path)
    except OSError:
        shorter.unlink(missing_ok=True)
        raise
    return size


def _copy_newest_half(path: Path, shorter: Path) -> int:
    with path.open("rb") as old, shorter.open("wb") as new:
        new.write(old.readline())
        old.seek(path.stat().st_size // 2)
        old.readline()
        shutil.copyfileobj(old, new)
        return new.tell()


def _shortened(message: str) -> str:
    return message.encode("utf-8", "replace")[:LARGEST_MESSAGE].decode("utf-8", "ignore")


def _line(record: dict[str, object]) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _safe(name: str) -> str:
    quoted = quote(name, safe="")
    return f"%2E{quoted[1:]}" if quoted.startswith(".") else quoted


def _now() -> int:
    return time.time_ns() // 1_000_000
