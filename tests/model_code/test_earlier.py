"""Going on from a model that an earlier job left."""

import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any

import pytest

from common.earlier import read_earlier
from tests.model_code.conftest import Train, write
from tests.model_code.test_tasks import CASES

SETTINGS: dict[str, Any] = {"epochs": 6, "learning_rate": 3e-3, "batch_size": 8}
STILL: dict[str, Any] = {"epochs": 1, "learning_rate": 1e-9, "batch_size": 8}
"""A training that changes nothing: what it scores was known before."""


def packed(model: Path, channel: Path) -> Path:
    channel.mkdir()
    with tarfile.open(channel / "model.tar.gz", "w:gz") as archive:
        archive.add(model, ".")
    return channel


def kept(base: Path) -> dict[str, Any]:
    """The metrics of the model that the job of ``base`` kept."""
    lines = (base / "output" / "data" / "metrics.jsonl").read_text().splitlines()
    record: dict[str, Any] = json.loads(lines[-1])
    return {name: value for name, value in record.items() if name.startswith("validation:")}


@pytest.fixture(scope="module", params=sorted(CASES))
def first(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, train: Train
) -> tuple[str, Path, Path]:
    """A task, the folder of its job, and the channel with the model that it left."""
    task = str(request.param)
    examples, settings, _ = CASES[task]
    base = write(tmp_path_factory.mktemp(task) / "job", examples)
    done = train(task, base, **{**SETTINGS, **settings})
    assert done.returncode == 0, done.stderr
    return task, base, packed(base / "model", base / "channel")


def test_the_next_job_begins_where_the_earlier_one_ended(
    first: tuple[str, Path, Path], tmp_path: Path, train: Train
) -> None:
    task, before, channel = first
    base = write(tmp_path / "next", CASES[task][0])
    done = train(task, base, start=channel, base_model="nobody/nothing", **STILL)
    assert done.returncode == 0, done.stderr
    assert kept(base) == pytest.approx(kept(before), abs=0.02)
    card = (base / "model" / "README.md").read_text()
    assert re.search(r"Went on from weights: sha256 `[0-9a-f]{64}`", card)
    assert "nobody/nothing" not in card
    assert (base / "model" / "base" / "model.safetensors").is_file()


def test_labels_keep_what_they_learned_and_new_ones_begin_afresh(
    tmp_path: Path, train: Train
) -> None:
    examples = CASES["text_classification"][0]
    base = write(tmp_path / "job", examples)
    assert train("text_classification", base, **SETTINGS).returncode == 0
    channel = packed(base / "model", tmp_path / "channel")
    more = [*examples, *({"text": f"paper report {n}", "label": "neutral"} for n in range(3))]
    after = write(tmp_path / "next", more)
    done = train("text_classification", after, start=channel, **STILL)
    assert done.returncode == 0, done.stderr
    assert "knows 2 of 3 labels" in done.stdout
    assert kept(after)["validation:accuracy"] > 0.9


@pytest.fixture(scope="module")
def classifier(tmp_path_factory: pytest.TempPathFactory, train: Train) -> Path:
    """The folder of a text classifier."""
    base = write(tmp_path_factory.mktemp("classifier") / "job", CASES["text_classification"][0])
    assert train("text_classification", base, epochs=1, batch_size=32).returncode == 0
    return base / "model"


def test_a_model_of_another_task_is_refused_with_a_sentence(
    classifier: Path, tmp_path: Path, train: Train
) -> None:
    base = write(tmp_path / "job", CASES["named_entities"][0])
    done = train("named_entities", base, start=packed(classifier, tmp_path / "channel"))
    assert done.returncode == 1
    assert "is one for text_classification, not for named_entities" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unpacked_model_is_taken_as_it_is(classifier: Path) -> None:
    earlier = read_earlier(classifier, "text_classification")
    assert earlier is not None
    assert earlier.folder == classifier


def archive(channel: Path, members: dict[str, bytes]) -> Path:
    with tarfile.open(channel / "model.tar.gz", "w:gz") as made:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
    return channel


def test_no_file_leaves_the_folder_and_none_is_taken_that_is_not_needed(
    classifier: Path, tmp_path: Path
) -> None:
    members = {
        "../model.json": b"{}",
        "base/../../evil": b"x",
        "base/..": b"x",
        "/weights.safetensors": b"x",
        "code/inference.py": b"x",
        "model.json": (classifier / "model.json").read_bytes(),
        "weights.safetensors": (classifier / "weights.safetensors").read_bytes(),
        "base/config.json": b"{}",
    }
    earlier = read_earlier(archive(tmp_path, members), "text_classification")
    assert earlier is not None
    found = {str(p.relative_to(earlier.folder)) for p in earlier.folder.rglob("*") if p.is_file()}
    assert found == {"model.json", "weights.safetensors", "base/config.json"}
    assert not (earlier.folder.parent / "evil").exists()
    folder = earlier.folder
    del earlier
    assert not folder.exists()


@pytest.mark.parametrize(
    ("members", "says"),
    [
        ({"model.json": b"{"}, "not trained by this code"),
        ({"meta.json": b"{}"}, "not trained by this code"),
        ({"model.json": b'{"task": "text_classification"}'}, "not trained by this code"),
    ],
)
def test_an_archive_of_something_else_is_refused(
    members: dict[str, bytes], says: str, tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=says):
        read_earlier(archive(tmp_path, members), "text_classification")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    (tmp_path / "model.tar.gz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="cannot be unpacked"):
        read_earlier(tmp_path, "text_classification")


def test_a_channel_without_an_archive_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"holds no model\.tar\.gz"):
        read_earlier(tmp_path, "text_classification")


def test_without_a_channel_there_is_no_earlier_model() -> None:
    assert read_earlier(None, "text_classification") is None
