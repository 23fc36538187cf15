"""Where evaluation records are kept: ``evaluations/<task>/<address>/`` in the cloud's bucket."""

import gzip
import io
import zlib
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import InputError, NotFound
from backend.evaluation.examples import TASKS, TaskName
from backend.evaluation.record import (
    Details,
    Record,
    details_bytes,
    details_from,
    record_bytes,
    record_from,
)

_RECORD: Final = "record.json"
_DETAILS: Final = "details.json.gz"


class Records:
    """The records in one cloud. What was written once is never changed, only removed."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._read: dict[str, Record] = {}

    def save(self, record: Record, details: Details) -> str:
        """Keep both; answers the record's address. Saving the same again changes nothing."""
        address = record.address
        folder = self._folder(record.task, address)
        # The record comes last: what is listed is complete.
        self._put(f"{folder}{_DETAILS}", gzip.compress(details_bytes(details), 6, mtime=0))
        self._put(f"{folder}{_RECORD}", record_bytes(record))
        return address

    def list(self, task: TaskName | None = None) -> tuple[Record, ...]:
        """The records (of ``task``), newest first; damaged ones are left out."""
        keys = [key for name in ((task,) if task else TASKS) for key in self._keys(name)]
        with ThreadPoolExecutor(max_workers=8) as pool:
            found = [record for record in pool.map(self._record, keys) if record]
        return tuple(sorted(found, key=lambda record: record.created, reverse=True))

    def details(self, record: Record) -> Details:
        """The per-example part of ``record``; raises ``NotFound`` or ``InputError``."""
        key = f"{self._folder(record.task, record.address)}{_DETAILS}"
        try:
            content = gzip.decompress(self._get(key))
        except (OSError, EOFError, zlib.error):
            content = b""
        details = details_from(content)
        if details.address != record.details:
            raise InputError("This evaluation record was changed after it was made: do not use it.")
        return details

    def remove(self, record: Record) -> None:
        """Delete ``record``; the record itself first, so that nothing half-deleted is listed."""
        folder = self._folder(record.task, record.address)
        for name in (_RECORD, _DETAILS):
            with translated():
                self._connections.s3.delete_object(
                    Bucket=self._connections.cloud.bucket, Key=f"{folder}{name}"
                )

    def _record(self, key: str) -> Record | None:
        if key not in self._read:
            try:
                record = record_from(self._get(key))
            except (NotFound, InputError):
                return None
            if record.address != key.split("/")[-2]:
                return None
            self._read[key] = record
        return self._read[key]

    def _folder(self, task: str, address: str = "") -> str:
        prefix = self._connections.cloud.prefix
        root = f"{prefix}/evaluations/{task}/" if prefix else f"evaluations/{task}/"
        return f"{root}{address}/" if address else root

    def _keys(self, task: str) -> Sequence[str]:
        try:
            with translated():
                pages = self._connections.s3.get_paginator("list_objects_v2").paginate(
                    Bucket=self._connections.cloud.bucket, Prefix=self._folder(task)
                )
                keys = [item["Key"] for page in pages for item in page.get("Contents", ())]
        except NotFound:
            return []
        return [key for key in keys if key.endswith(f"/{_RECORD}")]

    def _get(self, key: str) -> bytes:
        with translated():
            answer = self._connections.s3.get_object(Bucket=self._connections.cloud.bucket, Key=key)
            return bytes(answer["Body"].read())

    def _put(self, key: str, body: bytes) -> None:
        with translated():
            self._connections.s3.upload_fileobj(
                io.BytesIO(body), self._connections.cloud.bucket, key
            )
