"""The five insights of the landing page: each a card, and what a click in it shows."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

import streamlit as st

from pages.components import colours
from pages.components.door import (
    KIND,
    NAMED_ENTITIES,
    QUESTION_ANSWERING,
    RELATION_EXTRACTION,
    SUMMARIZATION,
    TEXT_CLASSIFICATION,
    TOPIC,
    Answer,
    Fact,
    NamedEntitiesResult,
    QuestionAnsweringResult,
    Relation,
    RelationExtractionResult,
    SummarizationResult,
    Task,
    TextClassificationResult,
    clearest,
    entity_groups,
)
from pages.components.endpoint import obstacle
from pages.components.entity_views import entity_marks, how_many, key_groups, other_forms
from pages.components.focus import focus_of, go_to
from pages.components.key_facts import fact_marks
from pages.components.label_views import headline, show_headline
from pages.components.legend import Entry, chips
from pages.components.lines import answer_lines, relation_lines, show_lines, summary_lines
from pages.components.names import count, entity_name
from pages.components.panels import failure, so_far
from pages.components.plain import escaped
from pages.components.reader import Mark
from pages.components.relation_views import number_at, pair_marks, place_of, relation_marks
from pages.components.runs import Run
from pages.components.strip import section_strip
from pages.components.verdict import is_sober, show_verdict
from pages.components.views import LIKELY, answer_marks, how_sure, section_marks, summary_marks

PAGE: Final = "document"
NAMES, SUMMARY, SECTIONS, RELATIONS = "Names", "Summary", "Sections", "Relations"
FACTS: Final = "Key facts"
LAYERS: Final = (NAMES, FACTS, SUMMARY, SECTIONS, RELATIONS)
LAYER: Final = "layer"
_RELATION: Final = "document_relation"
_MOST_NAMES: Final = 14
_MOST_RELATIONS: Final = 5
_ANSWER: Final = "answer:0"


def show_layer(layer: str, *ids: str) -> None:
    """Have the reader show ``layer`` and go to ``ids``."""
    st.session_state[LAYER] = layer
    go_to(PAGE, ids)


@contextmanager
def card(
    title: str, icon: str, task: Task[Any, Any], run: Run[Any] | None, endpoint: str = ""
) -> Iterator[Any]:
    """One insight: its title, and its result as far as it is there, or how it stands with it (then
    None is yielded). ``endpoint`` is asked, the standard one of ``task`` unless it is named.
    """
    with st.container(border=True):
        st.header(f":material/{icon}: {title}", anchor=False)
        if run is None:
            not_asked(endpoint or task.default_endpoint)
            yield None
            return
        found = run.so_far
        if run.pending and found is None:
            st.skeleton(height=60)
        failure(run, key=title)
        so_far(run)
        yield found.result if found else None


def not_asked(endpoint: str) -> None:
    """Why the model behind ``endpoint`` is not asked."""
    found = obstacle(endpoint)
    if found is not None and not found.passes:
        st.error(escaped(found.words), icon=":material/error:")
        return
    st.caption(f"{found.words if found else 'The model is being prepared'}; this fills itself.")
    st.skeleton(height=60)


def summary_card(result: SummarizationResult) -> None:
    """The summary; a click on a sentence goes to it."""
    clicked = show_lines(summary_lines(result), key="document_summary", name="Summary", height=600)
    if clicked:
        show_layer(SUMMARY, clicked)
    st.caption(f"{result.words:,} of {count(result.source_words, 'word')}")


def names_card(result: NamedEntitiesResult) -> None:
    """Who and what is named most, each once; a click shows all mentions."""
    groups = key_groups(entity_groups(result.entities))
    if not groups:
        st.caption("No names were found in this text.")
        return
    entries = [
        Entry(
            group.id,
            group.text,
            len(group.spans),
            colours.entity_ink(group.label),
            ", also ".join(filter(None, [entity_name(group.label), other_forms(group)])),
        )
        for group in groups[:_MOST_NAMES]
    ]
    clicked = chips(entries, key="document_names", name="Names, to go to")
    if clicked:
        show_layer(NAMES, clicked)
    st.caption(how_many(groups))


def class_card(runs: Mapping[str, Run[TextClassificationResult] | None], text: str) -> None:
    """What kind of document this is, what it is about, and its tone where it has one; a click on a
    section goes there.
    """
    kind, topic = _found(runs, KIND), _found(runs, TOPIC)
    if kind:
        show_headline(kind.result, size="1.25rem")
    if topic:
        words, behind = headline(topic.result)
        st.markdown(f"**Topic:** {escaped(words)}")
        st.caption(escaped(behind))
    for name in (TOPIC, TEXT_CLASSIFICATION.slug):
        if run := runs.get(name):
            failure(run, key=f"class_{name}")
    tone = _found(runs, TEXT_CLASSIFICATION.slug)
    judged = tone is not None and not is_sober(tone.result, text)
    if tone and judged:
        show_verdict(tone, size="1.05rem")
    answer = tone if judged else topic
    if answer is None or len(answer.result.sections) < 2:
        return
    place = section_strip(answer.result, len(text), key="document_strip")
    st.caption("The parts from start to end: click one to go there")
    if place is not None:
        show_layer(SECTIONS, f"section:{place}")


def _found(
    runs: Mapping[str, Run[TextClassificationResult] | None], name: str
) -> Answer[TextClassificationResult] | None:
    run = runs.get(name)
    return run.so_far if run else None


def clear_relations(result: RelationExtractionResult) -> tuple[Relation, ...]:
    """The few relations that the card shows."""
    return clearest(result.relations, most=_MOST_RELATIONS, threshold=LIKELY)


def relations_card(result: RelationExtractionResult) -> None:
    """The clearest relations as sentences; a click shows the evidence."""
    relations = clear_relations(result)
    if not relations:
        st.caption("No clear relations were found in this text.")
        return
    clicked = show_lines(
        relation_lines(relations),
        key="document_relations",
        name="Relations",
    )
    if clicked:
        st.session_state[_RELATION] = place_of(relations[int(clicked.removeprefix("relation:"))])
        show_layer(RELATIONS, "evidence", "head", "tail")
    st.caption(f"The clearest of {count(len(result.relations), 'possible relation')}")


def answer_card(result: QuestionAnsweringResult, text: str) -> None:
    """The answer in its sentence; a click goes to its place."""
    if result.best is None:
        closest = "; this comes closest:" if result.answers else "."
        st.caption(f":material/search_off: No answer found in this text{closest}")
    if not result.answers:
        return
    clicked = show_lines(
        answer_lines(result.answers[:1], text, ranked=False),
        key="document_answer",
        name="Answer",
        height=200,
    )
    if clicked:
        go_to(PAGE, [clicked])
    if result.state == "probably":
        st.caption(how_sure(result))


def layer_marks(layer: str, results: Mapping[str, Any], facts: Sequence[Fact] = ()) -> list[Mark]:
    """What the reader marks for ``layer``, as far as its result is there, and the answer; what
    only comes closest to one is marked when somebody goes to it.
    """
    needs: dict[str, Task[Any, Any]] = {
        NAMES: NAMED_ENTITIES,
        SUMMARY: SUMMARIZATION,
        RELATIONS: RELATION_EXTRACTION,
    }
    found = results.get(needs[layer].slug) if layer in needs else None
    if layer == SECTIONS:
        found = results.get(TEXT_CLASSIFICATION.slug) or results.get(TOPIC)
    marks = _marks(layer, found) if found else []
    if layer == FACTS:
        marks = fact_marks(facts)
    answer = results.get(QUESTION_ANSWERING.slug)
    if answer and (answer.answered or _ANSWER in focus_of(PAGE).ids):
        marks += answer_marks(answer.answers[:1], answered=answer.answered)
    return marks


def _marks(layer: str, found: Any) -> list[Mark]:
    if layer == NAMES:
        return entity_marks(found.entities)
    if layer == SUMMARY:
        return summary_marks(found.sentences)
    if layer == SECTIONS:
        return section_marks(found.sections, found.labels)
    relations = clear_relations(found)
    chosen = number_at(st.session_state.get(_RELATION), relations)
    evidence = relation_marks(relations[chosen]) if chosen is not None else []
    return pair_marks(relations, chosen) + evidence
