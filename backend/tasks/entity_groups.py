"""The people, organizations and places that a document names, each with all its mentions.

Mentions of one type are joined where they can only mean the same: a wrong join is worse than a
missing one, so a short form that fits two full names stays alone.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from backend.tasks.base import Span
from backend.tasks.name_forms import (
    initials,
    is_capitals,
    is_short_for_company,
    is_short_for_kind,
    is_short_for_person,
    is_short_form,
    plain_name,
    without_plurals,
)

_PEOPLE: Final = frozenset({"PERSON", "PER"})
_RANKS: Final = (
    _PEOPLE | {"ORG"},
    frozenset({"GPE", "LOC", "FAC", "NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "MISC"}),
    frozenset({"MONEY", "DATE"}),
    frozenset({"LANGUAGE", "CARDINAL", "ORDINAL", "QUANTITY", "PERCENT", "TIME"}),
)
"""Types from what readers look for first to mere numbers; unknown ones stand with the second."""
_WORD: Final = re.compile(r"\w+")
_BRACKET: Final = (2, 3)
"""Characters from the end of a full name to a short form in brackets, or in quotes in brackets."""


@dataclass(frozen=True)
class EntityGroup:
    """All mentions of one thing; ``spans`` in document order, ``text`` its fullest name."""

    text: str
    label: str
    spans: tuple[Span, ...]

    @property
    def score(self) -> float | None:
        """The surest mention's score."""
        return max((s.score for s in self.spans if s.score is not None), default=None)

    @property
    def id(self) -> str:
        """The id of the group's marks."""
        return f"{self.label}:{self.text}"

    @property
    def forms(self) -> tuple[tuple[str, int], ...]:
        """How the document writes it and how often, the most frequent first."""
        return tuple(Counter(on_one_line(span) for span in self.spans).most_common())


def on_one_line(span: Span) -> str:
    """A span's text on one line: mentions that differ in line breaks are the same name."""
    return " ".join(span.text.split())


def entity_groups(entities: Iterable[Span]) -> tuple[EntityGroup, ...]:
    """``entities`` by what they name: people and organizations first, then places and other
    names, amounts and dates, numbers; the most mentioned first, then in document order.
    """
    by_label: dict[str, dict[str, list[Span]]] = defaultdict(lambda: defaultdict(list))
    for entity in entities:
        name = plain_name(on_one_line(entity), person=entity.label in _PEOPLE)
        by_label[entity.label][name].append(entity)
    groups = [
        _group(label, spans) for label, names in by_label.items() for spans in _joined(label, names)
    ]
    groups.sort(key=lambda group: (_rank(group.label), -len(group.spans), group.spans[0].start))
    return tuple(groups)


def _rank(label: str) -> int:
    return next((rank for rank, labels in enumerate(_RANKS) if label in labels), 1)


def _group(label: str, spans: Sequence[Span]) -> EntityGroup:
    ordered = tuple(sorted(spans, key=lambda span: span.start))
    forms = Counter(on_one_line(span) for span in ordered)
    if label in _PEOPLE | {"ORG"}:
        text = max(forms, key=lambda form: _fullness(form, person=label in _PEOPLE))
    else:
        text = forms.most_common(1)[0][0]
    return EntityGroup(text, label, ordered)


def _fullness(form: str, *, person: bool) -> tuple[int, bool, int]:
    """By which a name is shown: most words, not all capitals, without title, the longest."""
    words = len(plain_name(form, person=person).split())
    return words, not form.isupper(), len(form) if words == len(form.split()) else 0


def _joined(label: str, given: dict[str, list[Span]]) -> list[list[Span]]:
    """The mentions of the ``given`` names, those of a short form with those of its full name."""
    names = _of_one_spelling(given) if label == "ORG" else given
    index = _Index(names)
    full = {name: _full_name(name, label, index) for name in names}
    result: dict[str, list[Span]] = defaultdict(list)
    for name, spans in names.items():
        last, seen = name, {name}
        while (longer := full[last]) is not None and longer not in seen:
            seen.add(longer)
            last = longer
        result[last] += spans
    return list(result.values())


def _of_one_spelling(given: dict[str, list[Span]]) -> dict[str, list[Span]]:
    """Names that differ by a plural alone as one, called by the commonest spelling."""
    commonest: dict[str, str] = {}
    for name in sorted(given, key=lambda name: -len(given[name])):
        commonest.setdefault(without_plurals(name), name)
    result: dict[str, list[Span]] = defaultdict(list)
    for name, spans in given.items():
        result[commonest[without_plurals(name)]] += spans
    return result


class _Index:
    """The names of one type by what a short form shares with its full name: a word at least, or
    the initials. A document may have thousands, so that not each is held against each.
    """

    def __init__(self, names: Mapping[str, Sequence[Span]]) -> None:
        self.names = names
        self._by_word: dict[str, list[str]] = defaultdict(list)
        for name in names:
            for word in _words(name):
                self._by_word[word].append(name)

    def sharing(self, name: str) -> Sequence[str]:
        """The names that have the rarest word of ``name``; all where it has no word."""
        return min((self._by_word[word] for word in _words(name)), key=len, default=[*self.names])

    def ending(self, name: str) -> Sequence[str]:
        """The names that have the last word of ``name``, which a person's initials do not hide."""
        return self._by_word[(_words(name) or [""])[-1]]

    def abbreviated(self, name: str) -> Sequence[str]:
        """The names whose initials are ``name``."""
        return self._by_initials.get(name, ())

    @cached_property
    def _by_initials(self) -> dict[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for name, spans in self.names.items():
            for one in initials(on_one_line(spans[0])):
                found[one].append(name)
        return found


def _words(name: str) -> list[str]:
    """The distinct words of a plain name, in order."""
    return list(dict.fromkeys(_WORD.findall(name)))


def _full_name(name: str, label: str, index: _Index) -> str | None:
    """The one full name in ``index`` that ``name`` is short for, if there is just one."""
    names = index.names
    if label in _PEOPLE:
        longer = (o for o in index.ending(name) if is_short_for_person(name, o))
        return _only(longer, is_short_for_person)
    if label not in {"ORG", "LAW"}:
        return None
    if is_capitals(on_one_line(names[name][0])):
        full = index.abbreviated(name)
        explained = [other for other in full if _stands_behind(names[name], names[other])]
        return _only(explained or full, is_short_form)
    candidates = index.sharing(name)
    if label == "LAW" and any(character.isdigit() for character in name):
        return _only((o for o in candidates if o.endswith(" " + name)), is_short_form)
    for test in (is_short_form, is_short_for_company, is_short_for_kind):
        fitting = [other for other in candidates if other != name and test(name, other)]
        if fitting:
            return _only(fitting, is_short_form)
    return None


def _stands_behind(short: Sequence[Span], full: Sequence[Span]) -> bool:
    """Whether a short form is explained: "Solution Architecture Data Group (SADG)"."""
    starts = {span.start for span in short}
    return any(span.end + gap in starts for span in full for gap in _BRACKET)


def _only(names: Iterable[str], is_short: Callable[[str, str], bool]) -> str | None:
    """The only one of ``names`` that is not short for another, if there is just one: Powell is
    short for both J. Powell and Jerome Powell, and these are one.
    """
    found = list(names)
    full = [name for name in found if not any(is_short(name, other) for other in found)]
    return full[0] if len(full) == 1 else None
