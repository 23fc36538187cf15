"""A file cut into requests: lines one by one or several together, or the file as a whole."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from backend.local.jobs.transform_filters import PathError
from backend.local.jobs.transform_plan import MIB, Plan

MOST_RECORDS = 256
"""Records of a request: what is lost and done again when the service is killed."""


class RecordError(Exception):
    """Raised for a record that cannot be sent, or was refused.

    ``line`` counts from 1 and is None for a file that is one record; ``kind`` is AWS's word for
    who is to blame.
    """

    def __init__(self, message: str, *, line: int | None, kind: str = "ClientError") -> None:
        super().__init__(message)
        self.line = line
        self.kind = kind


@dataclass(frozen=True)
class Batch:
    """Records, the first of which is at line ``first``, and where the file goes on behind them."""

    records: tuple[bytes, ...]
    lines: tuple[int, ...]
    body: bytes
    offset: int
    line: int


class Batches:
    """Reads a file from ``offset`` bytes and ``line`` lines on. ``next`` blocks."""

    def __init__(self, file: BinaryIO, plan: Plan, *, offset: int, line: int) -> None:
        self._file = file
        self._plan = plan
        self._offset = offset
        self._line = line
        self._held: tuple[bytes, bytes, int, int] | None = None
        self._lines = self._read_lines() if plan.by_line else self._read_whole()

    def next(self) -> Batch | None:
        """The next request, None at the end. Raises RecordError."""
        records: list[bytes] = []
        bodies: list[bytes] = []
        lines: list[int] = []
        size = 0
        offset, line = 0, 0
        while len(records) < (MOST_RECORDS if self._plan.several else 1):
            found = self._held or next(self._lines, None)
            self._held = None
            if found is None:
                break
            record, body, offset_after, line_after = found
            if records and size + len(body) + 1 > self._plan.payload:
                self._held = found
                break
            records.append(record)
            bodies.append(body)
            lines.append(line_after)
            size += len(body) + 1
            offset, line = offset_after, line_after
        if not records:
            return None
        whole = b"\n".join(bodies) + (b"\n" if self._plan.several else b"")
        return Batch(tuple(records), tuple(lines), whole, offset, line)

    def _read_lines(self) -> Iterator[tuple[bytes, bytes, int, int]]:
        """(record, what is sent of it, offset behind it, its line) of all lines that hold any."""
        while text := self._file.readline(self._plan.payload + 2):
            self._offset += len(text)
            self._line += 1
            record = text.rstrip(b"\r\n")
            if record.strip():
                yield record, self._sent(record), self._offset, self._line

    def _read_whole(self) -> Iterator[tuple[bytes, bytes, int, int]]:
        if self._offset:
            return
        text = self._file.read(self._plan.payload + 1)
        if text:
            yield text, self._sent(text), len(text), 0

    def _sent(self, record: bytes) -> bytes:
        line = self._line if self._plan.by_line else None
        if len(record) > self._plan.payload:
            raise RecordError(
                f"The record is larger than MaxPayloadInMB, {self._plan.payload // MIB} MB: raise "
                "MaxPayloadInMB (100 at most) or split the record.",
                line=line,
            )
        if self._plan.filters is None:
            return record
        try:
            return self._plan.filters.request(record)
        except PathError as error:
            raise RecordError(f"InputFilter: {error}", line=line) from error
