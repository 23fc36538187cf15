"""Logs as CloudWatch gives them: pages, tokens, times, filters."""

import errno
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backend.local import log_operations, logs
from backend.local.logs import LARGEST_MESSAGE, LogStore
from backend.local.wire.errors import AwsError
from tests.local.running import RunningService

GROUP = "/aws/sagemaker/Endpoints/e"


class Clock:
    """A time that tests set, in milliseconds."""

    def __init__(self) -> None:
        self.now = 1000

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(logs, "_now", clock)
    return clock


@pytest.fixture
def store(tmp_path: Path) -> LogStore:
    return LogStore(tmp_path / "logs")


@pytest.fixture
def service_store(service: RunningService) -> LogStore:
    """Writes where the service reads."""
    return LogStore(service.config.home / "logs")


@pytest.fixture
def client(service: RunningService) -> Any:
    return service.client("logs")


def messages(store: LogStore, stream: str = "s") -> list[str]:
    return [event.message for event in store.events(GROUP, stream)]


# The store


def test_messages_come_back_in_order_with_their_times(store: LogStore, clock: Clock) -> None:
    store.append(GROUP, "s", ["one", "two\nlines", "ünï \ud800 \x00"])
    clock.now = 2000
    store.append(GROUP, "s", iter(["three"]))
    assert messages(store) == ["one", "two\nlines", "ünï ? \x00", "three"]
    assert [event.timestamp for event in store.events(GROUP, "s")] == [1000, 1000, 1000, 2000]
    stream = store.streams(GROUP)[0]
    assert (stream.name, stream.created, stream.first, stream.last) == ("s", 1000, 1000, 2000)


def test_time_never_goes_back_within_a_stream(store: LogStore, clock: Clock) -> None:
    store.append(GROUP, "s", ["a"])
    clock.now = 500
    store.append(GROUP, "s", ["b"])
    assert [event.timestamp for event in store.events(GROUP, "s")] == [1000, 1000]


def test_numbers_go_on_after_a_restart(store: LogStore, tmp_path: Path) -> None:
    store.append(GROUP, "s", ["a", "b"])
    LogStore(tmp_path / "logs").append(GROUP, "s", ["c"])
    assert [event.number for event in store.events(GROUP, "s")] == [1, 2, 3]


def test_a_line_cut_short_by_a_crash_is_no_event(store: LogStore, tmp_path: Path) -> None:
    store.append(GROUP, "s", ["a"])
    path = next((tmp_path / "logs").rglob("s.jsonl"))
    with path.open("ab") as file:
        file.write(b'{"n": 2, "t": 10')
    assert messages(store) == ["a"]
    again = LogStore(tmp_path / "logs")
    again.append(GROUP, "s", ["b"])
    assert messages(again) == ["a", "b"]


def test_the_oldest_events_go_when_a_stream_grows_too_long(tmp_path: Path) -> None:
    store = LogStore(tmp_path, largest_stream=10_000)
    for number in range(1000):
        store.append(GROUP, "s", [f"message {number}"])
    kept = [event.number for event in store.events(GROUP, "s")]
    assert kept == list(range(kept[0], 1001))
    assert 1 < kept[0] < 1000
    assert next(tmp_path.rglob("s.jsonl")).stat().st_size <= 10_000


def test_a_long_message_is_cut(store: LogStore) -> None:
    store.append(GROUP, "s", ["é" * LARGEST_MESSAGE, "next"])
    first, second = messages(store)
    assert (len(first.encode()), second) == (LARGEST_MESSAGE, "next")
    assert LogStore(store._root).streams(GROUP)[0].last is not None


def test_names_of_all_sorts_stay_apart_and_inside(store: LogStore, tmp_path: Path) -> None:
    names = ["v/i-1", "v", "../../x", "..", "a b", "ü", ".hidden"]
    for name in names:
        store.append("../g", name, [name])
    assert [stream.name for stream in store.streams("../g")] == sorted(names)
    assert all(messages_of(store, "../g", name) == [name] for name in names)
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def messages_of(store: LogStore, group: str, stream: str) -> list[str]:
    return [event.message for event in store.events(group, stream)]


