"""The landing page: one document through all five tasks, results beside one reader."""

from collections.abc import Mapping
from typing import Any, Final

import streamlit as st

from pages.components.document import document_input, document_line
from pages.components.door import (
    KIND,
    NAMED_ENTITIES,
    OWN_LABELS,
    QUESTION_ANSWERING,
    RELATION_EXTRACTION,
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    TOPIC,
    Document,
    NamedEntitiesRequest,
    QuestionAnsweringRequest,
    RelationExtractionRequest,
    SummarizationRequest,
    Task,
    TextClassificationRequest,
    has_opinion,
    label_sets,
    longest_summary,
)
from pages.components.endpoint import none_deployed, obstacle, offer_endpoints
from pages.components.focus import focus_of
from pages.components.insights import (
    FACTS,
    LAYER,
    LAYERS,
    NAMES,
    PAGE,
    answer_card,
    card,
    class_card,
    layer_marks,
    names_card,
    not_asked,
    relations_card,
    show_layer,
    summary_card,
)
from pages.components.key_facts import facts_card, facts_of
from pages.components.link import from_link, to_link
from pages.components.panels import facts, failure, page_title, so_far
from pages.components.question import question_input
from pages.components.readable import heed
from pages.components.reader import reader
from pages.components.report import report_buttons
from pages.components.runs import Run, ask, be_patient, watch

Runs = Mapping[str, Run[Any] | None]
_PROGRESS_HEIGHT: Final = 72
"""Pixels of the bar of what is under way, and of what can be taken away afterwards."""
_ANSWER_HEIGHT: Final = 90
"""Pixels of an answer in its sentence."""


def begin(task: Task[Any, Any], request: Any, what: str, endpoint: str = "") -> Run[Any] | None:
    """The run of one of the five, None while its model cannot be asked."""
    endpoint = endpoint or task.default_endpoint
    if obstacle(endpoint) is not None:
        return None
    return ask(task, request, endpoint=endpoint, what=what)


def begin_labels(text: str, name: str, what: str) -> Run[Any] | None:
    """The run of a ready set of labels."""
    request = TextClassificationRequest(text, label_sets()[name].labels)
    return begin(TEXT_CLASSIFICATION, request, what, OWN_LABELS)


def begin_all(text: str, question: str) -> Runs:
    """All that is asked, by the slugs of the tasks and the names of the sets of labels: no answer
    while there is no question, no tone where there is no opinion. What takes long begins last.
    """
    return {
        SUMMARIZATION.slug: begin(
            SUMMARIZATION,
            SummarizationRequest(text=text, max_words=longest_summary(text, 80)),
            "Summarizing",
        ),
        NAMED_ENTITIES.slug: begin(NAMED_ENTITIES, NamedEntitiesRequest(text), "Looking for names"),
        KIND: begin_labels(text, KIND, "Looking what kind of text this is"),
        TOPIC: begin_labels(text, TOPIC, "Looking for its topic"),
        TEXT_CLASSIFICATION.slug: begin(
            TEXT_CLASSIFICATION, TextClassificationRequest(text), "Reading the tone"
        )
        if has_opinion(text)
        else None,
        QUESTION_ANSWERING.slug: begin(
            QUESTION_ANSWERING, QuestionAnsweringRequest(question, text), "Searching the answer"
        )
        if question
        else None,
        RELATION_EXTRACTION.slug: begin(
            RELATION_EXTRACTION, RelationExtractionRequest(text), "Relating names"
        ),
    }


def show_answer(question: str, run: Run[Any] | None, document: Document) -> None:
    """The answer to the question, as far as it is there."""
    if run is None:
        if question:
            not_asked(QUESTION_ANSWERING.default_endpoint)
        return
    failure(run, key="answer")
    if run.pending and run.so_far is None:
        st.skeleton(height=_ANSWER_HEIGHT)
    if run.so_far:
        facts([question])
        answer_card(run.so_far.result, document.text)
        so_far(run)


def show_insights(runs: Runs, document: Document) -> None:
    """The other four and the key facts, one card each."""
    with card("Summary", "short_text", SUMMARIZATION, runs[SUMMARIZATION.slug]) as result:
        if result:
            summary_card(result)
    show_facts(runs, document)
    with card("Names", "group", NAMED_ENTITIES, runs[NAMED_ENTITIES.slug]) as result:
        if result:
            names_card(result)
    with card("Kind of text", "category", TEXT_CLASSIFICATION, runs[KIND], OWN_LABELS) as result:
        if result:
            class_card(runs, document.text)
    with card("Relations", "hub", RELATION_EXTRACTION, runs[RELATION_EXTRACTION.slug]) as result:
        if result:
            relations_card(result)


def show_facts(runs: Runs, document: Document) -> None:
    """The key facts, once the names that they refer to are there or cannot be had."""
    names = runs[NAMED_ENTITIES.slug]
    with st.container(border=True):
        st.header(":material/fact_check: Key facts", anchor=False)
        if names is not None and names.pending and names.so_far is None:
            st.skeleton(height=60)
            return
        clicked = facts_card(facts_of(document.text, names))
        if clicked:
            show_layer(FACTS, clicked)


def layer_control() -> str:
    """What is to be marked: as chosen here, or by a click in an insight.

    Each click makes the control anew. Else a browser that does not know of the click yet, and has
    this page drawn again meanwhile, would set the control back to what it still shows.
    """
    from_link(LAYER, LAYERS, NAMES)
    key = f"{LAYER}_{focus_of(PAGE).turn}"
    st.session_state.setdefault(key, st.session_state[LAYER])
    layer = st.segmented_control(
        "Marked in the text",
        LAYERS,
        required=True,
        key=key,
        wrap=True,
        label_visibility="collapsed",
    )
    # A browser under load may report the control before it has taken its value: that is no choice.
    layer = layer or st.session_state[LAYER]
    st.session_state[LAYER] = layer
    to_link(LAYER, None if layer == NAMES else layer)
    return str(layer)


def show_document(runs: Runs, document: Document) -> None:
    """The document with the insights of one kind marked, and the answer."""
    document_line(document)
    layer = layer_control()
    results = {
        slug: run.so_far.result if run and run.so_far else None for slug, run in runs.items()
    }
    reader(
        document.text,
        layer_marks(layer, results, facts_of(document.text, runs.get(NAMED_ENTITIES.slug))),
        key="document_reader",
        focus=focus_of(PAGE),
        clickable=False,
        height=780,
    )


page_title(
    "What does this document say?",
    "Its kind and topic, summary, key facts and names, how things relate, and answers to your "
    "questions: at one look, each at its place in the text.",
)
document = document_input()
if none_deployed():
    offer_endpoints()
    show_document({}, document)
    st.stop()
heed(document)
with st.container(border=True):
    question = question_input(document)
    answer_slot = st.container()
runs = begin_all(document.text, question)
started = [run for run in runs.values() if run is not None]
be_patient(started)
with st.container(height=_PROGRESS_HEIGHT, border=False):  # one height for both: nothing jumps
    watch(started, key=PAGE)
    if not any(run.pending for run in started):
        report_buttons(document, runs)
with answer_slot:
    show_answer(question, runs[QUESTION_ANSWERING.slug], document)
insights, source = st.columns([5, 6], gap="medium")
with insights:
    show_insights(runs, document)
with source:
    show_document(runs, document)
