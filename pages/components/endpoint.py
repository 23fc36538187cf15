"""Which model answers: the picker, and waiting until it can."""

from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, Endpoint, Task

_WORDS: Final = {
    "InService": "ready",
    "Creating": "starting",
    "Updating": "ready, being updated",
    "SystemUpdating": "ready, being updated",
    "RollingBack": "ready, going back to the version before",
    "Deleting": "being removed",
    "Failed": "failed",
    "OutOfService": "out of service",
}


def state_words(state: str) -> str:
    """SageMaker's name of a state in plain words."""
    return _WORDS.get(state, state)


def model_title(endpoint: str) -> str:
    """What people call the model behind ``endpoint``."""
    kind = endpoint.partition("-")[0]
    return {"pretrained": "Standard model", "finetuned": "Fine-tuned model"}.get(kind, endpoint)


def _option(name: str, states: dict[str, str]) -> str:
    state = states.get(name, "")
    return model_title(name) + (
        "" if state == "InService" or not state else f" ({state_words(state)})"
    )


def endpoint_picker(task: Task[Any, Any]) -> str:
    """The name of the endpoint chosen for ``task``, its embedded one unless changed."""
    found = _endpoints_for(task)
    states = {endpoint.name: endpoint.state for endpoint in found}
    names = list(states) or [task.default_endpoint]
    titles = [model_title(name) for name in names]
    chosen = st.selectbox(
        "Model",
        names,
        format_func=lambda name: (
            _option(name, states) if titles.count(model_title(name)) == 1 else name
        ),
        key=f"{task.slug}_endpoint",
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen or names[0]


def _endpoints_for(task: Task[Any, Any]) -> list[Endpoint]:
    try:
        mine = [endpoint for endpoint in door.endpoints() if endpoint.task == task.slug]
    except DocumentInsightsError:
        return []  # the page says so where it matters: in the header and at the result
    return sorted(mine, key=lambda one: (one.name != task.default_endpoint, one.name))


def answers_now(name: str, *, quiet: bool = False) -> bool:
    """Whether it is worth asking ``name``; while it is being started, says so
    (unless ``quiet``).

    The page is drawn anew when that changes (see ``cloud_state``). What is missing or failed says
    so itself when it is asked.
    """
    try:
        states = {endpoint.name: endpoint.state for endpoint in door.endpoints()}
    except DocumentInsightsError:
        _wait("The model service is starting", quiet=quiet)
        return False
    embedded = name in {task.default_endpoint for task in door.TASKS}
    if states.get(name) == "Creating" or (embedded and name not in states):
        _wait(f"The {model_title(name).lower()} is being prepared", quiet=quiet)
        return False
    return True


def _wait(words: str, *, quiet: bool) -> None:
    if quiet:
        return
    st.info(
        f"{words}. The result appears here by itself; the first time this takes about a minute.",
        icon=":material/hourglass_top:",
    )