def test_a_deleted_group_is_gone_and_may_come_again(store: LogStore) -> None:
    store.append(GROUP, "s", ["old"])
    store.delete_group(GROUP)
    store.delete_group(GROUP)
    with pytest.raises(AwsError, match="ResourceNotFoundException"):
        store.streams(GROUP)
    store.append(GROUP, "s", ["new"])
    assert messages(store) == ["new"]


def test_many_writers_lose_nothing(store: LogStore) -> None:
    def write(writer: int) -> None:
        for number in range(50):
            store.append(GROUP, "s", [f"{writer}-{number}"])

    threads = [threading.Thread(target=write, args=[writer]) for writer in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(messages(store))) == 200
    assert [event.number for event in store.events(GROUP, "s")] == list(range(1, 201))


# The operations


def texts(answer: dict[str, Any]) -> list[str]:
    return [event["message"] for event in answer["events"]]


def test_a_stream_is_read_forward_to_its_end(service_store: LogStore, client: Any) -> None:
    service_store.append(GROUP, "s", [str(n) for n in range(5)])
    arguments = {"logGroupName": GROUP, "logStreamName": "s", "limit": 2}
    page = client.get_log_events(**arguments, startFromHead=True)
    found, tokens = texts(page), [page["nextForwardToken"]]
    while True:
        page = client.get_log_events(**arguments, nextToken=tokens[-1])
        if page["nextForwardToken"] == tokens[-1]:
            break
        found += texts(page)
        tokens.append(page["nextForwardToken"])
    assert found == ["0", "1", "2", "3", "4"]
    assert texts(page) == []
    service_store.append(GROUP, "s", ["5"])
    assert texts(client.get_log_events(**arguments, nextToken=tokens[-1])) == ["5"]


def test_a_stream_is_read_backward_to_its_start(service_store: LogStore, client: Any) -> None:
    service_store.append(GROUP, "s", [str(n) for n in range(5)])
    arguments = {"logGroupName": GROUP, "logStreamName": "s", "limit": 2}
    page = client.get_log_events(**arguments)
    assert texts(page) == ["3", "4"]
    page = client.get_log_events(**arguments, nextToken=page["nextBackwardToken"])
    assert texts(page) == ["1", "2"]
    page = client.get_log_events(**arguments, nextToken=page["nextBackwardToken"])
    assert texts(page) == ["0"]
    end = client.get_log_events(**arguments, nextToken=page["nextBackwardToken"])
    assert (texts(end), end["nextBackwardToken"]) == ([], page["nextBackwardToken"])
    assert texts(client.get_log_events(**arguments, nextToken=end["nextForwardToken"])) == [
        "0",
        "1",
    ]


def test_an_empty_stream_has_no_events(service_store: LogStore, client: Any) -> None:
    service_store.append(GROUP, "s", [])
    arguments = {"logGroupName": GROUP, "logStreamName": "s"}
    page = client.get_log_events(**arguments)
    assert texts(page) == []
    service_store.append(GROUP, "s", ["first"])
    later = client.get_log_events(**arguments, nextToken=page["nextForwardToken"])
    assert texts(later) == ["first"]


def test_times_bound_what_is_read(service_store: LogStore, client: Any, clock: Clock) -> None:
    for moment in (1000, 2000, 3000):
        clock.now = moment
        service_store.append(GROUP, "s", [str(moment)])
    arguments = {"logGroupName": GROUP, "startTime": 2000, "endTime": 3000}
    assert texts(client.get_log_events(**arguments, logStreamName="s")) == ["2000"]
    assert texts(client.filter_log_events(**arguments)) == ["2000"]


