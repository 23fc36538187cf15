"""The fair baseline: as many trials, at random, from the default ranges."""

import pytest

from backend.errors import InputError
from backend.jobs.equal_budget import equal_budget
from backend.tasks.recipes.registry import recipe_of
from tests.jobs.samples import Data


@pytest.mark.parametrize(("trials", "parallel"), [(1, 1), (9, 2)])
def test_it_has_so_many_random_trials_of_the_default_recipe(trials: int, parallel: int) -> None:
    recipe = recipe_of("text_classification")
    search = equal_budget(recipe, Data(), trials)
    assert (search.strategy, search.max_jobs, search.parallel_jobs) == ("Random", trials, parallel)
    assert search.spaces == recipe.spaces()


def test_no_trial_is_no_baseline() -> None:
    with pytest.raises(InputError):
        equal_budget(recipe_of("text_classification"), Data(), 0)
