"""Which models fine-tuning can go on from, and what that settles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from backend.errors import InputError, NotFound
from backend.jobs.requests import Start
from backend.jobs.service import Jobs
from backend.jobs.starts import Starts, suggested
from backend.tasks.recipes.base import Value
from backend.tasks.recipes.registry import recipe_of
from tests.app.fake_jobs import TASK, FakeJobs, training_job, tuning_job
from tests.data.fake_s3 import FakeS3, connections
from tests.jobs.samples import Data, Part
from tests.local.hosting.scripts import packed

CONFIG = {
    "task": TASK,
    "labels": ["a", "b"],
    "base_model": "base",
    "lora_rank": 16,
    "frozen_layers": 1,
    "max_length": 256,
}


@dataclass(frozen=True)
class Known:
    """A registered model."""

    name: str
    task: str = TASK
    source: str = "finetuned"
    data_url: str = ""
    dialect: str = ""


def starts(*models: Known, jobs: FakeJobs | None = None) -> tuple[Starts, FakeS3]:
    cloud, s3 = connections()
    return Starts(cloud, cast(Jobs, jobs or FakeJobs()), lambda: models), s3


def test_what_our_code_has_trained_can_be_gone_on_from() -> None:
    left = replace(training_job("left"), model_uri="s3://b/left")
    elsewhere = replace(training_job("elsewhere"), model_uri="s3://b/e", program="jumpstart-x")
    trial = replace(training_job("search-002", tuning_job="search"), model_uri="s3://b/trial")
    jobs = FakeJobs({job.name: job for job in (left, elsewhere, trial)}, {"search": tuning_job()})
    found, _ = starts(
        Known("pulled", data_url="s3://b/pulled"),
        Known("left", data_url="s3://b/left"),
        Known("pretrained-text-classification", source="embedded", data_url="s3://b/shipped"),
        Known("pretrained-named-entities", "named_entities", "embedded", "s3://b/spacy"),
        Known("from-the-catalog", source="catalog", data_url="s3://b/catalog"),
        Known("other-payload", dialect="t5", data_url="s3://b/t5"),
        jobs=jobs,
    )
    assert found.archives(TASK) == {
        "pretrained-text-classification": "s3://b/shipped",
        "left": "s3://b/left",
        "search-002": "s3://b/trial",
        "pulled": "s3://b/pulled",
    }
    assert found.archives("named_entities") == {}


@pytest.mark.parametrize(("count", "start"), [(1_999, "one"), (2_000, "")])
def test_few_examples_go_on_from_what_has_learned_the_task(count: int, start: str) -> None:
    data = Data(splits={"train": Part("s3://b/train/", count)})
    recipe = recipe_of("question_answering")
    assert suggested(recipe, data, ("one", "two")) == start
    assert suggested(recipe, data, ()) == ""
    assert suggested(recipe, Data(splits={}), ("one",)) == ""


def test_a_start_says_what_it_has_settled() -> None:
    found, s3 = starts()
    config = CONFIG | {"lora_rank": 16, "frozen_layers": 2}
    s3.objects["m/model.tar.gz"] = packed({"README.md": "x", "./model.json": json.dumps(config)})
    uri = "s3://bucket/m/model.tar.gz"
    settled: dict[str, Value] = {"base_model": "base", "lora_rank": 0, "frozen_layers": 2}
    assert found.get(TASK, "mine", uri) == Start("mine", uri, ("a", "b"), settled)


def test_the_labels_of_tags_are_their_types() -> None:
    found, s3 = starts()
    tags = {"task": "named_entities", "labels": ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]}
    s3.objects["m"] = packed({"model.json": json.dumps(CONFIG | tags)})
    assert found.get("named_entities", "mine", "s3://bucket/m").labels == ("PER", "LOC")


@pytest.mark.parametrize(
    "files",
    [
        {"model.json": json.dumps(CONFIG | {"task": "summarization"})},
        {"model.json": "{"},
        {"model.json": "[]"},
        {"meta.json": "{}"},
    ],
)
def test_what_was_not_trained_for_the_task_here_is_refused(files: Mapping[str, Any]) -> None:
    found, s3 = starts()
    s3.objects["m"] = packed(files)
    with pytest.raises(InputError, match="cannot be gone on from"):
        found.get(TASK, "mine", "s3://bucket/m")


def test_a_model_whose_archive_is_gone_is_not_found() -> None:
    with pytest.raises(NotFound):
        starts()[0].get(TASK, "mine", "s3://bucket/gone")
