"""Keys to file names: one to one, and nowhere but in the bucket's folder."""

from pathlib import Path, PurePosixPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from backend.local.s3 import names

ROOT = Path("/bucket")
KEYS = st.text(min_size=1, max_size=400).filter(lambda key: is_key(key))
PATHS = st.lists(st.sampled_from(["a", "A", "", ".", "..", "b@", "%", "a.json", "é"]), min_size=1)
HOSTILE = PATHS.map("/".join).filter(lambda key: is_key(key))


def is_key(key: str) -> bool:
    try:
        return 0 < len(key.encode()) <= names.LONGEST_KEY
    except UnicodeEncodeError:
        return False


def key_of(path: Path) -> str:
    *folders, last = path.relative_to(ROOT).parts
    end = names.object_part(last)
    assert end is not None
    return (b"".join(names.folder_part(folder) for folder in folders) + end).decode()


@given(KEYS | HOSTILE)
@example("..")
@example("../../etc/passwd")
@example("a/")
@example("//")
@example("README.md")
@example("x" * 1024)
@example("Ü" * 512)
@example("/" * 1024)
def test_a_key_is_read_back_from_its_path(key: str) -> None:
    path = names.path_of(ROOT, key)
    assert key_of(names.metadata_of(path)) == key
    assert ".." not in PurePosixPath(path).parts
    assert path.is_relative_to(ROOT)
    assert "\0" not in str(path)
    assert all(len(part) <= 255 for part in names.metadata_of(path).parts)


@given(st.lists(KEYS | HOSTILE, min_size=2, max_size=2, unique=True))
def test_two_keys_never_meet_even_where_case_does_not_count(keys: list[str]) -> None:
    first, second = (str(names.path_of(ROOT, key)).lower() for key in keys)
    assert first != second
    assert not first.startswith(f"{second}/")


@given(KEYS | HOSTILE)
def test_no_object_lies_under_a_name_of_the_service(key: str) -> None:
    assert not any(
        part.startswith(".") for part in names.path_of(ROOT, key).relative_to(ROOT).parts
    )


@given(KEYS | HOSTILE, st.integers(0, 400))
def test_the_folder_of_a_prefix_holds_the_keys_that_start_with_it(key: str, length: int) -> None:
    folder, start = names.folder_of(ROOT, key[:length])
    assert names.path_of(ROOT, key).is_relative_to(folder)
    assert key[:length].encode().startswith(start)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("model.tar.gz", "model.tar.gz"),
        ("models/ner/model.tar.gz", "models@/ner@/model.tar.gz"),
        ("README.md", "3f@README.md"),
        ("part (1), final_v-2=x+y.csv", "part (1), final_v-2=x+y.csv"),
        ("é", "%C3%A9"),
        (".hidden", "%2Ehidden"),
    ],
)
def test_plain_keys_stay_legible(key: str, expected: str) -> None:
    assert names.path_of(ROOT, key) == ROOT / expected