def test_streams_are_merged_by_time_and_paged(
    service_store: LogStore, client: Any, clock: Clock
) -> None:
    for moment, stream in ((1, "a"), (2, "b"), (3, "a"), (4, "c/d")):
        clock.now = moment * 1000
        service_store.append(GROUP, stream, [f"{stream} {moment}", "and more"])
    pages = list(
        client.get_paginator("filter_log_events").paginate(
            logGroupName=GROUP, PaginationConfig={"PageSize": 3}
        )
    )
    found = [text for page in pages for text in texts(page) if text != "and more"]
    assert found == ["a 1", "b 2", "a 3", "c/d 4"]
    assert [len(page["events"]) for page in pages] == [3, 3, 2]
    ids = [event["eventId"] for page in pages for event in page["events"]]
    assert len(set(ids)) == 8
    chosen = client.filter_log_events(logGroupName=GROUP, logStreamNamePrefix="c")
    assert texts(chosen) == ["c/d 4", "and more"]
    named = client.filter_log_events(logGroupName=GROUP, logStreamNames=["a", "b"])
    assert {event["logStreamName"] for event in named["events"]} == {"a", "b"}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("", ["ERROR disk full", "ERROR net", "all fine"]),
        ("ERROR", ["ERROR disk full", "ERROR net"]),
        ("error", []),
        ("ERROR full", ["ERROR disk full"]),
        ('"disk full"', ["ERROR disk full"]),
        ('"full disk"', []),
        ("?net ?fine", ["ERROR net", "all fine"]),
        ("ERROR -net", ["ERROR disk full"]),
    ],
)
def test_filters_find_terms_and_phrases(
    service_store: LogStore, client: Any, pattern: str, expected: list[str]
) -> None:
    service_store.append(GROUP, "s", ["ERROR disk full", "ERROR net", "all fine"])
    found = client.filter_log_events(logGroupName=GROUP, filterPattern=pattern)
    assert texts(found) == expected


def test_streams_and_groups_are_described(
    service_store: LogStore, client: Any, clock: Clock
) -> None:
    for moment, stream in ((3, "a"), (1, "b"), (2, "ab")):
        clock.now = moment * 1000
        service_store.append(GROUP, stream, ["x"])

    def names(**options: Any) -> list[str]:
        answer = client.describe_log_streams(logGroupName=GROUP, **options)
        return [stream["logStreamName"] for stream in answer["logStreams"]]

    assert names() == ["a", "ab", "b"]
    assert names(descending=True) == ["b", "ab", "a"]
    assert names(orderBy="LastEventTime", descending=True) == ["a", "ab", "b"]
    assert names(logStreamNamePrefix="a") == ["a", "ab"]
    pages = client.get_paginator("describe_log_streams").paginate(
        logGroupName=GROUP, PaginationConfig={"PageSize": 1}
    )
    assert [page["logStreams"][0]["logStreamName"] for page in pages] == ["a", "ab", "b"]
    stream = client.describe_log_streams(logGroupName=GROUP)["logStreams"][0]
    assert (stream["creationTime"], stream["lastEventTimestamp"]) == (3000, 3000)
    service_store.append("other", "s", ["x"])
    groups = client.describe_log_groups(logGroupNamePrefix="/aws/")["logGroups"]
    assert [group["logGroupName"] for group in groups] == [GROUP]
    by_arn = client.describe_log_streams(logGroupIdentifier=groups[0]["logGroupArn"])
    assert len(by_arn["logStreams"]) == 3


def test_streams_and_groups_are_deleted(client: Any, service_store: LogStore) -> None:
    for stream in ("a", "b"):
        service_store.append(GROUP, stream, ["x"])
    client.delete_log_stream(logGroupName=GROUP, logStreamName="a")
    left = client.describe_log_streams(logGroupName=GROUP)["logStreams"]
    assert [stream["logStreamName"] for stream in left] == ["b"]
    client.delete_log_group(logGroupName=GROUP)
    assert client.describe_log_groups()["logGroups"] == []
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.delete_log_stream(logGroupName=GROUP, logStreamName="b")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.delete_log_group(logGroupName=GROUP)


@pytest.mark.parametrize(
    ("call", "code"),
    [
        (
            lambda c: c.get_log_events(logGroupName="none", logStreamName="s"),
            "ResourceNotFoundException: The specified log group does not exist.",
        ),
        (
            lambda c: c.get_log_events(logGroupName=GROUP, logStreamName="none"),
            "ResourceNotFoundException: The specified log stream does not exist.",
        ),
        (
            lambda c: c.filter_log_events(logGroupName=GROUP, logStreamNames=["none"]),
            "ResourceNotFoundException: The specified log stream does not exist.",
        ),
        (
            lambda c: c.get_log_events(logGroupName=GROUP, logStreamName="s", nextToken="x"),
            "InvalidParameterException: The specified nextToken is invalid.",
        ),
        (
            lambda c: c.filter_log_events(logGroupName=GROUP, nextToken="x"),
            "InvalidParameterException: The specified nextToken is invalid.",
        ),
        (
            lambda c: c.filter_log_events(logGroupName=GROUP, filterPattern="{ $.a = 1 }"),
            (
                "InvalidParameterException: The local service filters by terms and quoted phrases "
                "only."
            ),
        ),
        (
            lambda c: c.describe_log_streams(
                logGroupName=GROUP, orderBy="LastEventTime", logStreamNamePrefix="a"
            ),
            "InvalidParameterException: Cannot order by LastEventTime with a logStreamNamePrefix.",
        ),
        (
            lambda c: c.describe_log_streams(),
            (
                "InvalidParameterException: Exactly one of logGroupName and logGroupIdentifier "
                "must be given."
            ),
        ),
    ],
)
def test_errors_are_those_of_cloudwatch(
    service_store: LogStore, client: Any, call: Callable[[Any], Any], code: str
) -> None:
    service_store.append(GROUP, "s", ["x"])
    with pytest.raises(ClientError) as error:
        call(client)
    answer = error.value.response["Error"]
    assert f"{answer['Code']}: {answer['Message']}" == code


