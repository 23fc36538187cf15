"""What the screens take from the backend, in one place: the client and its words."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from backend.client import Answer, Client, Endpoint, InParts, LogLine, Model, Usage
from backend.data.columns import FIELDS
from backend.data.columns import missing as missing_columns
from backend.data.findings import Finding
from backend.data.fixes import FIXES
from backend.data.reading import Contents, SourceFile
from backend.data.reading import read as read_files
from backend.data.schemas import SPLITS
from backend.data.sources import PUBLISHED
from backend.data.split import Fractions
from backend.data.store import DatasetVersion, dataset_name
from backend.documents import Document, DocumentError, extract, from_text
from backend.documents.samples import Sample, samples
from backend.errors import DocumentInsightsError, EndpointNotReady, InputError, NotFound
from backend.evaluation.alarms import Alarm
from backend.evaluation.compared import Compared
from backend.evaluation.comparison import Comparison
from backend.evaluation.examples import Entity, labels
from backend.evaluation.examples import Value as ExampleValue
from backend.evaluation.explain import ARTICLE, ARTICLE_SIZE, explain
from backend.evaluation.promotion import Rules as PromotionRules
from backend.evaluation.promotion import gate
from backend.evaluation.record import Record
from backend.evaluation.run import Run as EvaluationRun
from backend.evaluation.run import State as RunState
from backend.evaluation.runs import TRIVIAL
from backend.evaluation.scoring import title as metric_title
from backend.evaluation.slices import CHANGES, SMALLEST, Changed, Slice
from backend.jobs.estimates import Estimate
from backend.jobs.findings import Finding as JobFinding
from backend.jobs.importance import importances
from backend.jobs.progress import Reading as JobReading
from backend.jobs.records import TrainingJob, Trial, TuningJob
from backend.jobs.regexes import read_log
from backend.jobs.requests import (
    TrainingRequest,
    TuningRequest,
    training_request,
    tuning_request,
)
from backend.launcher import ensure_service, shipped_models
from backend.settings import Settings
from backend.snippets import Snippets
from backend.tasks import agreement
from backend.tasks.agreement import Agreement
from backend.tasks.base import Span, Task
from backend.tasks.named_entities import (
    NAMED_ENTITIES,
    NamedEntitiesRequest,
    NamedEntitiesResult,
)
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
from backend.tasks.registry import TASKS
from backend.tasks.relation_extraction import (
    RELATION_EXTRACTION,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
    clearest,
)
from backend.tasks.summarization import SUMMARIZATION, SummarizationRequest, SummarizationResult
from backend.tasks.text_classification import (
    TEXT_CLASSIFICATION,
    Section,
    TextClassificationRequest,
    TextClassificationResult,
)

__all__ = [
    "ARTICLE",
    "ARTICLE_SIZE",
    "CHANGES",
    "FIELDS",
    "FIXES",
    "NAMED_ENTITIES",
    "PUBLISHED",
    "QUESTION_ANSWERING",
    "RELATION_EXTRACTION",
    "SMALLEST",
    "SPLITS",
    "SUMMARIZATION",
    "TASKS",
    "TEXT_CLASSIFICATION",
    "TRIVIAL",
    "Agreement",
    "Alarm",
    "Answer",
    "Changed",
    "Choices",
    "Client",
    "Compared",
    "Comparison",
    "Contents",
    "DatasetVersion",
    "Document",
    "DocumentError",
    "DocumentInsightsError",
    "Endpoint",
    "EndpointNotReady",
    "Entity",
    "Estimate",
    "EvaluationRun",
    "ExampleValue",
    "Finding",
    "Fractions",
    "Hyperparameter",
    "InParts",
    "InputError",
    "JobFinding",
    "JobReading",
    "LogLine",
    "MetricDefinition",
    "Model",
    "NamedEntitiesRequest",
    "NamedEntitiesResult",
    "NotFound",
    "Objective",
    "PromotionRules",
    "QuestionAnsweringRequest",
    "QuestionAnsweringResult",
    "Range",
    "Recipe",
    "Record",
    "Relation",
    "RelationExtractionRequest",
    "RelationExtractionResult",
    "RunState",
    "Sample",
    "Section",
    "Slice",
    "Snippets",
    "SourceFile",
    "Span",
    "SummarizationRequest",
    "SummarizationResult",
    "Task",
    "TextClassificationRequest",
    "TextClassificationResult",
    "TrainingJob",
    "TrainingRequest",
    "Trial",
    "TuningJob",
    "TuningRequest",
    "Usage",
    "Value",
    "agreement",
    "clearest",
    "client",
    "dataset_name",
    "document_of",
    "endpoints",
    "explain",
    "extract",
    "from_text",
    "gate",
    "importances",
    "labels",
    "metric_title",
    "missing_columns",
    "prepare",
    "read_files",
    "read_log",
    "reading",
    "recipe_of",
    "samples",
    "shipped",
    "training_request",
    "tuning_request",
    "usage",
]

CLIENT_KEY: Final = "client"
"""The seam for tests: a client put into the session under this key is used instead."""


def client() -> Client:
    """The client of this process, or the one that the session brings along."""
    own: Client | None = st.session_state.get(CLIENT_KEY)
    return own or _shared_client()


@st.cache_resource
def _shared_client() -> Client:
    return Client()


def endpoints() -> tuple[Endpoint, ...]:
    """All endpoints with their state, at most a second old; raises ``DocumentInsightsError``."""
    own: Client | None = st.session_state.get(CLIENT_KEY)
    return own.endpoints() if own else _shared_endpoints()


@st.cache_resource(ttl=1.0, show_spinner=False)
def _shared_endpoints() -> tuple[Endpoint, ...]:
    return _shared_client().endpoints()


def usage(names: tuple[str, ...]) -> Mapping[str, Usage] | None:
    """Requests, errors and latency of endpoints, at most ten seconds old; None where the cloud
    does not tell.
    """
    own: Client | None = st.session_state.get(CLIENT_KEY)
    try:
        return own.usage(names) if own else _shared_usage(names)
    except DocumentInsightsError:
        return None


@st.cache_resource(ttl=10.0, show_spinner=False, max_entries=20)
def _shared_usage(names: tuple[str, ...]) -> Mapping[str, Usage]:
    return _shared_client().usage(names)


@st.cache_resource(ttl=60.0, show_spinner=False)
def shipped() -> Mapping[str, bool]:
    """The endpoints that are started with the product, and whether their models' files are here."""
    return shipped_models(Settings.load())


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
