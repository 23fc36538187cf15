"""Records are kept in S3, listed newest first, and never changed."""

import io
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest
from botocore.exceptions import ClientError

from backend.cloud.connections import Connections
from backend.errors import InputError, NotFound
from backend.evaluation.records import Records
from tests.evaluation.test_record import made


class FakeS3:
    """The five calls that records make, on a dictionary."""

    def __init__(self) -> None:
        self.objects: dict[str, bytes] = {}

    def upload_fileobj(self, body: io.BytesIO, _bucket: str, key: str) -> None:
        self.objects[key] = body.read()

    def get_object(self, *, Bucket: str, Key: str) -> dict[str, Any]:  # noqa: N803
        if Key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": ""}}, "GetObject")
        return {"Body": io.BytesIO(self.objects[Key])}

    def delete_object(self, *, Bucket: str, Key: str) -> None:  # noqa: N803
        self.objects.pop(Key, None)

    def get_paginator(self, _name: str) -> "FakeS3":
        return self

    def paginate(self, *, Bucket: str, Prefix: str) -> Iterator[dict[str, Any]]:  # noqa: N803
        for key in sorted(self.objects):
            if key.startswith(Prefix):
                yield {"Contents": [{"Key": key}]}
        yield {}


@pytest.fixture
def s3() -> FakeS3:
    return FakeS3()


@pytest.fixture
def records(s3: FakeS3) -> Records:
    cloud = SimpleNamespace(bucket="bucket", prefix="prefix")
    return Records(cast("Connections", SimpleNamespace(cloud=cloud, s3=s3)))


def test_what_was_saved_is_found_again(records: Records) -> None:
    record, details = made("text_classification")
    older = replace(record, created="2020-01-01T00:00:00+00:00")
    other, its = made("summarization")
    for one, parts in ((older, details), (record, details), (other, its)):
        records.save(one, parts)
    assert records.list("text_classification") == (record, older)
    assert len(records.list()) == 3
    assert records.details(record).predicted == details.predicted


def test_saving_twice_keeps_one(records: Records) -> None:
    record, details = made("text_classification")
    assert records.save(record, details) == records.save(record, details) == record.address
    assert len(records.list()) == 1


def test_a_record_that_was_changed_is_not_believed(records: Records, s3: FakeS3) -> None:
    record, details = made("text_classification")
    records.save(record, details)
    key = next(key for key in s3.objects if key.endswith("record.json"))
    s3.objects[key] = s3.objects[key].replace(b'"tuned"', b'"other"')
    assert records.list() == ()


@pytest.mark.parametrize("content", [b"", b"no gzip"])
def test_details_that_were_changed_are_refused(
    records: Records, s3: FakeS3, content: bytes
) -> None:
    record, details = made("text_classification")
    records.save(record, details)
    key = next(key for key in s3.objects if key.endswith(".gz"))
    s3.objects[key] = content
    with pytest.raises(InputError):
        records.details(record)


def test_what_was_removed_is_gone(records: Records, s3: FakeS3) -> None:
    record, details = made("text_classification")
    records.save(record, details)
    records.remove(record)
    assert records.list() == ()
    assert not s3.objects
    with pytest.raises(NotFound):
        records.details(record)
