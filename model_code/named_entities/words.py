"""Words as entity taggers know them, and tags (IOB2) to character spans and back. No torch here."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


def _marks() -> str:
    """The marks (vowel signs, points, accents) that scripts put on their letters."""
    blocks = ((0x483, 0x2100), (0xA660, 0xAC00), (0xFB1E, 0xFB1F), (0xFE20, 0xFE30))
    return "".join(
        chr(at)
        for start, end in (*blocks, (0x11000, 0x12000))
        for at in range(start, end)
        if unicodedata.category(chr(at))[0] == "M"
    )


# Within a run of non-blanks: an ideograph, kana or Thai letter on its own (scripts without blanks
# between words); initials and abbreviations with their points; a word with what joins its parts,
# also unseen (soft hyphens, joiners of Persian and Indic letters); any other character on its own,
# an emoji with all that makes it one.
_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_MARKS = _marks()
_JOINERS = "\u00ad\u200c\u200d"
_SKINS = "\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_RARE = frozenset(f"{_MARKS}{_JOINERS}\ufe0f{_SKINS}")


def _pattern(letter: str, other: str) -> re.Pattern[str]:
    return re.compile(
        rf"[{_UNSPACED}]"
        rf"|(?:[^\W\d_]\.){{2,}}"
        rf"|(?<!\w)[A-Z]\.(?=\s|$)"
        rf"|{letter}+(?:[-'’&./·]{letter}+)*"
        rf"|{other}"
    )


_LETTER = rf"(?:(?![{_UNSPACED}])\w|[\u0300-\u036f])"
_MARKED_LETTER = rf"(?:(?![{_UNSPACED}])[\w\u0300-\u036f{_MARKS}]|(?<=\S)[{_JOINERS}](?=\w))"
_EMOJI = rf"[^\w\s](?:[\ufe0f{_SKINS}]|\u200d[^\w\s])*"
_WORD = _pattern(_LETTER, r"\S")
_WORD_OF_ANY_SCRIPT = _pattern(_MARKED_LETTER, rf"{_EMOJI}|\S")


@dataclass(frozen=True)
class Entity:
    """A labelled span of characters, with the model's probability for it."""

    start: int
    end: int
    label: str
    score: float = 1.0

    def overlaps(self, other: "Entity") -> bool:
        """Whether the two share a character."""
        return self.start < other.end and other.start < self.end


NAMES: Final = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC"})
"""OntoNotes' types of people, organisations and places."""
PROPER: Final = NAMES | {"NORP", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW", "LANGUAGE"}
"""Its types of proper names."""


def key(text: str, entity: Entity) -> str:
    """By what the mentions of one name are told."""
    return " ".join(text[entity.start : entity.end].casefold().split())


def words(text: str) -> list[tuple[int, int]]:
    """Character spans of the words of ``text``; punctuation stands alone."""
    # Most texts have nothing that takes the slower pattern.
    pattern = _WORD if _RARE.isdisjoint(text) else _WORD_OF_ANY_SCRIPT
    return [match.span() for match in pattern.finditer(text)]


def tags_for(spans: Sequence[tuple[int, int]], entities: Sequence[Entity]) -> list[str]:
    """IOB2 tags of words, an entity holding every word that it overlaps; the first one wins."""
    tags = ["O"] * len(spans)
    for entity in entities:
        covered = [
            index
            for index, (start, end) in enumerate(spans)
            if start < entity.end and end > entity.start and tags[index] == "O"
        ]
        for position, index in enumerate(covered):
            tags[index] = ("B-" if position == 0 else "I-") + entity.label
    return tags


def entities_of(
    spans: Sequence[tuple[int, int]], tags: Sequence[str], scores: Sequence[float]
) -> list[Entity]:
    """Entities of tagged words; their score is the mean probability of their tags.

    An I- that continues nothing of its label opens an entity, as ``seqeval`` reads it.
    """
    found: list[Entity] = []
    open_label, first = "", 0
    for index, tag in enumerate([*tags, "O"]):
        prefix, _, label = tag.partition("-")
        if open_label and (prefix != "I" or label != open_label):
            mean = sum(scores[first:index]) / (index - first)
            found.append(Entity(spans[first][0], spans[index - 1][1], open_label, mean))
            open_label = ""
        if label and not open_label:
            open_label, first = label, index
    return found


def apart(entities: Sequence[Entity]) -> list[Entity]:
    """The entities in the text's order, less those that overlap an earlier or a longer one."""
    result: list[Entity] = []
    for entity in sorted(entities, key=lambda entity: (entity.start, -entity.end)):
        if not result or entity.start >= result[-1].end:
            result.append(entity)
    return result
