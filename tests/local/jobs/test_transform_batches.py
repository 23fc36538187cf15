"""Files cut into requests."""

import io
from typing import Any

import pytest

from backend.local.jobs.transform_batches import MOST_RECORDS, Batch, Batches, RecordError
from backend.local.jobs.transform_plan import MIB, Plan


def plan(**more: Any) -> Plan:
    source = {
        "DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": "s3://b/in"}},
        "SplitType": more.pop("split", "Line"),
    }
    request = {
        "TransformInput": source,
        "TransformOutput": {"S3OutputPath": "s3://b/out"},
        "MaxPayloadInMB": 1,
        **more,
    }
    return Plan.of(request)


def cut(data: bytes, how: Plan, *, offset: int = 0, line: int = 0) -> list[Batch]:
    file = io.BytesIO(data)
    file.seek(offset)
    return list(iter(Batches(file, how, offset=offset, line=line).next, None))


def test_lines_travel_together_without_their_line_ends_and_blank_ones_not_at_all() -> None:
    (batch,) = cut(b"a\r\n\n  \nb", plan())
    assert batch.records == (b"a", b"b")
    assert batch.body == b"a\nb\n"
    assert batch.lines == (1, 4)
    assert (batch.offset, batch.line) == (8, 4)


def test_every_place_between_requests_is_one_to_go_on_from() -> None:
    data, how = b"a\nbb\n\nccc\nd", plan(BatchStrategy="SingleRecord")
    batches = cut(data, how)
    assert [batch.body for batch in batches] == [b"a", b"bb", b"ccc", b"d"]
    for done, batch in enumerate(batches, start=1):
        assert cut(data, how, offset=batch.offset, line=batch.line) == batches[done:]


def test_a_request_has_a_bound_in_records_too() -> None:
    batches = cut(b"x\n" * (MOST_RECORDS + 1), plan())
    assert [len(batch.records) for batch in batches] == [MOST_RECORDS, 1]


def test_a_record_of_the_largest_payload_passes_and_a_larger_one_is_named() -> None:
    (first, second) = cut(b"x" * MIB + b"\ny\n", plan())
    assert (len(first.body), second.body) == (MIB + 1, b"y\n")
    with pytest.raises(RecordError, match="larger than MaxPayloadInMB, 1 MB") as caught:
        cut(b"a\n" + b"x" * (MIB + 1), plan(BatchStrategy="SingleRecord"))
    assert caught.value.line == 2


def test_a_file_as_a_whole_is_one_record() -> None:
    (batch,) = cut(b"a\nb\n", plan(split="None"))
    assert (batch.body, batch.offset) == (b"a\nb\n", 4)
    assert cut(b"a\nb\n", plan(split="None"), offset=4) == []
    assert cut(b"", plan(split="None")) == []
    with pytest.raises(RecordError):
        cut(b"x" * (MIB + 1), plan(split="None"))
