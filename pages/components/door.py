"""What the screens take from the backend, in one place: the client and its words."""

import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from statistics import median
from typing import Final

import streamlit as st

from backend.client import Answer, Client, Endpoint, LogLine, Model
from backend.documents import Document, DocumentError, extract
from backend.documents.samples import Sample, samples
from backend.errors import DocumentInsightsError, EndpointNotReady
from backend.launcher import ensure_service
from backend.settings import Settings
from backend.snippets import Snippets
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
from backend.tasks.registry import TASKS
from backend.tasks.relation_extraction import (
    RELATION_EXTRACTION,
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
)
from backend.tasks.summarization import SUMMARIZATION, SummarizationRequest, SummarizationResult
from backend.tasks.text_classification import (
    TEXT_CLASSIFICATION,
    Section,
    TextClassificationRequest,
    TextClassificationResult,
)

__all__ = [
    "NAMED_ENTITIES",
    "QUESTION_ANSWERING",
    "RELATION_EXTRACTION",
    "SUMMARIZATION",
    "TASKS",
    "TEXT_CLASSIFICATION",
    "Answer",
    "Client",
    "Document",
    "DocumentError",
    "DocumentInsightsError",
    "Endpoint",
    "EndpointNotReady",
    "LogLine",
    "Model",
    "NamedEntitiesRequest",
    "NamedEntitiesResult",
    "QuestionAnsweringRequest",
    "QuestionAnsweringResult",
    "Relation",
    "RelationExtractionRequest",
    "RelationExtractionResult",
    "Sample",
    "Section",
    "Snippets",
    "Span",
    "SummarizationRequest",
    "SummarizationResult",
    "Task",
    "TextClassificationRequest",
    "TextClassificationResult",
    "client",
    "document_of",
    "endpoints",
    "extract",
    "from_text",
    "prepare",
    "samples",
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


@dataclass
class Traffic:
    """What this app asked of one endpoint since it started; ``latencies`` in seconds."""

    requests: int = 0
    errors: int = 0
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=200))

    @property
    def latency(self) -> float | None:
        """The median of the last answers, in seconds."""
        return median(self.latencies) if self.latencies else None


class Usage:
    """Requests and latencies by endpoint, for all sessions of this app."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._traffic: dict[str, Traffic] = defaultdict(Traffic)

    def answered(self, endpoint: str, seconds: float) -> None:
        """Note an answer that took ``seconds``."""
        with self._lock:
            traffic = self._traffic[endpoint]
            traffic.requests += 1
            traffic.latencies.append(seconds)

    def failed(self, endpoint: str) -> None:
        """Note a request without an answer."""
        with self._lock:
            traffic = self._traffic[endpoint]
            traffic.requests += 1
            traffic.errors += 1

    def of(self, endpoint: str) -> Traffic:
        """What is known of ``endpoint``."""
        with self._lock:
            return self._traffic[endpoint]


@st.cache_resource
def usage() -> Usage:
    """The one record of this app."""
    return Usage()


def prepare() -> None:
    """Have the service of this computer run, where settings ask for it; cheap while it does.

    Raises ``DocumentInsightsError`` where it cannot be had.
    """
    if CLIENT_KEY not in st.session_state:
        ensure_service(Settings.load())


def from_text(name: str, text: str) -> Document:
    """A text that was typed or pasted, held to the same limits as a file.

    Raises ``DocumentError`` in one sentence.
    """
    if not text.strip():
        raise DocumentError("There is no text yet: type or paste some, or choose a sample.")
    return extract(name, text.encode("utf-8", "replace"))


def document_of(sample: Sample) -> Document:
    """A sample as a document."""
    return Document(sample.title, sample.text, "text", None, ())
