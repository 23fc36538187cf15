"""How models were trained, from the jobs that they are from, for ``backend.evaluation``."""

from collections.abc import Callable
from contextlib import suppress
from typing import Final

from backend.data.store import Datasets
from backend.data.versions import Split
from backend.errors import CloudError, InputError
from backend.evaluation.alarms import Range as Values
from backend.evaluation.record import ModelIdentity
from backend.evaluation.training import Search, Training
from backend.jobs.records import TrainingJob, TuningJob
from backend.jobs.service import Jobs
from backend.tasks.recipes.base import Range, Space, as_text

_VALIDATION: Final = "validation:"


def trained(
    model: ModelIdentity,
    job_of: Callable[[str, str], TrainingJob | None],
    jobs: Jobs,
    datasets: Datasets,
) -> Training | None:
    """How ``model`` was trained, None where no job is known that made it.

    ``job_of`` gives the job of a model's name and archive. Of what has been deleted since, nothing
    is said; raises nothing.
    """
    job = job_of(model.name, model.source)
    if job is None:
        return None
    split = _validation_split(job, datasets)
    earlier, start = _before(job, job_of)
    return Training(
        dataset=job.dataset,
        validation={
            name.removeprefix(_VALIDATION): value
            for name, value in job.metrics.items()
            if name.startswith(_VALIDATION)
        },
        validation_n=split.count if split else 0,
        validation_sha256=split.sha256 if split else "",
        search=_search(job, jobs) if job.tuning_job else None,
        earlier=earlier,
        start=start,
    )


def _before(
    job: TrainingJob, job_of: Callable[[str, str], TrainingJob | None]
) -> tuple[tuple[str, ...], str]:
    """What the models were trained on that led to the one of ``job``, and the archive of the first
    where no job made it.
    """
    datasets: list[str] = []
    archive, known = job.start, {job.model_uri}
    while archive and archive not in known:
        known.add(archive)
        # SageMaker leaves a job's model in <name>/output/model.tar.gz.
        parent = job_of(archive.rpartition("/output/")[0].rpartition("/")[2], archive)
        if parent is None:
            return tuple(datasets), archive
        datasets.append(parent.dataset)
        archive = parent.start
    return tuple(dict.fromkeys(name for name in datasets if name)), ""


def _validation_split(job: TrainingJob, datasets: Datasets) -> Split | None:
    """The split behind the validation channel, whatever it is called in its dataset."""
    uri = job.channels.get("validation", "").rstrip("/")
    name, _, version = job.dataset.partition("/")
    if not (uri and name and version):
        return None
    with suppress(CloudError, InputError):
        splits = datasets.get(name, version).splits.values()
        return next((split for split in splits if split.uri.rstrip("/") == uri), None)
    return None


def _search(job: TrainingJob, jobs: Jobs) -> Search | None:
    with suppress(CloudError):
        return _search_of(jobs.tuning_job(job.tuning_job))
    return None


def _search_of(found: TuningJob) -> Search:
    return Search(
        metric=found.objective.metric.removeprefix(_VALIDATION),
        trials=found.counters.launched,
        spaces={name: _values(space) for name, space in found.spaces.items()},
    )


def _values(space: Space) -> Values:
    if isinstance(space, Range):
        return (space.low, space.high)
    return tuple(as_text(value) for value in space.values)
