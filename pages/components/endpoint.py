"""Which model answers: the picker, others beside it, and waiting until they can."""

from typing import Any, Final, NamedTuple

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, Endpoint, Task
from pages.components.link import to_link
from pages.components.plain import escaped

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
NOTHING: Final = ""
"""The choice of no further model."""
MOST_OTHERS: Final = 2
"""Models that one can be compared with at once: the fine-tuned and the tuned, say."""


class Models(NamedTuple):
    """The endpoint that answers, and those that it is compared with."""

    first: str
    others: tuple[str, ...]


def state_words(state: str) -> str:
    """SageMaker's name of a state in plain words."""
    return _WORDS.get(state, state)


def model_title(endpoint: str) -> str:
    """What people call the model behind ``endpoint``."""
    kind, _, rest = endpoint.partition("-")
    if kind == "finetuned" and rest.replace("-", "_") in door.TASK_TITLES:
        return "Fine-tuned model"
    return door.BUNDLED_TITLES.get(endpoint, endpoint)


def model_picker(task: Task[Any, Any]) -> Models:
    """The endpoints chosen for ``task``: its embedded one unless changed, and maybe others."""
    states = {endpoint.name: endpoint.state for endpoint in _endpoints_for(task)}
    wanted = st.query_params.get("model", "")
    names = list(states) or list(dict.fromkeys([task.default_endpoint, wanted]))
    first = _first(task, [name for name in names if name], states, wanted)
    if states:
        _tell_missing(task, wanted if wanted not in states else "", first)
    # What takes its labels from each request has no classes to compare.
    rest = [name for name in states if name not in (first, door.OWN_LABELS)]
    others = _others(task, rest, states)
    to_link("model", None if first == task.default_endpoint else first)
    to_link("compare", ",".join(others) or None)
    return Models(first, others)


def _tell_missing(task: Task[Any, Any], wanted: str, first: str) -> None:
    """Say that the link asked for a model that is not here, until another one is chosen."""
    key = f"{task.slug}_missing"
    if wanted:
        st.session_state[key] = (wanted, first)
    missing, instead = st.session_state.get(key, ("", ""))
    if missing and instead == first:
        st.caption(
            escaped(f"The link names the model “{missing}”, which is not here: this one answers.")
        )
    else:
        st.session_state.pop(key, None)


def _first(task: Task[Any, Any], names: list[str], states: dict[str, str], wanted: str) -> str:
    key = f"{task.slug}_endpoint"
    if key not in st.session_state and wanted in names:
        st.session_state[key] = wanted
    chosen = st.selectbox(
        "Model",
        names,
        format_func=lambda name: _option(name, states),
        key=key,
        persist_state="session",
        label_visibility="collapsed",
    )
    return chosen if chosen in names else names[0]


def _others(task: Task[Any, Any], names: list[str], states: dict[str, str]) -> tuple[str, ...]:
    """Which of ``names`` to compare with, one after the other; those of the link at first."""
    linked = [name for name in st.query_params.get("compare", "").split(",") if name in names]
    chosen: list[str] = []
    for number in range(min(MOST_OTHERS, len(names))):
        key = f"{task.slug}_other_{number}"
        if key not in st.session_state and number < len(linked):
            st.session_state[key] = linked[number]
        one = st.selectbox(
            "And with" if chosen else "Compare with",
            [NOTHING, *(name for name in names if name not in chosen)],
            format_func=lambda name: _option(name, states) if name else _no_other(chosen),
            key=key,
            persist_state="session",
            label_visibility="collapsed",
        )
        if one not in names or one in chosen:
            break
        chosen.append(one)
    return tuple(chosen)


def _no_other(chosen: list[str]) -> str:
    return "And with a third model" if chosen else "Compare with another model"


def _option(name: str, states: dict[str, str]) -> str:
    state = states.get(name, "")
    return model_title(name) + (
        "" if state == "InService" or not state else f" ({state_words(state)})"
    )


def _endpoints_for(task: Task[Any, Any]) -> list[Endpoint]:
    try:
        mine = [endpoint for endpoint in door.endpoints() if endpoint.task == task.slug]
    except DocumentInsightsError:
        return []  # the page says so where it matters: in the header and at the result
    return sorted(mine, key=lambda one: (one.name != task.default_endpoint, one.name))


class Obstacle(NamedTuple):
    """Why an endpoint is not worth asking, in words; where that ``passes`` by itself, they are half
    a sentence.
    """

    words: str
    passes: bool = False


def obstacle(name: str) -> Obstacle | None:
    """What stands in the way of asking ``name``, None where nothing is known to.

    The page is drawn anew when that changes (see ``cloud_state``). What has failed says so itself
    when it is asked.
    """
    try:
        states = {endpoint.name: endpoint.state for endpoint in door.endpoints()}
    except DocumentInsightsError as error:
        return Obstacle(str(error)) if _never_starts() else _STARTING
    shipped = door.shipped()
    title = model_title(name)
    title = f"“{name}”" if title == name else f"The {title[0].lower()}{title[1:]}"
    if states.get(name) == "Creating":
        return Obstacle(f"{title} is being prepared", passes=True)
    if name in states or name not in shipped:
        return None
    if not shipped[name]:
        return _NOT_IN_THIS_COPY
    others = [states.get(other) for other, here in shipped.items() if here and other != name]
    if None in others or "Creating" in others:
        return Obstacle(f"{title} is being prepared", passes=True)
    return Obstacle(
        f"{title} of this task was deleted: deploy “{name}” again on the Endpoints page, or "
        "choose another model."
    )


def none_deployed() -> bool:
    """Whether this cloud answers but has none of the standard models, nor starts them itself: it
    never does, or all that it started was deleted.
    """
    try:
        names = {endpoint.name for endpoint in door.endpoints()}
        emptied = door.emptied()
    except DocumentInsightsError:
        return False
    standard = {task.default_endpoint for task in door.TASKS}
    return emptied or (not door.shipped() and not standard & names)


def _deployed(name: str) -> bool:
    return name in {endpoint.name for endpoint in door.endpoints()}


def offer_endpoints() -> None:
    """That no model is deployed, and the way to the page that deploys them."""
    st.info(
        "No model reads documents here: the Endpoints page deploys all five in one click.",
        icon=":material/rocket_launch:",
    )
    st.page_link("pages/admin/endpoints.py", label="Endpoints", icon=":material/dns:")


_STARTING: Final = Obstacle("The model service is starting", passes=True)
_NOT_IN_THIS_COPY: Final = Obstacle(
    "The standard model of this task did not come with this copy of the product: restore its "
    "folder in assets/models or train it with make pretrained, then start again; or deploy another "
    "model on the Endpoints page."
)


def _never_starts() -> bool:
    """Whether the cloud in use is one that this product does not start."""
    try:
        return door.client().cloud.charged
    except DocumentInsightsError:
        return False


def answers_now(name: str) -> bool:
    """Whether it is worth asking ``name``; where not, says why."""
    found = obstacle(name)
    if none_deployed() and not _deployed(name):
        offer_endpoints()
        return False
    if found is None:
        return True
    if found.passes:
        st.info(
            f"{found.words}. The result appears here by itself; the first time this takes about a "
            "minute.",
            icon=":material/hourglass_top:",
        )
    else:
        st.error(escaped(found.words), icon=":material/error:")
    return False
