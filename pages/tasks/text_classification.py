"""Text classification: the class of the whole text, all probabilities, and part by part."""

from typing import Final

import streamlit as st

from backend.charts.bars import draw_bars, probability_info
from pages.components import colours
from pages.components.columns import confidence_column
from pages.components.door import (
    TEXT_CLASSIFICATION,
    Answer,
    Document,
    Span,
    TextClassificationRequest,
    TextClassificationResult,
    agreement,
)
from pages.components.export import export_buttons
from pages.components.focus import chosen_rows, focus_of, go_to
from pages.components.frame import (
    answer_of,
    other_answers,
    sides,
    source_head,
    task_controls,
    theme,
)
from pages.components.names import class_name, count, percent
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import reader
from pages.components.side_by_side import Reading, show_side_by_side
from pages.components.strip import section_strip
from pages.components.verdict import is_sober, show_sober, show_verdict
from pages.components.views import section_marks, section_rows, section_table

PAGE: Final = "text_classification"
TABLE: Final = "section_table"


def show_probabilities(result: TextClassificationResult) -> None:
    """All classes with their probabilities as bars."""
    on = theme()
    inks = {label: colours.class_ink(label, result.labels).on(on) for label in result.labels}
    st.plotly_chart(
        draw_bars(
            probability_info(
                [(class_name(name), p) for name, p in result.ranked[:12]],
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


def show_sections(result: TextClassificationResult, document: Document) -> None:
    """A text that was read in several sections, as strip and as table; a click goes there."""
    if len(result.sections) < 2:
        return
    st.header("Part by part", anchor=False)
    place = section_strip(result, len(document.text), key="section_strip")
    if place is not None:
        go_to(PAGE, [f"section:{place}"])
    st.dataframe(
        section_table(result.sections),
        column_config={
            "Confidence": confidence_column(),
            "Part": st.column_config.NumberColumn(width="small"),
        },
        height=min(320, 38 + 36 * len(result.sections)),
        on_select=_go_to_row,
        selection_mode="single-cell",
        key=TABLE,
        alt="Sections with their class and confidence",
    )


def _go_to_row() -> None:
    rows = chosen_rows(TABLE)
    if rows:
        go_to(PAGE, [f"section:{rows[0]}"])


def show(answer: Answer[TextClassificationResult], document: Document) -> None:
    """Everything about one answer."""
    show_verdict(answer)
    show_probabilities(answer.result)
    answer_facts(answer)
    show_sections(answer.result, document)
    export_buttons(
        "classification",
        section_rows(answer.result.sections, answer.result.labels)
        or [{"class": label, "probability": p} for label, p in answer.result.ranked],
        key=PAGE,
    )


def is_told(result: TextClassificationResult) -> bool:
    """Whether to show the classes: not the tone of a text without an opinion, unless asked to."""
    if not is_sober(result, document.text):
        return True
    show_sober()
    return st.toggle("Show its tone all the same", key="tone_anyway", bind="query-params")


READING: Final = Reading[Span](
    says=lambda span: f"{class_name(span.label)} {percent(span.score or 0.0)}",
    places=lambda span: [(span.start, span.end, class_name(span.label))],
    one="part",
    many="parts",
)


controls = task_controls(TEXT_CLASSIFICATION)
document = controls.document
results, source = sides()
marks = []
with results:
    request = TextClassificationRequest(document.text)
    answer = answer_of(
        TEXT_CLASSIFICATION, request, controls.endpoint, what="Reading part by part", key=PAGE
    )
    if answer is not None:
        told = is_told(answer.result)
        if told and len(answer.result.sections) > 1:
            marks = section_marks(answer.result.sections, answer.result.labels)
        others = other_answers(
            TEXT_CLASSIFICATION, request, controls, what="Reading part by part", key=PAGE
        )
        if others:
            every = [one.result for one in (answer, *others)]
            places = agreement.sections(every, document.text)
            marks = show_side_by_side(places, READING, controls, page=PAGE)
        if told:
            show(answer, document)
        developer_panel(TEXT_CLASSIFICATION, request, answer, key=PAGE)
with source:
    source_head(document)
    reader(
        document.text,
        marks,
        key="classification_reader",
        focus=focus_of(PAGE),
        clickable=False,
    )
