"""Experiments whose results come with the project: ``assets/experiment/*.json``, one a task.

An ``Experiment`` holds every model of one task on one hold-out set with its scores, an example at
a time, and each comparison between them. It holds no text: examples are ids. A file's name ends in
the hash of its content; one that was changed afterwards is not read.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, get_args

from backend.errors import InputError
from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison, Difference, Side
from backend.evaluation.examples import TASKS, TaskName, require_task
from backend.evaluation.intervals import Interval
from backend.evaluation.record import DataIdentity, ModelIdentity
from backend.settings import ROOT

FOLDER: Final = ROOT / "assets" / "experiment"

Role = Literal["trivial", "pretrained", "finetuned", "random", "tuned"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)
TITLES: Final[Mapping[Role, str]] = {
    "trivial": "Trivial",
    "pretrained": "Pre-trained",
    "finetuned": "Fine-tuned",
    "random": "Random search",
    "tuned": "Tuned",
}
"""``random`` is the baseline of equal budget: the best of as many random trials as ``tuned`` had
guided ones."""


@dataclass(frozen=True)
class Measured:
    """One model: ``scores`` are how good each answer is (0..1), in the order of the experiment's
    ids; ``trials`` and ``seconds`` what it cost to train, ``objective`` what it reached on
    validation data, None where nothing was trained; ``record`` is the address of its record.
    """

    role: Role
    identity: ModelIdentity
    metrics: Mapping[str, Interval]
    alarms: tuple[Alarm, ...]
    scores: tuple[float, ...]
    record: str
    job: str = ""
    trials: int = 0
    seconds: float = 0.0
    objective: float | None = None


@dataclass(frozen=True)
class Finding:
    """``model`` against ``baseline``; ``alarms`` are about the two together (budget, choice)."""

    baseline: Role
    model: Role
    comparison: Comparison
    alarms: tuple[Alarm, ...] = ()


@dataclass(frozen=True)
class Experiment:
    """All of one task. ``metric`` is what the verdicts are about; ``sizes`` count the examples of
    each split, and the epochs and trials; ``created`` is ISO 8601 in UTC.
    """

    task: TaskName
    scale: str
    source: str
    licence: str
    data: DataIdentity
    dataset_sha256: str
    metric: str
    sizes: Mapping[str, int]
    seeds: Mapping[str, int]
    resamples: int
    versions: Mapping[str, str]
    place: str
    created: str
    ids: tuple[str, ...]
    models: tuple[Measured, ...]
    findings: tuple[Finding, ...]

    @property
    def address(self) -> str:
        """The hash of all of it."""
        return hashlib.sha256(experiment_bytes(self)).hexdigest()

    def model(self, role: Role) -> Measured | None:
        """The model of that role, None where it was not measured."""
        return next((one for one in self.models if one.role == role), None)

    def finding(self, baseline: Role, model: Role) -> Finding | None:
        """That comparison, None where one of the two was not measured."""
        pair = (baseline, model)
        return next((one for one in self.findings if (one.baseline, one.model) == pair), None)

    @property
    def headline(self) -> Finding | None:
        """Whether tuning gained anything, or the most telling comparison of those that are there:
        the best trained model against the best that was not.
        """
        found = self.finding("finetuned", "tuned")
        return found or next(reversed(self.findings), None)


def experiments(folder: Path = FOLDER) -> tuple[Experiment, ...]:
    """The experiments in ``folder``, at most one a task: the one trained on most."""
    best: dict[str, Experiment] = {}
    for path in sorted(folder.glob("*.json")):
        found = _read(path)
        if found and _weight(found) > _weight(best.get(found.task)):
            best[found.task] = found
    return tuple(best[task] for task in TASKS if task in best)


def _weight(experiment: Experiment | None) -> tuple[int, int]:
    if experiment is None:
        return (0, 0)
    return (experiment.sizes.get("train", 0), len(experiment.models))


def save(experiment: Experiment, folder: Path) -> Path:
    """Write ``experiment``; an earlier one of the same task and scale gives way to it."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{experiment.task}-{experiment.scale}-"
    path = folder / f"{stem}{experiment.address[:12]}.json"
    unfinished = path.with_suffix(".part")
    unfinished.write_bytes(experiment_bytes(experiment))
    unfinished.replace(path)
    for other in folder.glob(f"{stem}*.json"):
        if other != path:
            other.unlink()
    return path


def _read(path: Path) -> Experiment | None:
    """The experiment in ``path``, None where that is damaged or was changed."""
    try:
        found = experiment_from(path.read_bytes())
    except (OSError, ValueError):
        return None
    return found if path.stem.endswith(found.address[:12]) else None


def experiment_bytes(experiment: Experiment) -> bytes:
    """``experiment`` as canonical JSON."""
    text = json.dumps(
        asdict(experiment), ensure_ascii=False, separators=(",", ":"), allow_nan=False
    )
    return f"{text}\n".encode("utf-8", "surrogatepass")


def experiment_from(content: bytes) -> Experiment:
    """The experiment in ``content``; raises ``ValueError`` where there is none."""
    try:
        found: dict[str, Any] = json.loads(content)
        return Experiment(
            **found
            | {
                "task": require_task(found["task"]),
                "data": DataIdentity(**found["data"]),
                "ids": tuple(found["ids"]),
                "models": tuple(map(_measured, found["models"])),
                "findings": tuple(map(_finding, found["findings"])),
            }
        )
    except (KeyError, TypeError, AttributeError, InputError) as error:
        raise ValueError("not an experiment") from error


def _measured(found: dict[str, Any]) -> Measured:
    return Measured(
        **found
        | {
            "identity": ModelIdentity(**found["identity"]),
            "metrics": _intervals(found["metrics"]),
            "alarms": _alarms(found["alarms"]),
            "scores": tuple(found["scores"]),
        }
    )


def _finding(found: dict[str, Any]) -> Finding:
    inner = found["comparison"]
    comparison = Comparison(
        **inner
        | {
            "first": _side(inner["first"]),
            "second": _side(inner["second"]),
            "differences": {name: Difference(**one) for name, one in inner["differences"].items()},
        }
    )
    alarms = _alarms(found["alarms"])
    return Finding(**found | {"comparison": comparison, "alarms": alarms})


def _side(found: dict[str, Any]) -> Side:
    return Side(found["name"], _intervals(found["metrics"]))


def _intervals(found: dict[str, Any]) -> dict[str, Interval]:
    return {name: Interval(**one) for name, one in found.items()}


def _alarms(found: list[dict[str, Any]]) -> tuple[Alarm, ...]:
    return tuple(Alarm(**one) for one in found)
