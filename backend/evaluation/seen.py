"""Whether a model was trained on the examples that it is tested on."""

from collections.abc import Container, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Final

from backend.catalog.shipped import SOURCE as SHIPPED
from backend.errors import CloudError, InputError, NotFound
from backend.evaluation.alarms import Alarm, seen_in_training
from backend.evaluation.memory import FILE, Memory, fingerprint
from backend.evaluation.objects import Objects
from backend.evaluation.record import ModelIdentity
from backend.evaluation.sources import Datasets
from backend.evaluation.training import Training

TRAINED: Final = frozenset({"finetuned", "tuned"})
"""The sources of models that jobs made, as their tags say it."""
_SHOWN: Final = ("question", "context", "text", "sentences")


def shown(example: Mapping[str, Any]) -> str:
    """What a model reads of an example, whatever it is asked about it."""
    parts = [example[name] for name in _SHOWN if name in example]
    return " ".join(" ".join(part) if isinstance(part, list) else str(part) for part in parts)


def seen_by(
    model: ModelIdentity,
    training: Training | None,
    version: Any,
    datasets: Datasets,
    objects: Objects,
) -> Alarm | None:
    """The alarm where ``model`` was trained on test examples of ``version``.

    Known is the data of its job, or what may have been that, and of the models that it went on
    from; those that come with the product remember it themselves; of others nothing is known.
    """
    known: Container[str]
    if model.kind in TRAINED:
        start = training.start if training else ""
        known = _Either(_used(training, version, datasets), _remembered(start, objects))
    elif model.kind == SHIPPED:
        known = _remembered(model.source, objects)
    else:
        return None
    return seen_in_training([shown(row) for row in datasets.examples(version, "test")], known)


@dataclass(frozen=True)
class _Either:
    """What is in one or the other."""

    first: Container[str]
    second: Container[str]

    def __contains__(self, known: object) -> bool:
        return known in self.first or known in self.second


def _used(training: Training | None, version: Any, datasets: Datasets) -> Container[str]:
    names = (training.dataset, *training.earlier) if training else ()
    found = {}
    for name in filter(None, names):
        with suppress(NotFound, InputError):  # it may be deleted, or of another cloud
            found[name] = datasets.get(*name.split("/"))
    if not training or training.dataset not in found:
        found[version.id] = version
    return {
        fingerprint(shown(row))
        for used in found.values()
        if used.task == version.task
        for row in datasets.examples(used, "train")
    }


def _remembered(archive: str, objects: Objects) -> Container[str]:
    with suppress(CloudError, ValueError):  # nothing is remembered, or nothing readable
        if data := objects.member(archive, FILE):
            return Memory.from_bytes(data)
    return ()