def test_a_page_holds_a_mebibyte_at_most(service_store: LogStore, client: Any) -> None:
    service_store.append(GROUP, "s", ["x" * 200_000] * 12)
    page = client.get_log_events(logGroupName=GROUP, logStreamName="s", startFromHead=True)
    assert len(page["events"]) == 5
    found = client.get_paginator("filter_log_events").paginate(logGroupName=GROUP)
    assert [len(page["events"]) for page in found] == [5, 5, 2]


def test_terms_may_hold_escaped_quotes() -> None:
    matches = log_operations.compile_filter(r'"say \"hi\""')
    assert matches('they say "hi" again')
    assert not matches("they say hi")


# A full disk


def cut_short(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """Have the next write take ``size`` bytes and then fail as on a full disk, once."""
    real = Path.open

    def opening(path: Path, mode: str = "r", *rest: Any, **options: Any) -> Any:
        file = real(path, mode, *rest, **options)
        if mode == "ab":
            monkeypatch.setattr(Path, "open", real)
            return _Cut(file, size)
        return file

    monkeypatch.setattr(Path, "open", opening)


class _Cut:
    def __init__(self, file: Any, size: int) -> None:
        self.file = file
        self.size = size

    def __enter__(self) -> "_Cut":
        return self

    def __exit__(self, *_: object) -> None:
        self.file.close()

    def write(self, data: bytes) -> None:
        self.file.write(data[: self.size])
        raise OSError(errno.ENOSPC, "No space left on device")


def test_a_line_that_a_full_disk_cut_leaves_the_stream_whole(
    store: LogStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.append(GROUP, "s", ["before"])
    cut_short(monkeypatch, 12)
    with pytest.raises(OSError, match="No space"):
        store.append(GROUP, "s", ["lost"])
    store.append(GROUP, "s", ["after"])
    for reader in (store, LogStore(tmp_path / "logs")):
        assert messages(reader) == ["before", "after"]
    assert [event.number for event in store.events(GROUP, "s")] == [1, 2]


def test_a_stream_that_a_full_disk_kept_from_beginning_begins_later(
    store: LogStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, data: bytes) -> int:
        path.touch()
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(OSError, match="No space"):
            store.append(GROUP, "s", ["lost"])
    store.append(GROUP, "s", ["after"])
    assert messages(store) == ["after"]


def test_an_empty_file_that_an_earlier_version_left_is_begun(
    store: LogStore, tmp_path: Path
) -> None:
    store.append(GROUP, "s", ["lost"])
    (path,) = (tmp_path / "logs").rglob("s.jsonl")
    path.write_bytes(b"")
    again = LogStore(tmp_path / "logs")
    again.append(GROUP, "s", ["after"])
    assert messages(again) == ["after"]


def test_one_damaged_line_does_not_hide_the_others(store: LogStore, tmp_path: Path) -> None:
    store.append(GROUP, "s", ["one"])
    (path,) = (tmp_path / "logs").rglob("s.jsonl")
    with path.open("ab") as file:
        file.write(b'{"n":2,"t":1,"m":"cu{"n":3,"t":1,"m":"joined"}\n')
    again = LogStore(tmp_path / "logs")
    again.append(GROUP, "s", ["two"])
    assert messages(again) == ["one", "two"]
    assert again.streams(GROUP)[0].last is not None
