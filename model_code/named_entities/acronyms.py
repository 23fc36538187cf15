"""Short forms that a text explains itself: "Securities and Exchange Commission (SEC)"."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from named_entities.words import PROPER, Entity, apart

_IN_BRACKETS = re.compile(r"(?<=[\w.’'] )\([\"“]?([A-Z][A-Za-z&]{0,8}[A-Z]s?)[\"”]?\)")
_WORD = re.compile(r"[^\W_](?:\.?\w|['’](?!s\b)\w|\.(?=\w))*")
_YEAR = re.compile(r" of \d{4}\s*$")
_REACH = 120
"""Characters before the bracket in which the full form is looked for."""
_UNSAID = frozenset({"of", "the", "and", "for", "in", "on", "to", "&", "a", "de"})


@dataclass(frozen=True)
class ShortForm:
    """A short form and where its full form stands first."""

    short: str
    start: int
    end: int
    at: int
    """Where the short form stands beside it."""


def short_forms(text: str) -> Iterator[ShortForm]:
    """The short forms in brackets behind words that begin with their letters."""
    for match in _IN_BRACKETS.finditer(text):
        letters = [c.casefold() for c in match[1].removesuffix("s") if c.isalpha()]
        low = max(0, match.start() - _REACH)
        year = _YEAR.search(text, low, match.start())
        words = list(_WORD.finditer(text, low, year.start() if year else match.start()))
        start = _full_form(letters, words)
        if start is not None:
            end = words[-1].end()
            yield ShortForm(match[1], start, end, match.start(1))


def _full_form(letters: Sequence[str], words: Sequence["re.Match[str]"]) -> int | None:
    """Where the words begin that the letters stand for, read from the end."""
    at = len(words)
    for letter in reversed(letters):
        at -= 1
        while at >= 0 and words[at].group()[0].casefold() != letter:
            if words[at].group().casefold() not in _UNSAID:
                return None
            at -= 1
        if at < 0:
            return None
    return words[at].start()


def explained(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Full forms whole, and their short forms as what the full form is at every place. Where the
    full form is no name, the short form is none: "commercial real estate (CRE)".
    """
    result = list(entities)
    for form in short_forms(text):
        words = text[form.start : form.end]
        over = [e for e in result if e.start < form.end and form.start < e.end]
        label = next((e.label for e in over if e.label in PROPER), "")
        label = "LAW" if words.endswith(" Act") else label
        if label and words[0].isupper():
            score = max((e.score for e in over), default=0.5)
            # A longer name stays: "Board of the Bank of England (BOE)".
            start = min([form.start, *(e.start for e in over if e.label == label)])
            result = [e for e in result if e not in over]
            result.append(Entity(start, form.end, label, score))
            result = _everywhere(text, result, form.short, label, score)
        else:
            result = [e for e in result if text[e.start : e.end] != form.short]
    return apart(result)


def _everywhere(
    text: str, entities: Sequence[Entity], short: str, label: str, score: float
) -> list[Entity]:
    places = [m.span() for m in re.finditer(rf"(?<![\w-]){re.escape(short)}(?![\w-])", text)]
    spans = {(e.start, e.end) for e in entities}
    named = [replace(e, label=label) if text[e.start : e.end] == short else e for e in entities]
    free = [place for place in places if place not in spans and not _inside(place, entities)]
    return [*named, *(Entity(*place, label, score) for place in free)]


def _inside(place: tuple[int, int], entities: Sequence[Entity]) -> bool:
    return any(e.start < place[1] and place[0] < e.end for e in entities)
