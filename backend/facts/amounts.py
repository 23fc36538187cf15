"""Amounts of money and rates, with what they are of."""

import re
from collections.abc import Iterator
from typing import Final

from backend.facts.clauses import clause, phrase
from backend.facts.fact import Fact, Statement

_NUMBER: Final = r"\d{1,3}(?:[,.\u00a0 ]\d{3})+(?:\.\d+)?|\d+(?:[.,]\d+)?"
_SCALE: Final = r"(?:\s?(?:million|billion|trillion|thousand|bn|mn|[mk])\b)?"
_SIGN: Final = (
    r"(?:(?:US|CA|AU|NZ|HK|[CAS])?\$|[€£¥₹]|\b(?:EUR|USD|GBP|CHF|JPY|CAD|AUD|SEK|NOK|DKK)\b)"
)
_CURRENCY: Final = r"(?:(?:US |Canadian |Australian )?dollars|euros?|pounds|pence|cents|francs)"
_MONEY: Final = (
    rf"(?:{_SIGN}\s?(?:{_NUMBER})(?:\s?[–-]\s?(?:{_NUMBER}))?{_SCALE}"
    rf"|\b(?:{_NUMBER}){_SCALE}\s?(?:{_CURRENCY}\b|(?:EUR|USD|GBP|CHF)\b|€))"
)
MONEY: Final = re.compile(
    rf"(?<=between ){_MONEY} and {_MONEY}|(?<!from )(?<!by ){_MONEY}(?:\sto\s|\s?[–-]\s?){_MONEY}"
    rf"|{_MONEY}"
)
_FRACTION: Final = r"(?:\d+(?:[-‑]\d/\d|[.,]\d+)?|[¼½¾]|\d+[¼½¾])"
RATE: Final = re.compile(
    rf"\b{_FRACTION}(?:\s?(?:to|–|-)\s?{_FRACTION})?\s?(?:%|per\s?cent(?:age points?)?\b)"
)
_COMPARED: Final = re.compile(
    r"(?:\b(?:compared (?:with|to)|versus)\b.*|\bfrom|\b(?<!less )(?<!more )than|\band|\bor)"
    r"(?:\s(?:a|an|the|about|approximately|nearly|roughly|only))*\s*$",
    re.IGNORECASE,
)
_OF_BEFORE: Final = re.compile(
    r"([A-Za-z][\w’'-]*(?:\s[A-Za-z][\w’'&-]*){0,7})\sof\s"
    r"(?:(?:about|approximately|up to|at least|nearly|around|some|only|over|roughly|more than)\s)?$"
)
_IS_BEFORE: Final = re.compile(
    r"^(?P<what>[A-Z(“\"][^,;]{2,80}?)\s(?:is|are|was|were|will be|stood at|came to|amounts? to"
    r"|amounted to|totall?ed|reached|costs?|(?:rose|fell|grew|increased|decreased|declined|dropped)"
    r"(?:\s[\d.]+\s?(?:%|percent|per cent),?)?\sto)"
    r"(?:\s(?:about|approximately|up to|at least|nearly|around|only|over|roughly|limited to))?\s$"
)
_MORE: Final = re.compile(r"\s(?:more|less|higher|lower|fewer|better|worse)\b")
_SMALL: Final = frozenset({
    "a", "against", "an", "and", "are", "as", "at", "by", "for", "from", "generated", "had",
    "has", "have", "her", "his", "in", "included", "into", "is", "issued", "its", "made", "on",
    "or", "our", "paid", "plus", "raised", "received", "recorded", "reported", "than", "the",
    "their", "these", "this", "through", "to", "was", "were", "with", "your",
})  # fmt: skip
_BARE: Final = frozenset({
    "amount", "average", "balance", "benefit", "change", "cost", "decline", "decrease",
    "discount", "estimate", "fall", "figure", "goal", "impact", "increase", "level", "limit",
    "maximum", "minimum", "month", "most", "number", "objective", "one", "part", "payment",
    "premium", "price", "projection", "quarter", "range", "rate", "result", "rise", "sum",
    "total", "value", "year",
})  # fmt: skip
_MOST: Final = 3
"""Amounts of one sentence: one with more is a list, and nobody reads it as a fact."""
_RATES: Final = re.compile(
    r"\b(?:decid|approv|resolv|vot(?:e|ed)\b|declar|interest|penalt|fine|limit|dividend|discount"
    r"|commission|royalt|tax)",
    re.IGNORECASE,
)
_DECIDED: Final = re.compile(
    r"\b(?:decided|voted|approved?|resolved|declared|awarded|agreed|raised its|lowered its)\b",
    re.IGNORECASE,
)
_MATTERS: Final = re.compile(
    r"\b(?:approv|resolv|decid|declar|agree|award|announc|acquir|allocat|authoriz|authoris|pays?\b"
    r"|paid|invest|fine|penalt|liab|total|budget|target|fee|price|charge|cost|insur|limit)",
    re.IGNORECASE,
)
_CHANGE: Final = re.compile(
    r"\b(?:increas|decreas|rose|fell|grew|declin|up|down|higher|lower|gain|drop)\w*"
    r"(?:\s(?:by|of|about|nearly|approximately))*\s$",
    re.IGNORECASE,
)


