"""S3 in a dictionary: the few calls that datasets make, and a fault to order."""

import io
from collections.abc import Callable, Iterator
from typing import Any, cast

from botocore.exceptions import ClientError

from backend.cloud.connections import Connections
from backend.settings import Cloud

CLOUD = Cloud(
    title="This computer",
    region="us-east-1",
    bucket="bucket",
    prefix="prefix",
    role_arn="r",
    image="i",
    instance_type="t",
)


def refusal(code: str) -> ClientError:
    """What boto3 raises."""
    return ClientError({"Error": {"Code": code, "Message": code}}, "Operation")


class FakeS3:
    """Objects by key; a key for which ``broken`` is true cannot be written."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}
        self.broken: Callable[[str], bool] = lambda key: False

    def get_paginator(self, name: str) -> "FakeS3":
        return self

    def paginate(self, *, Bucket: str, Prefix: str, **_: Any) -> Iterator[dict[str, Any]]:  # noqa: N803
        found = [
            {"Key": key, "ETag": f'"{hash(body)}"', "Size": len(body)}
            for key, body in sorted(self.objects.items())
            if key.startswith(Prefix)
        ]
        yield {"Contents": found} if found else {}

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise refusal("NoSuchKey")
        return {"Body": io.BytesIO(self.objects[Key])}

    def head_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise refusal("404")
        return {"ContentLength": len(self.objects[Key])}

    def put_object(
        self,
        *,
        Bucket: str,  # noqa: N803
        Key: str,  # noqa: N803
        Body: bytes,  # noqa: N803
        IfNoneMatch: str = "",  # noqa: N803
        **_: Any,
    ) -> None:
        if IfNoneMatch and Key in self.objects:
            raise refusal("PreconditionFailed")
        self._write(Key, Body)

    def upload_fileobj(self, file: io.BytesIO, bucket: str, key: str) -> None:
        self._write(key, file.read())

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803
        self.objects.pop(Key, None)

    def _write(self, key: str, body: bytes) -> None:
        if self.broken(key):
            raise refusal("InternalError")
        self.objects[key] = body


class FakeConnections:
    """The S3 client of a cloud that is a dictionary."""

    cloud = CLOUD

    def __init__(self) -> None:
        self.s3 = FakeS3()


def connections() -> tuple[Connections, FakeS3]:
    """Connections to an empty S3, and that S3."""
    fake = FakeConnections()
    return cast(Connections, fake), fake.s3
