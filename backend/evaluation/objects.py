"""The part of S3 in which evaluations lie, and the hashes of models that lie anywhere in it."""

import hashlib
import io
import json
from typing import Any, Final

from backend.cloud.archives import member, s3_place
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import NotFound

_CHUNK: Final = 1 << 20


class Objects:
    """Objects of the cloud's bucket; keys are given without its prefix."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._hashes: dict[tuple[str, str], str] = {}

    def uri(self, key: str) -> str:
        """The S3 URI of ``key``."""
        return f"s3://{self._connections.cloud.bucket}/{self._key(key)}"

    def _key(self, key: str) -> str:
        prefix = self._connections.cloud.prefix
        return f"{prefix}/{key}" if prefix else key

    def keys(self, folder: str) -> list[str]:
        """The keys below ``folder``; none where there is no bucket yet."""
        try:
            with translated():
                pages = self._connections.s3.get_paginator("list_objects_v2").paginate(
                    Bucket=self._connections.cloud.bucket, Prefix=self._key(folder)
                )
                found = [item["Key"] for page in pages for item in page.get("Contents", ())]
        except NotFound:
            return []
        return [key[len(self._key("")) :] for key in found]

    def get(self, key: str) -> bytes:
        """The content of ``key``; raises ``NotFound`` where there is none."""
        with translated():
            answer = self._connections.s3.get_object(
                Bucket=self._connections.cloud.bucket, Key=self._key(key)
            )
            return bytes(answer["Body"].read())

    def get_json(self, key: str) -> Any:
        """The JSON in ``key``, None where there is none or it is damaged."""
        try:
            return json.loads(self.get(key))
        except (NotFound, ValueError):
            return None

    def put(self, key: str, body: bytes) -> None:
        """Write ``key``, in parts where it is long."""
        with translated():
            self._connections.s3.upload_fileobj(
                io.BytesIO(body), self._connections.cloud.bucket, self._key(key)
            )

    def sha256(self, uri: str) -> str:
        """The hash of the object at ``uri``; it is read once as long as it does not change.

        Raises ``NotFound`` where there is none.
        """
        bucket, key = s3_place(uri)
        with translated():
            answer = self._connections.s3.get_object(Bucket=bucket, Key=key)
            known = self._hashes.get((uri, answer["ETag"]))
            if known:
                answer["Body"].close()
                return known
            total = hashlib.sha256()
            while chunk := answer["Body"].read(_CHUNK):
                total.update(chunk)
        self._hashes[uri, answer["ETag"]] = total.hexdigest()
        return total.hexdigest()

    def member(self, uri: str, name: str) -> bytes | None:
        """See ``backend.cloud.archives.member``."""
        return member(self._connections, uri, name)
