"""A link that shows one's own document to others: kept by a click, and only then."""

from typing import Final
from urllib.parse import urlencode

import streamlit as st

from pages.components import door
from pages.components.door import Document, DocumentInsightsError, NotFound
from pages.components.link import to_link
from pages.components.plain import escaped

_LINK: Final = "document"
_KEPT: Final = "documents_kept"
_FOUND: Final = "document_linked"
_ERROR: Final = "document_keeping_error"


def linked_document() -> Document | None:
    """The document that the link of this page leads to, None where it leads to none.

    A document that is not there any more is said to be missing; while the service starts, it is
    looked for again whenever the page is drawn.
    """
    key = st.query_params.get(_LINK, "")
    found: tuple[str, Document | None] = st.session_state.get(_FOUND, ("", None))
    if not key or key == found[0] or key in _kept().values():
        return found[1]
    document = None
    try:
        document = door.client().documents.get(key)
    except NotFound:
        st.warning(
            "The document of this link is not kept here any more: ask for it, or choose another.",
            icon=":material/link_off:",
        )
    except DocumentInsightsError as error:
        st.warning(escaped(str(error)), icon=":material/cloud_off:")
        return found[1]
    st.session_state[_FOUND] = (key, document)
    if document is not None:
        _kept()[document] = key
    return document


def share_button(document: Document, *, sample: bool) -> None:
    """A popover that makes, shows and takes back the link to what is on the screen."""
    key = None if sample else _kept().get(document)
    to_link(_LINK, key)
    with st.popover("Share", icon=":material/link:", help="A link that shows this view"):
        if sample or key:
            st.text("This link shows the same document, model and settings.")
            st.code(_address(), language=None, wrap_lines=True)
        if key:
            st.button(
                "Delete the kept copy",
                key="document_forget",
                icon=":material/link_off:",
                on_click=_forget,
                args=(document, key),
            )
        elif not sample:
            st.text(_promise(document))
            st.button(
                "Keep a copy and make a link",
                key="document_keep",
                icon=":material/add_link:",
                on_click=_keep,
                args=(document,),
            )
    error = st.session_state.pop(_ERROR, None)
    if error:
        st.error(escaped(error), icon=":material/cloud_off:")


def _promise(document: Document) -> str:
    size = len(document.text.encode("utf-8", "replace"))
    shown = f"{size / 1_000_000:.1f} MB" if size > 500_000 else f"{max(1, size // 1000):,} kB"
    try:
        where = door.client().cloud.title
    except DocumentInsightsError:
        where = "the model service"
    return (
        f"Your document has not been stored anywhere. To have a link that others can open, its "
        f"text ({shown}) is kept in the storage of: {where}. Everybody who can open this app and "
        "has the link can then read it, until you delete it here."
    )


def _address() -> str:
    """The address of this page with all that its link holds."""
    query = urlencode(st.query_params.to_dict())
    page = (st.context.url or "").partition("?")[0]
    return f"{page}?{query}" if query else page


def _keep(document: Document) -> None:
    try:
        _kept()[document] = door.client().documents.keep(document)
    except DocumentInsightsError as error:
        st.session_state[_ERROR] = str(error)


def _forget(document: Document, key: str) -> None:
    try:
        door.client().documents.remove(key)
    except DocumentInsightsError as error:
        st.session_state[_ERROR] = str(error)
        return
    _kept().pop(document, None)


def _kept() -> dict[Document, str]:
    """Documents that this session has kept, or opened by their link, with their keys."""
    kept: dict[Document, str] = st.session_state.setdefault(_KEPT, {})
    return kept
