"""The question box with suggested questions."""

from typing import Final

import streamlit as st

from pages.components.document import questions_for
from pages.components.door import Document
from pages.components.plain import escaped

_BOX: Final = "question"
_PILLS: Final = "suggested_question"
_SUGGESTED: Final = "questions_suggested_last"


def question_input(document: Document) -> str:
    """The question asked now: typed, picked, or the first of the suggested ones at the start; ""
    where there is none.

    A suggested question goes with its document; one that was typed is asked of the next as well.
    """
    suggested = questions_for(document)
    before = st.session_state.get(_SUGGESTED, suggested)
    if before != suggested and st.session_state.get(_BOX) in before:
        st.session_state[_BOX] = ""
    st.session_state[_SUGGESTED] = suggested
    st.text_input(
        "Your question",
        key=_BOX,
        bind="query-params",
        placeholder="Ask anything that this document may say",
        icon=":material/contact_support:",
        label_visibility="collapsed",
    )
    if suggested:
        st.pills(
            "Suggested questions",
            suggested,
            label_visibility="collapsed",
            wrap=True,
            format_func=escaped,
            key=_PILLS,
            on_change=_take,
        )
    asked = str(st.session_state.get(_BOX) or "").strip()
    return asked or (suggested[0] if suggested else "")


def _take() -> None:
    if st.session_state.get(_PILLS):
        st.session_state[_BOX] = st.session_state[_PILLS]
