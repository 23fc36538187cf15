"""Key facts on a screen: lines on the landing page, a table with a filter on a page of its own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from pages.components import colours
from pages.components.colours import Ink
from pages.components.door import FACT_KINDS, Fact, FactKind, NamedEntitiesResult, foremost
from pages.components.door import key_facts as find_facts
from pages.components.export import export_buttons
from pages.components.focus import chosen_rows, go_to
from pages.components.lines import Line, one_line, show_lines
from pages.components.names import count
from pages.components.reader import Mark
from pages.components.runs import Run

NAMES: Final[Mapping[FactKind, tuple[str, str]]] = {
    "party": ("Party", "Parties"),
    "deadline": ("Deadline", "Deadlines"),
    "obligation": ("Obligation", "Obligations"),
    "amount": ("Amount", "Amounts"),
    "date": ("Date", "Dates"),
    "contact": ("Contact", "Contacts"),
}
INKS: Final[Mapping[FactKind, Ink]] = {
    "party": colours.ENTITIES["ORG"],
    "deadline": colours.ENTITIES["EVENT"],
    "obligation": colours.ENTITIES["LAW"],
    "amount": colours.ENTITIES["MONEY"],
    "date": colours.ENTITIES["DATE"],
    "contact": colours.ENTITIES["FAC"],
}
MOST: Final = 12
"""On the landing page."""
_ROW: Final = 84
"""Pixels: a row that is high enough for Streamlit to wrap its text over some lines."""


def facts_of(text: str, run: Run[NamedEntitiesResult] | None) -> tuple[Fact, ...]:
    """The key facts of ``text``, with the names that ``run`` found so far; rules need none."""
    found = run.so_far if run else None
    return find_facts(text, found.result.entities if found else ())


def fact_id(fact: Fact) -> str:
    """The id of the mark of ``fact``: where it stands, so that it outlives a filter."""
    return f"fact:{fact.kind}:{fact.place.start}:{fact.place.end}"


def fact_marks(facts: Sequence[Fact]) -> list[Mark]:
    """A mark on the value of each of ``facts``; of two in one place only one takes clicks."""
    marks: list[Mark] = []
    taken = 0
    for fact in sorted(facts, key=lambda fact: (fact.place.start, -fact.place.end)):
        free = fact.place.start >= taken
        taken = max(taken, fact.place.end)
        name, ink = NAMES[fact.kind][0], INKS[fact.kind]
        mark = Mark(fact_id(fact), fact.place.start, fact.place.end, ink, label=name.lower())
        marks.append(mark if free else Mark(mark.id, mark.start, mark.end, ink, clickable=False))
    return marks


def fact_lines(facts: Sequence[Fact]) -> list[Line]:
    """``facts`` as lines: the value in the colour of its kind, then what it is of."""
    return [
        Line(
            fact_id(fact),
            ((one_line(fact.value), INKS[fact.kind]), (f"  {one_line(fact.about)}", None)),
            label=NAMES[fact.kind][0],
            title="Show this place in the document",
        )
        for fact in facts
    ]


def fact_rows(facts: Sequence[Fact]) -> list[dict[str, str | int]]:
    """One row for each of ``facts`` with its sentence and place, for export."""
    return [
        {
            "kind": fact.kind,
            "value": fact.value,
            "about": fact.about,
            "sentence": one_line(fact.sentence.text),
            "start": fact.place.start,
            "end": fact.place.end,
        }
        for fact in facts
    ]


def fact_table(facts: Sequence[Fact]) -> list[dict[str, str]]:
    """The table as people read it."""
    return [
        {
            "Kind": NAMES[fact.kind][0],
            "Fact": fact.value,
            "Of what, or what happens": fact.about,
            "Sentence": one_line(fact.sentence.text),
        }
        for fact in facts
    ]


def facts_card(facts: Sequence[Fact]) -> str | None:
    """The few facts that matter most; returns the id of the one clicked just now, else None."""
    if not facts:
        st.caption(
            "No amounts, dates, parties, obligations or contact data stand out in this text."
        )
        return None
    shown = foremost(facts, most=MOST)
    clicked = show_lines(fact_lines(shown), key="document_facts", name="Key facts", height=1_000)
    more = len(facts) - len(shown)
    if more:
        st.caption(f"The foremost of {count(len(facts), 'fact')}: Named entities lists them all.")
    return clicked


def show_facts(facts: Sequence[Fact], *, page: str) -> tuple[Fact, ...]:
    """A table of ``facts`` with a filter by kind; a row goes to its place. Returns those shown."""
    if not facts:
        st.info(
            "No amounts, dates, parties, obligations or contact data stand out in this text.",
            icon=":material/search_off:",
        )
        return ()
    kinds = _pick_kinds(facts, page)
    shown = tuple(fact for fact in facts if not kinds or fact.kind in kinds)

    def choose() -> None:
        rows = chosen_rows(f"{page}_facts")
        if rows and rows[0] < len(shown):
            go_to(page, [fact_id(shown[rows[0]])])

    st.dataframe(
        fact_table(shown),
        column_config={
            "Kind": st.column_config.TextColumn(width=80),
            "Fact": st.column_config.TextColumn(width=110),
            "Of what, or what happens": st.column_config.TextColumn(width=245),
            "Sentence": st.column_config.TextColumn(width=420),
        },
        height=min(620, 40 + _ROW * max(1, len(shown))),
        row_height=_ROW,
        on_select=choose,
        selection_mode="single-cell",
        key=f"{page}_facts",
        alt="Key facts with their kind, what they are of, and their sentence",
    )
    st.caption("Found by rules over the text and its names. Click a row to go to its place.")
    export_buttons("key-facts", fact_rows(shown), key=f"{page}_facts")
    return shown


def _pick_kinds(facts: Sequence[Fact], page: str) -> list[FactKind]:
    """The kinds chosen to be shown; none chosen are all."""
    counts = Counter(fact.kind for fact in facts)
    chosen = st.pills(
        "Kinds of facts to show",
        [kind for kind in FACT_KINDS if counts[kind]],
        selection_mode="multi",
        format_func=lambda kind: f"{NAMES[kind][1]} {counts[kind]}",
        key=f"{page}_fact_kinds",
        label_visibility="collapsed",
    )
    return list(chosen)
