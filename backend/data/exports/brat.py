"""brat: a text and an ``.ann`` file of the same name for each document."""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from backend.data.exports.export import ENTITIES, RELATIONS, Found, entity, related
from backend.data.files import TextFile
from backend.data.schemas import Example
from backend.data.tables import LeftOut

_ENTITY: Final = re.compile(r"(T\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t?(.*)")
_RELATION: Final = re.compile(r"R\d+\t(\S+) \w+:(T\d+) \w+:(T\d+)\s*")


def documents(files: Sequence[TextFile]) -> Found | None:
    """Entities of every paragraph and relations inside of it; None without ``.ann`` files."""
    texts = {_stem(file): file for file in files if file.base.casefold().endswith(".txt")}
    marks = {_stem(file): file for file in files if file.base.casefold().endswith(".ann")}
    if not texts or not marks or not set(texts) & set(marks):
        return None
    entities: list[Example] = []
    relations: list[Example] = []
    left_out = [LeftOut(texts[stem].base, "it has no .ann file")
                for stem in sorted(set(texts) - set(marks))]  # fmt: skip
    for stem in sorted(set(texts) & set(marks)):
        document = _Document(stem, texts[stem].text, marks[stem].text)
        entities += document.entities()
        relations += document.relations()
        left_out += document.left_out
    found = {RELATIONS: {"": relations}} if relations else {}
    found |= {ENTITIES: {"": entities}}
    return Found("brat", "each text has an .ann file", found, tuple(left_out))


def _stem(file: TextFile) -> str:
    return file.name.rpartition(".")[0]


class _Document:
    """One text with its marks, cut into the paragraphs that no mark crosses."""

    def __init__(self, name: str, text: str, marks: str) -> None:
        self._name = name
        self._text = text
        self._pairs: list[tuple[str, str, str]] = []
        self._spans: dict[str, Example] = {}
        self.left_out: list[LeftOut] = []
        for number, line in enumerate(marks.split("\n"), 1):
            if match := _ENTITY.fullmatch(line.rstrip()):
                self._mark(match, number)
            elif match := _RELATION.fullmatch(line):
                self._pairs.append((match[1], match[2], match[3]))
        self._borders = self._paragraphs()

    def _mark(self, match: re.Match[str], number: int) -> None:
        pieces = match[3].split(";")
        if len(pieces) > 1:
            place = f"{self._name}.ann, line {number}"
            self.left_out.append(LeftOut(place, "its parts lie apart", match[0][:200]))
            return
        start, end = pieces[0].split(" ")
        self._spans[match[1]] = entity(self._text, start, end, match[2], match[4])

    def _paragraphs(self) -> list[tuple[int, int]]:
        cuts = [0, *(m.end() for m in re.finditer(r"\n+", self._text)), len(self._text)]
        held = [(s["start"], s["end"]) for s in self._spans.values()]
        held += [
            (min(a["start"], b["start"]), max(a["end"], b["end"]))
            for _, one, other in self._pairs
            if (a := self._spans.get(one)) and (b := self._spans.get(other))
            and self._text.count("\n", min(a["start"], b["start"]), max(a["end"], b["end"])) < 3
        ]  # fmt: skip
        kept = [cut for cut in cuts if not any(start < cut < end for start, end in held)]
        return [(a, b) for a, b in pairwise(kept) if self._text[a:b].strip()]

    def _around(self, start: int, end: int) -> tuple[int, int] | None:
        return next(((a, b) for a, b in self._borders if a <= start and end <= b), None)

    def entities(self) -> list[Example]:
        """An example a paragraph."""
        made = []
        for begin, end in self._borders:
            inside = [s for s in self._spans.values() if begin <= s["start"] and s["end"] <= end]
            moved = [_moved(span, begin) for span in sorted(inside, key=lambda s: s["start"])]
            text = self._text[begin:end].rstrip()
            made.append({"text": text, "entities": moved, "group": self._name})
        return made

    def relations(self) -> list[Example]:
        """An example a relation, whose text is the paragraph that holds both ends."""
        made = []
        for label, one, other in self._pairs:
            head, tail = self._spans.get(one), self._spans.get(other)
            if head is None or tail is None:
                continue
            around = self._around(min(head["start"], tail["start"]), max(head["end"], tail["end"]))
            if around is None:
                said = f"{label} {one} {other}: its ends lie in different paragraphs"
                self.left_out.append(LeftOut(f"{self._name}.ann", said))
                continue
            text = self._text[around[0] : around[1]].rstrip()
            ends = _moved(head, around[0]), _moved(tail, around[0])
            made.append(related(text, *ends, label) | {"group": self._name})
        return made


def _moved(span: Example, by: int) -> Example:
    return span | {"start": span["start"] - by, "end": span["end"] - by}
