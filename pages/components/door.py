"""What the screens take from the backend, in one place: the client and its words.

Nothing else in ``pages`` imports ``backend``, charts aside: what is imported here is for all.
"""

import json
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import wraps
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import streamlit as st

from backend.catalog.rows import BUNDLED_TITLES, Row, rows_for
from backend.checks import Check
from backend.client import Answer, Client, Endpoint, InParts, Model, Usage
from backend.costs.cleanup import CONFIRMATION, Outcome, Step
from backend.costs.hosted import Hosted
from backend.costs.inventory import Resource
from backend.costs.meter import Item, Sum
from backend.costs.prices import dollars
from backend.costs.service import Statement
from backend.data.columns import FIELDS
from backend.data.columns import missing as missing_columns
from backend.data.contents import Contents, Examples
from backend.data.files import SourceFile
from backend.data.findings import Finding
from backend.data.fixes import FIXES
from backend.data.isolation import look as look_into
from backend.data.isolation import make as make_examples
from backend.data.label_examples import as_splits
from backend.data.repairs import Repairs
from backend.data.schemas import SPLITS
from backend.data.shipped import FOLDER as DATASETS_FOLDER
from backend.data.shipped import absent as absent_datasets
from backend.data.shipped import install as install_datasets
from backend.data.sources import PUBLISHED
from backend.data.split import Fractions
from backend.data.store import DatasetVersion, dataset_name
from backend.documents import Document, DocumentError, Limits, extract, from_text
from backend.documents.language import foreign_language
from backend.documents.places import place_of
from backend.documents.prose import without_prose
from backend.documents.samples import Sample, samples
from backend.endpoints.hosting import KINDS as HOSTING_KINDS
from backend.endpoints.hosting import MEMORY_SIZES, Hosting, lasting
from backend.errors import DocumentInsightsError, EndpointNotReady, InputError, NotFound
from backend.evaluation.alarms import Alarm
from backend.evaluation.compared import Compared
from backend.evaluation.comparison import Comparison
from backend.evaluation.examples import Entity, labels
from backend.evaluation.examples import Value as ExampleValue
from backend.evaluation.explain import ARTICLE, ARTICLE_SIZE, Explanation, explain
from backend.evaluation.intervals import Interval
from backend.evaluation.pairs import in_order as pair_order
from backend.evaluation.pairs import overlooked
from backend.evaluation.promotion import Rules as PromotionRules
from backend.evaluation.promotion import gate
from backend.evaluation.record import Record
from backend.evaluation.run import Run as EvaluationRun
from backend.evaluation.run import State as RunState
from backend.evaluation.runs import TRIVIAL
from backend.evaluation.scoring import title as metric_title
from backend.evaluation.shipped import TITLES as ROLE_TITLES
from backend.evaluation.shipped import Experiment, Role
from backend.evaluation.shipped import experiments as read_experiments
from backend.evaluation.slices import CHANGES, SMALLEST, Changed, Slice
from backend.evaluation.words import meaning, p_words
from backend.facts import KINDS as FACT_KINDS
from backend.facts import Fact, FactKind, foremost, key_facts
from backend.footprint import Footprint
from backend.jobs.equal_budget import equal_budget
from backend.jobs.estimates import Estimate
from backend.jobs.findings import Finding as JobFinding
from backend.jobs.importance import importances
from backend.jobs.left import models_left as left_by
from backend.jobs.preflight import expected_direction
from backend.jobs.progress import Reading as JobReading
from backend.jobs.records import TrainingJob, Trial, TuningJob
from backend.jobs.regexes import read_log
from backend.jobs.requests import (
    Start,
    TrainingRequest,
    TuningRequest,
    training_request,
    tuning_request,
)
from backend.jobs.starts import suggested as suggested_start
from backend.launcher import shipped_models
from backend.local_service import ensure_service
from backend.reasons import advice
from backend.report import Finding as ReportFinding
from backend.report import Insight, as_workbook, report_page
from backend.settings import Settings
from backend.settings.policies import Name as PolicyName
from backend.settings.policies import policy
from backend.settings.spending import Spending
from backend.settings.table import Setting
from backend.settings.table import settings_table as settings_rows
from backend.tasks import agreement
from backend.tasks.agreement import Agreement
from backend.tasks.aspects import Aspect, tone_by_aspect
from backend.tasks.base import Span, Task
from backend.tasks.entity_groups import EntityGroup, entity_groups
from backend.tasks.label_sets import (
    ASPECTS,
    KIND,
    OWN_LABELS,
    TOPIC,
    URGENCY,
    Label,
    LabelSet,
    label_sets,
)
from backend.tasks.named_entities import (
    NAMED_ENTITIES,
    NamedEntitiesRequest,
    NamedEntitiesResult,
)
from backend.tasks.opinion import has_opinion
from backend.tasks.question_answering import (
    QUESTION_ANSWERING,
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
)
from backend.tasks.recipes.base import (
    Choices,
    Hyperparameter,
    MetricDefinition,
    Objective,
    Range,
    Recipe,
    Value,
)
from backend.tasks.recipes.registry import RECIPES
from backend.tasks.registry import TASK_TITLES, TASKS
from backend.tasks.relation_extraction import (
    NEGATIVE,
    RELATION_EXTRACTION,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
    clearest,
)
from backend.tasks.sentences import sentence_around, sentences_of
from backend.tasks.summarization import SUMMARIZATION, SummarizationRequest, SummarizationResult
from backend.tasks.summarization import longest as longest_summary
from backend.tasks.text_classification import (
    TEXT_CLASSIFICATION,
    Section,
    TextClassificationRequest,
    TextClassificationResult,
)
from backend.transfer import KINDS as TRANSFER_KINDS
from backend.transfer import Direction, Transfer
from backend.transfer import Kind as TransferKind
from backend.transfer import transfer as transfer_between

