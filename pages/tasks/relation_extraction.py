"""Relation extraction: a table and a graph of relations, each with its evidence in the text."""

import re
from typing import Final

import streamlit as st

from backend.charts.graph import Inks, draw_graph, graph_info
from pages.components import colours
from pages.components.columns import narrow_confidence_column
from pages.components.door import (
    RELATION_EXTRACTION,
    Answer,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
    agreement,
    clearest,
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
from pages.components.link import from_link, to_link
from pages.components.names import count, relation_name
from pages.components.pair import choose_clicked, show_pair
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import Mark, reader
from pages.components.relation_views import (
    number_at,
    pair_marks,
    place_of,
    relation_export,
    relation_marks,
    relation_rows,
    surest,
)
from pages.components.side_by_side import Reading, show_side_by_side
from pages.components.views import LIKELY, surface

PAGE: Final = "relation_extraction"
SELECTED: Final = "relation"
_LINKED: Final = re.compile(r"(\d{1,8})-(\d{1,8})")
TABLE: Final = "relation_table"
HANDFUL: Final = 12
FOUND, PAIR = "Found in the text", "Ask about two names"
VIEW: Final = "relations_view"


def says(relation: Relation) -> str:
    """A relation as a sentence."""
    return f"{surface(relation.head)} {relation_name(relation.name)} {surface(relation.tail)}"


READING: Final = Reading[Relation](
    says=says,
    places=lambda relation: [(span.start, span.end, "") for span in (relation.head, relation.tail)],
    one="pair",
    many="pairs",
)


def select(relation: Relation) -> None:
    """Show the evidence of ``relation``."""
    st.session_state[SELECTED] = place_of(relation)
    go_to(PAGE, ["evidence", "head", "tail"])


def selected(relations: tuple[Relation, ...]) -> int | None:
    """The number of the relation whose evidence is shown, None where there is none."""
    return number_at(st.session_state.get(SELECTED), relations)


def show_table(relations: tuple[Relation, ...]) -> None:
    """The relations with their evidence; a row shows it in the text."""

    def choose_row() -> None:
        rows = chosen_rows(TABLE)
        if rows and rows[0] < len(relations):
            select(relations[rows[0]])

    st.dataframe(
        relation_rows(relations),
        column_config={
            "Confidence": narrow_confidence_column(),
        },
        height=min(470, 40 + 36 * max(1, len(relations))),
        on_select=choose_row,
        selection_mode="single-cell",
        key=TABLE,
        alt="Relations with their confidence and evidence",
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
        number = int(numbers[0][0] if isinstance(numbers[0], list) else numbers[0])
        if number < len(relations) and number != selected(relations):
            select(relations[number])
            st.rerun()


def choose(everything: tuple[Relation, ...]) -> tuple[Relation, ...]:
    """The relations to show: the clearest, or all that are confident enough."""
    threshold = st.slider(
        "At least this confident",
        min_value=0.0,
        max_value=1.0,
        value=LIKELY,
        step=0.05,
        format="percent",
        key="relation_threshold",
        bind="query-params",
    )
    enough = surest(everything, threshold=threshold)
    handful = clearest(everything, most=HANDFUL, threshold=threshold)
    all_of_them = st.toggle(
        f"Show all {len(enough):,} that are confident enough",
        key="relations_all",
        bind="query-params",
        help="The clearest are those that the model is sure of and whose ends stand close "
        "together, each mention once.",
    )
    shown = enough if all_of_them else handful
    hidden = len(everything) - len(shown)
    what = "relation" if all_of_them else "clearest relation"
    st.caption(
        f"{count(len(shown), what)}; {hidden:,} of {count(len(everything), 'possible one')} hidden"
    )
    return shown


def show(answer: Answer[RelationExtractionResult]) -> tuple[Relation, ...]:
    """Everything about one answer; returns the relations shown."""
    everything = answer.result.relations
    looked_at = f"{count(answer.result.pairs, 'pair')} looked at"
    if not everything:
        st.info("No relations were found in this text.", icon=":material/search_off:")
        answer_facts(answer, looked_at)
        return ()
    relations = choose(everything)
    table, graph = st.tabs(
        ["Table", "Graph"], key="relation_view", on_change="rerun", bind="query-params"
    )
    if table.open:
        with table:
            show_table(relations)
    if graph.open and relations:
        with graph:
            show_graph(relations)
    answer_facts(answer, looked_at)
    export_buttons("relations", relation_export(relations), key=PAGE)
    return relations


def show_found() -> tuple[tuple[Relation, ...], list[Mark]]:
    """The relations of the whole document, and what the reader marks."""
    request = RelationExtractionRequest(document.text)
    what = "Comparing pairs of names"
    answer = answer_of(RELATION_EXTRACTION, request, controls.endpoint, what=what, key=PAGE)
    if answer is None:
        return (), []
    others = other_answers(RELATION_EXTRACTION, request, controls, what=what, key=PAGE)
    compared: list[Mark] = []
    if others:
        every = [one.result.relations for one in (answer, *others)]
        shown = [r for found in every for r in clearest(found, most=HANDFUL, threshold=LIKELY)]
        places = agreement.relations(every, shown=shown)
        compared = show_side_by_side(places, READING, controls, page=PAGE)
    relations = show(answer)
    developer_panel(RELATION_EXTRACTION, request, answer, key=PAGE)
    if compared:
        return relations, compared
    number = selected(relations)
    evidence = [] if number is None else relation_marks(relations[number])
    return relations, [*evidence, *pair_marks(relations, number)]


def shown_place(relations: tuple[Relation, ...]) -> str:
    """Where the relation stands whose evidence is shown: as parts of a document come in, it may be
    another one, and the reader has to go there.
    """
    number = selected(relations)
    return "" if number is None else "-".join(map(str, place_of(relations[number])))


def pick_view() -> str:
    """Whether to show what was found, or to ask about two names."""
    from_link(VIEW, {FOUND, PAIR}, FOUND)
    view = st.segmented_control(
        "What to show",
        [FOUND, PAIR],
        required=True,
        key=VIEW,
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    to_link(VIEW, None if view == FOUND else view)
    return str(view or FOUND)


def remember_selected() -> None:
    """Take the relation that is shown from the link at first, and keep it there: by where its two
    ends stand, since its number changes with what else is shown.
    """
    linked = _LINKED.fullmatch(st.query_params.get(SELECTED, ""))
    if SELECTED not in st.session_state and linked:
        st.session_state[SELECTED] = (int(linked[1]), int(linked[2]))
    place = st.session_state.get(SELECTED)
    to_link(SELECTED, f"{place[0]}-{place[1]}" if place else None)


controls = task_controls(RELATION_EXTRACTION)
document = controls.document
remember_selected()
results, source = sides()
relations: tuple[Relation, ...] = ()
with results:
    view = pick_view()
    if view == PAIR:
        pair = show_pair(document, controls.endpoint, page=PAGE)
        marks = pair.marks
    else:
        relations, marks = show_found()
with source:
    source_head(document)
    clicked = reader(
        document.text,
        marks,
        key="relation_reader",
        focus=focus_of(PAGE, subject=shown_place(relations), first=("evidence", "head", "tail")),
    )
    if view == PAIR:
        if clicked and choose_clicked(clicked, pair.groups):
            st.rerun()
    elif clicked and clicked.startswith("relation:"):
        wanted = int(clicked.removeprefix("relation:"))
        if wanted < len(relations) and wanted != selected(relations):
            select(relations[wanted])
            st.rerun()
