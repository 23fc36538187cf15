"""Deleting everything that carries the project's tag: first a list, then the words, then it."""

from typing import Final

import streamlit as st

from pages.components import door
from pages.components.cost_views import resource_rows
from pages.components.door import DocumentInsightsError, Outcome, Resource, Step
from pages.components.names import count
from pages.components.panels import show_error
from pages.components.plain import escaped

_PLAN: Final = "cleanup_plan"
_OUTCOME: Final = "cleanup_outcome"


def cleanup() -> None:
    """The list of what exists, and deleting it."""
    st.header("Delete all resources", anchor=False)
    st.markdown(
        "Endpoints, models, jobs with what they left, logs, and the objects in storage: all that "
        "this project has created and marked with its tag. Nothing else is touched. Datasets, "
        "evaluations and the record of costs go as well."
    )
    if st.button("List what exists", icon=":material/checklist:", key="cleanup_list"):
        st.session_state.pop(_OUTCOME, None)
        try:
            with st.spinner("Looking at everything…"):
                st.session_state[_PLAN] = door.client().costs.cleanup.plan()
        except DocumentInsightsError as error:
            show_error(error)
    _outcome(st.session_state.get(_OUTCOME))
    plan: tuple[Resource, ...] | None = st.session_state.get(_PLAN)
    if plan is None:
        return
    if not plan:
        st.success("Nothing of ours exists.", icon=":material/check_circle:")
        return
    st.text(f"{count(len(plan), 'thing')} would be deleted. Nothing has been deleted yet.")
    st.dataframe(resource_rows(plan), key="cleanup_table", alt="All that would be deleted")
    typed = st.text_input(
        f"Type “{door.CONFIRMATION}” to delete all of this for good",
        key="cleanup_typed",
        max_chars=50,
    )
    if st.button(
        "Delete all resources",
        icon=":material/delete_forever:",
        key="cleanup_now",
        disabled=typed.strip().lower() != door.CONFIRMATION,
    ):
        _run(plan, typed)


def _run(plan: tuple[Resource, ...], typed: str) -> None:
    backend = door.client().costs.cleanup
    steps: list[Step] = []
    with st.status("Deleting", expanded=True) as status:
        bar = st.progress(0.0)
        try:
            for step in backend.run(plan, confirmation=typed):
                steps.append(step)
                bar.progress(len(steps) / len(plan), text=escaped(step.resource.name))
                if step.problem:
                    st.markdown(escaped(f"{step.resource.name}: {step.problem}"))
            bar.progress(1.0, text="Looking whether everything is gone")
            outcome = backend.look(steps)
        except DocumentInsightsError as error:
            status.update(label="It ended early", state="error")
            show_error(error)
            return
        status.update(label="Done", state="complete" if outcome.clean else "error")
    st.session_state[_OUTCOME] = outcome
    st.session_state[_PLAN] = outcome.remaining or None
    st.rerun()


def _outcome(outcome: Outcome | None) -> None:
    if outcome is None:
        return
    if outcome.clean:
        st.success(
            "Everything is deleted; a last look found nothing of ours.",
            icon=":material/check_circle:",
        )
        return
    st.warning(
        f"{count(len(outcome.remaining), 'thing')} could not be deleted or is still ending: "
        "the list below has them. Try again in a few minutes.",
        icon=":material/warning:",
    )
    for step in outcome.problems:
        st.markdown(f"- {escaped(f'{step.resource.name}: {step.problem}')}")
