"""The document in hand: a sample, a pasted text or a file, the same on all pages."""

import hashlib
from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import Document, DocumentError, Sample
from pages.components.link import from_link, to_link
from pages.components.names import count
from pages.components.plain import as_html, escaped
from pages.components.runs import leave
from pages.components.share import linked_document, share_button

SAMPLE, PASTE, FILE, LINK = "Sample", "Paste", "File", "Link"
KINDS: Final = {
    "text": "Text",
    "markdown": "Markdown",
    "html": "Web page",
    "pdf": "PDF",
    "docx": "Word document",
    "pptx": "Presentation",
    "xlsx": "Workbook",
    "opendocument": "OpenDocument file",
    "epub": "E-book",
    "mail": "E-mail",
    "rtf": "Rich Text file",
}
_CURRENT: Final = "document"
_SAMPLE_KEY: Final = "sample"
_OWN: Final = "own"
"""In the link while a text of one's own is shown, which a link cannot carry."""
_LOST: Final = "document_lost"
_PASTED: Final = "document_pasted"
_UPLOADED: Final = "document_uploaded"
_UPLOAD_KEY: Final = "document_upload_key"
_MOST_MB: Final = door.DOCUMENT_LIMITS.max_bytes // 1024**2
"""Streamlit's box refuses more without a word."""


def document_input(first: str = "") -> Document:
    """Controls to choose a document, and the document chosen.

    ``first`` is the task whose first sample is shown to somebody who has chosen nothing yet.
    """
    samples = door.samples()
    if _OWN in st.query_params and _CURRENT not in st.session_state:
        st.session_state[_LOST] = True
    linked = linked_document()
    if linked is not None and "source" not in st.session_state:
        st.session_state["source"] = LINK
    with st.container(horizontal=True, vertical_alignment="center"):
        source = st.segmented_control(
            "Document from",
            [SAMPLE, PASTE, FILE] if linked is None else [SAMPLE, PASTE, FILE, LINK],
            default=SAMPLE,
            required=True,
            key="source",
            persist_state="session",
            label_visibility="collapsed",
            format_func=lambda kind: f"{_ICONS[kind]} {kind}",
        )
        chosen = _sample(samples, first) if source == SAMPLE else None
    to_link(_OWN, "1" if source in {PASTE, FILE} and _has_own(str(source)) else None)
    _tell_lost(str(source))
    if source != SAMPLE:
        to_link(_SAMPLE_KEY, None)  # it cannot carry a document of one's own
    if source == PASTE:
        chosen = _paste()
    elif source == FILE:
        chosen = _file()
    elif source == LINK:
        chosen = linked
    before: Document | None = st.session_state.get(_CURRENT)
    document = chosen or before or door.document_of(samples[0])
    if before is not None and document.text != before.text:
        leave()  # what was asked of the document before must not hold up this one
    st.session_state[_CURRENT] = document
    return document


_ICONS: Final = {
    SAMPLE: ":material/library_books:",
    PASTE: ":material/content_paste:",
    FILE: ":material/upload_file:",
    LINK: ":material/link:",
}


def _has_own(source: str) -> bool:
    return (_PASTED if source == PASTE else _UPLOADED) in st.session_state


def _tell_lost(source: str) -> None:
    """Say after a reload that a text of one's own was not kept, until another source is chosen."""
    if source != SAMPLE:
        st.session_state.pop(_LOST, None)
    if st.session_state.get(_LOST):
        st.info(
            "Your own text was not kept when this page was loaded again: paste or upload it once "
            "more. Share makes a link that keeps it.",
            icon=":material/info:",
        )


def document_line(document: Document, *more: str) -> None:
    """What is shown: name and size, and what to know about it."""
    pages = count(document.pages, "page") if document.pages else ""
    size = [kind_of(document), pages, count(words_in(document.text), "word"), *more]
    shown = " · ".join(as_html(item) for item in size if item)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.html(
            f'<div style="font-weight:600;overflow-wrap:anywhere">{as_html(document.name)}</div>'
            f'<div style="font-size:.875rem;opacity:.85">{shown}</div>',
            width="stretch",
        )
        share_button(document, sample=st.session_state.get("source") == SAMPLE)
    for warning in document.warnings:
        st.warning(escaped(warning), icon=":material/info:")


