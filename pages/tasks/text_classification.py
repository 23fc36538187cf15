"""Text classification: the class of the whole text, all probabilities, and part by part."""

import streamlit as st

from backend.charts.bars import draw_bars, probability_info
from backend.charts.strip import draw_strip, strip_info
from pages.components import colours
from pages.components.door import (
    TEXT_CLASSIFICATION,
    Answer,
    Document,
    TextClassificationRequest,
    TextClassificationResult,
)
from pages.components.export import export_buttons
from pages.components.focus import chosen_rows, focus_of, go_to
from pages.components.frame import answer_of, sides, source_head, task_controls, theme
from pages.components.names import class_name, count, percent
from pages.components.panels import answer_facts, developer_panel
from pages.components.plain import as_html
from pages.components.reader import reader
from pages.components.views import UNSURE, section_marks, section_rows

PAGE = "text_classification"


def show_class(result: TextClassificationResult) -> None:
    """The class in large type, or that the model is not confident, and all probabilities."""
    sure = result.score >= UNSURE
    ink = colours.class_ink(result.label, result.labels) if sure else colours.QUIET
    st.html(
        f'<div style="font:600 2.25rem/1.2 Source Serif,Georgia,serif;color:{ink.css}">'
        f"{as_html(class_name(result.label) if sure else 'Not confident')}</div>"
        f'<div style="opacity:.85">{percent(result.score)} '
        f"{'confident' if sure else 'for ' + as_html(class_name(result.label))}</div>"
    )
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
    """The heat strip of a text that was read in several sections; a click goes there."""
    if len(result.sections) < 2:
        return
    st.header("Part by part", anchor=False)
    on = theme()
    cells = strip_info(
        [
            (
                s.span.start,
                s.span.end,
                class_name(s.span.label),
                s.span.score or 0,
                colours.class_ink(s.span.label, result.labels).on(on),
            )
            for s in result.sections
        ],
        len(document.text),
    )
    event = st.plotly_chart(
        draw_strip(cells),
        config={"displayModeBar": False},
        on_select="rerun",
        selection_mode="points",
        key="section_strip",
        alt="The class of each section from the start of the document to its end",
    )
    points = event.selection.points if event else []
    if points:
        go_to(PAGE, [f"section:{points[0]['point_index']}"])
    st.dataframe(
        [
            {
                "Part": at,
                "Kind": class_name(s.span.label),
                "Confidence": s.span.score,
                "Begins": " ".join(s.span.text[:120].split()),
            }
            for at, s in enumerate(result.sections, 1)
        ],
        column_config={
            "Confidence": st.column_config.ProgressColumn(
                min_value=0, max_value=1, format="percent"
            ),
            "Part": st.column_config.NumberColumn(width="small"),
        },
        height=min(320, 38 + 36 * len(result.sections)),
        on_select=_go_to_row,
        selection_mode="single-cell",
        key="section_table",
        alt="Sections with their class and confidence",
    )


def _go_to_row() -> None:
    rows = chosen_rows("section_table")
    if rows:
        go_to(PAGE, [f"section:{rows[0]}"])


def show(answer: Answer[TextClassificationResult], document: Document) -> None:
    """Everything about one answer."""
    show_class(answer.result)
    answer_facts(
        answer, count(len(answer.result.sections), "part") if answer.result.sections else ""
    )
    show_sections(answer.result, document)
    export_buttons(
        "classification",
        section_rows(answer.result.sections, answer.result.labels)
        or [{"class": label, "probability": p} for label, p in answer.result.ranked],
        key=PAGE,
    )


document, endpoint = task_controls(TEXT_CLASSIFICATION)
results, source = sides()
with results:
    request = TextClassificationRequest(document.text)
    answer = answer_of(
        TEXT_CLASSIFICATION, request, endpoint, what="Reading part by part", key=PAGE
    )
    if answer is not None:
        show(answer, document)
        developer_panel(TEXT_CLASSIFICATION, request, answer, key=PAGE)
with source:
    source_head(document)
    reader(
        document.text,
        section_marks(answer.result.sections, answer.result.labels)
        if answer and len(answer.result.sections) > 1
        else [],
        key="classification_reader",
        focus=focus_of(PAGE),
        clickable=False,
    )
