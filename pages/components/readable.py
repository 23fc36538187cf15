"""What the models cannot read is said above their results, before anybody trusts them."""

from typing import Final

import streamlit as st

from pages.components.document import document_line
from pages.components.door import Document, foreign_language, without_prose
from pages.components.reader import reader

_ANYWAY: Final = "read_anyway"


def heed(document: Document) -> None:
    """Say where ``document`` is in another language than English. Where it has no running text,
    say that and show it, and draw nothing else of the page unless somebody insists.
    """
    kind = without_prose(document.text)
    if kind is not None and st.session_state.get(_ANYWAY) != document.text:
        _refuse(document, kind)
    language = foreign_language(document.text)
    if language is not None and kind is None:
        st.warning(
            f"This looks {language}: these models read English. Expect wrong results.",
            icon=":material/translate:",
        )


def _refuse(document: Document, kind: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info(
            f"No running text here: this looks like {kind}. These models read sentences.",
            icon=":material/table_view:",
        )
        st.button(
            "Show results anyway", key=_ANYWAY + "_button", on_click=_insist, args=(document,)
        )
    document_line(document)
    reader(document.text, key="unread_reader", clickable=False)
    st.stop()


def _insist(document: Document) -> None:
    st.session_state[_ANYWAY] = document.text
