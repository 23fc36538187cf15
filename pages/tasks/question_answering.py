"""Question answering: the answer in its place, ranked alternatives, or that there is none."""

from typing import Final

import streamlit as st

from pages.components import colours
from pages.components.door import (
    QUESTION_ANSWERING,
    Answer,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    Span,
    agreement,
)
from pages.components.export import export_buttons
from pages.components.focus import focus_of, go_to
from pages.components.frame import (
    answer_of,
    other_answers,
    sides,
    source_head,
    task_controls,
    windows,
)
from pages.components.lines import answer_lines, one_line, show_lines
from pages.components.names import percent
from pages.components.panels import answer_facts, developer_panel, facts
from pages.components.plain import as_html
from pages.components.question import question_input
from pages.components.reader import reader
from pages.components.side_by_side import Reading, show_side_by_side
from pages.components.views import answer_marks, answer_rows, how_sure

PAGE: Final = "question_answering"
READING: Final = Reading[Span](
    says=lambda span: (
        one_line(span.text) + ("" if span.score is None else f" ({percent(span.score)})")
    ),
    places=lambda span: [(span.start, span.end, "")],
    one="answer",
    many="answers",
    nothing="no answer found",
)


def show_best(question: str, result: QuestionAnsweringResult) -> None:
    """The answer in large type with how likely it is right, or that none was found."""
    facts([question])
    best = result.best
    if best is None:
        st.info(
            "Nothing in this text answers it clearly enough. The places that come closest are "
            "listed below.",
            title="No answer found",
            icon=":material/search_off:",
        )
        return
    st.html(
        f'<div style="font:600 1.625rem/1.35 Source Serif,Georgia,serif;color:'
        f'{colours.ANSWER.css};white-space:pre-wrap;overflow-wrap:anywhere" dir="auto">'
        f"{as_html(best.text)}</div>"
    )
    st.caption(how_sure(result))


def show(question: str, answer: Answer[QuestionAnsweringResult]) -> None:
    """Everything about one answer."""
    show_best(question, answer.result)
    if answer.result.answers:
        st.caption("Places in the text, the likeliest first, each in its sentence")
        clicked = show_lines(
            answer_lines(answer.result.answers, document.text),
            key="answer_lines",
            name="Answers by rank",
        )
        if clicked:
            go_to(PAGE, [clicked], subject=question)
    answer_facts(answer, windows(answer.result.windows))
    export_buttons("answers", answer_rows(answer.result.answers, document.text), key=PAGE)


controls = task_controls(QUESTION_ANSWERING)
document = controls.document
results, source = sides()
marks = []
with results:
    question = question_input(document)
    if not question:
        st.caption("Type a question: its answer is shown here, and marked in the text.")
    else:
        request = QuestionAnsweringRequest(question, document.text, top_k=5)
        answer = answer_of(
            QUESTION_ANSWERING, request, controls.endpoint, what="Searching the text", key=PAGE
        )
        if answer is not None:
            marks = answer_marks(answer.result.answers, answered=answer.result.answered)
            others = other_answers(
                QUESTION_ANSWERING, request, controls, what="Searching the text", key=PAGE
            )
            if others:
                places = agreement.answers([one.result for one in (answer, *others)])
                marks = show_side_by_side(places, READING, controls, page=PAGE) or marks
            show(question, answer)
            developer_panel(QUESTION_ANSWERING, request, answer, key=PAGE)
with source:
    source_head(document)
    reader(
        document.text,
        marks,
        key="question_reader",
        focus=focus_of(PAGE, subject=question, first=("answer:0",)),
        clickable=False,
    )