DOCUMENT_LIMITS: Final = Limits()
"""Of what documents are read."""

CLIENT_KEY: Final = "client"
"""The seam for tests: a client put into the session under this key is used instead."""


def client() -> Client:
    """The client of this process, or the one that the session brings along."""
    own: Client | None = st.session_state.get(CLIENT_KEY)
    return own or _shared_client()


@st.cache_resource
def _shared_client() -> Client:
    return Client()


def pace(here: float, charged: float) -> float:
    """After how many seconds to ask again: ``here``, or ``charged`` of a cloud that takes money,
    and that slows down whoever asks often.
    """
    try:
        return charged if client().cloud.charged else here
    except DocumentInsightsError:
        return here


P = ParamSpec("P")
R = TypeVar("R")


def _kept(
    here: float, charged: float
) -> Callable[[Callable[Concatenate[Client, P], R]], Callable[P, R]]:
    """What is asked of the client is at most so many seconds old (see ``pace``), and the same for
    all sessions; a client that a session brings along is asked each time.
    """

    def shared(ask: Callable[Concatenate[Client, P], R]) -> Callable[P, R]:
        @wraps(ask)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            if _own():
                return ask(client(), *args, **kwargs)
            # What was asked in an older period is too old.
            period = int(time.time() // pace(here, charged))
            found: R = _shared_answer(ask, ask.__qualname__, period, *args, **kwargs)
            return found

        return answer

    return shared


@st.cache_resource(ttl=3600.0, show_spinner=False, max_entries=500)
def _shared_answer(
    _ask: Callable[..., Any],
    name: str,  # noqa: ARG001 - what is not hashed of the first
    period: int,  # noqa: ARG001 - a part of the key
    *args: Any,
    **kwargs: Any,
) -> Any:
    return _ask(_shared_client(), *args, **kwargs)


@_kept(1, 5)
def endpoints(asked: Client) -> tuple[Endpoint, ...]:
    """All endpoints with their state; raises ``DocumentInsightsError``."""
    return asked.endpoints()


def emptied() -> bool:
    """Whether no endpoint is here any more though some have been, as after all were deleted: none
    comes by itself then. Raises ``DocumentInsightsError``.
    """
    memory = st.session_state.setdefault("served", set()) if _own() else _shared_served()
    names = {endpoint.name for endpoint in endpoints()}
    memory |= names
    return bool(memory) and not names


@st.cache_resource
def _shared_served() -> set[str]:
    return set()


@_kept(10, 300)
def _usage(asked: Client, names: tuple[str, ...]) -> Mapping[str, Usage]:
    return asked.usage(names)


def usage(names: tuple[str, ...]) -> Mapping[str, Usage] | None:
    """Requests, errors and latency of endpoints; None where the cloud does not tell."""
    try:
        return _usage(names)
    except DocumentInsightsError:
        return None


@_kept(2, 60)
def models_left(asked: Client, task: str) -> tuple[str, ...]:
    """The models that jobs of ``task`` have left; raises ``DocumentInsightsError``."""
    return left_by(asked.jobs, task)


@_kept(2, 60)
def starts(asked: Client, task: str) -> Mapping[str, str]:
    """The archives of the models that fine-tuning can go on from, by name.

    Raises ``DocumentInsightsError``.
    """
    return asked.starts.archives(task)


@_kept(3600, 3600)
def start_from(asked: Client, task: str, name: str, archive: str) -> Start:
    """What going on from one of them means; raises ``DocumentInsightsError``."""
    return asked.starts.get(task, name, archive)


@st.cache_resource(ttl=60.0, show_spinner=False)
def shipped() -> Mapping[str, bool]:
    """The endpoints that are started with the product, and whether their models' files are here."""
    return shipped_models(Settings.load())


def checks(*, again: bool = False) -> tuple[Check, ...]:
    """Whether the cloud can be used; asked once in five minutes unless ``again``.

    Raises ``DocumentInsightsError``.
    """
    own: Client | None = st.session_state.get(CLIENT_KEY)
    if own:
        return own.checks()
    if again:
        _shared_checks.clear()
    return _shared_checks()


@st.cache_resource(ttl=300.0, show_spinner=False)
def _shared_checks() -> tuple[Check, ...]:
    return _shared_client().checks()


def settings_table() -> tuple[Setting, ...]:
    """Every setting with its value and where it comes from; raises ``SettingsError``."""
    return settings_rows(Settings.load(), client().cloud)


@st.cache_resource(show_spinner=False)
def transfer(direction: Direction) -> Transfer:
    """From this cloud to the other one, or back; raises ``SettingsError`` where there is none."""
    return transfer_between(direction)


def sample_datasets() -> tuple[str, ...]:
    """The datasets that come with the product and are not in the cloud, by name.

    Raises ``DocumentInsightsError``.
    """
    return absent_datasets(client().datasets, DATASETS_FOLDER)


def add_sample_datasets() -> None:
    """Put these into the cloud; raises ``DocumentInsightsError``."""
    install_datasets(client().datasets, DATASETS_FOLDER, lambda _: None)


def iam_policy(name: PolicyName) -> str:
    """The IAM policy ``name`` for the cloud in use, as JSON."""
    return json.dumps(policy(name, client().cloud), indent=2)


@_kept(10, 60)
def _hosted(asked: Client) -> tuple[Hosted, ...]:
    return asked.costs.endpoints()


def hosted() -> Mapping[str, Hosted]:
    """The endpoints of ours by name with what they cost; none where the cloud does not tell."""
    try:
        return {one.name: one for one in _hosted()}
    except DocumentInsightsError:
        return {}


@_kept(30, 30)
def _cost_of_search(asked: Client, name: str, status: str) -> float | None:  # noqa: ARG001
    return asked.costs.of_job(asked.jobs.tuning_job(name))


def cost_of(job: TrainingJob | TuningJob) -> float | None:
    """What a job has cost so far, half a minute old where it is a search; None where that is not
    known.
    """
    costs = client().costs
    try:
        if not costs.charged:
            return 0.0
        if isinstance(job, TuningJob):
            return _cost_of_search(job.name, job.status)
        return costs.of_job(job)
    except DocumentInsightsError:
        return None


def sweep() -> None:
    """Have expired endpoints deleted and the budget kept, in the background; at most once in five
    minutes, and only while somebody has the app open.
    """
    if not _own():
        _shared_sweep()


@st.cache_resource(ttl=300.0, show_spinner=False)
def _shared_sweep() -> threading.Thread:
    def work() -> None:
        with suppress(DocumentInsightsError):  # nobody waits for it: the next one tries again
            _shared_client().costs.sweep()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


def prepare() -> None:
    """Have the service of this computer run, where settings ask for it; cheap while it does.

    Raises ``DocumentInsightsError`` where it cannot be had.
    """
    if CLIENT_KEY not in st.session_state:
        ensure_service(Settings.load())


def document_of(sample: Sample) -> Document:
    """A sample as a document."""
    return Document(sample.title, sample.text, "text", None, ())


def recipe_of(task: str) -> Recipe | None:
    """How a task is trained; None for a slug that is no task of ours."""
    return RECIPES.get(task)


_MOST_READINGS: Final = 300


def reading(job: TrainingJob) -> JobReading:
    """The log of ``job`` up to now; only what is new since the last time is fetched.

    Raises ``DocumentInsightsError``.
    """
    kept = st.session_state.setdefault("readings", {}) if _own() else _shared_readings()
    known: tuple[JobReading, bool] | None = kept.get(job.arn)
    if known and known[1]:
        return known[0]
    now = client().jobs.read(job, known[0] if known else None)
    if len(kept) >= _MOST_READINGS:
        kept.clear()
    kept[job.arn] = (now, job.finished)
    return now


def _own() -> bool:
    return CLIENT_KEY in st.session_state


@st.cache_resource
def _shared_readings() -> dict[str, tuple[JobReading, bool]]:
    return {}


@st.cache_resource(show_spinner=False)
def experiments() -> tuple[Experiment, ...]:
    """The experiments that come with the product; none where they are left out."""
    return read_experiments()
