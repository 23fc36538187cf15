"""Going to a place: which marks the reader of a page should show now."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import streamlit as st


class Focus(NamedTuple):
    """Ids of marks, what they are about (a question, say), and a number that grows each time, so
    that going there again scrolls again; it is 0 where nobody asked to go anywhere.
    """

    ids: tuple[str, ...] = ()
    turn: int = 0
    subject: str = ""


NOWHERE: Final = Focus()


def focus_of(page: str, *, subject: str = "", first: Sequence[str] = ()) -> Focus:
    """Where the reader of ``page`` is sent: to ``first`` until somebody goes elsewhere."""
    focus: Focus = st.session_state.get(f"{page}_focus", NOWHERE)
    return focus if focus.ids and focus.subject == subject else Focus(tuple(first), 0, subject)


def go_to(page: str, ids: Sequence[str], *, subject: str = "") -> None:
    """Send the reader of ``page`` to the marks ``ids``, the first in view."""
    before: Focus = st.session_state.get(f"{page}_focus", NOWHERE)
    st.session_state[f"{page}_focus"] = Focus(tuple(ids), before.turn + 1, subject)


def chosen_rows(table: str) -> list[int]:
    """The numbers of the rows in which a cell is selected in the table with the key ``table``."""
    state = st.session_state.get(table)
    return [row for row, _ in state["selection"]["cells"]] if state else []
