"""Costs and clean-up: what runs and costs, the budget, idle endpoints, deleting everything."""

import streamlit as st

from pages.components import door
from pages.components.cost_cleanup import cleanup
from pages.components.cost_views import budget_words, endpoint_rows, item_rows, price_words, totals
from pages.components.door import DocumentInsightsError, Hosted, Statement
from pages.components.names import count
from pages.components.notes import act, show_note
from pages.components.panels import page_title, show_error
from pages.components.plain import escaped


def fetch() -> Statement:
    """All costs; shows the reason and ends the page where they cannot be had."""
    try:
        return door.client().costs.statement()
    except DocumentInsightsError as error:
        show_error(error)
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def meter(statement: Statement) -> None:
    """The sums, and the budget."""
    costs = door.client().costs
    now, month, total = totals(statement, charged=costs.charged)
    with st.container(horizontal=True, gap="large"):
        st.metric("Now, each hour", now)
        st.metric("This month", month)
        st.metric("In total", total)
    if not costs.charged:
        st.caption("What runs on this computer is free.")
        return
    spent = statement.month if costs.spending.period == "month" else statement.total
    words, share = budget_words(costs.spending, spent.amount)
    if share is not None:
        st.progress(min(1.0, share), text=escaped(words))
    else:
        st.caption(escaped(words))
    if statement.total.unknown:
        st.warning(
            f"The price of {count(statement.total.unknown, 'item')} is not known: the sums leave "
            "them out. Give prices of your own, as said below.",
            icon=":material/warning:",
        )
    st.caption(escaped(price_words(statement.items)))


def table(statement: Statement) -> None:
    """Everything that costs or has cost."""
    st.header("What costs", anchor=False)
    if not statement.items:
        st.caption("Nothing that costs by time has run yet.")
        return
    st.dataframe(
        item_rows(statement.items, statement.now),
        key="cost_table",
        alt="Endpoints and jobs with their machines, time and cost",
    )


def endpoints(found: tuple[Hosted, ...]) -> None:
    """Our endpoints: until when they run, and which of them nobody uses."""
    st.header("Endpoints", anchor=False)
    costs = door.client().costs
    try:
        idle = {one.name for one in costs.idle(found)}
    except DocumentInsightsError as error:
        show_error(error)
        return
    if not found:
        st.caption("No endpoint runs.")
        return
    st.dataframe(
        endpoint_rows(found, idle),
        key="hosted_table",
        alt="Endpoints with how they serve, their cost and whether they are used",
    )
    hours = costs.spending.idle_hours
    for one in found:
        if one.expired:
            _offer(one, f"The time of “{one.name}” is over.", "schedule")
        elif words := one.trouble():
            _offer(one, words, "warning")
        elif one.name in idle:
            _offer(one, f"“{one.name}” was asked nothing for {count(hours, 'hour')}.", "bedtime")


def _offer(one: Hosted, words: str, icon: str) -> None:
    costs = door.client().costs
    with st.container(border=True):
        st.markdown(f":material/{icon}: {escaped(words)}")
        with st.container(horizontal=True):
            st.button(
                "Delete",
                icon=":material/delete:",
                key=f"delete_{one.name}",
                on_click=act,
                args=(f"{one.name} is being deleted.", costs.delete_endpoint, one.name),
            )
            if one.instances > 1:
                st.button(
                    "Down to one machine",
                    icon=":material/compress:",
                    key=f"scale_{one.name}",
                    on_click=act,
                    args=(f"{one.name} goes down to one machine.", costs.scale_down, one.name),
                )


page_title(
    "Costs and clean-up", "What runs and what it costs, what nobody uses, and how to end it all."
)
show_note()
found_statement = fetch()
meter(found_statement)
table(found_statement)
endpoints(found_statement.endpoints)
cleanup()
