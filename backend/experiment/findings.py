"""What the records of one task's models say about each other."""

from collections.abc import Mapping
from typing import Final

from backend.evaluation.comparison import compare_all
from backend.evaluation.record import Details, Record, alarms_of_pair
from backend.evaluation.shipped import TITLES, Finding, Role

_FAMILIES: Final[Mapping[Role, tuple[Role, ...]]] = {
    "trivial": ("pretrained", "finetuned", "random", "tuned"),
    "pretrained": ("finetuned", "tuned"),
    "finetuned": ("random", "tuned"),
    "random": ("tuned",),
}
"""Who is compared with whom; p-values are corrected within each line."""


def findings_of(records: Mapping[Role, tuple[Record, Details]]) -> tuple[Finding, ...]:
    """Every comparison of ``_FAMILIES`` of which both models have a record."""
    found: list[Finding] = []
    for baseline, others in _FAMILIES.items():
        there = [role for role in others if role in records]
        if baseline not in records or not there:
            continue
        first, details = records[baseline]
        comparisons = compare_all(
            details.scored,
            {TITLES[role]: records[role][1].scored for role in there},
            name=TITLES[baseline],
            resamples=first.resamples,
            seed=first.seed,
        )
        found += [
            Finding(baseline, role, comparison, alarms_of_pair(first, records[role][0]))
            for role, comparison in zip(there, comparisons, strict=True)
        ]
    return tuple(found)
