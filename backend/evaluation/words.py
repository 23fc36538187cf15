"""What a comparison means, for people who never heard of a p-value."""

from backend.evaluation.comparison import Comparison


def meaning(comparison: Comparison) -> str:
    """The p-value in a sentence."""
    if comparison.too_few_documents:
        return "Over so few documents any difference may be chance."
    said = (
        "Were the two equally good, a difference like this would come up "
        f"{_often(comparison.p_value)} of this size"
    )
    if comparison.outcome == "unclear":
        return f"{said}: chance may be all there is."
    return f"{said}: chance hardly explains it."


def _often(p_value: float) -> str:
    if p_value > 0.95:
        return "in nearly all test sets"
    if p_value < 0.001:
        return "in fewer than 1 of 1,000 test sets"
    if p_value < 0.01:
        return f"in about {max(1, round(1000 * p_value)):,} of 1,000 test sets"
    return f"in about {round(100 * p_value)} of 100 test sets"


def p_words(p_value: float) -> str:
    """A p-value with four digits; none is nothing."""
    return f"{p_value:.4f}" if p_value >= 0.0001 else "< 0.0001"
