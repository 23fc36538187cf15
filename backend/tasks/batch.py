"""Examples of a dataset as requests of a batch job, and its answers as what is scored.

The gold row and the predicted row of an example are those that ``backend.evaluation`` reads, less
their ``id``; ``line`` is the example's request as one line of JSON.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from backend.tasks.base import JSON, Span, Task
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
from backend.tasks.relation_extraction import (
    RELATION_EXTRACTION,
    RelationExtractionRequest,
    RelationExtractionResult,
    directed,
)
from backend.tasks.summarization import (
    SUMMARIZATION,
    SummarizationRequest,
    SummarizationResult,
)
from backend.tasks.text_classification import (
    TEXT_CLASSIFICATION,
    TextClassificationRequest,
    TextClassificationResult,
)

Example = Mapping[str, Any]
Row = dict[str, Any]


@dataclass(frozen=True)
class Batch:
    """One task's examples: what is asked (``request``), what is right (``gold``), and what a
    result says (``predicted``).
    """

    task: Task[Any, Any]
    request: Callable[[Example], Any]
    gold: Callable[[Example], Row]
    predicted: Callable[[Any], Row]

    def line(self, example: Example) -> bytes:
        """The request of ``example`` without a line end; raises ``InputError`` for one that
        cannot be sent.
        """
        payload = self.task.encode(self.request(example))
        if payload.content_type != JSON:
            # A bare text would end at its first line break.
            return json.dumps({"text": payload.text}, ensure_ascii=False).encode()
        return payload.body

    def answer(self, line: bytes, example: Example) -> Row:
        """What the answer in ``line`` says; raises ``ModelError`` where it breaks the contract."""
        return self.predicted(self.task.decode(line, self.request(example)))


def batch_of(task: str) -> Batch:
    """How examples of ``task`` are evaluated; raises ``KeyError`` where there is no such task."""
    return _BATCHES[task]


def _text_request(example: Example) -> TextClassificationRequest:
    return TextClassificationRequest(str(example["text"]))


def _label_gold(example: Example) -> Row:
    return {"text": str(example["text"]), "label": str(example["label"])}


def _label(result: TextClassificationResult) -> Row:
    return {"label": result.label}


def _entities_request(example: Example) -> NamedEntitiesRequest:
    return NamedEntitiesRequest(str(example["text"]))


def _entities_gold(example: Example) -> Row:
    return {"text": str(example["text"]), "entities": list(example["entities"])}


def _entities(result: NamedEntitiesResult) -> Row:
    found = [span for span in result.entities if span.start < span.end and span.label]
    return {"entities": [{"start": s.start, "end": s.end, "label": s.label} for s in found]}


def _question(example: Example) -> QuestionAnsweringRequest:
    return QuestionAnsweringRequest(str(example["question"]), str(example["context"]), top_k=1)


def _question_gold(example: Example) -> Row:
    return {
        "context": str(example["context"]),
        "answers": [str(answer["text"]) for answer in example["answers"]],
    }


def _best_answer(result: QuestionAnsweringResult) -> Row:
    return {"answer": result.best.text if result.best else ""}


def _pair(example: Example) -> RelationExtractionRequest:
    text = str(example["text"])
    one, two = (
        Span(end["start"], end["end"], text[end["start"] : end["end"]])
        for end in (example["head"], example["tail"])
    )
    return RelationExtractionRequest(text, pair=(one, two))


def _relation_gold(example: Example) -> Row:
    return {"text": str(example["text"]), "label": directed(str(example["label"]))}


def _relation(result: RelationExtractionResult) -> Row:
    return {"label": result.relations[0].label}


def _document(example: Example) -> SummarizationRequest:
    return SummarizationRequest(text=_document_text(example))


def _document_text(example: Example) -> str:
    return " ".join(example["sentences"]) if "sentences" in example else str(example["text"])


def _summary_gold(example: Example) -> Row:
    if "summary" in example:
        summary = str(example["summary"])
    else:
        chosen = zip(example["sentences"], example["labels"], strict=True)
        summary = " ".join(sentence for sentence, label in chosen if label)
    return {"text": _document_text(example), "summaries": [summary]}


def _summary(result: SummarizationResult) -> Row:
    return {"summary": result.summary}


_BATCHES: Final[Mapping[str, Batch]] = {
    batch.task.slug: batch
    for batch in (
        Batch(TEXT_CLASSIFICATION, _text_request, _label_gold, _label),
        Batch(NAMED_ENTITIES, _entities_request, _entities_gold, _entities),
        Batch(QUESTION_ANSWERING, _question, _question_gold, _best_answer),
        Batch(RELATION_EXTRACTION, _pair, _relation_gold, _relation),
        Batch(SUMMARIZATION, _document, _summary_gold, _summary),
    )
}
