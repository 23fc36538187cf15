"""How much each hyperparameter of a search mattered, by Optuna's fANOVA, in a process of its own.

The process that draws the screens loads neither Optuna nor scikit-learn: it starts
``python -m backend.jobs.importance``, which reads the trials from its input as JSON.
"""

import json
import math
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

from backend.errors import DocumentInsightsError
from backend.jobs.records import Trial, TuningJob
from backend.settings import ROOT
from backend.tasks.recipes.base import Choices, Space

FEWEST_TRIALS: Final = 10
"""Below so many measured trials importance says more about chance than about the search."""
_SECONDS: Final = 60.0


class ImportanceError(DocumentInsightsError):
    """Raised where importance could not be computed."""


def importances(job: TuningJob, trials: Sequence[Trial]) -> dict[str, float]:
    """The share of each hyperparameter in how the objective varied, most first; they add up to 1.

    Empty for fewer than ``FEWEST_TRIALS`` measured trials, and where all did equally well (Hutter,
    Hoos and Leyton-Brown 2014). Raises ``ImportanceError`` where it cannot be computed.
    """
    rows = [
        {"values": dict(trial.hyperparameters), "objective": trial.objective}
        for trial in trials
        if trial.objective is not None and math.isfinite(trial.objective)
    ]
    if len(rows) < FEWEST_TRIALS or len({row["objective"] for row in rows}) < 2:
        return {}
    spaces = {name: _as_json(space) for name, space in job.spaces.items()}
    return dict(_computed(json.dumps({"spaces": spaces, "trials": rows}, sort_keys=True)))


def _as_json(space: Space) -> dict[str, Any]:
    if isinstance(space, Choices):
        return {"choices": [str(value) for value in space.values]}
    log = space.scaling == "Logarithmic"
    return {"low": space.low, "high": space.high, "integer": space.integer, "log": log}


@lru_cache(maxsize=64)
def _computed(request: str) -> tuple[tuple[str, float], ...]:
    try:
        done = subprocess.run(
            [sys.executable, "-m", "backend.jobs.importance"],
            input=request.encode(),
            capture_output=True,
            timeout=_SECONDS,
            check=True,
            cwd=ROOT,
        )
    except (subprocess.SubprocessError, OSError) as error:
        raise ImportanceError("Importance could not be computed: try again.") from error
    found: Mapping[str, float] = json.loads(done.stdout)
    return tuple(sorted(found.items(), key=lambda item: -item[1]))


def compute(request: Mapping[str, Any]) -> dict[str, float]:
    """fANOVA over trials, in the process that loads Optuna."""
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    study = optuna.create_study(direction="maximize")
    distributions = {name: _distribution(space) for name, space in request["spaces"].items()}
    for row in request["trials"]:
        values = {
            name: _value(text, distributions[name])
            for name, text in row["values"].items()
            if name in distributions
        }
        study.add_trial(
            optuna.trial.create_trial(
                params=values,
                distributions={name: distributions[name] for name in values},
                value=row["objective"],
            )
        )
    evaluator = optuna.importance.FanovaImportanceEvaluator(seed=0)
    return dict(optuna.importance.get_param_importances(study, evaluator=evaluator))


def _distribution(space: Mapping[str, Any]) -> Any:
    from optuna.distributions import (
        CategoricalDistribution,
        FloatDistribution,
        IntDistribution,
    )

    if "choices" in space:
        return CategoricalDistribution(space["choices"])
    if space["integer"]:
        return IntDistribution(int(space["low"]), int(space["high"]), log=space["log"])
    return FloatDistribution(space["low"], space["high"], log=space["log"])


def _value(text: str, distribution: Any) -> Any:
    """A hyperparameter's text as a value of its distribution."""
    if hasattr(distribution, "choices"):
        return text
    number = min(max(float(text), distribution.low), distribution.high)
    return round(number) if isinstance(distribution.low, int) else number


if __name__ == "__main__":
    json.dump(compute(json.load(sys.stdin)), sys.stdout)
