"""Endpoints: what runs, how it does, its log; deploy, update and delete."""

from typing import Any

import streamlit as st

from pages.components import door
from pages.components.cost_views import ends, hosted_cost
from pages.components.deploy_form import deploy
from pages.components.door import (
    DocumentInsightsError,
    Endpoint,
    Hosted,
    Model,
    Usage,
)
from pages.components.endpoint import state_words
from pages.components.names import age
from pages.components.notes import act, show_note
from pages.components.panels import code, facts, page_title, show_error
from pages.components.plain import escaped


def rows(endpoints: tuple[Endpoint, ...]) -> list[dict[str, Any]]:
    """The endpoints as a table; requests, errors and latency are empty where not measured."""
    counted = door.usage(tuple(endpoint.name for endpoint in endpoints)) or {}
    ours = door.hosted()
    return [row(one, counted.get(one.name), ours.get(one.name)) for one in endpoints]


def row(endpoint: Endpoint, usage: Usage | None, ours: Hosted | None) -> dict[str, Any]:
    """One endpoint in the table."""
    return {
        "Endpoint": endpoint.name,
        "State": state_words(endpoint.state),
        "Model": endpoint.model,
        "Age": age(endpoint.created),
        "Requests": usage.requests if usage else None,
        "Errors": usage.errors if usage else None,
        "Latency": usage.latency if usage else None,
        "Cost": ", ends ".join(part for part in (hosted_cost(ours), ends(ours)) if part),
    }


def fetch() -> tuple[tuple[Endpoint, ...], tuple[Model, ...]]:
    """All endpoints and models; shows the reason and ends the page where they cannot be had."""
    try:
        return door.client().endpoints(), door.client().models()
    except DocumentInsightsError as error:
        show_error(error)
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def table(endpoints: tuple[Endpoint, ...]) -> None:
    """All endpoints, read anew while one of them is changing."""
    drawn = [(endpoint.name, endpoint.state) for endpoint in endpoints]
    moving = any(not endpoint.settled for endpoint in endpoints)

    @st.fragment(run_every=door.pace(2, 15) if moving else door.pace(10, 120))
    def live() -> None:
        try:
            now = door.endpoints()
        except DocumentInsightsError as error:
            show_error(error)
            return
        if [(endpoint.name, endpoint.state) for endpoint in now] != drawn:
            st.rerun()
        if not now:
            st.info("Nothing is deployed yet: choose a model below.", icon=":material/dns:")
            return
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
        if all(one["Requests"] is None for one in shown):
            st.caption("Requests, errors and latency are not measured on this cloud.")

    live()


def details(endpoint: Endpoint, models: tuple[Model, ...]) -> None:
    """One endpoint: what it is, update, delete, log."""
    if endpoint.failure_reason:
        st.error(escaped(endpoint.failure_reason), title="Failed", icon=":material/error:")
    facts(
        [
            f"{state_words(endpoint.state)} ({endpoint.state})",
            door.TASK_TITLES.get(endpoint.task, endpoint.task or "task unknown"),
            f"model {endpoint.model}",
            f"{endpoint.instances} of {endpoint.desired_instances} instances",
            f"changed {age(endpoint.modified)} ago",
        ]
    )
    with st.container(horizontal=True):
        if endpoint.attached or not endpoint.task:
            attaching(endpoint)
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


def attaching(endpoint: Endpoint) -> None:
    """Have an endpoint that somebody else deployed answer for a task, or no longer."""
    if endpoint.attached:
        st.button(
            "Detach",
            icon=":material/link_off:",
            key="detach_now",
            on_click=act,
            args=(
                f"{endpoint.name} answers for no task any more.",
                door.client().attachments.detach,
                endpoint.name,
            ),
        )
        return
    with st.popover("Attach to a task", icon=":material/add_link:"):
        st.text(
            "Somebody else deployed it. It is sent one short question, which costs as one request "
            "does, to learn how it answers; then it can be chosen on the task's page by everybody."
        )
        slug = st.selectbox(
            "Task",
            list(door.TASK_TITLES),
            format_func=lambda one: door.TASK_TITLES[one],
            key="attach_task",
        )
        task = next(one for one in door.TASKS if one.slug == slug)
        st.button(
            "Attach now",
            key="attach_now",
            disabled=not endpoint.ready,
            on_click=act,
            args=(
                f"{endpoint.name} now answers for {task.title.lower()}.",
                door.client().attachments.attach,
                endpoint.name,
                task,
            ),
        )


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
            code("\n".join(f"{line.time:%Y-%m-%d %H:%M:%S}  {line.message}" for line in lines))
        else:
            st.caption("Nothing has been written yet.")

    tail()


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
