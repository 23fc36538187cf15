"""The original solution's rows: what can be deployed and trained, and by which recipe."""

import json
import re
from pathlib import Path

import pytest

from backend.catalog.archives import pipeline_files, row_files
from backend.catalog.rows import ROWS, Row, row_of, rows_for
from backend.jobs.patterns import Pattern
from backend.settings import ROOT
from backend.settings.images import INFERENCE, INFERENCE_GPU, TRAINING, image_uri, regions
from backend.tasks.dialects.registry import dialect_of
from backend.tasks.recipes.base import Choices, Range
from backend.tasks.registry import TASKS

TC = "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"
QA_TASK = "question_answering"
QA = "huggingface-eqa-bert-base-uncased"
LARGE = "bert-large-uncased-whole-word-masking-finetuned-squad"


@pytest.mark.parametrize(
    ("task", "name", "uses"),
    [
        ("summarization", "t5-base", {"deploy"}),
        ("text_classification", TC, {"deploy", "fine-tune", "search"}),
        ("question_answering", LARGE, {"deploy"}),
        ("question_answering", QA, {"fine-tune", "search"}),
        ("named_entities", "en_core_web_md", {"deploy"}),
        ("named_entities", "distilbert-base-uncased", {"fine-tune", "search"}),
        ("relation_extraction", "bert-base-uncased", {"fine-tune", "search"}),
    ],
)
def test_the_original_solution_s_rows_are_all_there(task: str, name: str, uses: set[str]) -> None:
    row = row_of(task, name)
    assert row.original
    assert row.uses == uses


def test_those_are_all_of_the_original_s() -> None:
    assert sum(row.original for row in ROWS) == 7


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.task}/{row.name}")
def test_every_row_names_a_task_a_codec_and_where_it_is_trained_a_recipe(row: Row) -> None:
    assert row.task in {task.slug for task in TASKS}
    assert dialect_of(row.task, row.dialect)
    if "fine-tune" in row.uses:
        assert row.recipe.task == row.task
        assert row.recipe.presets[0].name in {"quick", "balanced"}
        known = {model.name for model in row.recipe.base_models}
        assert row.name in known


def test_every_task_has_its_standard_model_among_what_can_be_deployed() -> None:
    for task in TASKS:
        assert rows_for(task.slug, "deploy")[0].name == task.default_endpoint


def test_ours_is_the_first_choice_for_training_of_each_task() -> None:
    for task in TASKS:
        assert rows_for(task.slug, "fine-tune")[0].kind == "ours"


def test_jumpstarts_recipes_are_as_they_were_published() -> None:
    classes, answers = row_of("text_classification", TC).recipe, row_of(QA_TASK, QA).recipe
    assert classes.values("as-published")["adam-learning-rate"] == 1e-6
    assert classes.values("as-published")["batch-size"] == 64
    assert classes.spaces("as-published") == {
        "adam-learning-rate": Range(1e-5, 1e-2, "Logarithmic")
    }
    assert (answers.objective.metric, answers.objective.direction) == ("val_loss", "Minimize")
    spaces = answers.spaces("as-published")
    assert spaces["epochs"] == Range(3, 10, integer=True)
    assert spaces["train-only-top-layer"] == Choices(("True", "False"))


@pytest.mark.parametrize(
    ("task", "name", "line", "value"),
    [
        ("text_classification", TC, "845/845 - loss: 0.3 - val_accuracy: 0.8945", 0.8945),
        ("text_classification", TC, "val_accuracy=1", 1.0),
        (QA_TASK, QA, "{'eval_loss': 5.97e-05, 'epoch': 1.0}", 5.97e-05),
        (QA_TASK, QA, "{'eval_loss': 2, 'epoch': 1.0}", 2.0),
        (QA_TASK, QA, "val Loss: 0.25 Acc", 0.25),
    ],
)
def test_the_patterns_read_what_the_original_s_misread(
    task: str, name: str, line: str, value: float
) -> None:
    (definition,) = row_of(task, name).recipe.metrics
    assert [found.value for found in Pattern(definition.regex).find(line)] == [value]


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.kind == "hub" and row.uses == {"deploy"}]
)
def test_what_comes_from_the_hub_names_its_model_in_the_archive(row: Row) -> None:
    folder = ROOT / "assets" / "catalog" / row.name
    (described,) = [json.loads(path.read_text()) for path in folder.glob("*.json")]
    assert described["base_model"] == row.name


def test_spacys_archive_brings_the_pipeline_and_asks_for_spacy() -> None:
    files = row_files("en_core_web_md", "named_entities", ROOT)
    assert "spacy" in files["code/requirements.txt"].read_text()
    assert {"meta.json", "config.cfg"} <= set(pipeline_files())


def test_images_are_those_of_the_sagemaker_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    from sagemaker.core import image_uris

    wanted = {
        INFERENCE: ("inference", "5.5.3", "pytorch2.6.0", "ml.m5.large"),
        INFERENCE_GPU: ("inference", "5.5.3", "pytorch2.6.0", "ml.g4dn.xlarge"),
        TRAINING: ("training", "5.3.0", "pytorch2.9.0", "ml.g4dn.xlarge"),
    }
    for image, (scope, version, base, machine) in wanted.items():
        for region in regions() if image == INFERENCE else ("us-east-1", "cn-north-1"):
            assert image_uri(image, region) == image_uris.retrieve(
                "huggingface",
                region,
                version=version,
                base_framework_version=base,
                image_scope=scope,
                instance_type=machine,
                py_version="py312",
            )
    config = Path(image_uris.__file__).parent / "image_uri_config" / "huggingface.json"
    listed = json.loads(config.read_text())["inference"]["versions"]["5.5.3"]["pytorch2.6.0"]
    commercial = {name for name in listed["registries"] if not re.match(r"us-iso", name)}
    assert set(regions()) == commercial
