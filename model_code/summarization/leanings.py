"""What readers of business documents look for in a summary, whatever documents a scorer has learned
from. All weights are in standard deviations of its scores; they were set by reading summaries.
"""

import re
from collections.abc import Sequence

import numpy as np

from summarization.lexicon import bare

_WORDS: tuple[tuple[re.Pattern[str], float], ...] = (
    (
        re.compile(
            r"\b(?:decided|voted|dissent\w*|approved|resolved|adopted|ratified|agreed (?:to|that)"
            r"|announced|declared|concluded that|recommend(?:s|ed)? that|raised the|lowered the"
            r"|has agreed|have agreed)\b",
            re.IGNORECASE,
        ),
        0.8,
    ),
    (
        re.compile(
            r"\b(?:the purpose of|(?:this|the) (?:\w+ )?(?:memo|memorandum|policy|procedure|guide"
            r"|agreement|contract|report|act|order) (?:\w+ ){0,2}(?:establish|require|provide"
            r"|define|appl|set|govern|direct)\w*|(?:is|are|be) required to|must|shall"
            r"|no later than)\b",
            re.IGNORECASE,
        ),
        0.4,
    ),
    (
        re.compile(
            r"(?:(?:Held|Present|In attendance|Apologies|Attending)\b"
            r"|The (?:meeting|session|hearing)s? (?:was |were )?(?:closed|adjourned|opened|began"
            r"|ended|called to order|convened)|The next meeting\b|The minutes of\b|Copyright\b)"
        ),
        -2.0,
    ),
    (
        re.compile(
            r"\b(?:see|refer to|described|discussed|set forth|listed) (?:\w+ ){0,3}(?:Note|Item"
            r"|Section|Appendix|Chapter|Attachment|Exhibit|below|above)\b|\bas follows\b"
            r"|\bthe following (?!day|week|month|year|morning|quarter)[^:]*$"
            r"|\bsummary of (?:\w+ )*(?:concepts|terms)\b|\bquestions?\b[^.]*\bcontact\b",
            re.IGNORECASE,
        ),
        -1.0,
    ),
)
OPENING = 0.8  # what the first whole sentence gains, and how much of it each next one does
OPENING_FALL = 0.6
END = -0.3  # what the very last sentence gains, the others in proportion to their place
LONG, A_WORD_MORE = 35, -0.015  # words of a sentence, and what it gains for each word more
SHORT, TOO_SHORT = 8, -0.7
LIST_ITEM = -0.6
HALF_A_QUOTATION = -0.6
_DASH = re.compile(r"\s[-–]\s")


def leanings(texts: Sequence[str], whole: Sequence[int]) -> np.ndarray:
    """What speaks for each sentence (above 0) or against it: (sentences,). ``whole`` are those that
    can stand in a summary.
    """
    result = np.array([_of_words(text) for text in texts])
    result += END * np.arange(len(texts)) / max(1, len(texts) - 1)
    result[list(whole)] += OPENING * OPENING_FALL ** np.arange(len(whole))
    return result


def _of_words(text: str) -> float:
    """What the words and the form of one sentence speak for or against."""
    size = len(text.split())
    item = bare(text) > 0 or bool(_DASH.search(text))
    quoted = text.count('"') % 2 == 1 or text.count("“") != text.count("”")
    return (
        sum(weight for pattern, weight in _WORDS if pattern.search(text))
        + A_WORD_MORE * max(0, size - LONG)
        + TOO_SHORT * (size < SHORT)
        + LIST_ITEM * item
        + HALF_A_QUOTATION * quoted
    )
