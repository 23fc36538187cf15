"""Before a job starts: what is wrong with it, how long it takes, what it costs, and the start."""

from collections.abc import Sequence

import streamlit as st

from pages.components import door
from pages.components.door import (
    DatasetVersion,
    DocumentInsightsError,
    Estimate,
    JobFinding,
    TrainingRequest,
    TuningRequest,
)
from pages.components.frame import main_button
from pages.components.job_views import span
from pages.components.notes import NOTE
from pages.components.panels import code, facts, show_error
from pages.components.plain import escaped
from pages.components.train_fields import field_key

Request = TrainingRequest | TuningRequest
_ICONS = {"error": ":material/error:", "warning": ":material/warning:", "note": ":material/info:"}
_SHOWN = {"error": st.error, "warning": st.warning, "note": st.info}


def lint_of(dataset: DatasetVersion) -> tuple[JobFinding, ...]:
    """What the checks of the dataset found, as findings of a job."""
    report = door.client().datasets.lint(dataset)
    return tuple(
        JobFinding(finding.severity, f"Data: {finding.title}", finding.advice, "See Datasets.")
        for finding in report.findings
        if finding.severity != "note"
    )


def preflight(request: Request, dataset: DatasetVersion, *, key: str) -> None:
    """The findings, the estimate, and the button that starts the job."""
    jobs = door.client().jobs
    st.header("Before it starts", anchor=False)
    try:
        findings = jobs.check(request, lint=lint_of(dataset))
        estimate = jobs.estimate(request)
    except DocumentInsightsError as error:
        show_error(error)
        return
    for number, finding in enumerate(findings):
        _finding(finding, number, key)
    if not findings:
        st.success("Nothing speaks against it.", icon=":material/check_circle:")
    _estimate(estimate, request)
    _start(request, findings)


def _finding(finding: JobFinding, number: int, key: str) -> None:
    words = escaped(f"{finding.why} {finding.fix}")
    _SHOWN[finding.level](words, title=escaped(finding.what), icon=_ICONS[finding.level])
    if finding.change:
        st.button(
            "Change it",
            key=f"fix_{number}",
            icon=":material/build:",
            on_click=_change,
            args=(finding, key),
        )


def _change(finding: JobFinding, key: str) -> None:
    """Put the finding's better values into the form."""
    for name, value in finding.change.items():
        st.session_state[field_key(key, name)] = value


def _estimate(estimate: Estimate | None, request: Request) -> None:
    if estimate is None:
        st.caption("How long it takes cannot be said: the number of examples is not known.")
        return
    facts([f"About {span(estimate.seconds)}", *_cost(estimate, request), estimate.basis])


def _cost(estimate: Estimate, request: Request) -> list[str]:
    """What the job costs, in words: about, with spare machines, and the most."""
    if not estimate.cost or estimate.ceiling is None:
        return [door.dollars(estimate.cost)]
    cost = door.dollars(estimate.cost)
    words = f"about {cost}" if cost.startswith("$") else cost
    training = request.training if isinstance(request, TuningRequest) else request
    if training.spot:
        least, most = door.client().costs.prices.spot(estimate.cost)
        words = f"{door.dollars(least)} to {door.dollars(most)} with spare machines"
    return [words, f"at most {door.dollars(estimate.ceiling)}, when its time is over"]


def _start(request: Request, findings: Sequence[JobFinding]) -> None:
    wrong = any(finding.level == "error" for finding in findings)
    doubts = any(finding.level == "warning" for finding in findings)
    sure = True
    if wrong or doubts:
        sure = st.checkbox(
            "Start it all the same", key="start_anyway", help="The findings above stay true."
        )
    tuning = isinstance(request, TuningRequest)
    if st.button(
        "Start the search" if tuning else "Start fine-tuning",
        key="start_job",
        type=main_button(),
        icon=":material/play_arrow:",
        disabled=not sure,
    ):
        jobs = door.client().jobs
        try:
            name = (
                jobs.tune(request)
                if isinstance(request, TuningRequest)
                else jobs.fine_tune(request)
            )
        except DocumentInsightsError as error:
            show_error(error)
            return
        st.session_state[NOTE] = ("done", f"{name} is starting.")
        st.switch_page("pages/admin/jobs.py", query_params={"job": name})


def programs(request: Request) -> None:
    """The same job as programs."""
    panel = st.expander("For developers", icon=":material/code:", key="programs", on_change="rerun")
    if not panel.open:
        return
    with panel:
        try:
            made = door.client().jobs.programs(request)
        except DocumentInsightsError as error:
            show_error(error)
            return
        kind = st.segmented_control(
            "Show",
            ["boto3", "AWS CLI"],
            default="boto3",
            required=True,
            key="program_kind",
            label_visibility="collapsed",
        )
        text, language = (made.boto3, "python") if kind == "boto3" else (made.cli, "bash")
        code(text, language)
        st.download_button(
            "Download",
            text,
            file_name=f"{request.name}.{'py' if kind == 'boto3' else 'sh'}",
            icon=":material/download:",
            on_click="ignore",
            key="program_download",
        )
