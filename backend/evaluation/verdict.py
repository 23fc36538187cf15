"""The verdict of a comparison, and the sentence for people that says it."""

from typing import TYPE_CHECKING, Final, Literal

from backend.evaluation.scoring import title
from backend.evaluation.significance import ALPHA, FEWEST_GROUPS

if TYPE_CHECKING:
    from backend.evaluation.comparison import Comparison

Outcome = Literal["better", "worse", "unclear"]
MANY: Final = 10_000_000
"""More examples than this are not counted."""


def outcome_of(comparison: "Comparison") -> Outcome:
    """Better or worse only where the corrected p-value and the interval agree that the difference
    is not zero.
    """
    gap = comparison.differences[comparison.metric]
    if comparison.p_value < ALPHA and gap.low > 0:
        return "better"
    if comparison.p_value < ALPHA and gap.high < 0:
        return "worse"
    return "unclear"


def sentence(comparison: "Comparison") -> str:
    """Who is better, by how much, with interval and n; or what it would take to know."""
    metric = comparison.metric
    first, second = comparison.first, comparison.second
    gap = comparison.differences[metric]
    digits = 2 if round(gap.value, 2) or comparison.outcome == "unclear" else 4
    numbers = (
        f"{title(metric)} {second.metrics[metric].value:.{digits}f} against "
        f"{first.metrics[metric].value:.{digits}f}, {_signed(gap.value, digits)} "
        f"[{_plain(gap.low, digits)}, {_plain(gap.high, digits)}], n = {comparison.n:,}"
    )
    if comparison.family > 1:
        numbers += f", corrected for {comparison.family} comparisons"
    if comparison.outcome != "unclear":
        return f"{second.name} is {comparison.outcome}: {numbers}."
    if comparison.too_few_documents:
        count = comparison.documents
        return (
            f"Too few documents to tell {first.name} and {second.name} apart: {numbers} from "
            f"{count} document{'' if count == 1 else 's'}; use a test set of {FEWEST_GROUPS} or "
            "more."
        )
    if comparison.needed is None:
        return f"No clear difference between {first.name} and {second.name}: {numbers}."
    return (
        f"No clear difference between {first.name} and {second.name}: {numbers}; about "
        f"{_rough(comparison.needed)} examples would be needed to show a difference of this size."
    )


def _plain(value: float, digits: int) -> str:
    written = f"{value:.{digits}f}"
    return written.removeprefix("-") if float(written) == 0 else written.replace("-", "−")


def _signed(value: float, digits: int) -> str:
    written = _plain(value, digits)
    return f"+{written}" if float(f"{value:.{digits}f}") > 0 else written


def _rough(count: int) -> str:
    if count >= MANY:
        return f"{MANY:,} or more"
    step = 10 ** max(0, len(str(count)) - 2)
    return f"{-(-count // step) * step:,}"
