"""Readable phrases of a sentence: the clause around a place, and what is left of one."""

import re
from typing import Final

from backend.facts.fact import Statement

SHORT: Final = 150
"""Characters that a phrase may have: a sentence that is no longer is shown as it is."""

LONGEST: Final = 200

_BREAK: Final = re.compile(
    r";\s|:\s|(?<=\w)\.\d{1,2}\s(?=[A-Z][a-z])|\s[–—-]\s|—"
    r"|,\s(?=(?:and|but|while|whereas|although|because|provided|unless|so|which|who|where|when"
    r"|after|before|if|as|compared|excluding|including|until)\b)"
)
_COMMA: Final = re.compile(r",\s(?!\d)")
_NUMBERING: Final = re.compile(
    r"^(?:[-–—•*▪◦‣o]\s+|\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,4})[.)]\s+|\d+(?:\.\d+)+\s+)+"
)
_LEADING: Final = re.compile(
    r"^(?:and|but|or|so|that|as(?! of| a\b)|because|while|whereas|where|provided that|provided|nor"
    r"|accordingly|however|in addition|therefore)\b[\s,]*",
    re.IGNORECASE,
)
_CITED: Final = re.compile(r"\s?\[\d{1,3}\]")


def clause(statement: Statement, start: int, end: int) -> tuple[int, int]:
    """The clause of ``statement`` that holds ``start`` to ``end``; all of it where it is short."""
    text = statement.text
    left, right = numbering(text), len(text)
    for pattern in (_BREAK, _COMMA):
        if right - left > SHORT:
            left, right = _between(pattern, text, (left, right), (start, end))
    if _OPENS.match(text, left, right) and "," not in text[left:right]:
        right = len(text)  # nothing has been said yet
    said = _SAID.match(text[left:start])
    return left + (said.end() if said else 0), right


def numbering(text: str) -> int:
    """How many characters of ``text`` are the number or sign of a list item."""
    match = _NUMBERING.match(text)
    return match.end() if match else 0


def _between(
    pattern: re.Pattern[str], text: str, within: tuple[int, int], around: tuple[int, int]
) -> tuple[int, int]:
    """The piece of ``text[within]`` between two breaks that holds ``around``: never a mere scrap,
    which says nothing without what is beside it.
    """
    left, right = within
    for match in pattern.finditer(text, *within):
        if match.end() <= around[0] and within[1] - match.end() >= _SCRAP:
            left = left if _LEANS.match(text, match.end()) else match.end()
        elif match.start() >= around[1] and match.start() - left >= _SCRAP:
            right = match.start()
            break
    return left, right


_SCRAP: Final = 30
_LEANS: Final = re.compile(
    r"(?:and |but |or )?(?:which|who|whom|whose|of which|to|was|were|is|are|has|had|have|would|will"
    r"|could|may|can|must|shall|not|you|it|they|he|she|such as|including|excluding|compared|as"
    r"|[a-z]+ing|(?!provided)[a-z]+ed|payable|than|for|with|in|by|on|from|at|due|plus)\b"
)
"""What leans on the words before it: nobody understands it alone."""
_OPENS: Final = re.compile(
    r"(?:[A-Z][a-z]+(?:ed|ing)|In|On|At|For|Since|If|When|While|As|Although|Because|After|Before"
    r"|Given|Consistent|Within|By|Until|Under)\b"
)
_SAID: Final = re.compile(
    r"(?:[A-Z][^,;]{0,60}?|and |or )\s?\b(?:reported|confirmed|said|announced|noted|added|stated"
    r"|explained|estimated?s?|observed|told \w+|expects?|agreed)\sthat\s"
)


def phrase(words: str) -> str:
    """``words`` as a phrase on a screen: one line, no loose signs at its ends, not too long."""
    line = _CITED.sub("", " ".join(words.split()))
    line = line[numbering(line) :]
    line = _LEADING.sub("", line.strip(" ,;:.–—-"))
    line = _balanced(line.strip(" ,;:–—-"))
    if len(line) <= LONGEST:
        return _AND.sub(" …", line)
    return f"{line[:LONGEST].rsplit(' ', 1)[0].rstrip(' ,;:')} …"


_AND: Final = re.compile(r"\s(?:and|or|to|the|of|a)$")


def _balanced(line: str) -> str:
    """``line`` without a bracket at its end that lost its other half."""
    if line.count("(") > line.count(")"):
        line = line.rsplit("(", 1)[0].rstrip(" ,;:")
    return line.rstrip(")") if line.count(")") > line.count("(") else line


def without(statement: Statement, whole: tuple[int, int], start: int, end: int) -> str:
    """The clause ``whole`` without the value from ``start`` to ``end``, which stands at its
    beginning or end; all of it where the value stands in the middle.
    """
    before = statement.text[whole[0] : start].strip()
    after = statement.text[end : whole[1]].strip(" .;:")
    if not before.strip("("):
        return phrase(after)
    if not after:
        return phrase(_HANGING.sub("", before))
    return phrase(statement.text[whole[0] : whole[1]])


_HANGING: Final = re.compile(
    r"(?:[\s,(]+(?:on|by|in|at|of|from|until|before|after|since|to|no later than|not later than"
    r"|later than|the|deadline|and|at the latest|between|as of|effective|dated))+$",
    re.IGNORECASE,
)
