"""The heat strip of a document: its sections side by side, in the colours of their classes."""

import streamlit as st

from backend.charts.strip import draw_strip, strip_info
from pages.components import colours
from pages.components.door import TextClassificationResult
from pages.components.frame import theme
from pages.components.names import class_name


def section_strip(result: TextClassificationResult, length: int, *, key: str) -> int | None:
    """The sections of a text of ``length`` characters; the number of the one clicked just now."""
    on = theme()
    cells = strip_info(
        [
            (
                section.span.start,
                section.span.end,
                class_name(section.span.label),
                section.span.score or 0.0,
                colours.class_ink(section.span.label, result.labels).on(on),
            )
            for section in result.sections
        ],
        length,
    )
    event = st.plotly_chart(
        draw_strip(cells),
        config={"displayModeBar": False},
        on_select="rerun",
        selection_mode="points",
        key=key,
        alt="The class of each section from the start of the document to its end",
    )
    points = event.selection.points if event else []
    place: int | None = points[0]["point_index"] if points else None
    seen = st.session_state.get(f"{key}_seen")
    st.session_state[f"{key}_seen"] = place
    return place if place != seen else None
