"""A fair baseline for a tuned model: as many trials, drawn at random from the default recipe."""

from dataclasses import replace

from backend.jobs.requests import Dataset, TuningRequest, tuning_request
from backend.tasks.recipes.base import Recipe


def equal_budget(recipe: Recipe, dataset: Dataset, trials: int) -> TuningRequest:
    """A random search of ``trials`` training jobs over the recipe's default ranges.

    Raises ``InputError`` for a number of trials that SageMaker would not take.
    """
    search = tuning_request(recipe, dataset)
    parallel = max(1, min(search.parallel_jobs, trials))
    return replace(search, strategy="Random", max_jobs=trials, parallel_jobs=parallel)
