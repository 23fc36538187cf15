"""The promotion gate: a model takes an endpoint's place, and gives it back in one click."""

from collections.abc import Sequence
from datetime import datetime

import streamlit as st

from pages.components import door
from pages.components.door import Compared, DatasetVersion, Endpoint, PromotionRules, Record, Task
from pages.components.frame import main_button
from pages.components.notes import act
from pages.components.panels import facts
from pages.components.plain import escaped


def promotion(
    found: Compared,
    task: Task[object, object],
    version: DatasetVersion,
    records: Sequence[Record],
) -> None:
    """The conditions, the endpoint, and what it served before.

    The tuned model of ``found`` has to be better than what the endpoint serves, whatever it is
    compared with above; ``records`` are those of all models on the same test data.
    """
    st.header("Promote", anchor=False)
    endpoints = {one.name: one for one in door.client().endpoints_for(task)}
    if not endpoints:
        st.caption("There is no endpoint of this task: deploy the model on the Endpoints page.")
        return
    name = st.selectbox("Endpoint", list(endpoints), key="promote_endpoint")
    endpoint = endpoints.get(str(name))
    if endpoint is None:
        return
    model = found.records[1].model.name
    facts([f"serves {endpoint.model}", endpoint.state])
    served = next((one for one in records if one.model.name == endpoint.model), None)
    against = None
    if served is None:
        st.info(
            f"{escaped(endpoint.model)}, which the endpoint serves, has no score on these test "
            "data: evaluate it above, then the two can be compared.",
            icon=":material/balance:",
        )
    elif served.model.name != model:
        against = door.client().evaluations.compare(version, served, found.records[1])
    holds = _conditions(against) if against else False
    registered = any(one.name == model for one in door.client().models())
    with st.container(horizontal=True):
        st.button(
            f"Promote {model}",
            icon=":material/publish:",
            type=main_button(),
            key="promote",
            disabled=not (holds and registered and endpoint.settled and model != endpoint.model),
            on_click=act,
            args=(
                f"{endpoint.name} changes to {model}; the old model answers until it is there.",
                promote,
                endpoint,
                model,
                against.comparison.verdict if against else "",
            ),
        )
        _roll_back(endpoint)
    if not registered:
        st.caption(f"{escaped(model)} is no registered model, so it cannot be served.")
    elif model == endpoint.model:
        st.caption("The endpoint serves this model already.")
    _history(endpoint)


def promote(endpoint: Endpoint, model: str, why: str) -> None:
    """Have ``endpoint`` serve ``model``, and write down what it served."""
    door.client().promotions.promote(endpoint.name, model, before=endpoint.model, why=why)


def _conditions(found: Compared) -> bool:
    """What the tuned model has to show against what is served, and whether it does."""
    st.caption(
        f"{escaped(found.records[1].model.name)} against {escaped(found.records[0].model.name)}, "
        "which the endpoint serves:"
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        threshold = st.number_input(
            "Lowest score", 0.0, 1.0, 0.5, 0.05, key="gate_threshold", width=150
        )
        gain = st.number_input("Lowest gain", 0.0, 1.0, 0.0, 0.01, key="gate_gain", width=150)
        significant = st.checkbox("More than chance", value=True, key="gate_significant")
    rules = PromotionRules(float(threshold), float(gain), bool(significant))
    alarms = [alarm for record in found.records for alarm in record.alarms]
    checks = door.gate(found.comparison, (*alarms, *found.alarms), rules)
    st.markdown(
        "  \n".join(  # a line of its own each
            f":{'green' if check.holds else 'red'}[:material/"
            f"{'check_circle' if check.holds else 'cancel'}:] {escaped(check.words)}"
            for check in checks
        )
    )
    return all(check.holds for check in checks)


def _roll_back(endpoint: Endpoint) -> None:
    before = door.client().promotions.before(endpoint.name, endpoint.model)
    if before is None:
        return
    st.button(
        f"Roll back to {before}",
        icon=":material/undo:",
        key="roll_back",
        disabled=not endpoint.settled,
        on_click=act,
        args=(
            f"{endpoint.name} changes back to {before}.",
            door.client().promotions.roll_back,
            endpoint.name,
        ),
    )


def _history(endpoint: Endpoint) -> None:
    found = door.client().promotions.history(endpoint.name)
    if found:
        st.dataframe(
            [
                {
                    "When": datetime.fromisoformat(one.time),
                    "Now": one.model,
                    "Before": one.before,
                    "Why": one.why,
                }
                for one in found
            ],
            column_config={"When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")},
            key="promotions",
            alt="What this endpoint served, the last change first",
        )
