"""Pages of a listing against the plainest model of what a listing is."""

from hypothesis import given
from hypothesis import strategies as st

from backend.local.s3.listing import list_page

KEY = st.text(alphabet="ab/", min_size=1, max_size=6).map(str.encode)
KEYS = st.sets(KEY, max_size=30).map(sorted)
PREFIX = st.text(alphabet="ab/", max_size=2).map(str.encode)
DELIMITER = st.sampled_from([b"", b"/", b"a", b"//"])


def whole_listing(keys: list[bytes], prefix: bytes, delimiter: bytes) -> list[bytes]:
    found = set()
    for key in keys:
        head, cut, _ = key[len(prefix) :].partition(delimiter) if delimiter else (b"", b"", b"")
        found.add(prefix + head + cut if cut else key)
    return sorted(found)


@given(KEYS, PREFIX, DELIMITER, st.integers(1, 5))
def test_pages_join_to_the_whole_listing(
    keys: list[bytes], prefix: bytes, delimiter: bytes, limit: int
) -> None:
    chosen = [key for key in keys if key.startswith(prefix)]
    found: list[bytes] = []
    after, truncated = b"", True
    while truncated:
        page = list_page(chosen, prefix=prefix, delimiter=delimiter, after=after, limit=limit)
        entries = [chosen[e] if isinstance(e, int) else e for e in page.entries]
        assert len(entries) <= limit
        assert page.truncated is False or len(entries) == limit
        found += entries
        after, truncated = page.last, page.truncated
    assert found == whole_listing(chosen, prefix, delimiter)


def test_a_page_of_nothing_is_complete() -> None:
    page = list_page([b"a"], prefix=b"", delimiter=b"", after=b"", limit=0)
    assert (page.entries, page.truncated) == ((), False)


def test_a_start_within_a_folder_shows_the_folder_again() -> None:
    page = list_page([b"a/1", b"a/2"], prefix=b"", delimiter=b"/", after=b"a/1", limit=9)
    assert page.prefixes == [b"a/"]
