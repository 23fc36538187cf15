"""Lint before anyone pays: what would make a training job fail, or its score untrue.

>>> twice = [{"text": "Fine.", "label": "good"}] * 2
>>> [finding.check for finding in lint("text_classification", {"train": twice}).findings]
['single_class', 'duplicates', 'few_examples', 'missing_splits']
"""

from collections.abc import Callable, Iterable
from typing import Final

from backend.data.checks_labels import LABEL_CHECKS
from backend.data.checks_repeats import REPEAT_CHECKS
from backend.data.checks_spans import SPAN_CHECKS
from backend.data.checks_texts import TEXT_CHECKS
from backend.data.findings import Data, Finding, Report, report_from, report_of
from backend.data.schemas import Splits, folded, likeness, schema_of

__all__ = ["CHECKS", "Report", "lint", "report_from", "report_of"]

Check = Callable[[Data], Iterable[Finding]]
CHECKS: Final[tuple[Check, ...]] = (*SPAN_CHECKS, *LABEL_CHECKS, *REPEAT_CHECKS, *TEXT_CHECKS)
_ORDER: Final = {"error": 0, "warning": 1, "note": 2}


def lint(task: str, splits: Splits) -> Report:
    """All findings about canonical examples, errors first, else in the order of the checks."""
    data = Data(schema_of(task), splits)
    findings = [finding for check in CHECKS for finding in check(data)]
    folded.cache_clear()
    likeness.cache_clear()
    return Report(tuple(sorted(findings, key=lambda finding: _ORDER[finding.severity])))
