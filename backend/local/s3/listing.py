"""One page of a listing: keys in the order of their UTF-8 bytes, rolled up at a delimiter."""

import bisect
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Page:
    """``entries`` in order: (position in the keys) of an object, or a common prefix."""

    entries: tuple[int | bytes, ...]
    last: bytes
    """Where the next page goes on: after this key or common prefix."""
    truncated: bool

    @property
    def objects(self) -> list[int]:
        return [entry for entry in self.entries if isinstance(entry, int)]

    @property
    def prefixes(self) -> list[bytes]:
        return [entry for entry in self.entries if isinstance(entry, bytes)]


def list_page(
    keys: Sequence[bytes], *, prefix: bytes, delimiter: bytes, after: bytes, limit: int
) -> Page:
    """The first ``limit`` objects and common prefixes after ``after``.

    ``keys`` are sorted and start with ``prefix``. Keys that hold ``delimiter`` behind ``prefix``
    are rolled up to one common prefix, which ends with the delimiter.
    """
    entries: list[int | bytes] = []
    last = b""
    index = bisect.bisect_right(keys, after)
    # A page that ended with a common prefix goes on behind all keys that it stands for.
    if after and _common_prefix(after, prefix, delimiter) == after:
        index = _behind(keys, after, index)
    while index < len(keys):
        if len(entries) >= limit:
            return Page(tuple(entries), last, truncated=limit > 0)
        common = _common_prefix(keys[index], prefix, delimiter)
        if common is None:
            entries.append(index)
            last = keys[index]
            index += 1
        else:
            entries.append(common)
            last = common
            index = _behind(keys, common, index)
    return Page(tuple(entries), last, truncated=False)


def _common_prefix(key: bytes, prefix: bytes, delimiter: bytes) -> bytes | None:
    at = key.find(delimiter, len(prefix)) if delimiter else -1
    return None if at < 0 else key[: at + len(delimiter)]


def _behind(keys: Sequence[bytes], start: bytes, index: int) -> int:
    """The first position from ``index`` whose key does not start with ``start``."""
    while index < len(keys) and keys[index].startswith(start):
        index += 1
    return index
