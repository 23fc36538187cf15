"""One job in full: what can be done with it, its charts, its log, what went in and came out."""

from collections.abc import Mapping, Sequence

import streamlit as st

from pages.components import door
from pages.components.door import (
    DocumentInsightsError,
    Hosting,
    JobReading,
    Range,
    TrainingJob,
    Trial,
    TuningJob,
)
from pages.components.export import export_buttons
from pages.components.hosting_form import hosting_cost, hosting_form
from pages.components.job_charts import search_charts, training_curves, trial_curves
from pages.components.job_views import (
    baseline_of,
    counter_words,
    job_state,
    metric_name,
    objective_of,
    short_number,
    span,
    step_words,
    trial_points,
    trial_rows,
)
from pages.components.notes import act
from pages.components.panels import code, facts, show_error
from pages.components.plain import escaped

MOST_CURVES = 30
"""Trials whose curves are drawn."""


def training_details(job: TrainingJob) -> None:
    """A training job."""
    reading = door.reading(job)
    if job.failure_reason:
        _failure(job.failure_reason)
    _facts(job)
    if not job.finished:
        progress = reading.progress()
        st.progress(progress.fraction if progress else 0.0, text=step_words(reading))
    _actions(job, model_of=job if job.deployable else None)
    training_curves(reading, objective_of(job), key="training")
    _log(reading, job.name)
    left, right = st.columns(2, gap="medium")
    with left:
        _stages(job)
    with right:
        _settings(job.hyperparameters)
    _artifacts(job)


def search_details(job: TuningJob, others: Sequence[TrainingJob]) -> None:
    """A search over hyperparameters."""
    trials = door.client().jobs.trials(job.name)
    if job.failure_reason:
        _failure(job.failure_reason)
    _facts(job)
    if not job.finished:
        st.progress(job.progress, text=counter_words(job))
    else:
        facts([counter_words(job)])
    _actions(job, model_of=_best_model(job))
    baseline = baseline_of(job, others)
    value = baseline.metrics[job.objective.metric] if baseline else None
    _best(job, baseline)
    points = trial_points(trials)
    search_charts(points, job.objective, value, key="search")
    _early_stopped(job, trials)
    _importance(job, trials)
    st.subheader("All trials", anchor=False)
    rows = trial_rows(trials, job.best)
    st.dataframe(
        rows,
        key="trials",
        alt="All trials with what they tried",
        # As many digits as a number has: 0.000958 is not 0.001.
        column_config={
            name: st.column_config.NumberColumn(format="%.6g")
            for name, space in job.spaces.items()
            if isinstance(space, Range)
        },
    )
    export_buttons(f"{job.name}-trials", rows, key="trials_export")
    _settings(job.fixed)


def _failure(reason: str) -> None:
    """SageMaker's reason, and what helps against it."""
    words = f"{reason.rstrip('.')}. {door.advice(reason)}".strip()
    st.error(escaped(words), title="Failed", icon=":material/error:")


def _facts(job: TrainingJob | TuningJob) -> None:
    strategy = f"{job.strategy.lower()} search" if isinstance(job, TuningJob) else "fine-tuning"
    facts(
        [
            job_state(job),
            door.TASK_TITLES.get(job.task, "task unknown"),
            strategy,
            f"data {job.dataset}" if job.dataset else "",
            f"{'took' if job.finished else 'runs for'} {span(job.elapsed())}",
            job.instance_type,
        ]
    )


def _actions(job: TrainingJob | TuningJob, *, model_of: TrainingJob | None) -> None:
    jobs = door.client().jobs
    with st.container(horizontal=True, vertical_alignment="center"):
        if not job.finished:
            st.button(
                "Stop",
                icon=":material/stop_circle:",
                key="stop_job",
                disabled=job.status == "Stopping",
                on_click=act,
                args=(f"{job.name} is stopping; the best so far is kept.", jobs.stop, job),
            )
        if model_of is not None:
            _deploy(model_of)
        st.page_link(
            "pages/admin/train.py",
            label="New from this",
            icon=":material/content_copy:",
            query_params={"from": job.name},
        )
        if job.finished:
            with st.popover("Delete", icon=":material/delete:"):
                st.text(f"Remove {job.name} from the list?")
                files = st.checkbox("Its model and checkpoints too", key="delete_files")
                st.button(
                    "Delete now",
                    key="delete_job",
                    on_click=act,
                    args=(f"{job.name} is deleted.", jobs.delete, job),
                    kwargs={"artifacts": files},
                )


def _deploy(job: TrainingJob) -> None:
    with st.popover("Deploy", icon=":material/rocket_launch:"):
        st.text("Serve this model; it then can be chosen on the page of its task.")
        name = st.text_input(
            "Endpoint name", key="deploy_job_name", placeholder=job.name[:63], max_chars=63
        )
        hosting = hosting_form("deploy_job")
        cost = hosting_cost(hosting)
        st.caption(escaped(f"{cost[:1].upper()}{cost[1:]}."))
        st.button(
            "Deploy now",
            key="deploy_job",
            on_click=act,
            args=(f"{name or job.name} is starting.", deploy, job, name.strip(), hosting),
        )


