"""The state of the cloud in use, small in the sidebar of every page."""

from contextlib import suppress
from typing import Final, NamedTuple

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError
from pages.components.names import count
from pages.components.plain import escaped

_PREPARED: Final = "service_prepared"


class State(NamedTuple):
    """How many endpoints answer, have failed, are still to come, and lack their files; and
    whether the cloud tells at all.
    """

    ready: int = 0
    failed: int = 0
    coming: int = 0
    missing: int = 0
    told: bool = True

    @property
    def settled(self) -> bool:
        """Whether nothing is on its way."""
        return self.told and self.coming == 0


def cloud_state() -> None:
    """Have the service run, and show how many models are ready.

    Live until all are; the page is drawn anew whenever that changes.
    """
    prepare()
    door.sweep()
    drawn = _state()

    @st.fragment(run_every=None if drawn.settled else door.pace(1.5, 15))
    def state() -> None:
        now = _state()
        if now != drawn:
            st.rerun()
        _show(now)

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


def _state() -> State:
    """The state of all endpoints."""
    try:
        found = {endpoint.name: endpoint for endpoint in door.endpoints()}
        coming = {} if door.emptied() else door.shipped()
    except DocumentInsightsError:
        return State(told=False)
    unseen = [here for name, here in coming.items() if name not in found]
    settled = [endpoint for endpoint in found.values() if endpoint.settled]
    failed = sum(not endpoint.ready for endpoint in settled)
    return State(
        ready=len(settled) - failed,
        failed=failed,
        coming=len(found) - len(settled) + unseen.count(True),
        missing=unseen.count(False),
    )


def _show(state: State) -> None:
    where, starts = "Model service", True
    with suppress(DocumentInsightsError):
        where, starts = door.client().cloud.title, not door.client().cloud.charged
    total = state.ready + state.failed + state.coming
    if not state.told and starts:
        words, icon = "starting", ":material/hourglass_top:"
    elif not state.told:
        words, icon = "cannot be asked, see Settings", ":material/cloud_off:"
    elif state.coming:
        words = f"preparing models, {state.ready} of {total} ready"
        icon = ":material/hourglass_top:"
    elif not total:
        words, icon = "no models are deployed", ":material/info:"
    else:
        words, icon = f"{count(state.ready, 'model')} ready", ":material/check_circle:"
    st.caption(f"{icon} {escaped(where)}: {words}")
    if state.coming:
        st.progress(state.ready / total)
    if state.failed:
        st.caption(f":material/error: {count(state.failed, 'model')} failed: see Endpoints")
    if state.missing:
        st.caption(
            f":material/warning: {count(state.missing, 'model')} not in this copy: "
            "files are missing in assets/models"
        )
