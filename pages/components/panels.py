"""Small parts that every page shows: titles, facts, errors, the panel for developers."""

import json
from collections.abc import Sequence
from typing import Any, Final, TypeVar

import streamlit as st

from pages.components import door
from pages.components.door import Answer, DocumentInsightsError, EndpointNotReady, Task
from pages.components.endpoint import model_title
from pages.components.plain import as_html, escaped
from pages.components.runs import Run, try_again

Req = TypeVar("Req")

LONGEST_SHOWN: Final = 20_000
"""Characters of a payload shown on screen; the download has all."""
_LINES_SHOWN: Final = 12
_LINE: Final = 100
"""Lines of code that are shown without scrolling, and their characters."""


def page_title(title: str, description: str) -> None:
    """The one title of a page and what it is for."""
    st.title(title, anchor=False)
    st.caption(description)


def failure(run: Run[Any], *, key: str) -> None:
    """Why ``run`` has no answer, and a way on; nothing where it has one or is pending."""
    if run.stopped:
        found = f" This is what {run.done:,} of {run.total:,} parts gave." if run.answer else ""
        st.info(f"Stopped. Your document is still here.{found}", icon=":material/stop_circle:")
    elif run.error is not None:
        show_error(run.error)
    else:
        return
    st.button(
        "Try again",
        key=f"{key}_again",
        icon=":material/refresh:",
        on_click=try_again,
        args=([run],),
    )


def so_far(run: Run[Any]) -> None:
    """That what is shown of ``run`` comes from a part of the document, where it does."""
    if run.answer is None and run.so_far is not None:
        more = "; the rest follows" if run.pending else ""
        st.caption(
            f":material/hourglass_top: From {run.done:,} of {run.total:,} parts of the document"
            f"{more}."
        )


def show_error(error: Exception) -> None:
    """The sentence of ``error``, shown as it is."""
    if isinstance(error, EndpointNotReady):
        st.info(escaped(str(error)), icon=":material/hourglass_top:")
    else:
        st.error(escaped(str(error)), icon=":material/error:")


def facts(items: Sequence[str]) -> None:
    """One quiet line of facts under a result."""
    shown = " · ".join(as_html(item) for item in items if item)
    st.html(f'<div style="font-size:.875rem;opacity:.8">{shown}</div>')


def answer_facts(answer: Answer[Any], *more: str) -> None:
    """Who answered and how fast, and what else is worth knowing."""
    facts([model_title(answer.endpoint), f"{answer.seconds:.2f} s", *more])


def developer_panel(task: Task[Req, Any], request: Req, answer: Answer[Any], *, key: str) -> None:
    """The request and the answer as sent, and programs that send the same."""
    panel = st.expander(
        "For developers", icon=":material/code:", key=f"{key}_developer", on_change="rerun"
    )
    if not panel.open:
        return
    with panel:
        st.text(f"Endpoint {answer.endpoint}, model {answer.model or 'unknown'}")
        if answer.requests > 1:
            st.text(
                f"The document went in {answer.requests:,} requests, part by part. Request and "
                "answer show the first; the programs send the whole document at once."
            )
        wanted = st.segmented_control(
            "Show",
            ["Request", "Answer", "curl", "boto3"],
            default="Request",
            required=True,
            key=f"{key}_developer_view",
            label_visibility="collapsed",
        )
        if wanted in {"curl", "boto3"}:
            _snippet(task, request, answer.endpoint, str(wanted), key=key)
        elif wanted == "Answer":
            _payload(answer.response, "answer", key=key)
        else:
            st.text(f"Content-Type: {answer.request.content_type}\nAccept: {answer.request.accept}")
            _payload(answer.request.text, "request", key=key)


def _snippet(task: Task[Req, Any], request: Req, endpoint: str, kind: str, *, key: str) -> None:
    try:
        snippets = door.client().snippets(task, request, endpoint=endpoint)
    except DocumentInsightsError as error:
        show_error(error)
        return
    program, language = (snippets.curl, "bash") if kind == "curl" else (snippets.boto3, "python")
    _code(program, language, f"request.{'sh' if kind == 'curl' else 'py'}", key=key)


def _payload(body: str, name: str, *, key: str) -> None:
    try:
        shown, language = json.dumps(json.loads(body), ensure_ascii=False, indent=2), "json"
    except ValueError:
        shown, language = body, None
    _code(shown, language, f"{name}.{'json' if language else 'txt'}", key=key)


def code(text: str, language: str | None = None) -> None:
    """Code or a log; what is long scrolls, by keyboard too: Streamlit's own block cannot be
    reached by it.
    """
    long = text.count("\n") >= _LINES_SHOWN or len(text) > _LINES_SHOWN * _LINE
    with st.container(height=320 if long else "content", border=False):
        st.code(text, language=language, wrap_lines=True)


def _code(text: str, language: str | None, file_name: str, *, key: str) -> None:
    if len(text) > LONGEST_SHOWN:
        st.text(f"The first {LONGEST_SHOWN:,} of {len(text):,} characters; the download has all.")
    code(text[:LONGEST_SHOWN], language)
    st.download_button(
        "Download",
        text,
        file_name=file_name,
        icon=":material/download:",
        on_click="ignore",
        key=f"{key}_developer_download",
    )
