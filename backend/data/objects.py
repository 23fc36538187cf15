"""The part of S3 in which datasets lie."""

import io

from backend.cloud.archives import write
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import NotFound


class Objects:
    """Objects below ``<prefix>/datasets/``; keys are given without that."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @property
    def _bucket(self) -> str:
        return self._connections.cloud.bucket

    @property
    def _root(self) -> str:
        prefix = self._connections.cloud.prefix
        return f"{prefix}/datasets/" if prefix else "datasets/"

    def uri(self, key: str) -> str:
        """The S3 URI of ``key``."""
        return f"s3://{self._bucket}/{self._root}{key}"

    def tags_below(self, folder: str) -> dict[str, str]:
        """Keys below ``folder`` with their entity tags; none where there is no bucket yet."""
        try:
            with translated():
                pages = self._connections.s3.get_paginator("list_objects_v2").paginate(
                    Bucket=self._bucket, Prefix=f"{self._root}{folder}"
                )
                found = [item for page in pages for item in page.get("Contents", ())]
        except NotFound:
            return {}
        return {item["Key"].removeprefix(self._root): item["ETag"] for item in found}

    def get(self, key: str) -> bytes:
        """The content of ``key``; raises ``NotFound`` where there is none."""
        with translated():
            answer = self._connections.s3.get_object(Bucket=self._bucket, Key=self._root + key)
            return bytes(answer["Body"].read())

    def put(self, key: str, body: bytes) -> None:
        """Write ``key``, in parts where it is long; makes the bucket where there is none yet."""
        upload, place = self._connections.s3.upload_fileobj, (self._bucket, self._root + key)
        write(self._connections, lambda: upload(io.BytesIO(body), *place))

    def put_new(self, key: str, body: bytes) -> None:
        """Write a JSON object that is not there; raises ``CloudError`` where it is."""
        with translated():
            self._connections.s3.put_object(
                Bucket=self._bucket,
                Key=self._root + key,
                Body=body,
                ContentType="application/json",
                IfNoneMatch="*",
            )

    def delete(self, key: str) -> None:
        """Delete ``key``, which need not be there."""
        with translated():
            self._connections.s3.delete_object(Bucket=self._bucket, Key=self._root + key)

    def delete_below(self, folder: str) -> None:
        """Delete everything below ``folder``."""
        for key in self.tags_below(folder):
            self.delete(key)