def kind_of(document: Document) -> str:
    """What a reader calls a document of this kind."""
    for sample in door.samples():
        if sample.text == document.text:
            return sample.kind
    return KINDS[document.kind]


def words_in(text: str) -> int:
    """Words, as blanks separate them."""
    return len(text.split())


def questions_for(document: Document) -> tuple[str, ...]:
    """Questions worth asking: a sample's own. Of any other document nothing is known that it is
    sure to answer.
    """
    for sample in door.samples():
        if sample.text == document.text:
            return tuple(question.text for question in sample.questions)
    return ()


def _sample(samples: tuple[Sample, ...], first: str) -> Document:
    by_slug = {sample.slug: sample for sample in samples}
    own = next((sample.slug for sample in samples if first in sample.tasks), samples[0].slug)
    from_link(_SAMPLE_KEY, by_slug, own)
    chosen = st.selectbox(
        "Sample",
        list(by_slug),
        format_func=lambda slug: f"{by_slug[slug].kind}: {by_slug[slug].title}",
        key=_SAMPLE_KEY,
        persist_state="session",
        label_visibility="collapsed",
    )
    chosen = chosen if chosen in by_slug else samples[0].slug
    to_link(_SAMPLE_KEY, None if chosen == own else chosen)
    return door.document_of(by_slug[chosen])


def _paste() -> Document | None:
    st.text_area(
        "Text",
        key="pasted",
        persist_state="session",
        height=160,
        placeholder="Paste or type a text of any length",
        label_visibility="collapsed",
        on_change=_take_typed,
    )
    st.button(
        "Use this text",
        key="use_pasted",
        on_click=_take_pasted,
        icon=":material/arrow_forward:",
    )
    error = st.session_state.get(f"{_PASTED}_error")
    if error:
        st.error(escaped(error), icon=":material/error:")
    document: Document | None = st.session_state.get(_PASTED)
    return document


def _take_typed() -> None:
    """What the box says of Ctrl+Enter is true; an emptied box changes nothing by itself."""
    if str(st.session_state.get("pasted") or "").strip():
        _take_pasted()


def _take_pasted() -> None:
    st.session_state[f"{_PASTED}_error"] = ""
    try:
        st.session_state[_PASTED] = door.from_text("Pasted text", st.session_state.pasted or "")
    except DocumentError as error:
        st.session_state[f"{_PASTED}_error"] = str(error)


def _file() -> Document | None:
    upload = st.file_uploader(
        "File",
        key="upload",
        max_upload_size=_MOST_MB,
        label_visibility="collapsed",
    )
    st.caption(
        "Text, Markdown, HTML, PDF, Word (DOCX), PowerPoint (PPTX), Excel (XLSX), OpenDocument, "
        f"RTF, EPUB or e-mail (.eml), up to {_MOST_MB} MB: split what is larger."
    )
    if upload is not None:
        data = upload.getvalue()
        seen = (upload.name, hashlib.sha256(data).hexdigest())
        if st.session_state.get(_UPLOAD_KEY) != seen:
            _read(upload.name, data)
            st.session_state[_UPLOAD_KEY] = seen
    else:
        st.session_state.pop(_UPLOAD_KEY, None)
    error = st.session_state.get(f"{_UPLOADED}_error") if upload is not None else None
    if error:
        st.error(escaped(error), icon=":material/error:")
        st.caption("Nothing is shown until a file can be read: choose another one, or a sample.")
        st.stop()  # the insights of the document before would look like those of this file
    document: Document | None = st.session_state.get(_UPLOADED)
    return document


def _read(name: str, data: bytes) -> None:
    st.session_state[f"{_UPLOADED}_error"] = ""
    st.session_state.pop(_UPLOADED, None)
    try:
        with st.spinner("Reading the file …"):
            st.session_state[_UPLOADED] = door.extract(name, data)
    except DocumentError as error:
        st.session_state[f"{_UPLOADED}_error"] = str(error)
