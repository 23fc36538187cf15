"""Sizes and jobs: fair, of the same name for the same request, and not refused before launch."""

from pathlib import Path

import pytest

from backend.experiment import plan
from backend.experiment.material import MATERIALS
from backend.experiment.plan import SCALES, Size, jobs_of
from backend.jobs import preflight
from backend.tasks.recipes.registry import RECIPES, recipe_of
from tests.jobs.samples import Data

SIZE = Size(100, 20, 20, trials=4, epochs=2)


@pytest.mark.parametrize("scale", list(SCALES))
def test_every_task_has_its_size_and_its_data(scale: str) -> None:
    assert set(SCALES[scale].sizes) == set(RECIPES) == {material.task for material in MATERIALS}


@pytest.mark.parametrize("scale", list(SCALES))
@pytest.mark.parametrize("task", list(RECIPES))
def test_the_pre_flight_check_has_no_error(scale: str, task: str) -> None:
    jobs = jobs_of(task, Data(), SCALES[scale].sizes[task])
    for request in (jobs.finetuned, jobs.tuned):
        found = preflight.check(request, recipe_of(task), instance_type="ml.m5.large")
        assert [one.what for one in found if one.level == "error"] == []


@pytest.mark.parametrize("task", list(RECIPES))
def test_all_that_differs_between_the_jobs_is_what_is_searched(task: str) -> None:
    jobs = jobs_of(task, Data(), SIZE)
    assert jobs.random.fixed == jobs.tuned.fixed
    assert jobs.random.spaces == jobs.tuned.spaces
    assert jobs.random.max_jobs == jobs.tuned.max_jobs == 4
    assert (jobs.random.strategy, jobs.tuned.strategy) == ("Random", "Bayesian")
    assert jobs.tuned.parallel_jobs == 1
    values = jobs.finetuned.hyperparameters
    assert jobs.tuned.training.hyperparameters == values
    assert all(space.holds(values[name]) for name, space in jobs.tuned.spaces.items())


@pytest.mark.parametrize("task", list(RECIPES))
def test_the_same_request_has_the_same_name_and_another_one_another(task: str) -> None:
    first, again = jobs_of(task, Data(), SIZE), jobs_of(task, Data(), SIZE)
    assert first == again
    others = (
        jobs_of(task, Data(sha256="2" * 64), SIZE),
        jobs_of(task, Data(), Size(100, 20, 20, trials=4, epochs=3)),
    )
    for other in others:
        assert other.finetuned.name != first.finetuned.name
        assert other.tuned.name != first.tuned.name
    more = jobs_of(task, Data(), Size(100, 20, 20, trials=5, epochs=2))
    assert more.finetuned.name == first.finetuned.name
    assert more.random.name != first.random.name


def test_other_training_code_is_another_request(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    before = jobs_of("summarization", Data(), SIZE)
    monkeypatch.setattr(plan, "ROOT", tmp_path)
    after = jobs_of("summarization", Data(), SIZE)
    assert after.finetuned.name != before.finetuned.name
    assert after.tuned.name != before.tuned.name
