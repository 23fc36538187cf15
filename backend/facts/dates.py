"""Dates with what happens, and deadlines."""

import re
from collections.abc import Iterator
from typing import Final

from backend.facts.clauses import clause, without
from backend.facts.fact import Fact, FactKind, Statement
from backend.tasks.base import Span

_MONTH: Final = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December"
    r"|(?:Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec)\b\.?)"
)
_WEEKDAY: Final = (
    r"(?:(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day[–-])?"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,?\s)?"
)
_DAY: Final = r"[0-3]?\d(?:st|nd|rd|th)?"
_YEAR: Final = r"(?:19|20)\d\d"
FULL_DATE: Final = re.compile(
    rf"(?<![\w/.-]){_WEEKDAY}(?:{_DAY}(?:\s?[–-]\s?{_DAY})?(?:\sof)?\s{_MONTH}(?:,?\s{_YEAR})?"
    rf"|{_MONTH}\s{_DAY}\b(?:\s?[–-]\s?(?:{_MONTH}\s)?{_DAY}\b)?(?:(?:\s?,\s?|\s){_YEAR})?"
    rf"|{_YEAR}-[01]\d-[0-3]\d|[0-3]?\d/[0-3]?\d/(?:{_YEAR}|\d\d))(?![\w/-])"
)
MONTH_OF_YEAR: Final = re.compile(rf"(?<![\w/.-]){_MONTH},?\s{_YEAR}(?![\w/-])")
_NUMBER: Final = (
    r"(?:\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fourteen|fifteen|twenty"
    r"|thirty|forty|forty-five|sixty|ninety)(?:\s\(\d{1,3}\))?"
)
_UNIT: Final = r"(?:(?:working|business|calendar|full)\s)?(?:hours?|days?|weeks?|months?|years?)"
TERM: Final = re.compile(
    rf"\b(?:within|no later than|not later than|no more than|at the latest)\s{_NUMBER}\s{_UNIT}\b"
    r"(?:\s(?:of|after|from|following)\s[^,;.:()]{3,50}(?=[,;.]))?"
    rf"|\bat least\s{_NUMBER}\s{_UNIT}(?=\s(?:before|prior|in advance|notice|[’']\snotice))",
    re.IGNORECASE,
)
_DUE: Final = re.compile(
    r"(?:\bno later than|\bnot later than|\bby|\bon or before|\bbefore|\bdue (?:on|by)"
    r"|\b(?:is|are|be) due|\bdeadline(?: of| is|:)?|\bat the latest(?: on| by)?|\buntil|\bprior to"
    r"|\bexpir(?:es?|ing) on|\bpayable on|\bclos(?:es?|ing) on)\s(?:the end of\s)?(?:the\s)?$",
    re.IGNORECASE,
)
_SURELY: Final = re.compile(
    r"(?:later than|on or before|\bdue(?: on| by)|\b(?:is|are|be) due|deadline(?: of| is|:)?"
    r"|at the latest(?: on| by)?)"
    r"\s(?:the\s)?$",
    re.IGNORECASE,
)
_TO_COME: Final = re.compile(
    r"\b(?:shall|must|will|should|required?|requires|needs?|please|to be|is to|are to|due|may|can"
    r"|is|are|has to|have to|agrees?|undertakes?|submits?|sends?|provides?|pays?|expects?|plans?"
    r"|ends?|expires?|answers?|remed(?:y|ies)|begins?|tells?|obliges?|refundable)\b",
    re.IGNORECASE,
)
_PAST: Final = re.compile(r"\b(?:was|were|had|did|declined|fell|rose|grew|reached)\b")
_NO_EVENT: Final = re.compile(
    r"(?:(?<!entered into )(?<!made )(?<!effective )\bas of|\b(?:ended|ending|as at|dated"
    r"|compared (?:to|with)|from|than|revised|through|of|and|versus|since|period|at|notes|due"
    r"|(?:months|weeks|days|quarter|year|period) to|from \w+ to|from [^,;.]{1,25} in)|[(\[/])"
    r"\s?(?:the\s)?$",
    re.IGNORECASE,
)
_HAPPENS: Final = re.compile(
    r"\b(?:is|are|was|were|be|has|have|had|will|would|shall|must|may|can|should|begins?|ends?"
    r"|starts?|takes?|opens?|expires?|meets?|ships?|arrives?|follows?|goes|go|held|made|sold|bought"
    r"|paid|sent|met|took|told|left|rose|fell|grew|began|became|came|went|won|lost|said|wrote|gave"
    r"|led|built|cut|runs?|(?!based|related|united|limited)[a-z]{2,}ed)\b"
)
_PLACED: Final = re.compile(
    r"(?:^|[,;:(–—]\s?|\b(?:on|in|by|at|of|from|until|till|before|after|since|for|effective|starting"
    r"|beginning|to|is|due|than|the)\s(?:the\s)?)$",
    re.IGNORECASE,
)
"""What stands before a date; without a year and this it is a part of a name."""
_EVERY_YEAR: Final = re.compile(r"\b(?:each|every) year\b|\bannually\b")
_UNDER_WAY: Final = re.compile(r"\bwithin the (?:last|past|next)\b", re.IGNORECASE)
_WEAK: Final = re.compile(r"^(?:it|this|that|these|which|they|he|she)\b", re.IGNORECASE)
_FUTURE: Final = re.compile(r"\b(?:will|shall|must|from|begins?|starts?|next|meeting|effective)\b")


