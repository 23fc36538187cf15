"""The tone of a review by aspect: what is praised and what people complain of."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from pages.components import colours
from pages.components.door import Aspect, Section
from pages.components.lines import Line, one_line, show_lines
from pages.components.names import class_name, count
from pages.components.reader import Mark

PRAISE: Final = "praise"
COMPLAINT: Final = "complaint"


def show_aspects(aspects: Sequence[Aspect], *, key: str) -> str | None:
    """Each aspect with its sentences; the id of the mark of the one clicked just now."""
    clicked = None
    for number, aspect in enumerate(aspects):
        st.markdown(f"**{class_name(aspect.name)}**")
        st.caption(aspect_words(aspect))
        lines = [
            *_lines(aspect.praise, PRAISE, colours.POSITIVE),
            *_lines(aspect.complaints, COMPLAINT, colours.NEGATIVE),
        ]
        found = show_lines(lines, key=f"{key}_{number}", name=aspect.name, height=220)
        clicked = found or clicked
    return clicked


def aspect_words(aspect: Aspect) -> str:
    """How many sentences praise it, and how many complain."""
    told = [
        count(len(sentences), one, many)
        for sentences, one, many in (
            (aspect.praise, "sentence of praise", "sentences of praise"),
            (aspect.complaints, COMPLAINT, "complaints"),
        )
        if sentences
    ]
    return ", ".join(told)


def aspect_marks(aspects: Sequence[Aspect]) -> list[Mark]:
    """The sentences in place, in the colours of praise and complaint."""
    return [
        Mark(_id(word, one), one.span.start, one.span.end, ink, title=class_name(aspect.name))
        for aspect in aspects
        for sections, word, ink in (
            (aspect.praise, PRAISE, colours.POSITIVE),
            (aspect.complaints, COMPLAINT, colours.NEGATIVE),
        )
        for one in sections
    ]


def _id(word: str, section: Section) -> str:
    return f"{word}:{section.span.start}-{section.span.end}"


def _lines(sections: Sequence[Section], word: str, ink: colours.Ink) -> list[Line]:
    return [
        Line(
            _id(word, one),
            ((one_line(one.span.text), ink),),
            title="Go to this sentence in the document",
        )
        for one in sections
    ]
