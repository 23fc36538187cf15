"""Pages, filters and order of the List operations."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete

from backend.local.sagemaker.listing import page
from backend.local.store import Endpoint, Store
from backend.local.wire.errors import AwsError

START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    made = Store(tmp_path / "service.db")
    yield made
    made.close()


def add(store: Store, name: str, *, second: int = 0, status: str = "InService") -> None:
    time = START + timedelta(seconds=second)
    row = Endpoint(name=name, arn=name, status=status, creation_time=time, last_modified_time=time)
    store.transaction(lambda session: session.add(row))


def names(store: Store, **request: Any) -> list[str]:
    found = store.transaction(lambda session: page(session, Endpoint, request))
    return [row.name for row in found.rows]


def walk(store: Store, **request: Any) -> list[str]:
    """All names, page by page."""
    collected: list[str] = []
    while True:
        found = store.transaction(lambda session: page(session, Endpoint, request))
        collected += [row.name for row in found.rows]
        if found.next_token is None:
            return collected
        assert len(found.rows) == request.get("MaxResults", 10)
        request["NextToken"] = found.next_token


def test_the_latest_come_first_ten_at_a_time(store: Store) -> None:
    for second in range(12):
        add(store, f"e{second}", second=second)
    assert names(store) == [f"e{second}" for second in range(11, 1, -1)]


@pytest.mark.parametrize(
    ("request_", "expected"),
    [
        ({"SortBy": "Name", "SortOrder": "Ascending"}, ["a", "B", "c"]),
        ({"SortBy": "Name"}, ["c", "B", "a"]),
        ({"SortBy": "CreationTime", "SortOrder": "Ascending"}, ["B", "c", "a"]),
        ({"SortBy": "Status", "SortOrder": "Ascending"}, ["c", "a", "B"]),
        ({"StatusEquals": "Failed"}, ["c"]),
        ({"NameContains": "A"}, ["a"]),
        ({"NameContains": "%"}, []),
        ({"CreationTimeAfter": START + timedelta(seconds=2)}, ["a", "c"]),
        ({"CreationTimeBefore": START + timedelta(seconds=2)}, ["B"]),
        ({"LastModifiedTimeAfter": START + timedelta(seconds=2)}, ["a"]),
        ({"LastModifiedTimeBefore": START + timedelta(seconds=2)}, ["B"]),
    ],
)
def test_order_and_filters(store: Store, request_: dict[str, Any], expected: list[str]) -> None:
    add(store, "a", second=3)
    add(store, "B", second=1)
    add(store, "c", second=2, status="Failed")
    assert names(store, **request_) == expected


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    seconds=st.lists(st.integers(0, 3), max_size=12),
    size=st.integers(1, 5),
    key=st.sampled_from(["Name", "CreationTime", "Status"]),
    order=st.sampled_from(["Ascending", "Descending"]),
)
def test_pages_together_hold_everything_once_in_order(
    store: Store, seconds: list[int], size: int, key: str, order: str
) -> None:
    store.transaction(lambda session: session.execute(delete(Endpoint)))
    for number, second in enumerate(seconds):
        add(store, f"e{number}", second=second, status=["InService", "Failed"][second % 2])
    walked = walk(store, SortBy=key, SortOrder=order, MaxResults=size)
    assert walked == names(store, SortBy=key, SortOrder=order, MaxResults=100)
    assert sorted(walked) == sorted(f"e{number}" for number in range(len(seconds)))


def test_rows_that_come_and_go_neither_hide_nor_double_others(store: Store) -> None:
    for second in range(6):
        add(store, f"e{second}", second=second)
    request: dict[str, Any] = {"MaxResults": 2}
    first = store.transaction(lambda session: page(session, Endpoint, request))
    add(store, "new", second=9)
    store.transaction(
        lambda session: session.execute(delete(Endpoint).where(Endpoint.name == "e4"))
    )
    request["NextToken"] = first.next_token
    assert [row.name for row in first.rows] == ["e5", "e4"]
    assert walk(store, **request) == ["e3", "e2", "e1", "e0"]


@pytest.mark.parametrize("token", ["x", "e30=", "WzEsMiwzLDRd", "é", "W1s", "bnVsbA=="])
def test_a_token_that_is_not_ours_is_refused(store: Store, token: str) -> None:
    with pytest.raises(AwsError, match="NextToken is not valid"):
        names(store, NextToken=token)


def test_a_token_of_another_order_is_refused(store: Store) -> None:
    add(store, "a")
    add(store, "b")
    request = {"MaxResults": 1}
    token = store.transaction(lambda session: page(session, Endpoint, request)).next_token
    with pytest.raises(AwsError, match="NextToken is not valid"):
        names(store, NextToken=token, SortBy="Name")
