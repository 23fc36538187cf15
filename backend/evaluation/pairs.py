"""Which two models a comparison begins with: like against like."""

from collections.abc import Collection, Sequence
from typing import Final

from backend.evaluation.alarms import Alarm
from backend.evaluation.record import Record
from backend.evaluation.runs import TRIVIAL
from backend.evaluation.scoring import title
from backend.evaluation.seen import TRAINED

PRETRAINED: Final = "embedded"
_CHEAPER: Final = {TRIVIAL: "trivial", PRETRAINED: "pretrained"}
_WORDS: Final = {TRIVIAL: "which needs no model", PRETRAINED: "which comes pre-trained"}


def in_order(records: Sequence[Record], served: Collection[str]) -> tuple[Record, ...]:
    """``records``, the newest first, as baselines for the newest trained model, which is last:
    what endpoints serve (``served``, names of models), else what is pre-trained, then the other
    trained ones, and what needs no model at the very end.
    """
    newest = _newest_trained(records)
    others = [record for record in records if record is not newest]

    def rank(record: Record) -> int:
        model = record.model
        if model.kind == TRIVIAL:
            return 3
        return 0 if model.name in served else 1 if model.kind == PRETRAINED else 2

    return (*sorted(others, key=rank), newest)


def overlooked(metric: str, tuned: Record, records: Sequence[Record]) -> tuple[Alarm, ...]:
    """What needs less than ``tuned`` and has a higher score on the same test data, whichever two
    are compared: the trivial answer, and the model that ships.
    """
    mine = tuned.metrics[metric].value
    found = []
    for record in records:
        other = record.metrics.get(metric)
        if record.model.kind not in _CHEAPER or record.address == tuned.address:
            continue
        if other is not None and other.value > mine:
            found.append(
                Alarm(
                    f"below_{_CHEAPER[record.model.kind]}",
                    f"“{record.model.name}”, {_WORDS[record.model.kind]}, has a {title(metric)} "
                    f"of {other.value:.3f} on the same test data, above the {mine:.3f} of "
                    f"“{tuned.model.name}”.",
                )
            )
    return tuple(found)


def _newest_trained(records: Sequence[Record]) -> Record:
    trained = [record for record in records if record.model.kind in TRAINED]
    models = [record for record in records if record.model.kind != TRIVIAL]
    return max(trained or models or records, key=lambda record: record.created)
