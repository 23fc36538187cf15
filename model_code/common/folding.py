"""Text as models know it: composed letters, plain blanks, nothing invisible; and the way back."""

import unicodedata
from dataclasses import dataclass

_INVISIBLE = frozenset("\u00ad\u200b\u200c\u200d\u2060\ufeff")
_BLANKS = frozenset("\u00a0\u2007\u202f\u2009\u200a\u2002\u2003")


@dataclass(frozen=True)
class Folded:
    """``text`` for a model; its characters ``i`` to ``j`` stand at ``origins[i]`` to ``ends[j-1]``
    of the text that was folded.
    """

    text: str
    origins: list[int]
    ends: list[int]

    def place(self, start: int, end: int) -> tuple[int, int]:
        """Where a span of the folded text stands in the other one."""
        return self.origins[start], self.ends[end - 1]


def fold(text: str) -> Folded:
    """``text`` with letters and their accents composed (NFC), soft hyphens and characters without
    width left out, and blanks of all widths as spaces.
    """
    written: list[str] = []
    origins: list[int] = []
    ends: list[int] = []
    for index, character in enumerate(text):
        if character in _INVISIBLE:
            continue
        if written and unicodedata.combining(character):
            composed = unicodedata.normalize("NFC", written[-1] + character)
            if len(composed) == 1:
                written[-1], ends[-1] = composed, index + 1
                continue
        written.append(" " if character in _BLANKS else character)
        origins.append(index)
        ends.append(index + 1)
    return Folded("".join(written), origins, ends)
