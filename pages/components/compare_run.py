"""Having models evaluated: what to choose from, and how far the runs are."""

from typing import Any

import streamlit as st

from pages.components import door
from pages.components.door import DatasetVersion, DocumentInsightsError, EvaluationRun, RunState
from pages.components.frame import main_button
from pages.components.job_views import span
from pages.components.notes import act
from pages.components.panels import show_error
from pages.components.plain import escaped

_WORDS = {
    "InProgress": "answering",
    "Completed": "scored",
    "Failed": "failed",
    "Stopping": "stopping",
    "Stopped": "stopped",
}
_SHOWN = 3
"""Runs whose state is shown."""


def evaluate_form(version: DatasetVersion) -> None:
    """Choose models and endpoints, and have them answer the test split."""
    client = door.client()
    # What takes its labels from each request cannot be asked about examples alone.
    models = [model for model in client.models() if model.name != door.OWN_LABELS]
    mine = [model.name for model in models if model.task == version.task]
    left = [name for name in door.models_left(version.task) if name not in mine]
    task = next(one for one in door.TASKS if one.slug == version.task)
    ready = [one.name for one in client.endpoints_for(task) if one.ready]
    served = [name for name in ready if name != door.OWN_LABELS]
    st.text(
        f"Each model answers the {version.splits['test'].count:,} test examples of {version.id} "
        "in a batch job; no endpoint is needed. What was scored before is not asked again."
    )
    chosen = st.pills(
        "Models",
        [*mine, *left],
        selection_mode="multi",
        default=[*left[:1], *mine][:4],
        format_func=escaped,
        key=f"evaluate_{version.task}",
        wrap=True,
    )
    asked = st.pills(
        "Endpoints" if served else "Endpoints: none answers now",
        served,
        selection_mode="multi",
        format_func=escaped,
        key=f"evaluate_endpoints_{version.task}",
        wrap=True,
        help="For a model that runs elsewhere, such as that of an attached endpoint. It is asked "
        "one example after the other, while this page is open.",
    )
    trivial = st.checkbox(
        "And a trivial baseline that any model has to beat", value=True, key="trivial"
    )
    st.button(
        "Evaluate",
        icon=":material/play_arrow:",
        type=main_button(),
        key="evaluate",
        disabled=not (chosen or asked or trivial),
        on_click=act,
        args=("The evaluation has started.", start, version, chosen, asked, trivial),
    )


def start(
    version: DatasetVersion,
    models: list[str],
    endpoints: list[str],
    trivial: bool,  # noqa: FBT001
) -> None:
    """Start it with the choice that the form had; what only a job has left is registered first."""
    client = door.client()
    with st.spinner("Starting…"):
        registered = {model.name for model in client.models()}
        names = [name if name in registered else client.jobs.register(name) for name in models]
        client.evaluations.start(version, names, endpoints=endpoints, trivial=trivial)


def show_runs(task: str) -> None:
    """The newest runs of ``task``, read anew while one of them is under way."""
    evaluations = door.client().evaluations
    runs = evaluations.runs(task, limit=_SHOWN)
    found = [(run, evaluations.states(run)) for run in runs]
    open_runs = [run for run, states in found if not all(state.finished for state in states)]
    if not found:
        return
    drawn = _finished(found)

    @st.fragment(run_every=door.pace(2.5, 15) if open_runs else None)
    def live() -> None:
        try:
            now = [(run, evaluations.states(run)) for run in runs] if open_runs else found
        except DocumentInsightsError as error:
            show_error(error)
            return
        if _finished(now) != drawn:
            st.rerun()
        for run, states in now:
            if not all(state.finished for state in states) or run is runs[0]:
                _run(run, states)

    live()


def _finished(found: list[tuple[EvaluationRun, tuple[RunState, ...]]]) -> int:
    return sum(state.finished for _, states in found for state in states)


def _run(run: EvaluationRun, states: tuple[RunState, ...]) -> None:
    done = sum(state.finished for state in states)
    if done < len(states):
        st.progress(done / len(states), text=f"{done} of {len(states)} models of {run.dataset}")
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            key=f"stop_{run.id}",
            on_click=act,
            args=("The evaluation is stopping.", door.client().evaluations.stop, run),
        )
    rows: list[dict[str, Any]] = [
        {
            "Model": state.model,
            "State": _WORDS.get(state.status, state.status),
            "Took": span(state.seconds) if state.seconds else "",
        }
        for state in states
    ]
    st.dataframe(rows, key=f"states_{run.id}", alt=f"The models of the run {run.id}")
    for state in states:
        if state.reason:
            st.warning(f"{escaped(state.model)}: {escaped(state.reason)}", icon=":material/error:")
