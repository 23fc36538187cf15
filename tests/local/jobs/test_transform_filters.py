"""DataProcessing on single records."""

import json
from typing import Any

import pytest

from backend.local.jobs.transform_filters import Filters, JsonPath, PathError

RECORD = {"id": "p", "x": {"n": [1, 2, 3]}, "a key": None}


@pytest.mark.parametrize(
    ("path", "selected"),
    [
        ("$", RECORD),
        ("$.x.n", [1, 2, 3]),
        ("$['x']['n'][0]", 1),
        ('$["a key"]', None),
        ("$.x.n[-1]", 3),
        ("$.x.n[0, 2]", [1, 3]),
        ("$.x.n[1:]", [2, 3]),
        ("$.x.n[:-1]", [1, 2]),
        ("$['id','a key']", {"id": "p", "a key": None}),
    ],
)
def test_a_path_selects(path: str, selected: Any) -> None:
    assert JsonPath(path).select(RECORD) == selected


@pytest.mark.parametrize("path", ["", "id", "$..id", "$.*", "$[?(@.n>1)]", "$.x[", "$ .x"])
def test_other_paths_are_refused(path: str) -> None:
    with pytest.raises(PathError):
        JsonPath(path)


@pytest.mark.parametrize("path", ["$.missing", "$.x.n[3]", "$.id[0]", "$.x[0]", "$.id.x"])
def test_a_path_that_selects_nothing_says_so(path: str) -> None:
    with pytest.raises(PathError, match="selects nothing"):
        JsonPath(path).select(RECORD)


def test_a_record_that_is_no_object_is_joined_under_a_name() -> None:
    filters = Filters(before=JsonPath("$"), after=JsonPath("$"), join=True)
    assert json.loads(filters.result(b"[1]", '"é"'.encode())) == {
        "SageMakerInput": [1],
        "SageMakerOutput": "é",
    }


def test_what_is_no_json_cannot_be_filtered() -> None:
    filters = Filters(before=JsonPath("$.x"), after=JsonPath("$"), join=False)
    with pytest.raises(PathError, match="not valid JSON"):
        filters.request(b"{")
