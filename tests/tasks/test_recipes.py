"""Recipes: what they promise of the trainers is so, and our own cannot mislead."""

import dataclasses
from importlib import import_module
from typing import Any

import pytest

from backend.tasks.recipes.base import (
    Choices,
    Hyperparameter,
    MetricDefinition,
    Objective,
    Preset,
    Range,
    Recipe,
    as_text,
)
from backend.tasks.recipes.registry import RECIPES, recipe_of
from backend.tasks.registry import TASKS
from common.hyperparameters import Hyperparameters

EVERY = pytest.mark.parametrize("recipe", RECIPES.values(), ids=RECIPES.keys())


def trainers_hyperparameters(task: str) -> type[Hyperparameters]:
    if task == "summarization":
        from summarization.train import SummarizationHyperparameters

        return SummarizationHyperparameters
    return Hyperparameters


def trainers_objective(task: str) -> tuple[str, bool]:
    if task == "summarization":
        return "rouge1", True
    objective = import_module(f"{task}.train").TASK.objective
    return objective.name, objective.maximize


def test_every_task_has_a_recipe() -> None:
    assert set(RECIPES) == {task.slug for task in TASKS}


@EVERY
def test_hyperparameters_are_those_of_the_trainer(recipe: Recipe) -> None:
    fields = {
        field.name: field for field in dataclasses.fields(trainers_hyperparameters(recipe.task))
    }
    kinds = {float: "float", int: "integer", bool: "boolean", str: "text"}
    for item in recipe.hyperparameters:
        field = fields[item.name]
        assert item.default == field.default, item.name
        assert item.kind == kinds[type(field.default)], item.name
        assert item.help == field.metadata["help"], item.name


@EVERY
def test_the_objective_is_what_the_trainer_keeps_its_checkpoint_by(recipe: Recipe) -> None:
    name, maximize = trainers_objective(recipe.task)
    assert recipe.objective.metric == f"validation:{name}"
    assert (recipe.objective.direction == "Maximize") is maximize


@EVERY
def test_the_trainer_takes_every_preset_of_ours(recipe: Recipe) -> None:
    kind: Any = trainers_hyperparameters(recipe.task)
    for preset in recipe.presets:
        if not preset.published:
            kind(**recipe.values(preset.name))
            kind(**recipe.tuned_values(preset.name))


@EVERY
def test_our_presets_search_around_their_own_baseline(recipe: Recipe) -> None:
    for preset in recipe.presets:
        if preset.published:
            continue
        baseline = recipe.values(preset.name)
        assert recipe.tuned_values(preset.name) == baseline  # the same budget
        assert preset.parallel_jobs < preset.max_jobs
        for name, space in recipe.spaces(preset.name).items():
            assert space.holds(baseline[name]), (preset.name, name)


@EVERY
def test_the_first_base_model_is_the_default_and_needs_no_hub(recipe: Recipe) -> None:
    first = recipe.base_models[0]
    assert first.name == recipe.hyperparameter("base_model").default
    assert not first.hub


def test_presets_add_up() -> None:
    recipe = recipe_of("relation_extraction")
    values = recipe.values("quick", batch_size=8)
    assert (values["epochs"], values["batch_size"], values["label_smoothing"]) == (3, 8, 0.05)
    assert values["weight_decay"] == recipe.hyperparameter("weight_decay").default
    with pytest.raises(KeyError):
        recipe.values("slow")


def test_what_was_published_is_kept_as_it_was() -> None:
    entities = recipe_of("named_entities")
    assert entities.values("as-published")["learning_rate"] == 2e-6
    assert entities.tuned_values("as-published")["epochs"] == 3
    assert entities.spaces("as-published")["weight_decay"] == Range(1e-6, 1e-2, "Logarithmic")
    answers = recipe_of("question_answering").spaces("as-published")
    assert answers["epochs"] == Range(3, 10, integer=True)
    assert answers["frozen_layers"] == Choices((0, 12))


def test_a_default_outside_its_own_search_range_cannot_be_written_down() -> None:
    with pytest.raises(ValueError, match="outside its own search range"):
        Hyperparameter("lr", "float", 1e-6, "", space=Range(1e-5, 1e-2))
    with pytest.raises(ValueError, match="below 1"):
        Hyperparameter("epochs", "integer", 0, "", 1)


def test_an_objective_without_a_metric_cannot_be_written_down() -> None:
    recipe = recipe_of("named_entities")
    with pytest.raises(ValueError, match="not among the metrics"):
        dataclasses.replace(recipe, objective=Objective("f2"))
    with pytest.raises(ValueError, match="epochs: it is below 1"):
        dataclasses.replace(recipe, presets=(Preset("p", "P", "", {"epochs": 0}),))


@pytest.mark.parametrize(
    ("low", "high", "scaling"),
    [(1, 1, "Auto"), (0, 1, "Logarithmic"), (0.5, 1, "ReverseLogarithmic")],
)
def test_a_range_that_no_search_could_use_is_refused(low: float, high: float, scaling: Any) -> None:
    with pytest.raises(ValueError, match="range"):
        Range(low, high, scaling)


def test_ranges_know_what_they_hold() -> None:
    assert Range(1, 3, integer=True).holds(2)
    assert not Range(1, 3, integer=True).holds(2.5)
    assert not Range(0, 1).holds("0.5")
    assert Choices((0, 12)).holds("12")
    assert not Choices((0, 12)).holds(6)


def test_values_are_read_from_text_and_written_as_text() -> None:
    recipe = recipe_of("named_entities")
    for name, text, value in (
        ("epochs", "4", 4),
        ("epochs", "4.0", 4),
        ("learning_rate", "5e-05", 5e-5),
        ("class_weights", "True", True),
        ("precision", "bfloat16", "bfloat16"),
    ):
        assert recipe.hyperparameter(name).parse(text) == value
    assert (as_text(5e-5), as_text(4), as_text(True)) == ("5e-05", "4", "True")


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("epochs", "2.5", "not a whole number"),
        ("epochs", "many", "not a number"),
        ("epochs", "nan", "whole number|below"),
        ("learning_rate", "2", "above 1"),
        ("class_weights", "perhaps", "neither"),
        ("precision", "int8", "not one of"),
    ],
)
def test_values_that_make_no_sense_are_refused(name: str, text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        recipe_of("named_entities").hyperparameter(name).parse(text)


def test_a_name_with_signs_is_matched_as_it_is() -> None:
    definition = MetricDefinition.ours("a.b+c")
    assert r"a\.b\+c=" in definition.regex
