"""Objects on the disk: whole or not at all, whatever fails in between."""

import errno
import hashlib
import json
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.local.s3 import names
from backend.local.s3.errors import disk_errors
from backend.local.s3.store import Attributes, ObjectInfo, ObjectStore
from backend.local.wire.errors import AwsError


@pytest.fixture
def store(tmp_path: Path) -> ObjectStore:
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("data")
    return store


def read(store: ObjectStore, key: str) -> bytes:
    with store.open_read("data", key)[1] as file:
        return file.read()


def files_of(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_person_finds_an_object_by_its_key(store: ObjectStore, tmp_path: Path) -> None:
    store.put("data", "models/ner/model.tar.gz", b"bytes")
    assert (tmp_path / "s3/data/models@/ner@/model.tar.gz").read_bytes() == b"bytes"


def test_objects_and_buckets_survive_a_restart(store: ObjectStore, tmp_path: Path) -> None:
    attributes = Attributes({"ContentType": "text/plain"}, {"a": "b"}, {"tag": "x"})
    info = store.put("data", "a", b"1", attributes)
    again = ObjectStore(tmp_path / "s3")
    assert again.head("data", "a") == info
    assert [bucket.name for bucket in again.buckets()] == ["data"]


def test_an_open_object_stays_what_it_was(store: ObjectStore) -> None:
    store.put("data", "a", b"old")
    with store.open_read("data", "a")[1] as file:
        store.put("data", "a", b"new")
        store.delete("data", "a")
        assert file.read() == b"old"


def test_nothing_is_left_of_what_is_not_committed(store: ObjectStore, tmp_path: Path) -> None:
    before = files_of(tmp_path)
    with store.stage() as staged:
        staged.write(b"half an obj")
    assert files_of(tmp_path) == before


def test_nothing_is_left_of_deleted_objects(store: ObjectStore, tmp_path: Path) -> None:
    before = sorted((tmp_path / "s3").rglob("*"))
    store.put("data", "a/b/c", b"1")
    store.delete("data", "a/b/c")
    assert [p for p in sorted((tmp_path / "s3").rglob("*")) if p.name != "staging"] == before


def crashed_commit(store: ObjectStore, root: Path, *, data_moved: bool) -> None:
    """What a machine that stops between the moves of a commit leaves behind."""
    commit = root / ".system/commits/x"
    commit.mkdir()
    info = {
        "bucket": "data",
        "key": "a/b",
        "size": 3,
        "etag": "22af645d1859cb5ca6da0c484f1f37ea",
        "modified": 1.0,
        "attributes": {"headers": {}, "metadata": {"n": "new"}, "tags": {}},
        "checksums": {},
        "checksum_type": "FULL_OBJECT",
        "part_sizes": [],
    }
    (commit / "info.json").write_text(json.dumps(info))
    target = names.path_of(root / "data", "a/b") if data_moved else commit / "data"
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(b"new")


@pytest.mark.parametrize("data_moved", [False, True])
def test_a_commit_cut_short_is_finished_at_the_next_start(
    store: ObjectStore, tmp_path: Path, data_moved: bool
) -> None:
    store.put("data", "a/b", b"old", Attributes(metadata={"n": "old"}))
    crashed_commit(store, tmp_path / "s3", data_moved=data_moved)
    again = ObjectStore(tmp_path / "s3")
    assert read(again, "a/b") == b"new"
    assert again.head("data", "a/b").attributes.metadata == {"n": "new"}
    assert files_of(tmp_path / "s3/.system") == []


def test_an_upload_cut_short_by_a_crash_leaves_nothing(store: ObjectStore, tmp_path: Path) -> None:
    store.stage().write(b"half")
    ObjectStore(tmp_path / "s3")
    assert files_of(tmp_path / "s3/.system") == []


def test_a_full_disk_is_a_clean_error(
    store: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    store.put("data", "a", b"old")
    before = files_of(tmp_path)
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(AwsError) as error:
        store.put("data", "a", b"new")
    assert (error.value.code, error.value.status) == ("InsufficientStorage", 507)
    assert files_of(tmp_path) == before
    assert read(store, "a") == b"old"


def test_other_failures_of_the_disk_are_not_hidden() -> None:
    with pytest.raises(OSError, match="broken"), disk_errors():
        raise OSError(errno.EIO, "broken")


def test_readers_never_see_half_an_object(store: ObjectStore) -> None:
    bodies = {digit: str(digit).encode() * 200_000 for digit in range(4)}
    store.put("data", "a", bodies[0], Attributes(metadata={"n": "0"}))
    done = threading.Event()

    def write() -> None:
        for round_ in range(20):
            digit = round_ % 4
            store.put("data", "a", bodies[digit], Attributes(metadata={"n": str(digit)}))
        done.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not done.is_set():
        info, file = store.open_read("data", "a")
        with file:
            assert file.read() == bodies[int(info.attributes.metadata["n"])]
    writer.join()


def test_a_condition_is_checked_at_the_moment_of_the_write(store: ObjectStore) -> None:
    def absent(present: ObjectInfo | None) -> None:
        if present is not None:
            raise AwsError("PreconditionFailed", "there is one")

    outcomes: list[str] = []

    def write() -> None:
        with store.stage() as staged:
            staged.write(b"x")
            info = ObjectInfo("once", 1, staged.digests.md5.hex(), time.time())
            try:
                store.commit(staged, "data", info, condition=absent)
                outcomes.append("written")
            except AwsError:
                outcomes.append("refused")

    threads = [threading.Thread(target=write) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 7 + ["written"]


def test_a_bucket_deleted_meanwhile_takes_no_object(store: ObjectStore) -> None:
    with store.stage() as staged:
        staged.write(b"x")
        store.delete_bucket("data")
        info = ObjectInfo("a", 1, staged.digests.md5.hex(), time.time())
        with pytest.raises(AwsError, match="NoSuchBucket"):
            store.commit(staged, "data", info)


@pytest.mark.parametrize(
    "name", ["..", ".system", "a", "A-b", "a_b", "a..b", "-ab", "1.2.3.4", "a" * 64, "", "a/b", "ü"]
)
def test_bucket_names_that_s3_forbids(store: ObjectStore, name: str) -> None:
    uses: list[Callable[[], object]] = [
        lambda: store.create_bucket(name),
        lambda: store.put(name, "a", b""),
        lambda: store.head(name, "a"),
    ]
    for use in uses:
        with pytest.raises(AwsError, match=r"InvalidBucketName|NoSuchBucket"):
            use()


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.booleans(),
            st.text(alphabet="aA/.é@%", min_size=1, max_size=5),
        ),
        max_size=25,
    )
)
def test_the_store_is_a_dictionary(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[bool, str]]
) -> None:
    store = ObjectStore(tmp_path_factory.mktemp("store"))
    store.create_bucket("data")
    model: dict[str, bytes] = {}
    for number, (writes, key) in enumerate(steps):
        if writes:
            model[key] = str(number).encode()
            store.put("data", key, model[key])
        else:
            model.pop(key, None)
            store.delete("data", key)
    assert sorted(key.decode() for key, _ in store.keys("data")) == sorted(model)
    assert {key: read(store, key) for key in model} == model
    for prefix in ("a", "a/", "/", "."):
        found = {key.decode() for key, _ in store.keys("data", prefix)}
        assert found == {key for key in model if key.startswith(prefix)}


