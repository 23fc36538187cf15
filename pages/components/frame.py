"""The frame of a task's page: its title, the document, the model, and what both give."""

from typing import Any, TypeVar

import streamlit as st

from pages.components.colours import Theme
from pages.components.document import document_input, document_line
from pages.components.door import Answer, Document, Task
from pages.components.endpoint import answers_now, endpoint_picker
from pages.components.names import count
from pages.components.panels import failure, page_title
from pages.components.runs import Run, ask, be_patient, watch

Req = TypeVar("Req")
Res = TypeVar("Res")


def theme() -> Theme:
    """The theme that the reader of the screen has on."""
    return "dark" if st.context.theme.type == "dark" else "light"


def task_controls(task: Task[Any, Any]) -> tuple[Document, str]:
    """The head of the page of ``task``; returns the document and the endpoint chosen."""
    page_title(task.title, task.description)
    left, right = st.columns([7, 3], gap="medium", vertical_alignment="top")
    with right:
        endpoint = endpoint_picker(task)
    with left:
        document = document_input(task.slug)
    return document, endpoint


def sides() -> tuple[Any, Any]:
    """The two halves of a page: results, and the document beside them."""
    results, source = st.columns([5, 6], gap="medium")
    return results, source


def answer_of(
    task: Task[Req, Res], request: Req, endpoint: str, *, what: str, key: str
) -> Answer[Res] | None:
    """The answer to ``request``; while there is none, shows why or how long it takes already."""
    if not answers_now(endpoint):
        return None
    run: Run[Res] = ask(task, request, endpoint=endpoint, what=what)
    be_patient([run])
    watch([run], key=key)
    failure(run, key=key)
    return run.answer


def source_head(document: Document, *more: str) -> None:
    """What stands above the reader."""
    document_line(document, *more)


def windows(number: int | None) -> str:
    """How many parts a model read the document in, "" where it does not say."""
    return "" if number is None else f"read in {count(number, 'part')}"
