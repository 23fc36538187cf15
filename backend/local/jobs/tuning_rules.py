"""When a training job of a tuning job is stopped, and when the tuning job itself is over.

Pure functions of what the trials have shown so far, so that they decide the same after a restart.
"""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from backend.local.jobs.tuning_plan import Objective, Study
from backend.local.jobs.tuning_records import Trial, Tuning, finite

_FEWEST_TO_COMPARE = 3  # ended trials before the median says anything
_MOST_FAILURES = 5  # AWS gives up after as many attempts without any success
_SIGNIFICANT = 0.01  # AWS: a change of the objective by 1 % or less is no improvement
_CONVERGED_AFTER = 10  # trials in succession that do not improve the objective
_REDUCTION = 3  # Hyperband keeps one trial of three at each rung


@dataclass(frozen=True)
class Verdict:
    """How a tuning job is to end."""

    status: str
    reason: str | None = None


@dataclass(frozen=True)
class Progress:
    """How the best objective developed: trials since it improved, and when it had converged."""

    not_improving: int = 0
    converged: datetime | None = None


def verdict(tuning: Tuning, study: Study, moment: datetime) -> Verdict | None:
    """How the tuning job ends at ``moment``; None while it goes on."""
    trials = tuning.trials
    running = [trial for trial in trials if not trial.has_ended]
    if tuning.job.status == "Stopping":
        return Verdict("Stopped")
    if _has_met_criteria(tuning, study) or _is_late(tuning, study, moment):
        return _success_or_failure(trials)
    if not running and (len(trials) >= study.most_jobs or _is_hopeless(trials)):
        return _success_or_failure(trials)
    return None


def places(tuning: Tuning, study: Study) -> int:
    """How many more training jobs may be begun now."""
    running = sum(not trial.has_ended for trial in tuning.trials)
    left = study.most_jobs - len(tuning.trials)
    return 0 if _is_hopeless(tuning.trials) else max(0, min(left, study.most_parallel - running))


def best(trials: Iterable[Trial], objective: Objective) -> Trial | None:
    """The trial with the best score, the earlier one of two equals; None where none has one."""
    chosen: Trial | None = None
    for trial in trials:
        if trial.score is None:
            continue
        if chosen is None or objective.better(trial.score, _score(chosen)):
            chosen = trial
    return chosen


def progress(trials: Sequence[Trial], objective: Objective) -> Progress:
    """What the trials that ended, one after the other, did for the best objective."""
    scored = [trial for trial in trials if trial.score is not None]
    found, record = Progress(), None
    for trial in sorted(scored, key=_end_of):
        value = _score(trial)
        if record is None or _improves(value, record, objective):
            record, found = value, Progress()
            continue
        converged = found.converged
        if found.not_improving + 1 >= _CONVERGED_AFTER:
            converged = converged or trial.ended
        found = Progress(found.not_improving + 1, converged)
    return found


def is_to_stop(trial: Trial, trials: Sequence[Trial], study: Study) -> bool:
    """Whether the running ``trial`` has shown that it is not worth going on with."""
    if not trial.values or trial.has_ended:
        return False
    rivals = [other for other in trials if other.plan == trial.plan]
    if study.strategy == "Hyperband":
        resources = study.resources(study.plans[trial.plan])
        return resources is not None and _falls_behind(
            trial, rivals, resources, study.plans[trial.plan].objective
        )
    return study.stops_early and _is_below_median(trial, rivals, study.plans[trial.plan].objective)


def _is_below_median(trial: Trial, rivals: Sequence[Trial], objective: Objective) -> bool:
    """AWS's rule: worse than the median of the running averages of earlier training jobs.

    https://docs.aws.amazon.com/sagemaker/latest/dg/automatic-model-tuning-early-stopping.html
    The n-th value of the objective stands for epoch n.
    """
    epoch = len(trial.values)
    earlier = [other for other in rivals if other.score is not None and len(other.values) >= epoch]
    averages = [statistics.fmean(other.values[:epoch]) for other in earlier]
    averages = [average for average in averages if finite(average) is not None]
    if len(averages) < _FEWEST_TO_COMPARE:
        return False
    latest = trial.values[-1]
    return finite(latest) is None or objective.better(statistics.median(averages), latest)


