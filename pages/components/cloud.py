"""The state of the cloud in use, small in the sidebar of every page."""

from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError
from pages.components.plain import escaped

_PREPARED: Final = "service_prepared"


def cloud_state() -> None:
    """Have the service run, and show how many models are ready.

    Live until all are; the page is drawn anew whenever one more has become ready.
    """
    prepare()
    drawn = _ready()
    settled = drawn[1] > 0 and drawn[0] == drawn[1]

    @st.fragment(run_every=None if settled else 1.5)
    def state() -> None:
        now = _ready()
        if now != drawn:
            st.rerun()
        _show(*now)

    state()


def prepare() -> None:
    """Start the local service where it is needed and does not run; asked once a session."""
    if st.session_state.get(_PREPARED):
        return
    try:
        door.prepare()
        st.session_state[_PREPARED] = True
    except DocumentInsightsError as error:
        st.error(escaped(str(error)), icon=":material/cloud_off:")


def _ready() -> tuple[int, int]:
    """Models that are as they will be, and models to come; 0, 0 where nothing answers."""
    try:
        found = door.endpoints()
    except DocumentInsightsError:
        return 0, 0
    expected = {task.default_endpoint for task in door.TASKS}
    total = len({endpoint.name for endpoint in found} | expected)
    return sum(endpoint.settled for endpoint in found), total


def _show(ready: int, total: int) -> None:
    try:
        where = door.client().cloud.title
    except DocumentInsightsError:
        where = "Model service"
    if not total:
        words, icon = "starting", ":material/hourglass_top:"
    elif ready < total:
        words, icon = f"preparing models, {ready} of {total} ready", ":material/hourglass_top:"
    else:
        words, icon = f"{total} models ready", ":material/check_circle:"
    st.caption(f"{icon} {escaped(where)}: {words}")
    if ready < total:
        st.progress(ready / total)
