"""Two names, chosen from lists or by clicking them in the text, and how they relate."""

from collections.abc import Sequence
from typing import NamedTuple

import streamlit as st

from pages.components import colours
from pages.components.columns import confidence_column
from pages.components.door import (
    NAMED_ENTITIES,
    NEGATIVE,
    RELATION_EXTRACTION,
    Document,
    EntityGroup,
    NamedEntitiesRequest,
    Relation,
    RelationExtractionRequest,
    Span,
    entity_groups,
)
from pages.components.endpoint import answers_now
from pages.components.entity_views import entity_marks, key_groups
from pages.components.focus import go_to
from pages.components.frame import answer_of
from pages.components.lines import Line, show_lines
from pages.components.names import percent, relation_name, whole_percent
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import Mark
from pages.components.relation_views import relation_marks
from pages.components.runs import ask, be_patient, watch
from pages.components.views import surface

_FIRST, _SECOND, _PICKED = "pair_first", "pair_second", "pair_clicked_last"


class PairView(NamedTuple):
    """The marks of the reader: the names that can be chosen, or the evidence of the answer."""

    marks: list[Mark]
    groups: tuple[EntityGroup, ...]


def show_pair(document: Document, endpoint: str, *, page: str) -> PairView:
    """The choice of two names and the relation of the mentions that stand closest."""
    groups = _names(document, page)
    if len(groups) < 2:
        st.info("Fewer than two names were found in this text.", icon=":material/search_off:")
        return PairView([], ())
    by_id = {group.id: group for group in groups}
    st.caption("Click two names in the text, or choose them here.")
    left, right = st.columns(2)
    with left:
        first = _choice("First name", by_id, _FIRST)
    with right:
        second = _choice("Second name", by_id, _SECOND)
    names = entity_marks([span for group in groups for span in group.spans], labels=False)
    if first is None or second is None or first == second:
        return PairView(names, groups)
    one, two = closest(first.spans, second.spans)
    relation = _ask(document, (one, two), endpoint, page)
    chosen = {(one.start, one.end), (two.start, two.end)}
    rest = [mark for mark in names if (mark.start, mark.end) not in chosen]
    return PairView([*rest, *(relation_marks(relation) if relation else [])], groups)


def choose_clicked(clicked: str, groups: Sequence[EntityGroup]) -> bool:
    """Take a name that was clicked in the text as the first or the second of the pair; gives
    whether it was a name.
    """
    if clicked not in {group.id for group in groups}:
        return False
    first, second = st.session_state.get(_FIRST), st.session_state.get(_SECOND)
    if first is None or (second is not None and second != first):
        st.session_state[_PICKED] = {_FIRST: clicked, _SECOND: None}
    elif clicked != first:
        st.session_state[_PICKED] = {_SECOND: clicked}
    return True


def closest(ones: Sequence[Span], twos: Sequence[Span]) -> tuple[Span, Span]:
    """The mentions of two names that stand closest to each other."""
    return min(
        ((one, two) for one in ones for two in twos),
        key=lambda pair: max(pair[0].start, pair[1].start) - min(pair[0].end, pair[1].end),
    )


def _names(document: Document, page: str) -> tuple[EntityGroup, ...]:
    """The names of the document, as the standard model for names finds them."""
    endpoint = NAMED_ENTITIES.default_endpoint
    if not answers_now(endpoint):
        return ()
    request = NamedEntitiesRequest(document.text)
    run = ask(NAMED_ENTITIES, request, endpoint=endpoint, what="Looking for names")
    be_patient([run])
    watch([run], key=f"{page}_names")
    return key_groups(entity_groups(run.answer.result.entities)) if run.answer else ()


def _choice(label: str, groups: dict[str, EntityGroup], key: str) -> EntityGroup | None:
    picked: dict[str, str | None] = st.session_state.get(_PICKED, {})
    if key in picked:
        st.session_state[key] = picked.pop(key)
    if st.session_state.get(key) not in groups:
        st.session_state[key] = None
    chosen = st.selectbox(
        label,
        list(groups),
        index=None,
        format_func=lambda one: groups[one].text,
        placeholder=label,
        key=key,
        label_visibility="collapsed",
    )
    return groups.get(str(chosen))


def _ask(document: Document, pair: tuple[Span, Span], endpoint: str, page: str) -> Relation | None:
    """What the model says of ``pair``; shows it, or why there is nothing to show."""
    request = RelationExtractionRequest(document.text, pair=pair)
    answer = answer_of(
        RELATION_EXTRACTION, request, endpoint, what="Comparing the two", key=f"{page}_pair"
    )
    if answer is None:
        return None
    relation = answer.result.relations[0]
    line = Line(
        "evidence",
        (
            (surface(relation.head), colours.HEAD),
            (f" {_verb(relation)} ", None),
            (surface(relation.tail), colours.TAIL),
        ),
        label="" if relation.score is None else percent(relation.score),
        title="Show the evidence in the document",
    )
    if show_lines([line], key="pair_line", name="How the two relate", height=120):
        go_to(page, ["evidence", "head", "tail"])
    st.text(" ".join(relation.sentence.text.split()))
    _show_scores(relation)
    answer_facts(answer)
    developer_panel(RELATION_EXTRACTION, request, answer, key=f"{page}_pair")
    return relation


def _verb(relation: Relation) -> str:
    if relation.name in NEGATIVE:
        return "has none of the known relations with"
    return relation_name(relation.name)


def _show_scores(relation: Relation) -> None:
    ranked = sorted(relation.scores.items(), key=lambda item: -item[1])[:5]
    if ranked:
        st.dataframe(
            [
                {"Possible relation": _reads(label, relation), "Confidence": whole_percent(score)}
                for label, score in ranked
            ],
            column_config={"Confidence": confidence_column()},
            key="pair_scores",
            alt="The likeliest relations of the two names",
        )


def _reads(label: str, relation: Relation) -> str:
    """A class with its direction as a sentence about the two names in the order of the text."""
    name = label.partition("(")[0]
    first, second = sorted((relation.head, relation.tail), key=lambda span: span.start)
    if name in NEGATIVE:
        return "None of the known relations"
    if label.endswith("(e2,e1)"):
        first, second = second, first
    return f"{surface(first)} {relation_name(name)} {surface(second)}"
