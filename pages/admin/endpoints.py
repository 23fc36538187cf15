"""Endpoints: what runs, how it does, its log; deploy, update and delete."""

from typing import Any

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, Endpoint, Model, Usage
from pages.components.endpoint import state_words
from pages.components.names import age
from pages.components.notes import act, show_note
from pages.components.panels import facts, page_title, show_error
from pages.components.plain import escaped

_TITLES = {task.slug: task.title for task in door.TASKS}


def rows(endpoints: tuple[Endpoint, ...]) -> list[dict[str, Any]]:
    """The endpoints as a table; requests, errors and latency are empty where not measured."""
    counted = door.usage(tuple(endpoint.name for endpoint in endpoints)) or {}
    return [row(endpoint, counted.get(endpoint.name)) for endpoint in endpoints]


def row(endpoint: Endpoint, usage: Usage | None) -> dict[str, Any]:
    """One endpoint in the table."""
    return {
        "Endpoint": endpoint.name,
        "State": state_words(endpoint.state),
        "Model": endpoint.model,
        "Age": age(endpoint.created),
        "Requests": usage.requests if usage else None,
        "Errors": usage.errors if usage else None,
        "Latency": usage.latency if usage else None,
    }


def fetch() -> tuple[tuple[Endpoint, ...], tuple[Model, ...]]:
    """All endpoints and models; shows the reason and ends the page where they cannot be had."""
    try:
        return door.client().endpoints(), door.client().models()
    except DocumentInsightsError as error:
        show_error(error)
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def start(model: str) -> None:
    """Deploy ``model`` under the name in the box."""
    name = str(st.session_state.get("deploy_name") or "").strip() or model
    act(f"{name} is starting.", door.client().deploy, model, endpoint=name)


def table(endpoints: tuple[Endpoint, ...]) -> None:
    """All endpoints, read anew while one of them is changing."""
    drawn = [(endpoint.name, endpoint.state) for endpoint in endpoints]
    moving = any(not endpoint.settled for endpoint in endpoints)

    @st.fragment(run_every=2 if moving else 10)
    def live() -> None:
        try:
            now = door.endpoints()
        except DocumentInsightsError as error:
            show_error(error)
            return
        if [(endpoint.name, endpoint.state) for endpoint in now] != drawn:
            st.rerun()
        shown = rows(now)
        st.dataframe(
            shown,
            column_config={
                "Requests": st.column_config.NumberColumn(help="In the last 24 hours"),
                "Errors": st.column_config.NumberColumn(help="Requests that failed, of those"),
                "Latency": st.column_config.NumberColumn(
                    format="%.2f s", help="What the model took for one request, on average"
                ),
            },
            key="endpoint_table",
            alt="All endpoints with state, model, age, requests, errors and latency",
        )
        if now and all(one["Requests"] is None for one in shown):
            st.caption("Requests, errors and latency are not measured on this cloud.")

    live()


def details(endpoint: Endpoint, models: tuple[Model, ...]) -> None:
    """One endpoint: what it is, update, delete, log."""
    if endpoint.failure_reason:
        st.error(escaped(endpoint.failure_reason), title="Failed", icon=":material/error:")
    facts(
        [
            f"{state_words(endpoint.state)} ({endpoint.state})",
            _TITLES.get(endpoint.task, endpoint.task or "task unknown"),
            f"model {endpoint.model}",
            f"{endpoint.instances} of {endpoint.desired_instances} instances",
            f"changed {age(endpoint.modified)} ago",
        ]
    )
    with st.container(horizontal=True):
        with st.popover("Update", icon=":material/upgrade:"):
            names = [m.name for m in models if not endpoint.task or m.task == endpoint.task]
            st.text("The present model answers until the new one is ready.")
            model = st.selectbox("New model", names, key="update_model")
            st.button(
                "Update now",
                key="update_now",
                disabled=not names,
                on_click=act,
                args=(
                    f"{endpoint.name} is being updated.",
                    door.client().update,
                    endpoint.name,
                    model,
                ),
            )
        with st.popover("Delete", icon=":material/delete:"):
            st.text(f"Stop and delete {endpoint.name}? Its model stays registered.")
            st.button(
                "Delete now",
                key="delete_now",
                on_click=act,
                args=(f"{endpoint.name} is being deleted.", door.client().delete, endpoint.name),
            )
    log(endpoint.name)


def log(endpoint: str) -> None:
    """The end of the endpoint's log."""
    st.header("Log", anchor=False)

    @st.fragment
    def tail() -> None:
        st.button("Refresh", icon=":material/refresh:", key="refresh_log")
        try:
            lines = door.client().log_tail(endpoint)
        except DocumentInsightsError as error:
            show_error(error)
            return
        if lines:
            st.code(
                "\n".join(f"{line.time:%Y-%m-%d %H:%M:%S}  {line.message}" for line in lines),
                language=None,
                height=320 if len(lines) > 12 else "content",
                wrap_lines=True,
            )
        else:
            st.caption("Nothing has been written yet.")

    tail()


def deploy(models: tuple[Model, ...], endpoints: tuple[Endpoint, ...]) -> None:
    """Start an endpoint for a registered model."""
    running = {endpoint.model for endpoint in endpoints}
    ordered = sorted(models, key=lambda model: (model.name in running, model.name))
    if not ordered:
        st.caption("No models are registered yet.")
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        model = st.selectbox(
            "Model",
            [model.name for model in ordered],
            format_func=lambda name: f"{name} (runs already)" if name in running else name,
            key="deploy_model",
        )
        st.text_input("Endpoint name", key="deploy_name", placeholder=str(model), max_chars=63)
        st.button(
            "Deploy",
            icon=":material/rocket_launch:",
            key="deploy_now",
            on_click=start,
            args=(model,),
        )


page_title("Endpoints", "The models that answer: how they are, what they log, which ones run.")
show_note()
endpoints, models = fetch()
table(endpoints)
st.header("Deploy a model", anchor=False)
deploy(models, endpoints)
if endpoints:
    st.header("One endpoint", anchor=False)
    by_name = {endpoint.name: endpoint for endpoint in endpoints}
    chosen = st.selectbox(
        "Endpoint", list(by_name), key="endpoint", bind="query-params", label_visibility="collapsed"
    )
    if chosen in by_name:
        details(by_name[chosen], models)
