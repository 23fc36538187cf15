"""The operations of CloudWatch Logs that read groups, streams and events, or delete them.

``docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference`` says what they answer.
"""

import asyncio
import base64
import binascii
import heapq
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from backend.local.config import ServiceConfig
from backend.local.logs import Event, LogStore, Stream
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation

Members = dict[str, Any]
_MOST_EVENTS = 10_000
_MOST_BYTES = 1024 * 1024
_EVENT_OVERHEAD = 26  # bytes that AWS counts for an event besides its message
_STREAMS_PER_PAGE = 50
_FORWARD, _BACKWARD = "f", "b"


def table(store: LogStore, config: ServiceConfig) -> Mapping[str, Operation]:
    """The operations by AWS's names."""
    reader = _Reader(store, f"arn:aws:logs:{config.region}:{config.account_id}:log-group")
    methods: Mapping[str, Callable[[Members], Members]] = {
        "DescribeLogGroups": reader.describe_log_groups,
        "DescribeLogStreams": reader.describe_log_streams,
        "GetLogEvents": reader.get_log_events,
        "FilterLogEvents": reader.filter_log_events,
        "DeleteLogGroup": reader.delete_log_group,
        "DeleteLogStream": reader.delete_log_stream,
    }
    return {name: _in_thread(method) for name, method in methods.items()}


def _in_thread(method: Callable[[Members], Members]) -> Operation:
    async def operation(request: Members) -> Members:
        return await asyncio.to_thread(method, request)

    return operation


class _Reader:
    """The operations themselves; they block on files."""

    def __init__(self, store: LogStore, arn: str) -> None:
        self._store = store
        self._arn = arn

    def describe_log_groups(self, request: Members) -> Members:
        prefix, pattern = request.get("logGroupNamePrefix", ""), request.get("logGroupNamePattern")
        groups = [name for name in self._store.groups() if name.startswith(prefix)]
        if pattern is not None:
            groups = [name for name in groups if pattern.lower() in name.lower()]
        shown, token = _page(groups, request, lambda name: name)
        described = [
            {
                "logGroupName": name,
                "creationTime": self._store.created(name),
                "metricFilterCount": 0,
                "arn": f"{self._arn}:{name}:*",
                "logGroupArn": f"{self._arn}:{name}",
                "storedBytes": 0,
                "logGroupClass": "STANDARD",
            }
            for name in shown
        ]
        return {"logGroups": described, "nextToken": token}

    def delete_log_group(self, request: Members) -> Members:
        self._store.created(request["logGroupName"])  # raises where it is missing
        self._store.delete_group(request["logGroupName"])
        return {}

    def delete_log_stream(self, request: Members) -> Members:
        self._store.delete_stream(request["logGroupName"], request["logStreamName"])
        return {}

    def describe_log_streams(self, request: Members) -> Members:
        group, prefix = _group(request), request.get("logStreamNamePrefix")
        by_time = request.get("orderBy") == "LastEventTime"
        if by_time and prefix is not None:
            raise _invalid("Cannot order by LastEventTime with a logStreamNamePrefix.")
        streams = [s for s in self._store.streams(group) if s.name.startswith(prefix or "")]
        if by_time:
            streams.sort(key=lambda stream: (stream.last or 0, stream.name))
        if request.get("descending"):
            streams.reverse()
        shown, token = _page(streams, request, lambda stream: stream.name)
        described = [self._described(group, stream) for stream in shown]
        return {"logStreams": described, "nextToken": token}

    def _described(self, group: str, stream: Stream) -> Members:
        return {
            "logStreamName": stream.name,
            "creationTime": stream.created,
            "firstEventTimestamp": stream.first,
            "lastEventTimestamp": stream.last,
            "lastIngestionTime": stream.last,
            "arn": f"{self._arn}:{group}:log-stream:{stream.name}",
            "storedBytes": 0,
        }

    def get_log_events(self, request: Members) -> Members:
        direction, position = _position(request.get("nextToken"))
        events = self._store.events(_group(request), request["logStreamName"])
        chosen = _in_time(events, request)
        if direction == _FORWARD or (direction == "" and request.get("startFromHead")):
            page = _first_page((e for e in chosen if e.number > position), request)
        else:
            earlier = [e for e in chosen if direction == "" or e.number < position]
            page = _first_page(reversed(earlier), request)[::-1]
        first, last = _ends(page, direction, position)
        return {
            "events": [
                {"timestamp": e.timestamp, "message": e.message, "ingestionTime": e.timestamp}
                for e in page
            ],
            "nextForwardToken": f"{_FORWARD}/{last:056d}/s",
            "nextBackwardToken": f"{_BACKWARD}/{first:056d}/s",
        }

    def filter_log_events(self, request: Members) -> Members:
        group, matches = _group(request), compile_filter(request.get("filterPattern", ""))
        after = _decode_token(request.get("nextToken"))
        merged = heapq.merge(
            *(self._placed(group, name, request) for name in self._chosen(group, request)),
            key=lambda item: item[0],
        )
        found = ((place, e) for place, e in merged if place > after and matches(e.message))
        page: list[tuple[tuple[int, str, int], Event]] = []
        size, token = 0, None
        for place, event in found:
            size += _size(event)
            if len(page) >= _limit(request) or (page and size > _MOST_BYTES):
                token = _encode_token(page[-1][0])
                break
            page.append((place, event))
        return {
            "events": [
                {
                    "logStreamName": name,
                    "timestamp": event.timestamp,
                    "message": event.message,
                    "ingestionTime": event.timestamp,
                    "eventId": _event_id(name, event),
                }
                for (_, name, _), event in page
            ],
            "searchedLogStreams": [],
            "nextToken": token,
        }

    def _chosen(self, group: str, request: Members) -> list[str]:
        names, prefix = request.get("logStreamNames"), request.get("logStreamNamePrefix")
        if names and prefix:
            raise _invalid("logStreamNames and logStreamNamePrefix cannot be used together.")
        known = [stream.name for stream in self._store.streams(group)]
        if names:
            if not set(names) <= set(known):
                raise AwsError(
                    "ResourceNotFoundException", "The specified log stream does not exist."
                )
            return sorted(set(names))
        return [name for name in known if name.startswith(prefix or "")]

    def _placed(
        self, group: str, name: str, request: Members
    ) -> Iterator[tuple[tuple[int, str, int], Event]]:
        """The stream's events, each with its place among those of all streams."""
        for event in _in_time(self._store.events(group, name), request):
            yield (event.timestamp, name, event.number), event


