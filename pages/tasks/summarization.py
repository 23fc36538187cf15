"""Summarization: the summary beside its source, with its sentences marked there."""

from typing import Final

import streamlit as st

from pages.components.door import (
    SUMMARIZATION,
    Answer,
    Span,
    SummarizationResult,
    agreement,
)
from pages.components.export import as_json
from pages.components.focus import focus_of, go_to
from pages.components.frame import (
    answer_of,
    other_answers,
    sides,
    source_head,
    task_controls,
)
from pages.components.lines import one_line, show_lines, summary_lines
from pages.components.names import percent
from pages.components.panels import answer_facts, developer_panel
from pages.components.plain import escaped
from pages.components.reader import reader
from pages.components.side_by_side import Reading, show_side_by_side, titles_of
from pages.components.summary_form import summary_request
from pages.components.views import summary_marks

PAGE: Final = "summarization"
READING: Final = Reading[Span](
    says=lambda span: one_line(span.text),
    places=lambda span: [(span.start, span.end, "")],
    one="sentence",
    many="sentences",
    nothing="left out",
)


def show_summary(answer: Answer[SummarizationResult]) -> None:
    """The summary, what it kept of the document, and ways to take it away."""
    result = answer.result
    clicked = show_lines(summary_lines(result), key="summary_text", name="Summary", height=560)
    if clicked:
        go_to(PAGE, [clicked])
    answer_facts(
        answer,
        f"{result.words:,} of {result.source_words:,} words ({percent(result.compression)})",
    )
    with st.container(horizontal=True):
        with st.popover("Copy", icon=":material/content_copy:"):
            st.code(result.summary, language=None, wrap_lines=True)
        st.download_button(
            "Text",
            result.summary,
            file_name="summary.txt",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            "JSON",
            as_json(
                {
                    "summary": result.summary,
                    "words": result.words,
                    "source_words": result.source_words,
                    "sentences": [
                        {"text": s.text, "start": s.start, "end": s.end, "score": s.score}
                        for s in result.sentences
                    ],
                }
            ),
            file_name="summary.json",
            icon=":material/data_object:",
            on_click="ignore",
        )


controls = task_controls(SUMMARIZATION)
document = controls.document
results, source = sides()
marks = []
with results:
    st.header("Summary", anchor=False)
    request = summary_request(document.text)
    answer = answer_of(
        SUMMARIZATION, request, controls.endpoint, what="Choosing the sentences", key=PAGE
    )
    if answer is not None:
        marks = summary_marks(answer.result.sentences)
        others = other_answers(
            SUMMARIZATION, request, controls, what="Choosing the sentences", key=PAGE
        )
        if others:
            places = agreement.sentences([one.result.sentences for one in (answer, *others)])
            marks = show_side_by_side(places, READING, controls, page=PAGE)
            for title, other in zip(titles_of(controls)[1:], others, strict=True):
                st.caption(escaped(title))
                st.text(one_line(other.result.summary))
            st.caption(escaped(titles_of(controls)[0]))
        show_summary(answer)
        developer_panel(SUMMARIZATION, request, answer, key=PAGE)
with source:
    source_head(document)
    reader(
        document.text,
        marks,
        key="summarization_reader",
        focus=focus_of(PAGE),
        clickable=False,
    )
