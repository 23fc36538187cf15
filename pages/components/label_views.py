"""What kind of text this is, by labels with meanings: in words, calm, with what comes next."""

from typing import Final

import streamlit as st

from backend.charts.bars import draw_bars, probability_info
from pages.components import colours
from pages.components.door import TextClassificationResult
from pages.components.frame import theme
from pages.components.names import class_name, count, percent
from pages.components.plain import as_html
from pages.components.views import UNSURE

LIKELIER: Final = 0.35
"""Below this probability the nearest label is not called probable."""
_NEXT: Final = 0.1
"""Labels below this probability are not worth a word."""
_MOST: Final = 8


def headline(result: TextClassificationResult) -> tuple[str, str]:
    """The label in words, and what is behind it: how likely it is and which come next."""
    (first, chance), *rest = result.ranked
    others = [f"{class_name(name)} {percent(p)}" for name, p in rest[:2] if p >= _NEXT]
    nearest = ", ".join([f"{class_name(first)} {percent(chance)}", *others])
    if result.none:
        return "None of these", f"The nearest: {nearest}"
    if chance >= UNSURE:
        return class_name(first), ", then ".join([percent(chance), *others[:1]])
    if chance >= LIKELIER:
        more = f", or {others[0]}" if others else ""
        return f"Probably {first}", f"{percent(chance)}{more}"
    return "Several at once", nearest


def show_headline(result: TextClassificationResult, *, size: str = "1.5rem") -> None:
    """The label in the colour of text; ``size`` is a CSS length."""
    words, behind = headline(result)
    st.html(
        f'<div style="font:600 {size}/1.25 Source Serif,Georgia,serif;color:{colours.TEXT.css};'
        f'overflow-wrap:anywhere">{as_html(words)}</div>'
        f'<div style="opacity:.85;overflow-wrap:anywhere">{as_html(behind)}</div>'
    )


def show_probabilities(result: TextClassificationResult) -> None:
    """The most probable classes as bars."""
    on = theme()
    inks = {label: colours.class_ink(label, result.labels).on(on) for label in result.labels}
    st.plotly_chart(
        draw_bars(
            probability_info(
                [(class_name(name), p) for name, p in result.ranked[:_MOST]],
                {class_name(name): ink for name, ink in inks.items()},
            ),
            track=colours.PANEL.on(on),
            text=colours.TEXT.on(on),
        ),
        config={"displayModeBar": False},
        key="class_bars",
        alt=f"Probabilities of {count(len(result.labels), 'class', 'classes')}, "
        f"highest for {result.label}",
    )