def amounts(statement: Statement) -> Iterator[Fact]:
    """The amounts of ``statement``. What only stands there to compare with is left out, and so is
    what a list of several amounts "respectively" means.
    """
    if re.search(r"\brespectively\b|\?", statement.text):
        return
    found = list(MONEY.finditer(statement.text))
    for match in found[:_MOST]:
        if not _COMPARED.search(statement.text[: match.start()]):
            yield _fact(statement, match, 1.0)
    for match in RATE.finditer(statement.text):
        before = statement.text[: match.start()]
        if _COMPARED.search(before) or _CHANGE.search(before):
            continue
        if _of_what(statement, match)[1] or _RATES.search(statement.text):
            yield _fact(statement, match, 0.5)


def _fact(statement: Statement, match: re.Match[str], weight: float) -> Fact:
    about, known = _of_what(statement, match)
    weight += 0.3 * bool(_MATTERS.search(statement.text)) + 0.4 * known
    weight += 0.5 * bool(_DECIDED.search(statement.text))
    weight -= 0.4 * (match.end() - match.start() < 5)
    return Fact(
        "amount",
        " ".join(match.group().split()),
        about,
        statement.part(match.start(), match.end()),
        statement.span,
        weight,
    )


def _of_what(statement: Statement, match: re.Match[str]) -> tuple[str, bool]:
    """What the amount is of, and whether that is a name for it; else it is the clause around."""
    left, right = clause(statement, match.start(), match.end())
    before = statement.text[left : match.start()]
    of = _OF_BEFORE.search(before)
    if of and (name := _noun(of.group(1))):
        return name, True
    is_ = _IS_BEFORE.match(before)
    more = _MORE.match(statement.text, match.end())
    if is_ and not more and not _vague(is_["what"]):
        return phrase(is_["what"]), True
    return phrase(statement.text[left:right]), False


def _noun(words: str) -> str:
    """The end of ``words`` that names something, "" where it does not say of what.

    It begins after an article or its like. A verb in it has an ending that a noun before another
    seldom has: "maintains insurance", "insurer paid costs".
    """
    found = words.split()
    begin = max((at for at, word in enumerate(found) if word.lower() in _SMALL), default=-1) + 1
    name = found[begin:]
    if not begin or not 2 <= len(name) <= 6 or name[-1].lower() in _BARE:
        return ""
    if name[0][0].isupper() and name[1].islower():  # "pays to Landlord base rent"
        return ""
    verbs = [word for word in name[:-1] if word.islower() and re.search(r"[^s]s$", word)]
    verbs += [word for word in name[1:] if word.islower() and word.endswith("ed")]
    return "" if verbs else " ".join(name)


def _vague(subject: str) -> bool:
    words = subject.lower().split()
    first = words[0].strip('(“"')
    return words[-1] in _BARE or bool(MONEY.search(subject) or RATE.search(subject)) or first in {
        "it", "this", "that", "these", "those", "which", "they", "there", "he", "she", "of", "if",
        "what", "where", "when", "while", "although", "because", "as",
    }  # fmt: skip
