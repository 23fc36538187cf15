"""What one evaluation found, unchangeable: its address is the hash of its content.

A ``Record`` says what was scored on what and with what result; its ``Details`` hold the counts,
scores and answers of every example, from which every number can be computed again.
"""

import hashlib
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib import metadata
from typing import Any, Final

import numpy as np

from backend.errors import InputError
from backend.evaluation.alarms import Alarm, alarms_of
from backend.evaluation.comparison import Comparison, compare, corrected
from backend.evaluation.examples import Entity, Examples, TaskName, Value, require_task
from backend.evaluation.intervals import Interval
from backend.evaluation.resampling import RESAMPLES, SEED
from backend.evaluation.scoring import Scored, intervals, score
from backend.evaluation.training import Training, pair_alarms, training_from

_PACKAGES: Final = ("numpy", "rouge_score")


@dataclass(frozen=True)
class ModelIdentity:
    """Which model: ``sha256`` of its archive, ``source`` its URI or the job or endpoint that it is
    from, ``kind`` a word such as "pre-trained", "fine-tuned", "tuned", "trivial".
    """

    name: str
    sha256: str
    source: str = ""
    kind: str = ""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DataIdentity:
    """Which test data: ``sha256`` is that of the examples (``Examples.sha256``)."""

    name: str
    sha256: str
    n: int


@dataclass(frozen=True)
class Record:
    """One model on one test set; ``created`` is ISO 8601 in UTC, ``details`` the hash of the
    per-example part, ``training`` None where nothing is known of how the model was made.
    """

    task: TaskName
    model: ModelIdentity
    data: DataIdentity
    metrics: Mapping[str, Interval]
    alarms: tuple[Alarm, ...]
    positive: str | None
    seed: int
    resamples: int
    versions: Mapping[str, str]
    created: str
    details: str
    training: Training | None = None

    @property
    def address(self) -> str:
        """The hash of all of it."""
        return hashlib.sha256(record_bytes(self)).hexdigest()


@dataclass(frozen=True)
class Details:
    """The examples of a record: what they count for, and what the model answered."""

    scored: Scored
    predicted: tuple[Value, ...]

    @property
    def address(self) -> str:
        """The hash of all of it."""
        return hashlib.sha256(details_bytes(self)).hexdigest()


