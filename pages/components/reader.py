"""The reader: a document with highlights that can be clicked and gone to."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from pages.components.colours import Ink
from pages.components.focus import NOWHERE, Focus
from pages.components.segments import Piece, cut

_HERE: Final = Path(__file__).parent
_READER: Final = st.components.v2.component(
    "document_insights_reader",
    html='<div class="reader" role="region" tabindex="0"></div>',
    css=(_HERE / "reader.css").read_text(),
    js=(_HERE / "reader.js").read_text(),
)


@dataclass(frozen=True)
class Mark:
    """One highlight: ``text[start:end]``, code points, drawn in ``ink``.

    ``label`` is written behind it, ``title`` shows on hover. "fill" is for words, "band" for
    sentences, "line" for a layer below others, "plain" for what only reacts to a click; ``quiet``
    ones are drawn faintly. ``id`` is what a click gives back; several marks may share one. A mark
    that lies in a clickable one must not be ``clickable`` itself.
    """

    id: str
    start: int
    end: int
    ink: Ink
    label: str = ""
    title: str = ""
    kind: Literal["fill", "band", "line", "plain"] = "fill"
    quiet: bool = False
    clickable: bool = True


def reader(
    text: str,
    marks: Sequence[Mark] = (),
    *,
    key: str,
    name: str = "Document",
    focus: Focus = NOWHERE,
    clickable: bool = True,
    height: int = 640,
    quiet: bool = False,
) -> str | None:
    """Show ``text`` with ``marks``; returns the id of the mark clicked just now, else None.

    ``focus`` says which marks to emphasise; the first is scrolled to whenever it changes.
    ``quiet`` draws it without a frame, for a text among others.
    """
    marks = tight(text, marks)
    result = _READER(
        key=key,
        data={
            "document": hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16],
            "name": name,
            "blocks": _blocks(cut(text, [(mark.start, mark.end) for mark in marks])),
            "marks": [_as_data(mark, clickable=clickable) for mark in marks],
            "focus": {**focus._asdict(), "ids": list(focus.ids)},
            "height": height,
            "quiet": quiet,
        },
        on_clicked_change=_nothing,
    )
    clicked = result.clicked
    return clicked if isinstance(clicked, str) else None


def tight(text: str, marks: Sequence[Mark]) -> list[Mark]:
    """``marks`` without blanks at their ends, which would be drawn as empty boxes, and without
    those that hold nothing else.
    """
    found = []
    for mark in marks:
        words = text[mark.start : mark.end]
        start = mark.start + len(words) - len(words.lstrip())
        end = mark.end - len(words) + len(words.rstrip())
        if start < end:
            found.append(replace(mark, start=start, end=end))
    return found


def _blocks(blocks: list[list[Piece]]) -> list[list[Any]]:
    """Pieces as data. A line without words stays without marks, which would be drawn as empty boxes
    where a span goes on in the next paragraph.
    """
    return [
        [
            [piece.text, list(piece.marks), list(piece.closing)]
            if piece.marks and any(other.text.strip() for other in block)
            else piece.text
            for piece in block
        ]
        for block in blocks
    ]


def _as_data(mark: Mark, *, clickable: bool) -> dict[str, Any]:
    return {
        "id": mark.id,
        "ink": mark.ink.css,
        "label": mark.label,
        "title": mark.title,
        "kind": mark.kind,
        "quiet": mark.quiet,
        "clickable": clickable and mark.clickable,
    }


def _nothing() -> None:
    """Without a callback the result has no ``clicked``."""
