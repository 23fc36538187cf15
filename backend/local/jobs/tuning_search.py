"""Which point of the search space the next training job tries.

A pure function of what is on file: the study is made anew from the trials for each suggestion, so
that nothing is lost with the process. Optuna is imported on first use only, because it costs half
a second and 40 MB that a service without tuning jobs need not pay; call this in a thread.
"""

import hashlib
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from backend.local.jobs.search_space import Categorical, Range, SearchSpace
from backend.local.jobs.tuning_plan import Plan, Study
from backend.local.jobs.tuning_records import Trial, Tuning

_MOST_STARTUP = 10
_FEWEST_STARTUP = 5
_REDRAWS = 20  # attempts to find a point that has not been tried

Point = Mapping[str, str]


def suggest(tuning: Tuning, study: Study) -> tuple[int, dict[str, str]]:
    """(index of the definition, hyperparameters) for the trial after those of ``tuning``."""
    number = len(tuning.trials)
    if study.strategy == "Grid":
        return study.grid_point(number)
    chosen = number % len(study.plans)
    own = [trial for trial in tuning.trials if trial.plan == chosen]
    return chosen, _Search(tuning, study, chosen, own).next_point()


class _Search:
    """The search in the space of one definition."""

    def __init__(self, tuning: Tuning, study: Study, chosen: int, own: Sequence[Trial]) -> None:
        self._study = study
        self._plan = study.plans[chosen]
        self._own = own
        self._seed = tuning.job.seed + chosen
        self._parents = list(_of_parents(tuning, self._plan))
        self._inherits = (
            study.request.get("WarmStartConfig", {}).get("WarmStartType")
            == "IdenticalDataAndAlgorithm"
        )

    def next_point(self) -> dict[str, str]:
        number, startup = len(self._own), self._startup()
        is_guided = self._study.strategy != "Random"
        if is_guided and number < startup and not (self._inherits and self._parents):
            # What was best on other data is a good guess, but its scores are not comparable.
            guesses = _distinct(self._parents)[:startup]
            if number < len(guesses):
                return dict(guesses[number])
            return self._plan.space.spread(number, startup, self._seed)
        return self._drawn()

    def _startup(self) -> int:
        """How many trials explore before the results guide the search.

        A quarter, because tuning jobs here have 6 to 30 trials, but no fewer than five: with less
        to go by, a guided trial finds less than one more that explores. All that run side by side,
        because none of them has a result of another one.
        """
        share = self._study.most_jobs / len(self._study.plans)
        wanted = min(_MOST_STARTUP, max(_FEWEST_STARTUP, math.ceil(share / 4)))
        return max(wanted, min(self._study.most_parallel, _MOST_STARTUP))

    def _drawn(self) -> dict[str, str]:
        """A point that has not been tried, where one turns up."""
        tried = [trial.parameters for trial in self._own]
        for attempt in range(_REDRAWS):
            point = self._sampled(attempt)
            if point not in tried:
                break
        return point

    def _sampled(self, attempt: int) -> dict[str, str]:
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        seed = _derived(self._seed, len(self._own), attempt)
        sampler: Any = optuna.samplers.RandomSampler(seed=seed)
        if self._study.strategy != "Random":
            sampler = optuna.samplers.TPESampler(
                seed=seed, n_startup_trials=1, multivariate=True, constant_liar=True
            )
        past = optuna.create_study(
            sampler=sampler, direction="maximize" if self._plan.objective.maximize else "minimize"
        )
        distributions = {item.name: _distribution(item) for item in self._plan.space.ranges}
        past.add_trials(list(self._past(distributions)))
        asked = past.ask(distributions)
        return _texts(self._plan.space, asked.params)

    def _past(self, distributions: Mapping[str, Any]) -> Iterator[Any]:
        from optuna.trial import TrialState, create_trial

        inherited = self._parents if self._inherits else []
        for trial in [*inherited, *self._own]:
            if trial.has_ended and trial.score is None:
                continue
            yield create_trial(
                state=TrialState.COMPLETE if trial.has_ended else TrialState.RUNNING,
                value=trial.score,
                params=_positions(self._plan.space, trial.parameters),
                distributions=dict(distributions),
            )


def _of_parents(tuning: Tuning, plan: Plan) -> Iterator[Trial]:
    """The scored trials of earlier tuning jobs that lie in the search space, the best first."""
    found = []
    for parent in tuning.parents:
        static = Study(parent.job.definition).plans[0].static
        for trial in parent.trials:
            point = {**static, **trial.parameters}
            if trial.score is not None and plan.space.holds(point):
                parameters = {name: point[name] for name in plan.space.names}
                found.append((trial.score, _with(trial, parameters)))
    found.sort(key=lambda pair: pair[0], reverse=plan.objective.maximize)
    yield from (trial for _, trial in found)


def _with(trial: Trial, parameters: Point) -> Trial:
    return Trial(
        trial.number,
        trial.training_job,
        parameters,
        status=trial.status,
        objective=trial.objective,
    )


def _distinct(trials: Sequence[Trial]) -> list[Point]:
    points: list[Point] = []
    for trial in trials:
        if trial.parameters not in points:
            points.append(trial.parameters)
    return points


def _distribution(item: Range) -> Any:
    """Numbers are searched by their position in the range, which has its scale in it."""
    from optuna.distributions import CategoricalDistribution, FloatDistribution

    if isinstance(item, Categorical):
        return CategoricalDistribution(item.values)
    return FloatDistribution(0.0, 1.0)


def _positions(space: SearchSpace, point: Point) -> dict[str, Any]:
    return {
        item.name: point[item.name]
        if isinstance(item, Categorical)
        else item.position(point[item.name])
        for item in space.ranges
    }


def _texts(space: SearchSpace, found: Mapping[str, Any]) -> dict[str, str]:
    return {
        item.name: found[item.name] if isinstance(item, Categorical) else item.at(found[item.name])
        for item in space.ranges
    }


def _derived(*parts: int) -> int:
    """A seed of its own for each draw, the same after a restart."""
    digest = hashlib.sha256("/".join(map(str, parts)).encode()).digest()
    return int.from_bytes(digest[:4])
