"""What an evaluation run is: which models were asked what, and how far each of them is."""

from dataclasses import dataclass
from typing import Any

from backend.errors import InputError
from backend.evaluation.examples import TaskName, require_task
from backend.evaluation.record import ModelIdentity, Record


@dataclass(frozen=True)
class Entry:
    """One model of a run; ``job`` is its transform job, "" where it needs none: a trivial
    baseline, a model that had been scored on the same data before, or one that is asked at its
    ``endpoint``, "" for all others.
    """

    model: ModelIdentity
    job: str
    endpoint: str = ""


@dataclass(frozen=True)
class Run:
    """Models that were asked to answer the test split of ``dataset`` (``name/version``)."""

    id: str
    task: TaskName
    dataset: str
    data_sha256: str
    created: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class State:
    """How far one model of a run is: ``status`` is SageMaker's word for its job, ``Completed``
    where there is a ``record``; ``reason`` says why there will be none.
    """

    model: str
    status: str
    seconds: float
    record: Record | None = None
    reason: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing will change."""
        return self.record is not None or self.status in {"Failed", "Stopped"}


def run_from(content: Any) -> Run | None:
    """The run that ``content`` tells of, None where it is none."""
    try:
        entries = tuple(
            Entry(ModelIdentity(**one["model"]), str(one["job"]), str(one.get("endpoint", "")))
            for one in content["entries"]
        )
        return Run(**content | {"task": require_task(content["task"]), "entries": entries})
    except (KeyError, TypeError, AttributeError, InputError):
        return None
