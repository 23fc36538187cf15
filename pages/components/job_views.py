"""Jobs as what a screen shows: rows, words, points for charts. Nothing here draws."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from backend.charts.search import TrialPoint
from pages.components import colours
from pages.components.colours import Ink
from pages.components.door import (
    JobReading,
    Objective,
    TrainingJob,
    Trial,
    TuningJob,
    recipe_of,
)
from pages.components.names import count

_STATES: Final[Mapping[str, str]] = {
    "InProgress": "running",
    "Completed": "done",
    "Failed": "failed",
    "Stopping": "stopping",
    "Stopped": "stopped",
    "Pending": "waiting",
    "Deleting": "being deleted",
}
_INKS: Final[Mapping[str, Ink]] = {
    "Completed": colours.ACCENT,
    "InProgress": Ink("#0c54a0", "#92cbff"),
    "Stopped": colours.QUIET,
    "Stopping": colours.QUIET,
    "Failed": colours.NEGATIVE,
}
SPARKLINE: Final = 40
"""Values of a trend in the table."""


def job_state(job: TrainingJob | TuningJob) -> str:
    """The state of a job in a word."""
    waiting = isinstance(job, TrainingJob) and job.secondary_status in {"Pending", "Starting"}
    status = "Pending" if waiting and job.status == "InProgress" else job.status
    return _STATES.get(status, status)


def status_ink(status: str) -> Ink:
    """The colour of a status in charts."""
    return _INKS.get(status, colours.QUIET)


def span(seconds: float | None) -> str:
    """A duration in its two largest units; "" where it is not known."""
    if seconds is None:
        return ""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def objective_of(job: TrainingJob | TuningJob) -> Objective | None:
    """What decides about a job's checkpoint; None where the job is not one of ours."""
    if isinstance(job, TuningJob):
        return job.objective
    recipe = recipe_of(job.task)
    return recipe.objective if recipe else None


def metric_name(metric: str) -> str:
    """A metric as people read it: "validation:f1_macro" is "f1 macro"."""
    return metric.rpartition(":")[2].replace("_", " ")


def best_value(job: TrainingJob | TuningJob, reading: JobReading | None) -> float | None:
    """The best value of the objective so far."""
    objective = objective_of(job)
    if isinstance(job, TuningJob):
        return job.best.objective if job.best else None
    if objective is None:
        return None
    best = reading.best(objective) if reading else None
    return best.value if best else job.metrics.get(objective.metric)


def row(
    job: TrainingJob | TuningJob, reading: JobReading | None, title: str, cost: str = ""
) -> dict[str, Any]:
    """One job in the table; ``title`` is its task's."""
    objective = objective_of(job)
    series = reading.series.get(objective.metric, ()) if reading and objective else ()
    return {
        "Job": job.name,
        "State": job_state(job),
        "Progress": part_done(job, reading),
        "Best": best_value(job, reading),
        "Metric": metric_name(objective.metric) if objective else "",
        "Trend": [point.value for point in series[-SPARKLINE:]],
        "Time left": "" if job.finished else span(seconds_left(job, reading)),
        "Took": span(job.elapsed()),
        "Cost": cost,
        "Kind": "Search" if isinstance(job, TuningJob) else "Fine-tuning",
        "Task": title,
    }


def part_done(job: TrainingJob | TuningJob, reading: JobReading | None) -> float:
    """The part of a job that is done, 0 to 1."""
    if isinstance(job, TuningJob):
        return job.progress
    if job.status == "Completed":
        return 1.0
    progress = reading.progress() if reading else None
    return progress.fraction if progress else 0.0


def seconds_left(job: TrainingJob | TuningJob, reading: JobReading | None) -> float | None:
    """The seconds that a job still takes, None until that can be said."""
    if isinstance(job, TuningJob):
        done = job.progress
        return job.elapsed() * (1 - done) / done if done > 0 else None
    progress = reading.progress() if reading else None
    return progress.seconds_left if progress else None


def step_words(reading: JobReading) -> str:
    """Where a running job is: "step 120 of 800, about 2 min left"."""
    progress = reading.progress()
    if progress is None:
        return "No progress has been reported yet."
    left = f", about {span(progress.seconds_left)} left" if progress.seconds_left else ""
    return f"Step {progress.step:,} of {progress.steps:,}{left}"


def trial_points(trials: Sequence[Trial]) -> list[TrialPoint]:
    """Trials for the charts, numbered in the order in which they were started."""
    return [
        TrialPoint(
            number, t.status, t.objective, dict(t.hyperparameters), t.started or t.created, t.ended
        )
        for number, t in enumerate(trials, start=1)
    ]


def trial_rows(trials: Sequence[Trial], best: Trial | None) -> list[dict[str, Any]]:
    """Trials as a table that can be sorted."""
    return [
        {
            "Trial": number,
            "State": _STATES.get(trial.status, trial.status),
            "Objective": trial.objective,
            "Best": best is not None and trial.name == best.name,
            **{name: _number(value) for name, value in trial.hyperparameters.items()},
            "Job": trial.name,
        }
        for number, trial in enumerate(trials, start=1)
    ]


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text


def short_number(text: str) -> str:
    """A hyperparameter's value in three significant digits where it is a fraction."""
    value = _number(text)
    return text if isinstance(value, str) or value.is_integer() else f"{value:.3g}"


def counter_words(job: TuningJob) -> str:
    """The trials by their state, in a line."""
    c = job.counters
    named = (
        (c.completed, "done"),
        (c.in_progress, "running"),
        (c.stopped, "stopped"),
        (c.failed, "failed"),
        (max(0, job.max_jobs - c.launched) if not job.finished else 0, "to come"),
    )
    parts = [f"{number} {word}" for number, word in named if number]
    return f"{count(job.max_jobs, 'trial')}: {', '.join(parts) or 'none started'}"


def baseline_of(job: TuningJob, others: Sequence[TrainingJob]) -> TrainingJob | None:
    """The newest finished fine-tuning of the same task on the same data: what a search beats. One
    that was cut short by a number of steps is no baseline.
    """
    fitting = [
        other
        for other in others
        if other.task == job.task
        and other.dataset_sha256 == job.dataset_sha256 != ""
        and job.objective.metric in other.metrics
        and not other.tuning_job
        and other.hyperparameters.get("max_steps", "0") in {"0", job.fixed.get("max_steps", "0")}
    ]
    return max(fitting, key=lambda other: other.created, default=None)
