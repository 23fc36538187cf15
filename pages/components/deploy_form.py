"""Deploying: one of the models and rows that there are, or the standard models at once."""

from dataclasses import astuple
from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, Endpoint, Hosting, Model, Row
from pages.components.hosting_form import hosting_choice, hosting_cost
from pages.components.names import count
from pages.components.notes import NOTE, act
from pages.components.plain import escaped

_FROM: Final = {
    "shipped": "comes with this product",
    "hub": "from the hub",
    "weights": "from its package",
    "jumpstart": "JumpStart",
}


def deploy(models: tuple[Model, ...], endpoints: tuple[Endpoint, ...]) -> None:
    """Start an endpoint for a registered model."""
    running = {endpoint.model for endpoint in endpoints}
    ordered = sorted(models, key=lambda model: (model.name in running, model.name))
    known = {model.name for model in models}
    rows = {option: row for option, row in offered().items() if row.name not in known}

    def title(option: str) -> str:
        if row := rows.get(option):
            return f"{row.name} ({door.TASK_TITLES[row.task]}, {_FROM[row.kind]})"
        return f"{option} (runs already)" if option in running else option

    line = st.container(horizontal=True, vertical_alignment="bottom")
    hosting = hosting_choice("deploy")
    with line:
        model = st.selectbox(
            "Model",
            [*(model.name for model in ordered), *rows],
            format_func=title,
            key="deploy_model",
        )
        st.text_input(
            "Endpoint name",
            key="deploy_name",
            placeholder=str(model).rpartition("/")[2],
            max_chars=63,
        )
        st.button(
            "Deploy",
            icon=":material/rocket_launch:",
            key="deploy_now",
            on_click=start,
            args=(model, hosting),
        )
    standard(endpoints, hosting)


def start(option: str, hosting: Hosting) -> None:
    """Deploy the model or the row ``option`` under the name in the box."""
    model, told = option, ""
    if row := offered().get(option):
        try:
            with st.spinner("Sending the model …"):
                model, told = astuple(door.client().catalog.register(row))
        except DocumentInsightsError as error:
            st.session_state[NOTE] = ("error", str(error))
            return
    name = str(st.session_state.get("deploy_name") or "").strip() or model
    act(
        f"{name} is starting. {told}".strip(),
        door.client().deploy,
        model,
        endpoint=name,
        hosting=hosting,
    )


def offered() -> dict[str, Row]:
    """The rows that can be deployed, by their place among the models to choose from."""
    rows = (row for task in door.TASK_TITLES for row in door.rows_for(task, "deploy"))
    return {f"catalog/{row.task}/{row.name}": row for row in rows}


def standard(endpoints: tuple[Endpoint, ...], hosting: Hosting) -> None:
    """Offer the standard models that are not deployed, all at once; nothing where they are, or
    are started with the product.
    """
    running = {endpoint.name for endpoint in endpoints}
    wanted = {*(task.default_endpoint for task in door.TASKS), door.OWN_LABELS} - running
    rows = [row for row in offered().values() if row.name in wanted]
    if not rows or door.shipped():
        return
    with st.container(border=True):
        st.markdown(
            f"{count(len(rows), 'standard model')} that the pages ask first are not deployed here. "
            f"Each takes an endpoint of its own, served as chosen above: "
            f"{escaped(hosting_cost(hosting))}."
        )
        st.button(
            f"Deploy {count(len(rows), 'standard model')}",
            icon=":material/rocket_launch:",
            key="deploy_standard",
            on_click=start_all,
            args=(rows, hosting),
        )


def start_all(rows: list[Row], hosting: Hosting) -> None:
    """Deploy ``rows`` under their own names, as far as that goes."""
    client, started = door.client(), 0
    try:
        for row in rows:
            with st.spinner(f"Sending {row.name} …"):
                client.deploy(client.catalog.register(row).model, hosting=hosting)
            started += 1
    except DocumentInsightsError as error:
        told = f"{count(started, 'model')} of {len(rows)} started. {error}" if started else error
        st.session_state[NOTE] = ("error", str(told))
        return
    st.session_state[NOTE] = ("done", f"{count(started, 'standard model')} started.")