def evaluate(
    examples: Examples,
    predicted: Sequence[Value],
    model: ModelIdentity,
    *,
    data_name: str = "",
    positive: str | None = None,
    by_group: bool = False,
    more_alarms: Sequence[Alarm] = (),
    training: Training | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> tuple[Record, Details]:
    """Score ``predicted`` on ``examples`` and write down everything about it.

    ``more_alarms`` are what only the caller can know, such as what the training data holds.
    """
    scored = score(examples, predicted, positive=positive, by_group=by_group)
    details = Details(scored, tuple(predicted))
    record = Record(
        task=examples.task,
        model=model,
        data=DataIdentity(data_name, examples.sha256, scored.n),
        metrics=intervals(scored, resamples=resamples, seed=seed),
        alarms=(*alarms_of(examples, predicted, scored), *more_alarms),
        positive=scored.positive,
        seed=seed,
        resamples=resamples,
        versions={name: metadata.version(name) for name in _PACKAGES},
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        details=details.address,
        training=training,
    )
    return record, details


def compare_records(
    first: tuple[Record, Details],
    second: tuple[Record, Details],
    *,
    metric: str | None = None,
) -> Comparison:
    """``second`` against ``first``, under their models' names.

    Raises ``InputError`` where they were scored on different test data.
    """
    (one, its), (other, theirs) = first, second
    require_same_test(one, other)
    names = (one.model.name, other.model.name)
    if names[0] == names[1]:
        names = (f"{names[0]} (first)", f"{names[1]} (second)")
    return compare(
        its.scored,
        theirs.scored,
        names=names,
        metric=metric,
        resamples=other.resamples,
        seed=other.seed,
    )


def compare_all_records(
    baseline: tuple[Record, Details],
    others: Sequence[tuple[Record, Details]],
    *,
    metric: str | None = None,
    pairwise: bool = False,
) -> tuple[Comparison, ...]:
    """Each of ``others`` against ``baseline``, and where ``pairwise`` each against those before
    it, judged together (see ``comparison.corrected``). Raises ``InputError`` as above.
    """
    pairs = [(baseline, other) for other in others]
    if pairwise:
        pairs += itertools.combinations(others, 2)
    return corrected(compare_records(one, other, metric=metric) for one, other in pairs)


def require_same_test(one: Record, other: Record) -> None:
    """Raises ``InputError`` unless both were scored on the same test data."""
    if one.task != other.task:
        raise InputError(
            f"“{one.model.name}” and “{other.model.name}” were scored on different tasks: choose "
            "two records of one task."
        )
    if one.data.sha256 != other.data.sha256:
        raise InputError(
            f"“{one.model.name}” and “{other.model.name}” were scored on different test data "
            f"({one.data.sha256[:8]} and {other.data.sha256[:8]}): evaluate both on the same test "
            "set, then compare."
        )


def alarms_of_pair(first: Record, second: Record) -> tuple[Alarm, ...]:
    """What is unfair about comparing ``second`` with ``first``: see ``training.pair_alarms``."""
    return pair_alarms(
        (first.training, first.model.hyperparameters),
        (second.training, second.model.hyperparameters),
    )


def record_bytes(record: Record) -> bytes:
    """``record`` as canonical JSON."""
    content = asdict(record)
    if record.training is None:
        # Records from before it was known keep their address.
        del content["training"]
    return _canonical(content)


def record_from(content: bytes) -> Record:
    """The record in ``content``; raises ``InputError`` where it is none."""
    try:
        found: dict[str, Any] = json.loads(content)
        return Record(
            **found
            | {
                "task": require_task(found["task"]),
                "model": ModelIdentity(**found["model"]),
                "data": DataIdentity(**found["data"]),
                "metrics": {name: Interval(**one) for name, one in found["metrics"].items()},
                "alarms": tuple(Alarm(**one) for one in found["alarms"]),
                "training": training_from(found.get("training")),
            }
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged() from None


def details_bytes(details: Details) -> bytes:
    """``details`` as canonical JSON, counts by column."""
    scored = details.scored
    return _canonical(
        {
            "task": scored.task,
            "ids": scored.ids,
            "positive": scored.positive,
            "groups": scored.groups,
            "counts": {
                name: _numbers(scored.counts[:, place]) for place, name in enumerate(scored.columns)
            },
            "scores": _numbers(scored.scores),
            "predicted": details.predicted,
        }
    )


def details_from(content: bytes) -> Details:
    """The details in ``content``; raises ``InputError`` where there are none."""
    try:
        found: dict[str, Any] = json.loads(content)
        task = require_task(found["task"])
        columns = found["counts"]
        scored = Scored(
            task=task,
            ids=tuple(found["ids"]),
            columns=tuple(columns),
            counts=np.array(list(columns.values()), dtype=np.float64).T.copy(),
            scores=np.array(found["scores"], dtype=np.float64),
            positive=found["positive"],
            groups=tuple(found["groups"]),
        )
        entities = task == "named_entities"
        predicted = tuple(
            tuple(Entity(*one) for one in value) if entities else value
            for value in found["predicted"]
        )
        return Details(scored, predicted)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise _damaged() from None


def _numbers(values: np.ndarray[Any, np.dtype[np.float64]]) -> list[float | int]:
    """Whole numbers without their ".0", which are most of them."""
    return [int(value) if value.is_integer() else value for value in values.tolist()]


def _canonical(content: Mapping[str, Any]) -> bytes:
    # Columns keep their order: "counts" is not sorted, all else is written in a fixed order.
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode(
        "utf-8", "surrogatepass"
    )


def _damaged() -> InputError:
    return InputError("This evaluation record is damaged or of another version: evaluate again.")
