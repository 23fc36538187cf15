"""Contact data: e-mail addresses, web addresses, telephone numbers, postal addresses."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from backend.facts.clauses import phrase
from backend.facts.fact import Fact
from backend.tasks.base import Span
from backend.tasks.sentences import sentence_around

_EMAIL: Final = re.compile(r"\b[\w.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}\b")
_URL: Final = re.compile(r"\b(?:https?://|www\.)[^\s<>\"'()\[\]]{4,200}[\w/]")
_PHONE: Final = re.compile(
    r"(?<![\w.+/-])(?:\+\d{1,3}[\s.-]?(?:\(0?\d{1,4}\)[\s.-]?)?\d{1,4}(?:[\s.-]\d{2,4}){1,4}"
    r"|\(\d{3}\)\s?\d{3}[-.\s]\d{4}|\d{3}[-.]\d{3}[-.]\d{4})(?:\s?(?:ext\.?|x)\s?\d{1,5})?(?![\w-])"
)
_SAID_PHONE: Final = re.compile(
    r"\b(?:[Tt]el(?:ephone)?|[Pp]hone|[Cc]all|[Ff]ax|[Mm]obile|[Rr]ing)\b[^\n\d]{0,25}?"
    r"(\(?\+?\d[\d\s().-]{5,18}\d)(?![\w-])"
)
_STREET: Final = (
    r"(?:Street|St\.?|Road|Rd\.?|Avenue|Ave\.?|Lane|Drive|Boulevard|Blvd\.?|Square|Place|Court"
    r"|Way|Quay|Terrace|Row|Parkway|Highway)"
)
_ADDRESS: Final = re.compile(
    rf"\b\d{{1,5}}[A-Za-z]?\s(?:[A-Z][\w’'.]*\s){{1,4}}{_STREET}\b(?:,?\s(?:NW|NE|SW|SE)\b)?"
    r"(?:,\s(?:Suite|Floor|Room)\s\w+)?(?:,\s[A-Z][a-z]+(?:\s[A-Z][a-z]+)*)?"
    r"(?:,?\s[A-Z]{2}\s\d{5}(?:-\d{4})?|,?\s[A-Z]{1,2}\d[\dA-Z]?\s\d[A-Z]{2})?"
    r"|\bP\.?O\.? Box \d+"
)
_INVITES: Final = re.compile(
    r"\b(?:contact|questions?|visit|apply|register|sign up|our (?:web)?site|go to|book (?:at|on)"
    r"|further information|more information)\b",
    re.IGNORECASE,
)
"""Without one of these a web address is a source, as in a footnote."""

_OWNERS: Final = frozenset({"PERSON", "ORG", "PER"})
_NEAR: Final = 65
"""Characters between an owner and what is theirs."""
_TELLING: Final = 90
"""Characters of a sentence before contact data that may say what it is for; more says nothing."""
_DIGIT: Final = re.compile(r"\d")


def contacts(text: str, entities: Sequence[Span]) -> Iterator[Fact]:
    """The contact data in ``text``, each with whose it is or what it is for."""
    taken: list[tuple[int, int]] = []
    for what, pattern, weight in (
        ("E-mail", _EMAIL, 1.2),
        ("Web", _URL, 0.3),
        ("Telephone", _PHONE, 1.2),
        ("Telephone", _SAID_PHONE, 1.2),
        ("Address", _ADDRESS, 0.9),
    ):
        for match in pattern.finditer(text):
            start, end = match.span(1) if pattern.groups else match.span()
            if any(start < last and first < end for first, last in taken):
                continue
            if what == "Telephone" and not 7 <= len(_DIGIT.findall(text[start:end])) <= 15:
                continue
            sentence = sentence_around(text, start, end)
            if what == "Web" and not _INVITES.search(sentence.text):
                continue
            taken.append((start, end))
            about = f"{what}{_of_whom(what, text, start, sentence, entities)}"
            place = Span(start, end, text[start:end])
            yield Fact("contact", " ".join(place.text.split()), about, place, sentence, weight)


def _of_whom(what: str, text: str, start: int, sentence: Span, entities: Sequence[Span]) -> str:
    """Whose it is: the last person or organisation named before in its sentence; else what its
    sentence says before it.
    """
    owner = ""
    for entity in entities:
        if entity.start >= start:
            break
        near = start - entity.end <= _NEAR and entity.start >= sentence.start
        if near and entity.label in _OWNERS:
            owner = entity.text
    said = owner if what != "Web" and owner else text[sentence.start : start].rstrip(" \n:(<-–")
    words = phrase(said).removesuffix(" …")
    telling = bool(owner) or (" " in words and len(words) <= _TELLING)
    return f": {words}" if telling and not re.search(r"@|https?:", words) else ""
