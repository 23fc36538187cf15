"""Letters on a page to pieces of lines: what stands together, whatever the order of drawing."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Final

from backend.documents.pdf_glyphs import Glyph
from backend.documents.pdf_layout import is_marker

_SAME_LINE: Final = 0.42
_RAISED: Final = 0.6
_SAME_LETTER: Final = 0.12
_CELL: Final = 3.0
"""Points of a square of the page in which such copies are looked for."""
_SPACE: Final = 0.11
"""Gap between two letters, in sizes of type, from which a word ends."""
_WRITTEN_SPACE: Final = -0.05
"""The same where the file has a blank there."""
PIECE: Final = 0.7
"""Gap in sizes of type from which two pieces of a line may belong to two columns."""


@dataclass(slots=True)
class Piece:
    """Words that follow one another on a line; places and sizes as a glyph's."""

    text: str
    left: float
    right: float
    base: float
    size: float


@dataclass(slots=True)
class _Row:
    base: float
    size: float
    glyphs: list[Glyph] = field(default_factory=list)


def rows_of(glyphs: Sequence[Glyph]) -> list[list[Piece]]:
    """The lines of a page from top to bottom, each as its pieces from left to right.

    Writing in another direction than most of the page's comes before its last line, which may be
    the number of the page.
    """
    by_turn: defaultdict[int, list[Glyph]] = defaultdict(list)
    for glyph in _once([one for one in glyphs if not one.typed]):
        by_turn[glyph.turn].append(glyph)
    found: list[list[Piece]] = []
    largest = max(by_turn.values(), key=len, default=[])
    for turned in sorted(by_turn.values(), key=len, reverse=True):
        rows = [_marked(_pieces(row)) for row in _rows(turned)]
        last = found[-1:] if turned is not largest else []
        found = [*found[: len(found) - len(last)], *(row for row in rows if row), *last]
    for glyph in glyphs:
        if glyph.typed:
            _type_in(found, glyph)
    return found


def _type_in(rows: list[list[Piece]], glyph: Glyph) -> None:
    """Put a word of a field into the line that it stands on, behind what begins before it."""
    piece = Piece(glyph.text, glyph.left, glyph.right, glyph.base, glyph.size)
    for place, row in enumerate(rows):
        if abs(row[0].base - glyph.base) < 0.7 * max(row[0].size, glyph.size):
            row.append(piece)
            row.sort(key=lambda one: one.left)
            return
        if row[0].base < glyph.base:
            rows.insert(place, [piece])
            return
    rows.append([piece])


def _once(glyphs: Sequence[Glyph]) -> list[Glyph]:
    """The letters without the copies that are drawn over them to make them look bold."""
    seen: defaultdict[tuple[str, int, int, int], list[Glyph]] = defaultdict(list)
    kept: list[Glyph] = []
    for glyph in glyphs:
        if glyph.text == "f" and kept and kept[-1] == glyph:  # the ligature of two
            kept.append(glyph)
            continue
        column, row = round(glyph.left / _CELL), round(glyph.base / _CELL)
        near = (
            other
            for right in (-1, 0, 1)
            for up in (-1, 0, 1)
            for other in seen.get((glyph.text, glyph.turn, column + right, row + up), ())
        )
        if glyph.text.isspace() or not any(_covers(other, glyph) for other in near):
            kept.append(glyph)
            seen[glyph.text, glyph.turn, column, row].append(glyph)
    return kept


def _covers(one: Glyph, other: Glyph) -> bool:
    reach = min(_SAME_LETTER * one.size, 0.5 * (one.right - one.left), _CELL)
    return abs(one.left - other.left) <= reach and abs(one.base - other.base) <= reach


def _rows(glyphs: Sequence[Glyph]) -> list[_Row]:
    """Letters by the base line that they stand on; raised and lowered ones are on it too."""
    rows: list[_Row] = []
    for glyph in sorted(glyphs, key=lambda one: (-one.base, one.left)):
        row = rows[-1] if rows else None
        if row is None or row.base - glyph.base > _reach(row.size, glyph.size):
            rows.append(_Row(glyph.base, glyph.size, [glyph]))
        else:
            if glyph.size > 1.2 * row.size and not glyph.text.isspace():
                row.base, row.size = glyph.base, glyph.size  # a raised letter came first
            row.glyphs.append(glyph)
    return rows


def _reach(size: float, other: float) -> float:
    """How far apart the base lines of letters of one line may be: a small one may be raised."""
    small, large = sorted((size, other))
    return (_RAISED if small < 0.8 * large else _SAME_LINE) * large


def _pieces(row: _Row) -> list[Piece]:
    glyphs = sorted(row.glyphs, key=lambda one: one.left)
    letters = [(one, spaced) for one, spaced in _with_spaces(glyphs)]
    if not letters:
        return []
    usual = _usual_gap([one for one, _ in letters])
    pieces: list[list[Glyph]] = [[letters[0][0]]]
    texts = [letters[0][0].text]
    for (before, _), (glyph, spaced) in pairwise(letters):
        gap = glyph.left - before.right
        size = max(before.size, glyph.size)
        apart = abs(glyph.base - before.base) > 0.1 * size and gap > _SPACE * size
        if gap > PIECE * size + usual or (apart and glyph.size > 0.8 * before.size > 0.6 * size):
            pieces.append([])
            texts.append("")
        elif gap > (_WRITTEN_SPACE if spaced else _SPACE) * size + 1.5 * usual:
            texts[-1] += " "
        pieces[-1].append(glyph)
        texts[-1] += glyph.text
    return [_piece(text, members) for text, members in zip(texts, pieces, strict=True)]


def _marked(pieces: list[Piece]) -> list[Piece]:
    """The pieces, with the mark or number of an item as part of the words behind it."""
    found: list[Piece] = []
    for piece in pieces:
        before = found[-1] if found else None
        if before and is_marker(before.text) and piece.left - before.right < 6 * piece.size:
            before.text, before.right = f"{before.text} {piece.text}", piece.right
            before.size = piece.size
        else:
            found.append(piece)
    return found


def _with_spaces(glyphs: Sequence[Glyph]) -> list[tuple[Glyph, bool]]:
    """The letters, each with whether the file has a blank before it."""
    found, spaced = [], False
    for glyph in glyphs:
        if glyph.text.isspace():
            spaced = True
        else:
            found.append((glyph, spaced))
            spaced = False
    return found


def _usual_gap(glyphs: Sequence[Glyph]) -> float:
    """The gap between letters of a word, where a line is set with wide ones; 0 where it is not."""
    gaps = [
        after.left - before.right
        for before, after in pairwise(glyphs)
        if before.text.isalnum() and after.text.isalnum()
    ]
    if len(gaps) < 5 or any(len(glyph.text) > 1 for glyph in glyphs):
        return 0.0
    usual = median(gaps)
    return usual if usual > 0.08 * glyphs[0].size else 0.0


def _piece(text: str, glyphs: Sequence[Glyph]) -> Piece:
    sizes = sorted(glyph.size for glyph in glyphs)
    size = sizes[len(sizes) // 2]
    bases = sorted(glyph.base for glyph in glyphs)
    if any("\ud800" <= c <= "\udfff" for c in text):  # pdfium gives the halves of a pair
        text = text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
    return Piece(text, glyphs[0].left, max(g.right for g in glyphs), bases[len(bases) // 2], size)
