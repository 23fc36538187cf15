"""Settings: which cloud is in use, what it was told, and whether it can be used as it is."""

from collections import Counter
from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import (
    Check,
    Direction,
    DocumentInsightsError,
    PolicyName,
    TransferKind,
)
from pages.components.names import count
from pages.components.notes import act, show_note
from pages.components.panels import facts, page_title, show_error
from pages.components.plain import escaped
from pages.components.sample_datasets import absent_samples, add_samples_button

_ICONS: Final = {
    "ok": ":green[:material/check_circle:]",
    "missing": ":red[:material/error:]",
    "unknown": ":orange[:material/help:]",
}
_WORDS: Final = {"ok": "OK", "missing": "missing", "unknown": "could not be checked"}
_POLICIES: Final[dict[PolicyName, str]] = {
    "user": "Policy for you",
    "role": "Policy for the role",
    "trust": "Who may act in the role",
}


def check_rows(found: tuple[Check, ...]) -> None:
    """Every check with its state; what is missing comes with the way to get it."""
    for check in found:
        with st.container(border=check.state != "ok", gap="xsmall"):
            words = f"{_ICONS[check.state]} **{escaped(check.what)}**: {_WORDS[check.state]}"
            st.markdown(words)
            st.text(check.says)
            if check.remedy:
                st.markdown(escaped(check.remedy))
            if check.command:
                st.code(check.command, language="bash", wrap_lines=True)
            if check.link:
                st.link_button("Open in AWS", check.link, icon=":material/open_in_new:")


def checks() -> None:
    """The checks, made at the first look and whenever asked for."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.header("Can it be used?", anchor=False)
        again = st.button("Check again", icon=":material/refresh:", key="check_again")
    try:
        with st.spinner("Asking the cloud …"):
            found = door.checks(again=again)
    except DocumentInsightsError as error:
        show_error(error)
        return
    total = Counter(check.state for check in found)
    if total["missing"]:
        missing = count(total["missing"], "thing is", "things are")
        told = f"{missing} missing: see below what helps."
        st.error(told, icon=":material/error:")
    elif total["unknown"]:
        told = "Nothing is known to be missing, but not everything could be checked."
        st.warning(told, icon=":material/help:")
    else:
        st.success("Everything is there.", icon=":material/check_circle:")
    order = ("missing", "unknown", "ok")
    check_rows(tuple(sorted(found, key=lambda check: order.index(check.state))))


def table() -> None:
    """Every setting, its value, and where it comes from."""
    st.header("What is set", anchor=False)
    try:
        rows = door.settings_table()
    except DocumentInsightsError as error:
        show_error(error)
        return
    st.dataframe(
        [
            {
                "Setting": row.title,
                "Value": row.value or "not set",
                "From": row.source,
                "Variable": row.variable,
            }
            for row in rows
        ],
        key="settings_table",
        alt="All settings with their values and where they come from",
    )
    st.caption("Change a setting in the environment of the program, then start it again.")


def policies() -> None:
    """IAM's policies for these settings, to be handed to whoever keeps the account."""
    st.header("Rights on AWS", anchor=False)
    st.caption("The least that is needed, filled in for these settings.")
    with st.container(horizontal=True):
        for name, label in _POLICIES.items():
            st.download_button(
                label,
                door.iam_policy(name),
                file_name=f"{name}-policy.json",
                mime="application/json",
                icon=":material/download:",
                on_click="ignore",
                key=f"policy_{name}",
            )


def samples() -> None:
    """Offer the datasets that come with the product; nothing where they are all there."""
    if absent := absent_samples():  # the checks say why the cloud cannot be asked
        st.header("Sample datasets", anchor=False)
        st.text(f"These come with this product and are not in this cloud yet: {', '.join(absent)}.")
        add_samples_button("Add them")


def other_cloud() -> None:
    """Send what is here to the other cloud, or fetch what is there."""
    st.header("Another cloud", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        direction: Direction = st.segmented_control(
            "Direction",
            ["push", "pull"],
            default="push",
            required=True,
            format_func=lambda one: {"push": "Send there", "pull": "Fetch from there"}[one],
            key="direction",
        )
        kind: TransferKind = st.segmented_control(
            "What",
            door.TRANSFER_KINDS,
            default="dataset",
            required=True,
            format_func=str.capitalize,
            key="kind",
        )
    try:
        transfer = door.transfer(direction)
        names = transfer.names(kind)
    except DocumentInsightsError as error:
        st.caption(escaped(str(error)))
        return
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = st.selectbox("Name", names, key="transfer_name")
        st.button(
            "Send" if direction == "push" else "Fetch",
            icon=":material/sync_alt:",
            key="transfer_now",
            disabled=name is None,
            on_click=act,
            args=(f"{name} is there.", transfer.send, kind, name),
        )


page_title("Settings", "Which cloud is in use, and whether it can be used as it is.")
show_note()
try:
    cloud = door.client().cloud
except DocumentInsightsError as problem:
    show_error(problem)
    st.button("Try again", icon=":material/refresh:")
    st.stop()
facts([cloud.title, f"bucket {cloud.bucket}", f"region {cloud.region}"])
checks()
table()
policies()
samples()
other_cloud()
