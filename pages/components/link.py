"""Values that belong in the link of a page and that the page itself sets as well.

A widget bound to the link must not also have a default when the page sets it, and writes the
option's long title into the link; so these few are kept by hand.
"""

from collections.abc import Collection

import streamlit as st


def from_link(key: str, options: Collection[str], otherwise: str) -> None:
    """Give the widget ``key`` its first value: the link's where it is an option."""
    if key not in st.session_state:
        wanted = st.query_params.get(key, "")
        st.session_state[key] = wanted if wanted in options else otherwise


def to_link(key: str, value: str | None) -> None:
    """Write ``value`` into the link under ``key``; None takes it out.

    Each change is a step of the browser's history: a page must not write what it shows anyway, or
    the first *Back* after coming to it does nothing.
    """
    if value is None:
        st.query_params.pop(key, None)
    else:
        st.query_params[key] = value
