"""The class of a text in large type, or that the model is not confident."""

from collections import Counter
from collections.abc import Sequence
from typing import Final

import streamlit as st

from pages.components import colours
from pages.components.door import (
    TEXT_CLASSIFICATION,
    Answer,
    Section,
    TextClassificationResult,
    has_opinion,
)
from pages.components.names import TONE, class_heading, class_name, count, percent
from pages.components.plain import as_html
from pages.components.views import UNSURE

_MOST: Final = 4
"""Classes that are counted by name."""
_STANDARD: Final = TEXT_CLASSIFICATION.default_endpoint
"""What the names of the shipped model's versions begin with, wherever they serve."""


def is_sober(result: TextClassificationResult, text: str) -> bool:
    """Whether the classes are feelings and the text is of a kind that has none."""
    return class_heading(result.labels) == TONE and not has_opinion(text)


def show_sober() -> None:
    """That there is no tone to tell."""
    st.markdown("**No opinion in this text**")
    st.caption("Reports, minutes, contracts and guides state things; reviews and letters judge.")


def show_verdict(answer: Answer[TextClassificationResult], *, size: str = "1.5rem") -> None:
    """The class with how sure the model is, and what that is worth; ``size`` is a CSS length.

    A feeling is told in the colour of text: it is a reading, not an alarm.
    """
    result = answer.result
    many = len(result.sections) > 1
    sure = result.score >= UNSURE
    feeling = class_heading(result.labels) == TONE
    told = colours.TEXT if feeling else colours.class_ink(result.label, result.labels)
    ink = told if sure else colours.QUIET
    word = class_name(result.label) if sure else ("Mixed" if many else "Not confident")
    how = "confident" if sure else f"for {class_name(result.label)}"
    if many:
        how = f"{result.label} on average over {in_parts(result.sections)}"
    st.html(
        f'<div style="font:600 {size}/1.25 Source Serif,Georgia,serif;color:{ink.css};'
        f'overflow-wrap:anywhere">{as_html(word)}</div>'
        f'<div style="opacity:.85;overflow-wrap:anywhere">{percent(result.score)} '
        f"{as_html(how)}</div>"
    )
    if answer.model.startswith(_STANDARD):
        st.caption(
            "The standard model learned praise and complaint from film reviews, and often takes "
            "sober prose for negative. For your own kinds of text, train it on your own examples."
        )


def in_parts(sections: Sequence[Section]) -> str:
    """How many sections there are, and of which classes."""
    counted = Counter(section.span.label for section in sections).most_common()
    named = [f"{number:,} {label}" for label, number in counted[:_MOST]]
    others = sum(number for _, number in counted[_MOST:])
    if others:
        named.append(f"{others:,} others")
    return f"{count(len(sections), 'part')}: {', '.join(named)}"
