"""From a job to a request like the one that made it."""

from collections.abc import Mapping
from dataclasses import replace

from backend.errors import InputError
from backend.jobs.records import TrainingJob, TuningJob
from backend.jobs.requests import HOUR, Channel, Request, TrainingRequest, TuningRequest
from backend.tasks.recipes.base import Recipe, Value, as_text
from backend.tasks.recipes.registry import recipe_of


def again(job: TrainingJob | TuningJob) -> Request:
    """A request like the one that made ``job``; its channels do not say how much they hold.

    Raises ``InputError`` for a job that does not say its task.
    """
    if isinstance(job, TrainingJob):
        return _training(job, job.hyperparameters, job.name)
    baseline = _recipe(job).tuned_values()
    # A search keeps only what its trials share: the searched ones start from the recipe again.
    values = {name: as_text(baseline[name]) for name in job.spaces if name in baseline}
    training = _training(job, values | dict(job.fixed), job.name)
    return TuningRequest(
        name=job.name,
        training=replace(training, objective=job.objective),
        spaces=job.spaces,
        max_jobs=job.max_jobs,
        parallel_jobs=job.parallel_jobs,
        strategy=job.strategy,
        early_stopping=job.early_stopping,
        parents=job.parents,
    )


def _recipe(job: TrainingJob | TuningJob) -> Recipe:
    try:
        return recipe_of(job.task, job.program)
    except KeyError:
        raise InputError(
            "This job does not say its task: start a new one on the Train page."
        ) from None


def _training(job: TrainingJob | TuningJob, texts: Mapping[str, str], name: str) -> TrainingRequest:
    recipe = _recipe(job)
    values: dict[str, Value] = {}
    for item in recipe.hyperparameters:
        try:
            values[item.name] = item.parse(texts.get(item.name, as_text(item.default)))
        except ValueError:
            values[item.name] = item.default
    return TrainingRequest(
        name=name,
        task=job.task,
        channels=_channels(job),
        hyperparameters=values,
        objective=recipe.objective,
        metrics=job.metric_definitions or recipe.metrics,
        dataset=job.dataset,
        dataset_sha256=job.dataset_sha256,
        max_seconds=job.max_seconds or 24 * HOUR,
        instance_type=job.instance_type,
        program=job.program,
        spot=job.spot,
        max_wait_seconds=job.max_wait_seconds,
    )


def _channels(job: TrainingJob | TuningJob) -> dict[str, Channel]:
    """The channels as a request names them: JumpStart's program had the same data as a table."""
    if job.program:
        return {"train": Channel(job.channels.get("training", ""))}
    return {channel: Channel(uri) for channel, uri in job.channels.items()}
