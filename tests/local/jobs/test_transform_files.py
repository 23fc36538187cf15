"""Which files a job has, and how their results are called; how far a job has come."""

import json
from pathlib import Path

import pytest

from backend.local.jobs.transform_files import Files, InputError, InputFile
from backend.local.jobs.transform_progress import Place, Progress
from backend.local.s3.store import ObjectStore
from tests.local.jobs.test_transform_batches import plan


@pytest.fixture
def objects(tmp_path: Path) -> ObjectStore:
    store = ObjectStore(tmp_path / "s3")
    store.create_bucket("bucket")
    for key in ("in/b.jsonl", "in/a/a.jsonl", "in/marker/", "inner.jsonl"):
        store.put("bucket", key, b"{}")
    return store


def names(objects: ObjectStore, uri: str, data_type: str = "S3Prefix") -> list[str]:
    source = {"DataSource": {"S3DataSource": {"S3DataType": data_type, "S3Uri": uri}}}
    found = Files(objects).inputs(plan(TransformInput=source))
    return [item.name for item in found]


def test_results_keep_their_files_places_below_the_prefix(objects: ObjectStore) -> None:
    assert names(objects, "s3://bucket/in/") == ["a/a.jsonl", "b.jsonl"]
    assert names(objects, "s3://bucket/in/a") == ["a.jsonl"]
    assert names(objects, "s3://bucket/in/b.jsonl") == ["b.jsonl"]
    assert names(objects, "s3://bucket/in") == ["in/a/a.jsonl", "in/b.jsonl", "inner.jsonl"]
    assert len(names(objects, "s3://bucket")) == 3


def test_nothing_under_a_prefix_is_an_error_in_the_words_of_aws(objects: ObjectStore) -> None:
    for uri in ("s3://bucket/none", "s3://no-such-bucket/in"):
        with pytest.raises(InputError, match="No S3 objects found under S3 URL"):
            names(objects, uri)


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'[{"prefix": "s3://b/"}]', b'["a"]', b'[{"prefix": "s3://b/"}, 1]']
)
def test_what_is_no_manifest_is_refused(objects: ObjectStore, content: bytes) -> None:
    objects.put("bucket", "manifest", content)
    with pytest.raises(InputError, match="is no manifest"):
        names(objects, "s3://bucket/manifest", "ManifestFile")


def test_a_manifest_cannot_lead_results_astray(objects: ObjectStore) -> None:
    content = [{"prefix": "s3://bucket/in/"}, "../b.jsonl"]
    objects.put("bucket", "manifest", json.dumps(content).encode())
    with pytest.raises(InputError, match="cannot name a result"):
        names(objects, "s3://bucket/manifest", "ManifestFile")


def test_progress_is_what_was_kept_last(tmp_path: Path) -> None:
    progress = Progress(tmp_path / "job")
    assert progress.inputs() is None
    progress.begin([InputFile("s3://b/k", "k")])
    assert progress.place() == Place()
    place = Place(file=0, version="v", offset=3, line=1, size=2)
    progress.keep(place)
    assert Progress(tmp_path / "job").place() == place
    assert Progress(tmp_path / "job").inputs() == [InputFile("s3://b/k", "k")]


def test_output_beyond_the_progress_is_cut_off_and_lost_output_is_noticed(tmp_path: Path) -> None:
    progress = Progress(tmp_path)
    progress.output.write_bytes(b"kept and half a li")
    file = progress.continued(4)
    assert file is not None
    with file:
        file.write(b"!")
    assert progress.output.read_bytes() == b"kept!"
    assert progress.continued(6) is None
    progress.output.unlink()
    assert progress.continued(1) is None
