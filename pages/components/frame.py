"""The frame of a task's page: its title, the document, the model, and what both give."""

from typing import Any, Literal, NamedTuple, TypeVar

import streamlit as st

from pages.components.colours import Theme
from pages.components.document import document_input, document_line
from pages.components.door import Answer, Document, Task
from pages.components.endpoint import answers_now, model_picker, model_title
from pages.components.names import count
from pages.components.panels import failure, page_title, so_far
from pages.components.readable import heed
from pages.components.runs import Run, ask, be_patient, watch

Req = TypeVar("Req")
Res = TypeVar("Res")


def theme() -> Theme:
    """The theme that the reader of the screen has on."""
    return "dark" if st.context.theme.type == "dark" else "light"


def main_button() -> Literal["primary", "secondary"]:
    """How the one button is drawn that a form is for.

    Streamlit writes white on the accent, which nobody can read on the light one of the dark theme.
    """
    return "secondary" if theme() == "dark" else "primary"


class Controls(NamedTuple):
    """The document, the endpoint that answers, and those to compare it with."""

    document: Document
    endpoint: str
    others: tuple[str, ...]


def task_controls(task: Task[Any, Any]) -> Controls:
    """The head of the page of ``task``: what it is for, which document, which model."""
    page_title(task.title, task.description)
    left, right = st.columns([7, 3], gap="medium", vertical_alignment="top")
    with right:
        models = model_picker(task)
    with left:
        document = document_input(task.slug)
    heed(document)
    return Controls(document, models.first, models.others)


def sides() -> tuple[Any, Any]:
    """The two halves of a page: results, and the document beside them."""
    results, source = st.columns([5, 6], gap="medium")
    return results, source


def answer_of(
    task: Task[Req, Res], request: Req, endpoint: str, *, what: str, key: str
) -> Answer[Res] | None:
    """The answer to ``request``, or what was found so far; while it is not all there, shows why or
    how long it takes already.
    """
    run = _asked(task, request, endpoint, what=what, key=key)
    if run is None:
        return None
    so_far(run)
    return run.so_far


def other_answers(
    task: Task[Req, Res], request: Req, controls: Controls, *, what: str, key: str
) -> list[Answer[Res]]:
    """The answers of the models to compare with, none while one of them is not there (yet).

    They are asked after the first has answered, and shown when all have: halves are not compared.
    """
    first: Run[Res] = ask(task, request, endpoint=controls.endpoint, what=what)
    if not controls.others or first.answer is None:
        return []
    st.header("Side by side", anchor=False)
    answers = []
    for endpoint in controls.others:
        doing = f"{what} ({model_title(endpoint).lower()})"
        run = _asked(task, request, endpoint, what=doing, key=f"{key}_{endpoint}")
        if run and run.answer:
            answers.append(run.answer)
    return answers if len(answers) == len(controls.others) else []


def _asked(
    task: Task[Req, Res], request: Req, endpoint: str, *, what: str, key: str
) -> Run[Res] | None:
    if not answers_now(endpoint):
        return None
    run: Run[Res] = ask(task, request, endpoint=endpoint, what=what)
    be_patient([run])
    watch([run], key=key)
    failure(run, key=key)
    return run


def source_head(document: Document, *more: str) -> None:
    """What stands above the reader."""
    document_line(document, *more)


def windows(number: int | None) -> str:
    """How many passages a model read the document in, "" where that is one or not known."""
    return f"read in {count(number, 'passage')}" if number and number > 1 else ""