def deploy(job: TrainingJob, endpoint: str, hosting: Hosting) -> None:
    """Register the model of ``job`` and start an endpoint for it."""
    client = door.client()
    model = client.jobs.register(job)
    client.deploy(model, endpoint=endpoint or None, hosting=hosting)


def _best_model(job: TuningJob) -> TrainingJob | None:
    """The training job of the best trial, where it left a model."""
    if job.best is None:
        return None
    try:
        best = door.client().jobs.training_job(job.best.name)
    except DocumentInsightsError:
        return None
    return best if best.deployable else None


def _best(job: TuningJob, baseline: TrainingJob | None) -> None:
    best = job.best
    if best is None or best.objective is None:
        ended = "No trial reported a value." if job.finished else "No trial has ended yet."
        st.caption(ended)
        return
    delta, against = None, []
    if baseline:
        gain = best.objective - baseline.metrics[job.objective.metric]
        delta = f"{gain:+.4f} against the baseline"
        against = [f"baseline: {baseline.name} ({span(baseline.elapsed())})"]
    left, right = st.columns([2, 5], gap="medium", vertical_alignment="center")
    with left:
        st.metric(
            f"Best {metric_name(job.objective.metric)}",
            f"{best.objective:.4f}",
            delta,
            delta_color="normal" if job.objective.direction == "Maximize" else "inverse",
        )
    with right:
        values = [
            f"{name.replace('_', ' ')} {short_number(text)}"
            for name, text in best.hyperparameters.items()
        ]
        facts([f"from {best.name}", *values, *against])
        st.caption(
            "The winner was chosen by how well it learned its training data, which says little "
            "about other data: search by a validation metric."
            if job.objective.metric.startswith("train:")
            else "The winner was chosen on these validation data, which flatters it: "
            "compare on the test split before you rely on it."
        )


def _early_stopped(job: TuningJob, trials: Sequence[Trial]) -> None:
    st.subheader("While they trained", anchor=False)
    readings: dict[int, JobReading] = {}
    for number, trial in list(enumerate(trials, start=1))[:MOST_CURVES]:
        try:
            readings[number] = door.reading(door.client().jobs.training_job(trial.name))
        except DocumentInsightsError:
            continue  # its log is gone, or not there yet
    stopped = {n for n, trial in enumerate(trials, start=1) if trial.status == "Stopped"}
    winner = job.best.name if job.best else ""
    best = next((n for n, trial in enumerate(trials, start=1) if trial.name == winner), None)
    trial_curves(readings, job.objective, best=best, stopped=stopped, key="trial_curves")


def _importance(job: TuningJob, trials: Sequence[Trial]) -> None:
    if not job.finished or len(job.spaces) < 2:
        return
    st.subheader("What mattered", anchor=False)
    try:
        found = door.importances(job, trials)
    except DocumentInsightsError as error:
        show_error(error)
        return
    if found:
        st.dataframe(
            [{"Hyperparameter": name, "Importance": share} for name, share in found.items()],
            column_config={
                "Importance": st.column_config.ProgressColumn(
                    format="percent", min_value=0.0, max_value=1.0
                )
            },
            key="importance",
            alt="How much each hyperparameter mattered",
        )
    else:
        st.caption("From ten measured trials on, this says which hyperparameters mattered.")


def _log(reading: JobReading, name: str) -> None:
    st.subheader("Log", anchor=False)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        wanted = st.text_input(
            "Find in the log",
            key="log_search",
            placeholder="Find in the log",
            max_chars=200,
            label_visibility="collapsed",
        )
        st.download_button(
            "Download",
            reading.text(),
            file_name=f"{name}.log",
            icon=":material/download:",
            on_click="ignore",
            key="log_download",
        )
    lines = reading.find(wanted) if wanted else reading.lines[-200:]
    if lines:
        newest = reversed(lines[-500:])
        code("\n".join(f"{line.time:%H:%M:%S}  {line.message}" for line in newest))
        st.caption("The newest line comes first.")
    else:
        st.caption("No line says that." if wanted else "Nothing has been written yet.")


def _stages(job: TrainingJob) -> None:
    st.subheader("Stages", anchor=False)
    st.dataframe(
        [
            {
                "Stage": stage.status,
                "Took": span(stage.seconds()),
                "What": stage.message,
            }
            for stage in job.transitions
        ],
        key="stages",
        alt="The stages of the job with their durations",
    )


def _settings(values: Mapping[str, str]) -> None:
    st.subheader("Hyperparameters", anchor=False)
    st.dataframe(
        [{"Name": name, "Value": value} for name, value in values.items()],
        key="settings",
        alt="The hyperparameters of the job",
    )


def _artifacts(job: TrainingJob) -> None:
    st.subheader("What went in and came out", anchor=False)
    rows = [
        {"What": "model that it went on from" if uri == job.start else f"{name} data", "Where": uri}
        for name, uri in job.channels.items()
    ]
    if job.dataset_sha256:
        rows.append({"What": "hash of the data", "Where": job.dataset_sha256})
    rows.append({"What": "model", "Where": job.model_uri or "none yet"})
    st.dataframe(rows, key="artifacts", alt="Where data and model of the job are")
