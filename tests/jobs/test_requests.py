"""Requests: what they hold, what cannot be asked for."""

from dataclasses import replace

import pytest

from backend.errors import InputError
from backend.jobs.requests import Start, renamed
from backend.tasks.recipes.base import Range
from tests.jobs.samples import Data, fine_tune, search, with_values


def test_a_request_is_complete() -> None:
    request = fine_tune("relation_extraction", preset="quick", values={"batch_size": 8})
    assert request.hyperparameters["epochs"] == 3
    assert request.hyperparameters["batch_size"] == 8
    assert request.hyperparameters["seed"] == 13
    assert request.objective.metric == "validation:f1_macro"
    assert (request.dataset, request.dataset_sha256) == ("support-mails/v1", "1" * 64)


def test_the_test_split_is_no_channel_of_a_job() -> None:
    assert set(fine_tune().channels) == {"train", "validation"}
    assert fine_tune().channels["train"].count == 3000


def test_trials_are_trained_like_the_baseline() -> None:
    for preset in ("quick", "balanced", "thorough"):
        assert (
            search(preset=preset).training.hyperparameters
            == fine_tune(preset=preset).hyperparameters
        )


def test_what_is_searched_is_not_fixed() -> None:
    request = search(spaces={"dropout": Range(0.0, 0.5)})
    assert "dropout" not in request.fixed
    assert "learning_rate" in request.fixed


START = Start(
    "earlier",
    "s3://b/p/jobs/earlier/output/model.tar.gz",
    ("a",),
    {"base_model": "distilbert-base-uncased", "lora_rank": 16, "frozen_layers": 2},
)


def test_what_an_earlier_model_is_made_of_stays_as_it_is() -> None:
    request = fine_tune(start=START, values={"lora_rank": 4, "epochs": 6})
    assert request.start == START.uri
    assert request.hyperparameters.items() >= {**START.settled, "epochs": 6}.items()
    assert fine_tune().start == ""


def test_what_an_earlier_model_is_made_of_is_not_searched() -> None:
    spaces = {"frozen_layers": Range(0, 6, integer=True), "learning_rate": Range(1e-5, 1e-3)}
    request = search(start=START, spaces=spaces)
    assert set(request.spaces) == {"learning_rate"}
    assert request.fixed["frozen_layers"] == 2
    assert request.training.start == START.uri


def test_a_task_without_a_layer_to_freeze_goes_on_all_the_same() -> None:
    request = fine_tune("summarization", start=START)
    assert "lora_rank" not in request.hyperparameters


def test_a_hyperparameter_that_is_none_is_refused() -> None:
    with pytest.raises(InputError, match="is not a hyperparameter"):
        with_values(speed=1)
    with pytest.raises(InputError, match="Epochs cannot be 0: it is below 1"):
        with_values(epochs=0)


def test_a_dataset_without_training_data_is_refused() -> None:
    with pytest.raises(InputError, match="train split"):
        replace(fine_tune(), channels={})
    assert "train" in Data().splits


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"name": "a" * 33}, "at most 32"),
        ({"max_jobs": 0}, "1 to 500"),
        ({"parallel_jobs": 7}, "not more than there are"),
        ({"parallel_jobs": 0}, "At least one"),
        ({"spaces": {}}, "Nothing is searched"),
    ],
)
def test_a_search_that_sagemaker_would_refuse_cannot_be_made(
    change: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        replace(search(), **change)  # type: ignore[arg-type]


def test_names_are_made_to_fit_and_differ() -> None:
    made = search(name="")
    assert len(made.name) <= 32
    assert made.name.startswith("entities-hpo-")
    assert fine_tune(name="").name.startswith("named-entities-finetune-")
    assert renamed(fine_tune(name="old")).name != "old"
    assert len(renamed(search()).name) <= 32
