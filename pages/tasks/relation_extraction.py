"""Relation extraction: a table and a graph of relations, each with its evidence in the text."""

import streamlit as st

from backend.charts.graph import Inks, draw_graph, graph_info
from pages.components import colours
from pages.components.door import (
    RELATION_EXTRACTION,
    Answer,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
)
from pages.components.export import export_buttons
from pages.components.focus import chosen_rows, focus_of, go_to
from pages.components.frame import answer_of, sides, source_head, task_controls, theme
from pages.components.names import count, relation_name
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import reader
from pages.components.views import (
    pair_marks,
    relation_export,
    relation_marks,
    relation_rows,
    surest,
    surface,
)

PAGE = "relation_extraction"
SELECTED = "relation_selected"


def select(number: int) -> None:
    """Show the evidence of relation ``number``."""
    st.session_state[SELECTED] = number
    go_to(PAGE, ["evidence", "head", "tail"])


def selected(relations: tuple[Relation, ...]) -> int | None:
    """The number of the relation whose evidence is shown, None where there is none."""
    number = st.session_state.get(SELECTED, 0)
    return number if number < len(relations) else (0 if relations else None)


def _choose_row() -> None:
    rows = chosen_rows("relation_table")
    if rows:
        select(rows[0])


def show_table(relations: tuple[Relation, ...]) -> None:
    """The relations with their evidence; a row shows it in the text."""
    st.dataframe(
        relation_rows(relations),
        column_config={
            "Confidence": st.column_config.ProgressColumn(
                min_value=0, max_value=1, format="percent", width="small"
            ),
        },
        height=min(400, 40 + 36 * max(1, len(relations))),
        on_select=_choose_row,
        selection_mode="single-cell",
        key="relation_table",
        alt="Relations with their evidence",
    )


def show_graph(relations: tuple[Relation, ...]) -> None:
    """The same relations as a graph; a click on an arrow's point shows its evidence."""
    on = theme()
    info = graph_info(
        [(surface(r.head), relation_name(r.name), surface(r.tail)) for r in relations]
    )
    inks = Inks(
        node=colours.ACCENT.on(on),
        edge=colours.QUIET.on(on),
        chosen=colours.TAIL.on(on),
        text=colours.TEXT.on(on),
        page=colours.PAGE.on(on),
    )
    figure = draw_graph(info, inks, selected=selected(relations))
    event = st.plotly_chart(
        figure,
        config={"displayModeBar": False},
        on_select="rerun",
        selection_mode="points",
        key="relation_graph",
        height=figure.layout.height,
        alt=f"Graph of {count(len(info.edges), 'relation')} "
        f"between {count(len(info.nodes), 'thing')}",
    )
    numbers = [
        p["customdata"] for p in (event.selection.points if event else []) if "customdata" in p
    ]
    if numbers:
        number = numbers[0][0] if isinstance(numbers[0], list) else numbers[0]
        if number != selected(relations):
            select(int(number))
            st.rerun()


def show(answer: Answer[RelationExtractionResult]) -> tuple[Relation, ...]:
    """Everything about one answer; returns the relations shown."""
    everything = answer.result.relations
    if not everything:
        st.info("No relations were found in this text.", icon=":material/search_off:")
        answer_facts(answer, count(answer.result.pairs, "pair"))
        return ()
    threshold = st.slider(
        "At least this confident",
        min_value=0.0,
        max_value=1.0,
        value=0.9,
        step=0.05,
        format="percent",
        key="relation_threshold",
        bind="query-params",
    )
    relations = surest(everything, threshold=threshold)
    st.caption(f"{len(relations):,} of {count(len(everything), 'relation')}")
    table, graph = st.tabs(
        ["Table", "Graph"], key="relation_view", on_change="rerun", bind="query-params"
    )
    if table.open:
        with table:
            show_table(relations)
    if graph.open and relations:
        with graph:
            show_graph(relations)
    answer_facts(answer, f"{count(answer.result.pairs, 'pair')} looked at")
    export_buttons("relations", relation_export(relations), key=PAGE)
    return relations


document, endpoint = task_controls(RELATION_EXTRACTION)
results, source = sides()
relations: tuple[Relation, ...] = ()
with results:
    request = RelationExtractionRequest(document.text)
    answer = answer_of(
        RELATION_EXTRACTION, request, endpoint, what="Comparing pairs of names", key=PAGE
    )
    if answer is not None:
        relations = show(answer)
        developer_panel(RELATION_EXTRACTION, request, answer, key=PAGE)
with source:
    source_head(document)
    number = selected(relations)
    marks = [] if number is None else relation_marks(relations[number])
    clicked = reader(
        document.text,
        [*marks, *pair_marks(relations, number)],
        key="relation_reader",
        focus=focus_of(PAGE, first=("evidence", "head", "tail")),
    )
    if clicked and clicked.startswith("relation:"):
        wanted = int(clicked.removeprefix("relation:"))
        if wanted != number:
            select(wanted)
            st.rerun()
