"""Obligations: who has to do what."""

import re
from collections.abc import Iterator
from typing import Final

from backend.facts.clauses import numbering, phrase
from backend.facts.fact import Fact, Statement

_MODAL: Final = re.compile(
    r"\b(?:shall|must|(?:is|are|will be) (?:required|obliged|obligated) to"
    r"|(?:has|have) (?:agreed|undertaken) to|(?:agrees?|undertakes?|undertook) to)\b"
)
_WHO: Final = re.compile(
    r"(?:^|[,;:—]\s|\b(?:and|that|but|then|whereas|while)\s(?![A-Z]\w+\s$))"
    r"((?:[A-Z(“\"]|(?:the|each|every|all|any|no|an?|you|we|both|either|neither|your|our|their)\b"
    r"|[a-z]+s\b)[^,;:—]{0,60}?)\s(?:also\s|then\s|therefore\s|generally\s)?$"
)
_NOBODY: Final = frozenset({
    "accordingly", "additionally", "after", "also", "although", "as", "at", "because", "before",
    "by", "during", "except", "for", "from", "further", "furthermore", "he", "however", "i",
    "if", "in", "it", "moreover", "nothing", "notwithstanding", "on", "once", "one", "pursuant",
    "she", "since", "subject", "such", "that", "there", "therefore", "these", "they", "this",
    "those", "to", "under", "unless", "until", "upon", "what", "when", "whenever", "where",
    "which", "while", "who", "with", "within",
})  # fmt: skip
_RULES_NOTHING: Final = re.compile(
    r"\b(?:must|shall) (?:have been|be (?:construed|deemed|interpreted|governed|understood)"
    r"|include:?$|mean\b)|\bmust not be confused"
)
_EMPTY: Final = re.compile(r"(?:includ(?:e|es|ing)|the following|as follows|:)\W*$")
_ENUMERATION: Final = re.compile(r",\s[^,]+\s(?:and|or)\s")
_LIST: Final = re.compile(r";\s|:\s|\s[–—]\s")
_ASIDE: Final = re.compile(r"\s?\([^()]*\)")
_BY_WHEN: Final = re.compile(r"\b(?:no later than|within|before|by|not later than)\b")
_NO_ONE: Final = re.compile(r"(?:neither|no|nobody|none)\b", re.IGNORECASE)
_VERB: Final = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|will|may|can|should|would|could|if|because|when"
    r"|(?!supply|family|only|assembly|early|monthly|weekly|daily|quarterly)[a-z]+ly)\b"
)
_DEFINED: Final = re.compile(r"^(?:(?:The|Each|Every|Both|All) )?[A-Z]\w+")


def duties(statement: Statement) -> Iterator[Fact]:
    """The first obligation of ``statement``, where it says whose it is."""
    if "?" in statement.text:
        return
    for match in _MODAL.finditer(statement.text):
        who = _who(statement, match.start())
        if who is None or (
            _NO_ONE.match(statement.text, who[0]) and match.group() not in {"shall", "must"}
        ):
            continue  # "neither party is obliged to" obliges nobody
        what = _LIST.split(statement.text[match.start() :], maxsplit=1)[0]
        if _RULES_NOTHING.search(what) or _EMPTY.search(what) or len(what.split()) < 4:
            continue
        yield _fact(statement, who, what)
        return


def _fact(statement: Statement, who: tuple[int, int], what: str) -> Fact:
    name = phrase(_ASIDE.sub("", statement.text[who[0] : who[1]]).strip('"“” '))
    weight = 1.0 + 0.3 * bool(_DEFINED.match(name)) + 0.5 * bool(_BY_WHEN.search(what))
    weight += 0.2 * (len(what) < 110)
    return Fact(
        "obligation",
        name[:1].upper() + name[1:],
        phrase(what),
        statement.part(*who),
        statement.span,
        weight,
    )


def _who(statement: Statement, modal: int) -> tuple[int, int] | None:
    """Where the subject of a verb stands, None where it is not said or not clear."""
    begin = numbering(statement.text)
    end = begin + len(statement.text[begin:modal].rstrip())
    if statement.text[begin : begin + 1].isupper() and _names(statement.text[begin:end]):
        return begin, end
    match = _WHO.search(statement.text[begin:modal])
    if match is None or not _names(match.group(1)):
        return None
    return begin + match.start(1), begin + match.end(1)


def _names(words: str) -> bool:
    """Whether ``words`` can be the subject of a verb and say who it is."""
    found = words.split()
    if not found or found[0].lower().strip('(“",') in _NOBODY or found[-1].lower() in _NOBODY:
        return False
    listed = "," not in words or bool(_ENUMERATION.search(words))
    if any(word.lower() in {"you", "we", "i"} for word in found[1:]):
        return False  # where another sentence begins
    said = ":" not in words and words.count("(") == words.count(")")
    return len(found) <= 9 and listed and said and not _VERB.search(words)
