"""A client without a cloud: it finds capital letters, full stops and the word "because"."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from backend.catalog.rows import Row
from backend.catalog.service import Registered
from backend.client import Answer, Endpoint, InParts, LogLine, Model, Usage
from backend.costs.service import Costs
from backend.documents import Document
from backend.embedded import EMBEDDED
from backend.endpoints.hosting import Hosting
from backend.errors import (
    CloudError,
    DocumentInsightsError,
    EndpointMissing,
    ModelError,
    NameTaken,
    NotFound,
    NotPermitted,
)
from backend.settings import Cloud
from backend.settings.spending import Spending
from backend.tasks.base import Span, Task
from backend.tasks.named_entities import NamedEntitiesRequest, NamedEntitiesResult
from backend.tasks.question_answering import QuestionAnsweringRequest, QuestionAnsweringResult
from backend.tasks.relation_extraction import (
    Relation,
    RelationExtractionRequest,
    RelationExtractionResult,
)
from backend.tasks.snippets import Snippets, snippets_for
from backend.tasks.summarization import SummarizationRequest, SummarizationResult
from backend.tasks.text_classification import (
    Section,
    TextClassificationRequest,
    TextClassificationResult,
)
from tests.costs.fake_cloud import FakeCloud

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
_NAME = re.compile(r"\b[A-Z]\w+(?: [A-Z]\w+)*")
_SENTENCE = re.compile(r"[^.\n]+\.?")
_LABELS = ("PERSON", "ORG", "GPE", "DATE", "MONEY")


def span_of(match: re.Match[str], label: str = "", score: float | None = None) -> Span:
    """The place of ``match``."""
    return Span(match.start(), match.end(), match.group(), label, score)


def names(request: NamedEntitiesRequest) -> NamedEntitiesResult:
    """Capitalised words; their type depends on their length."""
    found = [span_of(m, _LABELS[len(m.group()) % 5]) for m in _NAME.finditer(request.text)]
    return NamedEntitiesResult(tuple(found), tuple(found[:3]))


def summary(request: SummarizationRequest) -> SummarizationResult:
    """The first sentences."""
    kept: list[Span] = []
    words = 0
    for match in _SENTENCE.finditer(request.text):
        if not match.group().strip():
            continue
        words += len(match.group().split())
        if kept and words > (request.max_words or 60):
            break
        kept.append(span_of(match, score=0.9))
    text = " ".join(span.text.strip() for span in kept)
    return SummarizationResult(text, tuple(kept), len(text.split()), len(request.text.split()), 1)


def classes(request: TextClassificationRequest) -> TextClassificationResult:
    """Two classes, every other paragraph is negative; the first two of the labels that are given
    in the same way.
    """
    named = tuple(label.name for label in request.labels) or ("positive", "negative")
    rest = (0.0,) * (len(named) - 2)
    first, fall = (0.98, 0.0) if request.by == "sentence" else (0.9, 0.05)
    sections = tuple(
        Section(span_of(m, named[at % 2], first - fall * (at % 9)), (0.9, 0.1, *rest))
        for at, m in enumerate(re.finditer(r"[^\n]+", request.text))
    )
    if request.labels:
        return TextClassificationResult(named[0], named, (0.87, 0.13, *rest), sections)
    return TextClassificationResult("positive", ("negative", "positive"), (0.13, 0.87), sections)


def answers(request: QuestionAnsweringRequest) -> QuestionAnsweringResult:
    """The first names in the text; nothing where the question says "nothing"."""
    found = [
        span_of(m, score=0.8 / (at + 1))
        for at, m in enumerate(_NAME.finditer(request.context))
        if at < request.top_k
    ]
    answered = bool(found) and "nothing" not in request.question
    state: Any = "answered" if answered else "none"
    return QuestionAnsweringResult(tuple(found), state, 0.1 if answered else 0.9, 2)


def relations(request: RelationExtractionRequest) -> RelationExtractionResult:
    """The first two names of each sentence cause each other; any pair is about its first."""
    if request.pair:
        one, two = request.pair
        one, two = (replace(s, text=request.text[s.start : s.end]) for s in (one, two))
        whole = Span(0, len(request.text), request.text)
        scores = {"Message-Topic(e1,e2)": 0.75, "Other": 0.25}
        known = Relation(one, two, "Message-Topic", "Message-Topic(e1,e2)", 0.75, whole, scores)
        return RelationExtractionResult((known,), 1)
    found: list[Relation] = []
    for sentence in _SENTENCE.finditer(request.text):
        pair = [
            Span(m.start() + sentence.start(), m.end() + sentence.start(), m.group())
            for m in _NAME.finditer(sentence.group())
        ][:2]
        if len(pair) == 2:
            name = ("Cause-Effect", "Member-Collection", "Product-Producer")[len(found) % 3]
            found.append(
                Relation(
                    pair[0],
                    pair[1],
                    name,
                    f"{name}(e1,e2)",
                    0.95 - 0.02 * len(found),
                    span_of(sentence),
                )
            )
    return RelationExtractionResult(tuple(found), 3 * len(found))


_RESULTS: dict[str, Callable[[Any], Any]] = {
    "named_entities": names,
    "summarization": summary,
    "text_classification": classes,
    "question_answering": answers,
    "relation_extraction": relations,
}


def endpoint_of(name: str, task: str, state: str = "InService") -> Endpoint:
    """An endpoint in ``state``."""
    reason = "The model could not be loaded." if state == "Failed" else ""
    return Endpoint(name, state, f"model-of-{name}", task, NOW, NOW, reason, 1, 1)


@dataclass
class FakeDocuments:
    """Kept documents, by key."""

    kept: dict[str, Document] = field(default_factory=dict)

    def keep(self, document: Document) -> str:
        """The key of ``document``."""
        key = f"{len(self.kept):040x}"
        self.kept[key] = document
        return key

    def get(self, key: str) -> Document:
        """The document under ``key``."""
        if key not in self.kept:
            raise NotFound(key)
        return self.kept[key]

    def remove(self, key: str) -> None:
        """Forget it."""
        self.kept.pop(key, None)


@dataclass
class FakeAttachments:
    """Endpoints of others: those with "strange" in their names answer as nothing that is known."""

    fleet: dict[str, Endpoint]

    def attach(self, endpoint: str, task: Task[Any, Any]) -> str:
        """The fleet with ``endpoint`` at its task."""
        if "strange" in endpoint:
            raise ModelError(f"“{endpoint}” does not answer as any model that is known here.")
        self.fleet[endpoint] = replace(self.fleet[endpoint], task=task.slug, attached=True)
        return "a model"

    def detach(self, endpoint: str) -> None:
        """The fleet with ``endpoint`` at no task."""
        self.fleet[endpoint] = replace(self.fleet[endpoint], task="", attached=False)


@dataclass
class FakeCatalog:
    """What was registered; JumpStart is not to be had."""

    registered: list[str] = field(default_factory=list)

    def register(self, row: Row) -> Registered:
        """The model of ``row``."""
        if row.kind == "jumpstart":
            raise CloudError(f"“{row.name}” comes from SageMaker JumpStart: choose another model.")
        self.registered.append(row.name)
        return Registered(f"{row.name}-0123", "An older version is used.")


@dataclass
class FakeClient:
    """Behaves as ``backend.client.Client``; ``errors`` by task are raised instead of an answer."""

    fleet: dict[str, Endpoint] = field(
        default_factory=lambda: {
            model.name: endpoint_of(model.name, model.task) for model in EMBEDDED if model.served
        }
    )
    errors: dict[str, DocumentInsightsError] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    asked: list[tuple[str, Any, str]] = field(default_factory=list)
    down: DocumentInsightsError | None = None
    measured: bool = True
    hostings: dict[str, Hosting] = field(default_factory=dict)
    documents: FakeDocuments = field(default_factory=FakeDocuments)
    catalog: FakeCatalog = field(default_factory=FakeCatalog)
    cloud: Cloud = field(
        default_factory=lambda: Cloud(
            title="This computer",
            region="us-east-1",
            bucket="b",
            prefix="p",
            role_arn="r",
            image="i",
            instance_type="t",
            isolated=True,
        )
    )

    @property
    def attachments(self) -> FakeAttachments:
        """Over the same fleet."""
        return FakeAttachments(self.fleet)

    @cached_property
    def costs(self) -> Costs:
        """Those of an empty account."""
        return Costs(FakeCloud(self.cloud).connections, Spending())

    def run(
        self, task: Task[Any, Any], request: Any, *, endpoint: str | None = None
    ) -> Answer[Any]:
        """A made-up answer, or the error that was laid down."""
        name = endpoint or task.default_endpoint
        self.asked.append((task.slug, request, name))
        payload = task.encode(request)
        if task.slug in self.errors:
            raise self.errors[task.slug]
        if name not in self.fleet:
            raise EndpointMissing(name)
        result = self.results.get(task.slug) or _RESULTS[task.slug](request)
        body = json.dumps(asdict(result), default=str)
        return Answer(result, name, self.fleet[name].model, 0.12, payload, body)

    def in_parts(
        self, task: Task[Any, Any], request: Any, *, endpoint: str | None = None
    ) -> InParts[Any, Any]:
        """As the real one makes them."""
        return InParts(lambda part: self.run(task, part, endpoint=endpoint), task, request)

    def usage(self, endpoints: Sequence[str]) -> Mapping[str, Usage]:
        """Three requests each, or a refusal."""
        if not self.measured:
            raise NotPermitted("cloudwatch:GetMetricData")
        return {name: Usage(3, 1, 0.25) for name in endpoints}

    def endpoints(self) -> tuple[Endpoint, ...]:
        """All of the fleet."""
        if self.down is not None:
            raise self.down
        return tuple(self.fleet.values())

    def models(self) -> tuple[Model, ...]:
        """The models of the fleet and one that nobody runs."""
        served = [
            Model(e.model, e.task, "assets", NOW, "s3://b/model.tar.gz")
            for e in self.fleet.values()
        ]
        return (*served, Model("finetuned-named-entities", "named_entities", "assets", NOW, ""))

    def deploy(
        self,
        model: str,
        *,
        endpoint: str | None = None,
        instances: int = 1,
        hosting: Hosting | None = None,
    ) -> str:
        """A new endpoint, still Creating."""
        name = endpoint or model
        self.hostings[name] = hosting or Hosting(instances=instances)
        if name in self.fleet:
            raise NameTaken(name)
        task = next((m.task for m in self.models() if m.name == model), "")
        self.fleet[name] = replace(endpoint_of(name, task, "Creating"), model=model)
        return name

    def update(self, endpoint: str, model: str, *, instances: int = 1) -> None:
        """The endpoint with another model."""
        self.fleet[endpoint] = replace(self.fleet[endpoint], model=model, state="Updating")

    def delete(self, endpoint: str) -> None:
        """The fleet without ``endpoint``."""
        del self.fleet[endpoint]

    def log_tail(self, endpoint: str, *, lines: int = 200) -> tuple[LogLine, ...]:
        """Two lines, one of them hostile."""
        return (LogLine(NOW, f"{endpoint} started"), LogLine(NOW, "<b>![x](http://evil)</b>"))

    def snippets(
        self, task: Task[Any, Any], request: Any, *, endpoint: str | None = None
    ) -> Snippets:
        """As the real one makes them."""
        return snippets_for(task.encode(request), endpoint or task.default_endpoint, self.cloud)
