"""The landing page: one document through all five tasks, results beside one reader."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st

from backend.charts.strip import draw_strip, strip_info
from pages.components import colours, door
from pages.components.document import document_input, document_line
from pages.components.door import (
    NAMED_ENTITIES,
    QUESTION_ANSWERING,
    RELATION_EXTRACTION,
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    Document,
    NamedEntitiesRequest,
    NamedEntitiesResult,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    RelationExtractionRequest,
    RelationExtractionResult,
    SummarizationRequest,
    SummarizationResult,
    Task,
    TextClassificationRequest,
    TextClassificationResult,
)
from pages.components.endpoint import answers_now
from pages.components.focus import focus_of, go_to
from pages.components.frame import theme
from pages.components.legend import Entry, chips
from pages.components.lines import answer_lines, relation_lines, show_lines, summary_lines
from pages.components.link import from_link, to_link
from pages.components.names import (
    class_heading,
    class_name,
    count,
    entity_name,
    percent,
)
from pages.components.panels import facts, failure, page_title
from pages.components.plain import as_html
from pages.components.question import question_input
from pages.components.reader import Mark, reader
from pages.components.runs import Run, ask, be_patient, watch
from pages.components.views import (
    UNSURE,
    answer_marks,
    entity_groups,
    entity_marks,
    key_groups,
    pair_marks,
    relation_marks,
    section_marks,
    summary_marks,
    surest,
)

PAGE: Final = "document"
NAMES, SUMMARY, TONE, RELATIONS = "Names", "Summary", "Sections", "Relations"
LAYERS: Final = (NAMES, SUMMARY, TONE, RELATIONS)
LAYER: Final = "layer"
RELATION: Final = "document_relation"
MOST_NAMES: Final = 14
MOST_RELATIONS: Final = 5


def show_layer(layer: str, *ids: str) -> None:
    """Have the reader show ``layer`` and go to ``ids``."""
    st.session_state[LAYER] = layer
    go_to(PAGE, ids)


def show_relation(number: int) -> None:
    """Have the reader show the evidence of a relation."""
    st.session_state[RELATION] = number
    show_layer(RELATIONS, "evidence", "head", "tail")


def begin(task: Task[Any, Any], request: Any, what: str) -> Run[Any] | None:
    """The run of one of the five, None while its model is being prepared."""
    endpoint = task.default_endpoint
    if endpoint not in prepared:
        return None
    return ask(task, request, endpoint=endpoint, what=what)


@contextmanager
def card(title: str, icon: str, run: Run[Any] | None) -> Iterator[Any]:
    """One insight: its title, and its result, or how it stands with it (then None is yielded)."""
    with st.container(border=True):
        st.header(f":material/{icon}: {title}", anchor=False)
        if run is None:
            st.caption("The model is being prepared; this fills itself.")
            st.skeleton(height=60)
            yield None
            return
        if run.pending:
            st.skeleton(height=60)
        failure(run, key=title)
        yield run.answer.result if run.answer else None


def summary_card(result: SummarizationResult) -> None:
    """The summary; a click on a sentence goes to it."""
    clicked = show_lines(summary_lines(result), key="document_summary", name="Summary", height=340)
    if clicked:
        show_layer(SUMMARY, clicked)
    st.caption(f"{result.words:,} of {count(result.source_words, 'word')}")


def names_card(result: NamedEntitiesResult) -> None:
    """The names mentioned most; a click shows all mentions."""
    groups = entity_groups(result.entities)
    if not groups:
        st.caption("No names were found in this text.")
        return
    entries = [
        Entry(
            group.id,
            group.text,
            len(group.spans),
            colours.entity_ink(group.label),
            entity_name(group.label),
        )
        for group in key_groups(groups)[:MOST_NAMES]
    ]
    clicked = chips(entries, key="document_names", name="Names, to go to")
    if clicked:
        show_layer(NAMES, clicked)
    st.caption(f"{count(len(groups), 'name')}, mentioned {count(len(result.entities), 'time')}")


def class_card(result: TextClassificationResult, document: Document) -> None:
    """The class of the whole and of each section; a click on a section goes there."""
    sure = result.score >= UNSURE
    ink = colours.class_ink(result.label, result.labels) if sure else colours.QUIET
    word = class_name(result.label) if sure else "Not confident"
    st.html(
        f'<span style="font:600 1.5rem/1.3 Source Serif,Georgia,serif;color:{ink.css}">'
        f"{as_html(word)}</span> &nbsp;<span style='opacity:.85'>{percent(result.score)} "
        f"{'confident' if sure else 'for ' + as_html(class_name(result.label))}</span>"
    )
    if len(result.sections) < 2:
        return
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
        len(document.text),
    )
    event = st.plotly_chart(
        draw_strip(cells),
        config={"displayModeBar": False},
        on_select="rerun",
        selection_mode="points",
        key="document_strip",
        alt="The class of each section from the start of the document to its end",
    )
    st.caption(f"{count(len(result.sections), 'section')} from start to end; click one to go there")
    points = event.selection.points if event else []
    place = points[0]["point_index"] if points else None
    if place is not None and place != st.session_state.get("document_strip_seen"):
        show_layer(TONE, f"section:{place}")
    st.session_state["document_strip_seen"] = place


def relations_card(result: RelationExtractionResult) -> None:
    """The first relations as sentences; a click shows the evidence."""
    if not result.relations:
        st.caption("No relations were found in this text.")
        return
    clicked = show_lines(
        relation_lines(surest(result.relations)[:MOST_RELATIONS]),
        key="document_relations",
        name="Relations",
    )
    if clicked:
        show_relation(int(clicked.removeprefix("relation:")))
    st.caption(
        f"{count(len(result.relations), 'relation')} among {count(result.pairs, 'pair')} of names"
    )


def answer_card(result: QuestionAnsweringResult) -> None:
    """The answer; a click goes to its place."""
    best = result.best
    if best is None:
        st.info("There is no answer to this in the text.", icon=":material/search_off:")
        return
    clicked = show_lines(
        answer_lines(result.answers[:1], ranked=False),
        key="document_answer",
        name="Answer",
        height=160,
    )
    if clicked:
        go_to(PAGE, [clicked])


def layer_marks(layer: str, results: dict[str, Any]) -> list[Mark]:
    """What the reader marks for ``layer``, as far as its result is there."""
    marks: list[Mark] = []
    if layer == NAMES and results[NAMED_ENTITIES.slug]:
        marks = entity_marks(results[NAMED_ENTITIES.slug].entities)
    elif layer == SUMMARY and results[SUMMARIZATION.slug]:
        marks = summary_marks(results[SUMMARIZATION.slug].sentences)
    elif layer == TONE and results[TEXT_CLASSIFICATION.slug]:
        found = results[TEXT_CLASSIFICATION.slug]
        marks = section_marks(found.sections, found.labels)
    elif layer == RELATIONS and results[RELATION_EXTRACTION.slug]:
        relations = surest(results[RELATION_EXTRACTION.slug].relations)
        chosen = st.session_state.get(RELATION, 0)
        chosen = chosen if chosen < len(relations) else None
        marks = pair_marks(relations, chosen)
        marks += relation_marks(relations[chosen]) if chosen is not None else []
    answer = results[QUESTION_ANSWERING.slug]
    if answer and answer.answered:
        marks += answer_marks(answer.answers[:1], answered=True)
    return marks


page_title(
    "What does this document say?",
    "Its summary, its names, its tone, how things relate, and answers to your questions: "
    "at one look, each at its place in the text.",
)
document = document_input()
text = document.text
prepared = {
    task.default_endpoint for task in door.TASKS if answers_now(task.default_endpoint, quiet=True)
}
with st.container(border=True):
    question = question_input(document)
    answer_slot = st.container()
runs = {
    SUMMARIZATION.slug: begin(
        SUMMARIZATION, SummarizationRequest(text=text, max_words=80), "Summarizing"
    ),
    NAMED_ENTITIES.slug: begin(NAMED_ENTITIES, NamedEntitiesRequest(text), "Looking for names"),
    TEXT_CLASSIFICATION.slug: begin(
        TEXT_CLASSIFICATION, TextClassificationRequest(text), "Reading the tone"
    ),
    RELATION_EXTRACTION.slug: begin(
        RELATION_EXTRACTION, RelationExtractionRequest(text), "Relating names"
    ),
    QUESTION_ANSWERING.slug: begin(
        QUESTION_ANSWERING, QuestionAnsweringRequest(question, text), "Searching the answer"
    ),
}
started = [run for run in runs.values() if run is not None]
be_patient(started)
watch(started, key=PAGE)
with answer_slot:
    asked = runs[QUESTION_ANSWERING.slug]
    if asked is not None:
        failure(asked, key="answer")
        if asked.answer:
            facts([question])
            answer_card(asked.answer.result)
insights, source = st.columns([5, 6], gap="medium")
with insights:
    with card("Summary", "short_text", runs[SUMMARIZATION.slug]) as result:
        if result:
            summary_card(result)
    with card("Names", "group", runs[NAMED_ENTITIES.slug]) as result:
        if result:
            names_card(result)
    classes = runs[TEXT_CLASSIFICATION.slug]
    labels = classes.answer.result.labels if classes and classes.answer else ()
    with card(class_heading(labels), "category", classes) as result:
        if result:
            class_card(result, document)
    with card("Relations", "hub", runs[RELATION_EXTRACTION.slug]) as result:
        if result:
            relations_card(result)
with source:
    document_line(document)
    from_link(LAYER, LAYERS, NAMES)
    layer = st.segmented_control(
        "Marked in the text",
        LAYERS,
        required=True,
        key=LAYER,
        persist_state="session",
        label_visibility="collapsed",
    )
    to_link(LAYER, layer)
    results = {
        slug: run.answer.result if run and run.answer else None for slug, run in runs.items()
    }
    reader(
        text,
        layer_marks(str(layer), results),
        key="document_reader",
        focus=focus_of(PAGE),
        clickable=False,
        height=780,
    )
