"""Named entities: marked in the text, counted, filtered, listed."""

from typing import Final

import streamlit as st

from backend.charts.bars import count_info, draw_bars
from pages.components import colours
from pages.components.columns import narrow_confidence_column
from pages.components.door import (
    NAMED_ENTITIES,
    Answer,
    EntityGroup,
    NamedEntitiesRequest,
    NamedEntitiesResult,
    Span,
    agreement,
    entity_groups,
    key_facts,
)
from pages.components.entity_views import (
    chunk_marks,
    entity_counts,
    entity_marks,
    entity_rows,
    how_many,
    mention_rows,
    visible,
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
from pages.components.key_facts import fact_marks, show_facts
from pages.components.legend import Entry, legend
from pages.components.names import entity_name, entity_tag
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import Mark, reader
from pages.components.side_by_side import Reading, show_side_by_side
from pages.components.views import surface

PAGE: Final = "named_entities"
READING: Final = Reading[Span](
    says=lambda span: f"{surface(span)} ({entity_name(span.label)})",
    places=lambda span: [(span.start, span.end, entity_tag(span.label))],
    one="name",
    many="names",
)


def filters(result: NamedEntitiesResult) -> tuple[Span, ...]:
    """The legend and, where there are scores, the threshold; what they leave of the entities."""
    hidden = legend(
        [
            Entry(label, entity_name(label), number, colours.entity_ink(label))
            for label, number in entity_counts(result.entities)
        ],
        key="entity_legend",
        name="Types of names, to show and hide",
        link="hide",
    )
    threshold = 0.0
    if any(entity.score is not None for entity in result.entities):
        threshold = st.slider(
            "At least this confident",
            min_value=0.0,
            max_value=1.0,
            value=0.0,
            step=0.05,
            format="percent",
            key="entity_threshold",
            bind="query-params",
        )
    return visible(result.entities, hidden=hidden, threshold=threshold)


def show_table(groups: tuple[EntityGroup, ...]) -> None:
    """The names with their mentions; a row goes to its first mention and marks all."""

    def choose() -> None:
        rows = chosen_rows("entity_table")
        if rows and rows[0] < len(groups):
            go_to(PAGE, [groups[rows[0]].id])

    st.dataframe(
        entity_rows(groups),
        column_config={
            "Name": st.column_config.TextColumn(width=190),
            "Mentions": st.column_config.NumberColumn(width=80),
            "Type": st.column_config.TextColumn(width=130),
            "Confidence": narrow_confidence_column(),
        },
        height=min(460, 40 + 36 * max(1, len(groups))),
        on_select=choose,
        selection_mode="single-cell",
        key="entity_table",
        alt="Names with their type and number of mentions",
    )


def show_types(shown: tuple[Span, ...]) -> None:
    """How many mentions each type has, as bars in the colours of the types."""
    on = theme()
    counts = entity_counts(shown)
    named = [(entity_name(label), number) for label, number in counts]
    inks = {entity_name(label): colours.entity_ink(label).on(on) for label, _ in counts}
    figure = draw_bars(
        count_info(named, inks), track=colours.PANEL.on(on), text=colours.TEXT.on(on)
    )
    st.plotly_chart(
        figure,
        config={"displayModeBar": False},
        height=figure.layout.height,
        key="entity_types",
        alt="Mentions by type: " + ", ".join(f"{name} {number}" for name, number in named),
    )


def show(answer: Answer[NamedEntitiesResult], text: str) -> list[Mark]:
    """Everything about one answer; returns the marks of what is in view."""
    names, types, facts = st.tabs(
        ["Names", "Types", "Key facts"], key="entity_view", on_change="rerun"
    )
    marks: list[Mark] = []
    if facts.open:
        with facts:
            marks = fact_marks(show_facts(key_facts(text, answer.result.entities), page=PAGE))
    else:
        with names if names.open else types:
            marks = show_names(answer.result, as_types=bool(types.open))
    answer_facts(answer)
    return marks


def show_names(result: NamedEntitiesResult, *, as_types: bool) -> list[Mark]:
    """The names, as a table or by their types; returns the marks of those that are not hidden."""
    if not result.entities:
        st.info("No names were found in this text.", icon=":material/search_off:")
        return []
    shown = filters(result)
    groups = entity_groups(shown)
    st.caption(how_many(groups))
    if as_types:
        show_types(shown)
    else:
        show_table(groups)
    export_buttons("entities", mention_rows(groups), key=PAGE)
    return entity_marks(shown)


controls = task_controls(NAMED_ENTITIES)
document = controls.document
results, source = sides()
marks: list[Mark] = []
with results:
    request = NamedEntitiesRequest(document.text)
    answer = answer_of(
        NAMED_ENTITIES, request, controls.endpoint, what="Looking for names", key=PAGE
    )
    if answer is not None:
        others = other_answers(
            NAMED_ENTITIES, request, controls, what="Looking for names", key=PAGE
        )
        compared: list[Mark] = []
        if others:
            places = agreement.entities([one.result.entities for one in (answer, *others)])
            compared = show_side_by_side(places, READING, controls, page=PAGE)
        marks = show(answer, document.text)
        marks = compared or marks
        developer_panel(NAMED_ENTITIES, request, answer, key=PAGE)
with source:
    source_head(document)
    if answer is not None and answer.result.noun_chunks:
        phrases = st.toggle("Underline noun phrases", key="noun_chunks", bind="query-params")
        if phrases:
            marks = [*chunk_marks(answer.result.noun_chunks), *marks]
    focus = focus_of(PAGE)
    clicked = reader(
        document.text,
        marks,
        key="entity_reader",
        focus=focus,
    )
    if clicked and clicked not in focus.ids:
        go_to(PAGE, [clicked])
        st.rerun()