def compile_filter(pattern: str) -> Callable[[str], bool]:
    """Whether a message has the pattern's terms: all plain ones, one of the ``?`` ones, no ``-``.

    Quoted phrases are terms. Source: "Filter pattern syntax for metric filters, subscription
    filters, filter log events, and Live Tail". Raises AwsError ``InvalidParameterException`` for
    the patterns that look into JSON, columns and regular expressions, which are not offered.
    """
    text = pattern.strip()
    if text.startswith(("{", "[", "%")):
        raise _invalid("The local service filters by terms and quoted phrases only.")
    terms = re.findall(r'([?-]?)(?:"((?:[^"\\]|\\.)*)"|(\S+))', text)
    cleaned = [(sign, re.sub(r"\\(.)", r"\1", quoted) or word) for sign, quoted, word in terms]
    needed = [term for sign, term in cleaned if sign == ""]
    optional = [term for sign, term in cleaned if sign == "?"]
    unwanted = [term for sign, term in cleaned if sign == "-"]

    def matches(message: str) -> bool:
        return (
            all(term in message for term in needed)
            and (not optional or any(term in message for term in optional))
            and not any(term in message for term in unwanted)
        )

    return matches


def _group(request: Members) -> str:
    name, identifier = request.get("logGroupName"), request.get("logGroupIdentifier")
    if (name is None) == (identifier is None):
        raise _invalid("Exactly one of logGroupName and logGroupIdentifier must be given.")
    group = str(name or identifier)
    return group.partition(":log-group:")[2].removesuffix(":*") or group


def _in_time(events: Iterable[Event], request: Members) -> Iterator[Event]:
    start, end = request.get("startTime", 0), request.get("endTime")
    return (e for e in events if e.timestamp >= start and (end is None or e.timestamp < end))


def _first_page(events: Iterable[Event], request: Members) -> list[Event]:
    page: list[Event] = []
    size = 0
    for event in islice(events, _limit(request)):
        size += _size(event)
        if page and size > _MOST_BYTES:
            break
        page.append(event)
    return page


def _event_id(stream: str, event: Event) -> str:
    return f"{event.timestamp:020d}{binascii.crc32(stream.encode()):010d}{event.number:026d}"


def _limit(request: Members) -> int:
    return min(int(request.get("limit", _MOST_EVENTS)), _MOST_EVENTS)


def _size(event: Event) -> int:
    return len(event.message.encode()) + _EVENT_OVERHEAD


def _ends(page: list[Event], direction: str, position: int) -> tuple[int, int]:
    """What the page's tokens name. At an end of the stream they stay what they were."""
    if page:
        return page[0].number, page[-1].number
    if direction == _FORWARD:
        return position + 1, position
    return (position, position - 1) if direction == _BACKWARD else (1, 0)


def _position(token: str | None) -> tuple[str, int]:
    if token is None:
        return "", 0
    match = re.fullmatch(r"([fb])/(\d{56})/s", token)
    if match is None:
        raise _invalid("The specified nextToken is invalid.")
    return match[1], int(match[2])


def _page(items: list[Any], request: Members, name: Callable[[Any], str]) -> tuple[list[Any], Any]:
    """One page of ``items`` and the token of the next: the name of the page's last item."""
    token = request.get("nextToken")
    if token is not None:
        names = [name(item) for item in items]
        after = _decode_token(token)[1]
        if after not in names:
            raise _invalid("The specified nextToken is invalid.")
        items = items[names.index(after) + 1 :]
    most = request.get("limit", _STREAMS_PER_PAGE)
    shown = items[:most]
    return shown, _encode_token((0, name(shown[-1]), 0)) if len(items) > most else None


def _encode_token(place: tuple[int, str, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode("ascii")


def _decode_token(token: str | None) -> tuple[int, str, int]:
    if token is None:
        return -1, "", 0
    try:
        timestamp, name, number = json.loads(base64.urlsafe_b64decode(token))
        return int(timestamp), str(name), int(number)
    except (binascii.Error, ValueError, TypeError) as error:
        raise _invalid("The specified nextToken is invalid.") from error


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterException", message)