@pytest.mark.parametrize("content", [b"", b"1234", b"12346", b"1234567890"])
def test_changed_bytes_are_not_read_as_the_object(
    store: ObjectStore, tmp_path: Path, content: bytes
) -> None:
    store.put("data", "a", b"12345")
    (tmp_path / "s3/data/a").write_bytes(content)
    with pytest.raises(AwsError, match="s3://data/a is damaged"):
        store.open_verified("data", "a")


def test_missing_bytes_are_noticed_by_every_read(store: ObjectStore, tmp_path: Path) -> None:
    store.put("data", "a", b"12345")
    os.truncate(tmp_path / "s3/data/a", 3)
    with pytest.raises(AwsError, match="s3://data/a is damaged"):
        store.open_read("data", "a")
    (tmp_path / "s3/data/a").unlink()
    with pytest.raises(AwsError, match="s3://data/a is damaged"):
        store.open_read("data", "a")


def test_an_object_of_several_parts_is_compared_part_by_part(
    store: ObjectStore, tmp_path: Path
) -> None:
    parts = [b"one", b"three"]
    digests = b"".join(hashlib.md5(part, usedforsecurity=False).digest() for part in parts)
    etag = f"{hashlib.md5(digests, usedforsecurity=False).hexdigest()}-2"
    with store.stage() as staged:
        staged.write(b"onethree")
        info = ObjectInfo(key="a", size=8, etag=etag, modified=time.time(), part_sizes=(3, 5))
        store.commit(staged, "data", info)
    with store.open_verified("data", "a")[1] as file:
        assert file.read() == b"onethree"
    (tmp_path / "s3/data/a").write_bytes(b"onethrew")
    with pytest.raises(AwsError, match="damaged"):
        store.open_verified("data", "a")
