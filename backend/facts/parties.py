"""Parties: between whom a contract is made, and from whom to whom a letter goes."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from backend.facts.fact import Fact
from backend.tasks.base import Span
from backend.tasks.sentences import sentence_around

_HEAD: Final = 4_000
"""Characters at the start of a document in which its parties are named."""

_CAPITAL: Final = r"[A-Z][\w&.’'-]*"
_NAME: Final = rf"{_CAPITAL}(?:,? (?:{_CAPITAL}|of|and|the|for|de|van|von|der|&)(?=[\s,(]))*"
_ROLE: Final = (
    r"\((?:[^()“”\"]{0,60}?)[“\"](?P<role>[A-Z][\w\s-]{1,30})[”\"]"
    r"(?:\s?(?:or|and)(?:\s(?:the|collectively))?\s?[“\"](?P<other>[A-Z][\w\s-]{1,30})[”\"])?[^()]{0,30}\)"
)
_DEFINED: Final = re.compile(
    rf"(?:^|[\s(])(?P<name>{_NAME})(?:,\s(?:an?|whose|with|having|registered|incorporated|of)\b[^()]{{0,220}}?)?"
    rf",?\s{_ROLE}"
)
_BETWEEN: Final = re.compile(
    rf"\b(?:between|by and between|by and among)\s(?:the\s)?(?P<first>{_NAME})[^;]{{0,260}}?"
    rf"\sand\s(?:the\s)?(?P<second>{_NAME})"
)
_CONTRACT: Final = re.compile(
    r"\b(?:agreement|contract|lease|deed|licen[cs]e|terms|memorandum of understanding)\b",
    re.IGNORECASE,
)
_LETTER: Final = re.compile(
    r"^(?P<role>To|From|Cc|Attention|Landlord|Tenant|Buyer|Seller|Lender|Borrower|Client|Customer"
    r"|Supplier|Employer|Employee)[ \t]*:[ \t]*(?P<name>[A-Z][^\n:]{2,90})$",
    re.MULTILINE | re.IGNORECASE,
)
_THINGS: Final = frozenset({
    "act", "agreement", "contract", "data", "date", "deposit", "document", "effective", "fee",
    "fees", "fiscal", "goods", "information", "law", "licence", "license", "memorandum",
    "notes", "order", "period", "plan", "policy", "premises", "price", "products", "program",
    "project", "property", "report", "schedule", "services", "site", "software", "term",
    "website", "work", "works",
})  # fmt: skip
_KNOWN: Final = frozenset({"PERSON", "ORG", "GPE", "PER", "LOC"})


def parties(text: str, entities: Sequence[Span]) -> Iterator[Fact]:
    """The parties named at the start of ``text``; a contract has to call itself one."""
    head = text[:_HEAD]
    found: list[str] = []
    if _CONTRACT.search(head[:600]):
        for match in _DEFINED.finditer(head):
            roles = [role for role in match.group("role", "other") if role]
            if _is_party(text, match, "name", entities, roles) and match["name"] not in found:
                found.append(match["name"])
                yield _fact(text, match, "name", _roles(match["name"], roles), 2.5)
        if not found:
            yield from _between(text, head, entities)
    yield from _letter(text, head)


def _between(text: str, head: str, entities: Sequence[Span]) -> Iterator[Fact]:
    match = _BETWEEN.search(head)
    if match is None or not all(
        _is_party(text, match, group, entities, []) for group in ("first", "second")
    ):
        return
    for group in ("first", "second"):
        yield _fact(text, match, group, "Party to the agreement", 2.3)


def _letter(text: str, head: str) -> Iterator[Fact]:
    """Lines at the head of a memo, a letter or a contract: two of them make one."""
    lines = list(_LETTER.finditer(head[:1_500]))
    if len(lines) < 2:
        return
    for match in lines:
        yield _fact(text, match, "name", match["role"].capitalize(), 1.6)


def _is_party(
    text: str, match: re.Match[str], group: str, entities: Sequence[Span], roles: Sequence[str]
) -> bool:
    """Whether a model saw a name there, or it has the form of a company's; and it is no thing that
    a contract defines in the same way.
    """
    start, end = match.span(group)
    if any(word in _THINGS for role in (*roles, text[start:end]) for word in role.lower().split()):
        return False
    named = any(
        entity.label in _KNOWN and entity.start < end and start < entity.end for entity in entities
    )
    return named or bool(_COMPANY.search(text[start:end]))


_COMPANY: Final = re.compile(
    r"\b(?:Ltd|Limited|Inc|LLC|LLP|plc|PLC|GmbH|AG|S\.?A|B\.?V|N\.?V|Corp|Corporation|Company|Co"
    r"|Trust|Bank|University|Council|Foundation|Association)\b"
)


def _roles(name: str, roles: Sequence[str]) -> str:
    """What the contract calls the party from then on; a short form of its name says least."""
    telling = [role for role in roles if role.split()[0] not in name] or list(roles)
    role = telling[-1].strip()
    return role if role.startswith("The ") else f"The {role}"


def _fact(text: str, match: re.Match[str], group: str, about: str, weight: float) -> Fact:
    start, end = match.span(group)
    place = Span(start, end, text[start:end])
    return Fact(
        "party",
        " ".join(place.text.split()),
        about,
        place,
        sentence_around(text, start, end),
        weight,
    )
