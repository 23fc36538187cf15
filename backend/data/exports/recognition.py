"""Which export a list of records is, and its examples."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from backend.data.errors import FormatError
from backend.data.exports import (
    clouds,
    conversations,
    doccano,
    label_studio,
    prodigy,
    relations,
    spacy_records,
    squad,
)
from backend.data.exports.export import RELATIONS, Export, Found, Record, Unusable
from backend.data.schemas import Example
from backend.data.tables import LeftOut

EXPORTS: Final[tuple[Export, ...]] = (
    *label_studio.EXPORTS,
    *prodigy.EXPORTS,
    *clouds.EXPORTS,
    *relations.EXPORTS,
    *spacy_records.EXPORTS,
    *squad.EXPORTS,
    *conversations.EXPORTS,
    *doccano.EXPORTS,
)
"""Those with telling names first, since a later one may fit the same records."""

_ALIKE: Final = 0.8
_TOLERATED: Final = 0.1


def recognised(records: Sequence[Record], name: str) -> Found | None:
    """The examples in ``records`` where they are of a known export; None where they are not.

    Raises ``FormatError`` where they are, but most cannot be read.
    """
    sample = records[:500]
    for export in EXPORTS:
        fitting = sum(export.fits(record) for record in sample)
        if sample and fitting >= _ALIKE * len(sample):
            return _read(export, records, name, f"{export.why} ({fitting} of {len(sample)} rows)")
    return None


def _read(export: Export, records: Sequence[Record], name: str, why: str) -> Found:
    found: dict[str, dict[str, list[Example]]] = defaultdict(lambda: defaultdict(list))
    left_out: list[LeftOut] = []
    wrong = 0
    for number, record in enumerate(records, 1):
        try:
            for task, example in export.examples(record):
                found[task][export.split(record)].append(example)
        except Unusable as error:
            wrong += not error.expected
            left_out.append(LeftOut(f"row {number}", str(error), str(dict(record))[:200]))
        except (KeyError, TypeError, ValueError, AttributeError, IndexError):
            wrong += 1
            reason = "it is built differently"
            left_out.append(LeftOut(f"row {number}", reason, str(record)[:200]))
    if not found or wrong > _TOLERATED * len(records):
        first = left_out[0].sentence if left_out else "they hold no annotations"
        raise FormatError(
            f"{name} is an export of {export.name}, but {len(left_out):,} of {len(records):,} rows "
            f"cannot be used: {first}."
        )
    # Relations always come with their entities, and are what a file of both was made for.
    ordered = sorted(found, key=lambda task: (task != RELATIONS, -_size(found[task])))
    examples = {task: dict(found[task]) for task in ordered}
    return Found(export.name, why, examples, tuple(left_out))


def _size(parts: dict[str, list[Example]]) -> int:
    return sum(map(len, parts.values()))
