"""Datasets in versions: written whole or not at all, told apart by content."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.client import Client
from backend.data.content import digest
from backend.data.errors import DatasetError
from backend.data.reading import SourceFile, read
from backend.data.shipped import install
from backend.data.store import Datasets, dataset_name
from backend.errors import CloudError, NotFound
from tests.data.fake_s3 import FakeS3, connections
from tests.moto_cloud import moto_client

TASK = "text_classification"


def rows(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"text": f"Case {n} is {'late' if n % 2 else 'fine'}.", "label": "ab"[n % 2]}
        for n in range(start, start + count)
    ]


@pytest.fixture
def store() -> tuple[Datasets, FakeS3]:
    connected, s3 = connections()
    return Datasets(connected), s3


def test_a_dataset_is_kept_and_found_with_its_counts(store: tuple[Datasets, FakeS3]) -> None:
    datasets, _ = store
    made = datasets.add("mine", TASK, {"train": rows(20), "test": rows(4, 20)}, source="pasted")
    assert datasets.list() == (made,)
    assert datasets.get("mine") == datasets.get("mine", "v1") == made
    assert (made.id, made.count, made.labels, made.source) == ("mine/v1", 24, ("a", "b"), "pasted")
    assert made.splits["train"].uri == "s3://bucket/prefix/datasets/mine/v1/train/"
    assert made.splits["test"].labels == {"a": 2, "b": 2}
    assert datasets.list("summarization") == ()


def test_the_hash_is_the_one_that_a_training_job_computes(store: tuple[Datasets, FakeS3]) -> None:
    from common.data import digest as digest_in_jobs

    datasets, s3 = store
    made = datasets.add("mine", TASK, {"train": rows(9)}, source="")
    body = s3.objects["prefix/datasets/mine/v1/train/data.jsonl"]
    kept = list(datasets.examples(made, "train"))
    expected = made.splits["train"].sha256
    assert hashlib.sha256(body).hexdigest() == expected
    assert digest_in_jobs(kept) == digest(kept) == expected


def test_the_same_content_is_the_same_version_in_any_order(store: tuple[Datasets, FakeS3]) -> None:
    datasets, _ = store
    first = datasets.add("mine", TASK, {"train": rows(20)}, source="one")
    turned = [dict(reversed(row.items())) for row in reversed(rows(20))]
    assert datasets.add("mine", TASK, {"train": turned}, source="other") == first
    other = datasets.add("mine", TASK, {"train": rows(21)}, source="one")
    assert (other.version, [one.version for one in datasets.list()]) == ("v2", ["v2", "v1"])
    assert datasets.get("mine") == other


def test_nothing_is_there_where_writing_broke(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    for part in ("train/data.jsonl", "lint.json", "manifest.json"):
        s3.broken = lambda key, part=part: key.endswith(part)  # type: ignore[misc]
        with pytest.raises(CloudError):
            datasets.add("mine", TASK, {"train": rows(9)}, source="")
        assert (datasets.list(), s3.objects) == ((), {})


def test_what_a_crash_left_is_never_mixed_with_a_version(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    s3.objects["prefix/datasets/mine/v1/train/data.jsonl"] = b"half"
    made = datasets.add("mine", TASK, {"train": rows(9)}, source="")
    assert made.version == "v2"
    assert datasets.list() == (made,)


def test_a_manifest_that_is_none_is_passed_over(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    for body in (b"{", b"[]", b'{"task": "unknown"}'):
        s3.objects["prefix/datasets/odd/v1/manifest.json"] = body
        assert datasets.list() == ()


def test_a_version_is_removed_and_the_others_stay(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    datasets.add("mine", TASK, {"train": rows(9)}, source="")
    second = datasets.add("mine", TASK, {"train": rows(10)}, source="")
    datasets.add("mine-too", TASK, {"train": rows(10)}, source="")
    datasets.remove("mine", "v1")
    assert datasets.versions("mine") == (second,)
    datasets.remove("mine")
    assert [one.name for one in datasets.list()] == ["mine-too"]
    assert all("/mine-too/" in key for key in s3.objects)
    for missing in (("mine", None), ("mine-too", "v9")):
        with pytest.raises(NotFound, match="mine"):
            datasets.remove(*missing)


@pytest.mark.parametrize("name", ["", "Mine", "a/b", "../x", "a--b", "x" * 49])
def test_a_name_that_is_none_is_refused(store: tuple[Datasets, FakeS3], name: str) -> None:
    with pytest.raises(DatasetError, match="cannot be a dataset's name"):
        store[0].add(name, TASK, {"train": rows(2)}, source="")


def test_what_is_not_canonical_is_refused_with_its_row(store: tuple[Datasets, FakeS3]) -> None:
    with pytest.raises(DatasetError, match="Example 2 of train: “label” is missing"):
        store[0].add("mine", TASK, {"train": [*rows(1), {"text": "x"}]}, source="")
    with pytest.raises(DatasetError, match="no examples"):
        store[0].add("mine", TASK, {"train": []}, source="")


def test_a_dataset_has_one_task(store: tuple[Datasets, FakeS3]) -> None:
    store[0].add("mine", TASK, {"train": rows(3)}, source="")
    with pytest.raises(DatasetError, match="another task"):
        store[0].add(
            "mine", "summarization", {"train": [{"text": "a b", "summary": "a"}]}, source=""
        )


def test_a_fix_makes_a_new_version_and_leaves_the_old_one(store: tuple[Datasets, FakeS3]) -> None:
    datasets, _ = store
    first = datasets.add("mine", TASK, {"train": rows(20), "test": rows(6, 17)}, source="")
    assert (first.errors, datasets.lint(first).findings[0].check) == (1, "leaked_texts")
    second = datasets.fix(first, "drop_leaked")
    assert (second.version, second.errors, second.count) == ("v2", 0, 23)
    assert second.notes == ("v1: leaked rows dropped, 3 rows fewer",)
    assert datasets.examples(first, "train") != datasets.examples(second, "train")
    assert datasets.fix(second, "drop_leaked") == second


def test_labels_are_renamed_into_a_new_version(store: tuple[Datasets, FakeS3]) -> None:
    datasets, _ = store
    first = datasets.add("mine", TASK, {"train": rows(20)}, source="")
    assert datasets.rename_labels(first, {"a": "fine"}).labels == ("b", "fine")
    with pytest.raises(DatasetError, match="Nothing would be left"):
        datasets.rename_labels(first, {"a": "", "b": ""})


def test_a_report_of_older_checks_is_made_anew(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    made = datasets.add("mine", TASK, {"train": rows(60)}, source="")
    before = datasets.lint(made)
    s3.objects["prefix/datasets/mine/v1/lint.json"] = json.dumps({"revision": 0}).encode()
    assert datasets.lint(made) == before


def test_what_was_read_is_split_noted_and_kept(store: tuple[Datasets, FakeS3]) -> None:
    text = "text,label\n" + "\n".join(f"{row['text']},{row['label']}" for row in rows(50))
    contents = read([SourceFile("cases.csv", text.encode())])
    made = store[0].add_reading("mine", TASK, contents, source="cases.csv", seed=7)
    assert {name: split.count for name, split in made.splits.items()} == {
        "train": 40,
        "validation": 5,
        "test": 5,
    }
    assert made.notes == ("validation and test taken out of the rest, seed 7",)


def test_a_dataset_is_brought_from_s3_by_its_folder(store: tuple[Datasets, FakeS3]) -> None:
    datasets, s3 = store
    s3.objects |= {
        "raw/train.csv": b"text,label\na,b\n",
        "raw-too/x.csv": b"x",
        "raw/README.md": b"#",
    }
    assert [file.name for file in datasets.fetch("s3://bucket/raw")] == [
        "raw/README.md",
        "raw/train.csv",
    ]
    for wrong in ("s3://bucket/none", "s3://b", "file:///etc/passwd", "https://example.org/x"):
        with pytest.raises(DatasetError):
            datasets.fetch(wrong)


def test_a_name_that_the_hub_cannot_have_is_not_asked_for(store: tuple[Datasets, FakeS3]) -> None:
    for wrong in ("--help", "a b", "../x", "", "a/b/c"):
        with pytest.raises(DatasetError, match="no name of the hub"):
            store[0].fetch(wrong)


def test_shipped_datasets_are_kept_once_and_a_bad_one_is_reported(
    store: tuple[Datasets, FakeS3], tmp_path: Path
) -> None:
    for name, content in (("good", '{"text": "a b", "label": "x"}\n'), ("bad", "{")):
        (tmp_path / name).mkdir()
        for split in ("train", "validation", "test"):
            (tmp_path / name / f"{split}.jsonl").write_text(content)
    said: list[str] = []
    for _ in range(2):
        assert install(store[0], tmp_path, said.append) == ("good",)
    assert [one.id for one in store[0].list()] == ["good/v1"]
    assert said[0].startswith("bad: left out. ")


def test_names_are_made_of_titles() -> None:
    assert dataset_name("Support cases (2024).csv") == "support-cases-2024-csv"
    assert dataset_name("../../é") == ""


@pytest.fixture(scope="module")
def cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with moto_client(tmp_path_factory.mktemp("home")) as client:
        yield client  # without a bucket: the first dataset makes it


def test_another_s3_takes_the_same_calls(cloud: Client) -> None:
    datasets = cloud.datasets
    made = datasets.add("mine", TASK, {"train": rows(9), "test": rows(3, 9)}, source="")
    assert datasets.list() == (made,)
    assert Datasets(cloud.connections).examples(made, "test") == datasets.examples(made, "test")
    with pytest.raises(CloudError):
        datasets._objects.put_new("mine/v1/manifest.json", b"{}")
    datasets.remove("mine")
    assert datasets.list() == ()


def test_a_dataset_that_was_deleted_and_made_anew_is_not_taken_for_the_old_one(
    store: tuple[Datasets, FakeS3],
) -> None:
    datasets, _ = store
    old = datasets.add("mine", TASK, {"train": rows(3)}, source="")
    datasets.examples(old, "train")
    datasets.remove("mine")
    new = datasets.add("mine", TASK, {"train": rows(4)}, source="")
    assert (new.version, len(datasets.examples(new, "train"))) == ("v1", 4)
    assert replace(new, version="v1") == new
