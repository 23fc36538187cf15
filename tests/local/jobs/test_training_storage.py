"""Data on its way into a job's folder and out of it."""

import json
from pathlib import Path

import pytest

from backend.local.jobs.training_storage import Place, Storage, StorageError
from backend.local.s3.store import ObjectStore
from backend.local.wire.errors import AwsError
from tests.local.jobs.training_cloud import channel, minimal


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("bucket")
    return store


def files(folder: Path) -> dict[str, str]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in found}


def test_a_prefix_takes_every_object_that_starts_with_it(
    objects: ObjectStore, tmp_path: Path
) -> None:
    for key in ("a/bc/d", "a/b/e/f", "a/b/", "other"):
        objects.put("bucket", key, key.encode())
    Storage(objects).fetch_channel(channel("x", "s3://bucket/a/b/"), tmp_path / "folder")
    assert files(tmp_path / "folder") == {"e/f": "a/b/e/f"}
    Storage(objects).fetch_channel(channel("x", "s3://bucket/a/bc"), tmp_path / "name")
    assert files(tmp_path / "name") == {"d": "a/bc/d"}
    Storage(objects).fetch_channel(channel("x", "s3://bucket"), tmp_path / "all")
    assert "other" in files(tmp_path / "all")


@pytest.mark.parametrize("key", ["x/../../evil", "x/.."])
def test_no_object_is_written_outside_its_channel(
    objects: ObjectStore, tmp_path: Path, key: str
) -> None:
    objects.put("bucket", key, b"evil")
    with pytest.raises(StorageError, match="no name for a file"):
        Storage(objects).fetch_channel(channel("x", "s3://bucket/x/"), tmp_path / "in")
    assert not (tmp_path / "evil").exists()


@pytest.mark.parametrize("how", ["truncated", "changed", "gone"])
def test_a_damaged_object_is_not_trained_on(objects: ObjectStore, tmp_path: Path, how: str) -> None:
    objects.put("bucket", "in/train.jsonl", b"row\n" * 1000)
    (path,) = (tmp_path / "s3").rglob("train.jsonl")
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes(b"row\n" * 500 if how == "truncated" else b"raw\n" * 1000)
    with pytest.raises(StorageError, match=r"s3://bucket/in/train\.jsonl is damaged.*Upload"):
        Storage(objects).fetch_channel(channel("x", "s3://bucket/in/"), tmp_path / "folder")


MANIFESTS = {
    "empty": "[]",
    "text": "no json",
    "object": '{"prefix": "s3://bucket/"}',
    "number": '[{"prefix": "s3://bucket/"}, 3]',
    "missing": '[{"prefix": "s3://bucket/"}, "nowhere"]',
    "outside": '[{"prefix": "s3://bucket/"}, "../x"]',
}


@pytest.mark.parametrize("name", MANIFESTS)
def test_a_manifest_that_is_wrong_is_told(objects: ObjectStore, tmp_path: Path, name: str) -> None:
    objects.put("bucket", "manifest", MANIFESTS[name].encode())
    with pytest.raises(StorageError):
        Storage(objects).fetch_channel(
            channel("x", "s3://bucket/manifest", "ManifestFile"), tmp_path / "in"
        )


def test_a_manifest_names_files_below_its_prefix(objects: ObjectStore, tmp_path: Path) -> None:
    objects.put("bucket", "d/a.txt", b"a")
    manifest = json.dumps([{"prefix": "s3://bucket/d/"}, "a.txt"])
    objects.put("bucket", "manifest", manifest.encode())
    Storage(objects).fetch_channel(
        channel("x", "s3://bucket/manifest", "ManifestFile"), tmp_path / "in"
    )
    assert files(tmp_path / "in") == {"a.txt": "a"}


def test_missing_data_and_a_missing_bucket_are_refused(objects: ObjectStore) -> None:
    request = minimal("job")
    with pytest.raises(AwsError, match="does not exist: create it"):
        Storage(objects).require(request)
    objects.create_bucket("training")
    Storage(objects).require(request)
    for uri in ("s3://bucket/none", "s3://no-such-bucket/x", "file:///no/such/file"):
        with pytest.raises(AwsError, match="No S3 objects found"):
            Storage(objects).require({**request, "InputDataConfig": [channel("x", uri)]})


def test_only_what_changed_is_stored_again(objects: ObjectStore, tmp_path: Path) -> None:
    folder, known = tmp_path / "checkpoints", dict[str, tuple[int, int]]()
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "a").write_text("1")
    storage, place = Storage(objects), Place.of("s3://bucket/c")
    storage.store_folder(folder, place, known)
    before = objects.head("bucket", "c/deep/a").modified
    storage.store_folder(folder, place, known)
    assert objects.head("bucket", "c/deep/a").modified == before
    (folder / "deep" / "a").write_text("22")
    storage.store_folder(folder, place, known)
    assert objects.head("bucket", "c/deep/a").size == 2
    storage.fetch_folder("s3://bucket/c", tmp_path / "back")
    assert files(tmp_path / "back") == {"deep/a": "22"}


def test_nothing_half_written_is_left_where_writing_fails(
    objects: ObjectStore, tmp_path: Path
) -> None:
    with pytest.raises(AwsError, match="NoSuchBucket"):
        Storage(objects).store_archive(tmp_path, Place.of("s3://missing/model.tar.gz"))
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "gone").symlink_to("nowhere")
    uri = Storage(objects).store_archive(folder, Place.of((tmp_path / "m.tar.gz").as_uri()))
    assert Path(uri.removeprefix("file://")).is_file()
    assert not list(tmp_path.glob(".*.part"))
