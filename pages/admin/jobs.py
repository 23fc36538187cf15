"""Jobs: all fine-tuning jobs and searches; one of them in full, while it runs and afterwards."""

from typing import Any

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, JobReading, TrainingJob, TuningJob
from pages.components.job_details import search_details, training_details
from pages.components.job_views import row
from pages.components.link import from_link, to_link
from pages.components.notes import show_note
from pages.components.panels import page_title, show_error

Job = TrainingJob | TuningJob
_JOB = "job"
_READ = 20  # the newest jobs whose logs are read for the table


def jobs() -> list[Job]:
    """All jobs, the newest first, less the trials of searches."""
    found: list[Job] = [*door.client().jobs.training_jobs(), *door.client().jobs.tuning_jobs()]
    return sorted(found, key=lambda job: job.created, reverse=True)


def read(job: Job, place: int) -> JobReading | None:
    """The log of one of the newest training jobs; None for the others, and where there is none."""
    if isinstance(job, TuningJob) or (place >= _READ and job.finished):
        return None
    try:
        return door.reading(job)
    except DocumentInsightsError:
        return None


def rows(found: list[Job]) -> list[dict[str, Any]]:
    """The jobs as a table."""
    return [
        row(
            job,
            read(job, place),
            door.TASK_TITLES.get(job.task, "unknown"),
            door.dollars(door.cost_of(job)),
        )
        for place, job in enumerate(found)
    ]


def table(found: list[Job]) -> None:
    """All jobs, read anew while one of them runs."""
    drawn = [(job.name, job.status) for job in found]
    running = any(not job.finished for job in found)

    @st.fragment(run_every=door.pace(2.5, 15) if running else door.pace(15, 60))
    def live() -> None:
        try:
            now = jobs()
        except DocumentInsightsError as error:
            show_error(error)
            return
        if [(job.name, job.status) for job in now] != drawn:
            st.rerun()
        st.dataframe(
            rows(now),
            column_config={
                "Progress": st.column_config.ProgressColumn(
                    format="percent", min_value=0.0, max_value=1.0
                ),
                "Best": st.column_config.NumberColumn(
                    format="%.4f", help="The best value so far of the metric beside it"
                ),
                "Trend": st.column_config.LineChartColumn(
                    help="The metric on the validation data, from the first to the last"
                ),
            },
            key="job_table",
            alt="All jobs with kind, task, state, progress, best metric and duration",
        )

    live()


def nothing_yet() -> None:
    """What to do where there is no job."""
    st.info(
        "No job has run yet. Train a model on one of the datasets: it takes a few minutes.",
        icon=":material/model_training:",
    )
    st.page_link("pages/admin/train.py", label="Train a model", icon=":material/school:")


def chosen(found: list[Job]) -> Job | None:
    """The job to show in full."""
    by_name = {job.name: job for job in found}
    st.header("One job", anchor=False)
    newest = next(iter(by_name))
    if st.session_state.get(_JOB, newest) not in by_name:
        del st.session_state[_JOB]
    from_link(_JOB, by_name, newest)
    name = str(st.selectbox("Job", list(by_name), key=_JOB, label_visibility="collapsed"))
    named = name != newest or _JOB in st.query_params
    to_link(_JOB, name if named else None)
    return by_name.get(name)


def details(job: Job, others: list[Job]) -> None:
    """One job in full, read anew while it runs."""

    @st.fragment(run_every=None if job.finished else door.pace(2.5, 15))
    def live() -> None:
        backend = door.client().jobs
        try:
            now = (
                backend.tuning_job(job.name)
                if isinstance(job, TuningJob)
                else backend.training_job(job.name)
            )
            if now.status != job.status:
                st.rerun()
            if isinstance(now, TuningJob):
                search_details(now, [one for one in others if isinstance(one, TrainingJob)])
            else:
                training_details(now)
        except DocumentInsightsError as error:
            show_error(error)

    live()


page_title("Jobs", "Models being trained and tuned: how far they are, how well they do.")
show_note()
try:
    all_jobs = jobs()
except DocumentInsightsError as problem:
    show_error(problem)
    st.button("Try again", icon=":material/refresh:")
    st.stop()
if all_jobs:
    table(all_jobs)
    shown = chosen(all_jobs)
    if shown is not None:
        details(shown, all_jobs)
else:
    nothing_yet()
