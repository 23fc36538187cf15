"""What came of an action, told once on the next run."""

from collections.abc import Callable
from typing import Any, Final

import streamlit as st

from pages.components.door import DocumentInsightsError
from pages.components.plain import escaped

NOTE: Final = "note"


def act(done: str, work: Callable[..., Any], *args: Any, **options: Any) -> None:
    """Call ``work``; note what was done, or why it was not."""
    try:
        work(*args, **options)
    except DocumentInsightsError as error:
        st.session_state[NOTE] = ("error", str(error))
    else:
        st.session_state[NOTE] = ("done", done)


def show_note() -> None:
    """What came of the last action, once."""
    kind, words = st.session_state.pop(NOTE, ("", ""))
    if kind == "error":
        st.error(escaped(words), icon=":material/error:")
    elif kind == "done":
        st.success(escaped(words), icon=":material/check_circle:")
