"""Question answering as SQuAD scores it, on a scale of 0 to 1.

Answers are compared without case, punctuation, articles and extra blanks; F1 counts shared words
with their multiplicity; the best of the accepted answers counts (Rajpurkar et al. 2016). In SQuAD
2.0 a question without accepted answers is right where the answer is empty, and HasAns and NoAns
are the scores of the two kinds (Rajpurkar et al. 2018). The two versions differ where an answer is
nothing but punctuation and articles; ``squad11_…`` are the rules of 1.1, over the answerable
questions.
"""

import re
import string
from collections import Counter
from collections.abc import Sequence
from typing import Final

import numpy as np

from backend.evaluation.formulas import Metric, ratio, share
from backend.evaluation.metrics.rows import Rows, of_columns

_PUNCTUATION: Final = str.maketrans("", "", string.punctuation)
_ARTICLES: Final = re.compile(r"\b(a|an|the)\b")


def rows(gold: Sequence[Sequence[str]], predicted: Sequence[str]) -> Rows:
    """One row a question; its score is its SQuAD 2.0 F1."""
    has = np.array([bool(answers) for answers in gold])
    scored = [of_question(answers, answer) for answers, answer in zip(gold, predicted, strict=True)]
    exact, f1, older_exact, older_f1 = np.array(scored, dtype=np.float64).reshape(-1, 4).T
    columns = {
        "n": np.ones(len(gold)),
        "exact": exact,
        "f1": f1,
        "has": has,
        "has_exact": exact * has,
        "has_f1": f1 * has,
        "no": ~has,
        "no_exact": exact * ~has,
        "older_exact": older_exact * has,
        "older_f1": older_f1 * has,
    }
    return of_columns(columns, f1)


def metrics(columns: Sequence[str], *, has: bool, no: bool) -> tuple[Metric, ...]:
    """SQuAD 2.0's, those of each kind of question that is there, and SQuAD 1.1's."""
    assert "exact" in columns
    answerable = (
        share("HasAns_exact", "has_exact", "has"),
        Metric("HasAns_f1", ratio("has_f1", "has")),
        share("squad11_exact", "older_exact", "has"),
        Metric("squad11_f1", ratio("older_f1", "has")),
    )
    unanswerable = (share("NoAns_exact", "no_exact", "no"), share("NoAns_f1", "no_exact", "no"))
    return (
        share("exact", "exact"),
        Metric("f1", ratio("f1", "n")),
        *(answerable if has else ()),
        *(unanswerable if no else ()),
    )


def of_question(answers: Sequence[str], answer: str) -> tuple[float, float, float, float]:
    """Exact match and F1 by SQuAD 2.0's rules, then by 1.1's."""
    words = normalized(answer)
    accepted = [kept for kept in map(normalized, answers) if kept] or [[]]
    exact = max(float(kept == words) for kept in accepted)
    f1 = max(_overlap(kept, words) for kept in accepted)
    listed = [normalized(one) for one in answers]
    older_exact = max((float(kept == words) for kept in listed), default=0.0)
    older_f1 = max((_overlap(kept, words) for kept in listed if kept and words), default=0.0)
    return exact, f1, older_exact, older_f1


def normalized(answer: str) -> list[str]:
    """The words that count."""
    return _ARTICLES.sub(" ", answer.lower().translate(_PUNCTUATION)).split()


def _overlap(gold: list[str], answer: list[str]) -> float:
    if not gold or not answer:
        return float(gold == answer)
    shared = (Counter(gold) & Counter(answer)).total()
    return 2 * shared / (len(gold) + len(answer))
