"""Tags of words to spans: IOB1, IOB2, IO, BIOES and BILOU, sound or broken."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from backend.data.schemas import Example

_BEGINS = frozenset("BSUW")
_ENDS = frozenset("ESLUW")
_INSIDE = frozenset("IELM")
_TURNED = re.compile(r"\S+[-_][BIES]")


@dataclass
class Tagging:
    """What reading some tags has shown: whether any entity begins with B- after something else
    (then it is IOB2 and not IOB1), and the lines of I- tags that continue nothing.
    """

    begins: bool = False
    orphans: list[int] = field(default_factory=list)

    @property
    def broken(self) -> list[int]:
        """Lines whose tag breaks the sequence; in IOB1, I- may begin an entity."""
        return self.orphans if self.begins else []


def sentence_of(
    words: Sequence[str], tags: Sequence[str], tagging: Tagging, *, where: int = 0
) -> Example:
    """``{"text", "entities"}`` of words with blanks between them; the first is in line ``where``.

    An I- that continues nothing begins an entity, as the CoNLL scorer and seqeval read it.
    """
    entities: list[Example] = []
    at, before = 0, ("O", "")
    for place, (word, tag) in enumerate(zip(words, tags, strict=True)):
        prefix, label = _parts(tag)
        same = label != "" and label == before[1] and before[0] not in _ENDS
        if label and prefix in _INSIDE and same:
            entities[-1]["end"] = at + len(word)
        elif label:
            entities.append({"start": at, "end": at + len(word), "label": label})
            tagging.begins |= prefix in _BEGINS and label != before[1]
            if prefix in _INSIDE:
                tagging.orphans.append(where + place)
        before = (prefix, label)
        at += len(word) + 1
    return {"text": " ".join(words), "entities": entities}


def _parts(tag: str) -> tuple[str, str]:
    """Prefix and label; a bare label ("PER") is inside of it."""
    if tag in ("O", "o", "", "_", "-", "0"):
        return "O", ""
    if len(tag) > 2 and tag[0].upper() in _BEGINS | _INSIDE and tag[1] in "-_":
        return tag[0].upper(), tag[2:]
    if _TURNED.fullmatch(tag):  # "PER-B"
        return tag[-1], tag[:-2]
    return "I", tag