def _falls_behind(
    trial: Trial, rivals: Sequence[Trial], resources: tuple[int, int], objective: Objective
) -> bool:
    """Hyperband (Li et al. 2018) with asynchronous halving (ASHA, Li et al. 2020).

    Brackets differ in how early they compare; trials are dealt to them in Hyperband's proportions.
    At the last rung that a trial has reached it must be among the best third of all that have got
    as far. One that has used up ``MaxResource`` and goes on is stopped.
    """
    least, most = resources
    if len(trial.values) > most:
        return True
    rungs = [least]
    while rungs[-1] * _REDUCTION < most:
        rungs.append(rungs[-1] * _REDUCTION)
    compared = rungs[_bracket(trial.number, len(rungs)) :]
    reached = [rung for rung in compared if rung <= len(trial.values)]
    if not reached:
        return False
    rung = reached[-1]
    values = [other.values[rung - 1] for other in rivals if len(other.values) >= rung]
    own = trial.values[rung - 1]
    if finite(own) is None:
        return True
    ahead = sum(objective.better(value, own) for value in values)  # NaN is never ahead
    return ahead >= max(1, len(values) // _REDUCTION)


def _bracket(number: int, rungs: int) -> int:
    """The bracket of a trial: 0 compares at the first rung, 1 from the second on, and so on."""
    sizes = [
        -(-rungs * _REDUCTION ** (rungs - 1 - bracket) // (rungs - bracket))
        for bracket in range(rungs)
    ]
    place = (number - 1) % sum(sizes)
    for bracket, size in enumerate(sizes):
        if place < size:
            return bracket
        place -= size
    raise AssertionError("the sizes add up")


def _has_met_criteria(tuning: Tuning, study: Study) -> bool:
    criteria, objective = study.criteria, study.objective
    found = progress(tuning.trials, objective)
    target = criteria.get("TargetObjectiveMetricValue")
    leader = best(tuning.trials, objective)
    if target is not None and leader and not objective.better(target, _score(leader)):
        return True
    patience = criteria.get("BestObjectiveNotImproving", {}).get(
        "MaxNumberOfTrainingJobsNotImproving"
    )
    if patience is not None and found.not_improving >= patience:
        return True
    convergence = criteria.get("ConvergenceDetected", {}).get("CompleteOnConvergence")
    return convergence == "Enabled" and found.converged is not None


def _is_late(tuning: Tuning, study: Study, moment: datetime) -> bool:
    if study.most_seconds is None:
        return False
    return (moment - tuning.job.creation_time).total_seconds() >= study.most_seconds


def _is_hopeless(trials: Sequence[Trial]) -> bool:
    ended = [trial for trial in trials if trial.has_ended]
    return len(ended) >= _MOST_FAILURES and all(trial.score is None for trial in ended)


def _success_or_failure(trials: Sequence[Trial]) -> Verdict:
    ended = [trial for trial in trials if trial.has_ended]
    if not ended or any(trial.score is not None for trial in ended):
        return Verdict("Completed")
    failed = [trial for trial in ended if trial.status == "Failed"]
    if not failed and all(trial.status == "Stopped" for trial in ended):
        return Verdict(
            "Failed",
            f"All {len(ended)} training jobs were stopped before they reported the objective "
            "metric: give each more time, or validate more often.",
        )
    if not failed:
        return Verdict(
            "Failed",
            f"No objective metrics found after running {len(ended)} training jobs: make sure that "
            "the regular expression of the objective metric fits what the training script prints.",
        )
    reason = (failed[-1].failure_reason or "no reason is known").rstrip(".")
    return Verdict(
        "Failed", f"No training job succeeded after {len(ended)} attempts; the last one: {reason}."
    )


def _improves(value: float, record: float, objective: Objective) -> bool:
    gain = abs(value - record)
    return objective.better(value, record) and gain > _SIGNIFICANT * abs(record)


def _end_of(trial: Trial) -> tuple[float, int]:
    return (trial.ended.timestamp() if trial.ended else 0.0, trial.number)


def _score(trial: Trial) -> float:
    assert trial.score is not None  # asked of trials that have one
    return trial.score