def dates(statement: Statement) -> Iterator[Fact]:
    """The dates and deadlines of ``statement`` that something happens at or has to be done by."""
    if "?" in statement.text:
        return
    taken = [-1]
    for match in FULL_DATE.finditer(statement.text):
        taken.append(match.end())
        yield from _dated(statement, match, 1.0)
    for match in MONTH_OF_YEAR.finditer(statement.text):
        named = statement.text[: match.start()].endswith("the ")  # "the May 2015 issue"
        if not named and not any(match.start() < end <= match.end() for end in taken):
            yield from _dated(statement, match, 0.6)
    if _UNDER_WAY.search(statement.text):
        return
    for match in TERM.finditer(statement.text):
        left, right = clause(statement, match.start(), match.end())
        around = statement.text[left:right]
        if _TO_COME.search(around) and not _PAST.search(around):
            yield from _fact("deadline", statement, match.span(), 1.3)


def date_of_document(text: str) -> Iterator[Fact]:
    """The date that stands at the head of a letter, a memo or a notice."""
    for match in _HEAD_DATE.finditer(text, 0, 1_500):
        place = Span(*match.span(2), match.group(2))
        about = (
            "Effective from" if match.group(1).lower().startswith("eff") else "Date of the document"
        )
        yield Fact("date", match.group(2), about, place, Span(*match.span(), match.group()), 1.1)


_HEAD_DATE: Final = re.compile(
    r"^(Date|Dated|Effective date|Effective|Issued|Published|(?:Last )?(?:updated|revised))"
    rf"[ \t]*:[ \t]*({FULL_DATE.pattern})[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)


def _dated(statement: Statement, match: re.Match[str], weight: float) -> Iterator[Fact]:
    before = statement.text[: match.start()]
    left, right = clause(statement, match.start(), match.end())
    around = statement.text[left:right]
    due = _DUE.search(before)
    whole = re.search(_YEAR, match.group())
    if not whole and (_EVERY_YEAR.search(around) or not _PLACED.search(before)):
        return
    ahead = not _PAST.search(around) and (_TO_COME.search(around) or not _HAPPENS.search(around))
    if re.match(r",?\sdeadline\b", statement.text[match.end() :]) or (
        due and (_SURELY.search(before) or ahead)
    ):
        yield from _fact("deadline", statement, match.span(), weight + 1.2)
    elif not _NO_EVENT.search(before) and _HAPPENS.search(around):
        more = 0.3 * bool(_FUTURE.search(around))
        yield from _fact("date", statement, match.span(), weight + more)


def _fact(
    kind: FactKind,
    statement: Statement,
    value: tuple[int, int],
    weight: float,
) -> Iterator[Fact]:
    """The fact, where the clause without its ``value`` says enough."""
    whole = clause(statement, *value)
    cut = (_with_word_before(statement.text, value[0]), value[1])
    about = without(statement, whole, max(cut[0], whole[0]), cut[1])
    if len(about.split()) < 3 or _WEAK.match(about):
        about = without(statement, (0, len(statement.text)), *cut)
    if len(about.split()) < 3:
        return
    words = " ".join(statement.text[value[0] : value[1]].split())
    yield Fact(kind, words, about, statement.part(*value), statement.span, weight)


_WORD_BEFORE: Final = re.compile(r"\b(?:on|in|by|at|from|until|before|of)\s$", re.IGNORECASE)


def _with_word_before(text: str, start: int) -> int:
    match = _WORD_BEFORE.search(text[:start])
    return match.start() if match else start
