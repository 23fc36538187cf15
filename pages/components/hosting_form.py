"""How an endpoint is to serve: always on, on demand or from a queue, and until when."""

from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.door import Hosting
from pages.components.plain import escaped

_LASTING: Final[dict[str, float | None]] = {
    "until it is deleted": None,
    "1 hour": 1.0,
    "4 hours": 4.0,
    "8 hours": 8.0,
    "1 day": 24.0,
    "1 week": 168.0,
}
_HELP: Final = (
    "Always on costs by the hour, asked or not. On demand costs by the request, and the first one "
    "after a pause waits while a machine starts. From a queue is for large or slow requests: "
    "answers take longer, and come from storage."
)


def hosting_form(key: str) -> Hosting:
    """The choices, with what they cost; raises ``InputError`` for what cannot be asked."""
    kind: Any = st.selectbox(
        "How it answers",
        list(door.HOSTING_KINDS),
        format_func=lambda one: door.HOSTING_KINDS[one].capitalize(),
        key=f"{key}_kind",
        help=_HELP,
    )
    memory, instances, at_once = 2048, 1, 5
    if kind == "serverless":
        memory = int(
            st.selectbox(
                "Memory",
                door.MEMORY_SIZES,
                1,
                format_func=lambda size: f"{size / 1024:.0f} GB",
                key=f"{key}_memory",
            )
        )
        at_once = int(st.number_input("Requests at a time", 1, 200, 5, key=f"{key}_at_once"))
    else:
        instances = int(st.number_input("Machines", 1, 20, 1, key=f"{key}_instances"))
    lasting = st.selectbox(
        "It runs",
        list(_LASTING),
        format_func=lambda one: one if one.startswith("until") else f"for {one}",
        key=f"{key}_lasting",
        help="When its time is over it is deleted by whoever has this app open then, or by "
        "“python -m backend.costs sweep”; its model stays.",
    )
    return Hosting(
        kind=kind,
        instances=instances,
        memory_mb=memory,
        concurrency=at_once,
        expires=door.lasting(_LASTING[str(lasting)]),
    )


def hosting_choice(key: str) -> Hosting:
    """The form, folded, with its cost in its title."""
    with st.expander("How it serves, and what that costs", icon=":material/tune:"):
        hosting = hosting_form(key)
        st.caption(escaped(f"{hosting_cost(hosting)}."))
    return hosting


def hosting_cost(hosting: Hosting) -> str:
    """What an endpoint costs, in words, with the date of the price."""
    prices, cloud = door.client().costs.prices, door.client().cloud
    serverless = hosting.kind == "serverless"
    instance_type = hosting.instance_type or cloud.instance_type
    price = prices.serverless(cloud) if serverless else prices.machine(cloud, instance_type)
    if price is None or not price.amount:
        return door.dollars(price.amount if price else None)
    dated = f" (price of {price.as_of})" if price.as_of else ""
    if serverless:
        each = price.amount * hosting.memory_mb / 1024
        return f"nothing while idle, ${each:.6f} for each second of work{dated}"
    each = price.amount * hosting.instances
    if hosting.expires is None:
        ends = f"{door.dollars(each * 24 * 30)} in 30 days"
    else:
        ends = f"{door.dollars(door.client().costs.until_end(hosting))} in all"
    return f"{door.dollars(each)} an hour, {ends}{dated}"
