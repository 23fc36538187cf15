"""The canonical examples of each task: one JSON object an example, as training jobs read them.

=====================  ===========================================================================
text_classification    ``{"text", "label"}``
named_entities         ``{"text", "entities": [{"start", "end", "label"}]}``
question_answering     ``{"question", "context", "answers": [{"text", "start"}]}``, none: no answer
relation_extraction    ``{"text", "head": {"start", "end"}, "tail": {"start", "end"}, "label"}``
summarization          ``{"text" | "sentences", "summary" | "labels"}``
=====================  ===========================================================================

Any example may also have a ``group``, the document that it is part of, and an ``id``. Offsets
count code points.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from backend.tasks.folding import words_of
from backend.tasks.named_entities import NAMED_ENTITIES
from backend.tasks.question_answering import QUESTION_ANSWERING
from backend.tasks.relation_extraction import RELATION_EXTRACTION
from backend.tasks.summarization import SUMMARIZATION
from backend.tasks.text_classification import TEXT_CLASSIFICATION

Example = dict[str, Any]
Splits = Mapping[str, Sequence[Example]]
"""The examples of a dataset by split."""

SPLITS: Final = ("train", "validation", "test")


@dataclass(frozen=True)
class Schema:
    """What the examples of one task hold.

    ``fault(example)`` says what keeps an example from being canonical ("" where nothing does);
    all others take canonical ones. ``text`` is what a model reads first, ``key`` is equal for two
    examples that ask the same of a model and ``target`` for two that expect the same answer,
    ``groups`` are names of what may only be in one split, ``labels`` are what the example is
    counted under.
    """

    task: str
    fault: Callable[[Example], str]
    text: Callable[[Example], str]
    key: Callable[[Example], str]
    target: Callable[[Example], Hashable]
    groups: Callable[[Example], list[str]]
    labels: Callable[[Example], list[str]]
    classes: bool = False
    """Whether each example has exactly one label, which a model is to choose."""
    phrases: bool = False
    """Whether a text that is part of another one asks for the same knowledge."""


def schema_of(task: str) -> Schema:
    """The schema of the task with that slug; raises ``KeyError`` where there is none."""
    return _SCHEMAS[task]


@lru_cache(maxsize=200_000)
def folded(text: str) -> str:
    """``text`` as it is compared: one blank between words, no difference in case.

    Every check asks for the same ones again; who is done with them calls ``folded.cache_clear``.
    """
    return " ".join(text.split()).casefold()


@lru_cache(maxsize=200_000)
def likeness(text: str) -> str:
    """What nearly equal texts have in common: those that differ in case, punctuation or blanks only
    must not be in two splits. Compare's memory of what a model was trained on folds alike.
    """
    return words_of(text)


def _lacks(example: Example, **kinds: type) -> str:
    for name, kind in kinds.items():
        if name not in example:
            return f"“{name}” is missing"
        if not isinstance(example[name], kind):
            return f"“{name}” is not {_KINDS[kind]}"
    return ""


_KINDS: Final[Mapping[type, str]] = {
    str: "a text",
    int: "a whole number",
    list: "a list",
    dict: "an object",
}


def _first_fault(items: Sequence[Any], **kinds: type) -> str:
    for item in items:
        if not isinstance(item, dict):
            return "a list holds something that is not an object"
        if fault := _lacks(item, **kinds):
            return fault
    return ""


def _class_fault(example: Example) -> str:
    return _lacks(example, text=str, label=str)


def _entities_fault(example: Example) -> str:
    return _lacks(example, text=str, entities=list) or _first_fault(
        example["entities"], start=int, end=int, label=str
    )


def _question_fault(example: Example) -> str:
    return _lacks(example, question=str, context=str, answers=list) or _first_fault(
        example["answers"], text=str, start=int
    )


def _relation_fault(example: Example) -> str:
    return _lacks(example, text=str, head=dict, tail=dict, label=str) or _first_fault(
        [example["head"], example["tail"]], start=int, end=int
    )


def _summary_fault(example: Example) -> str:
    source = {"sentences": list} if "sentences" in example else {"text": str}
    target = {"labels": list} if "labels" in example else {"summary": str}
    if fault := _lacks(example, **source) or _lacks(example, **target):
        return fault
    if not all(isinstance(sentence, str) for sentence in example.get("sentences", ())):
        return "“sentences” holds something that is not a text"
    if "labels" in example and len(example["labels"]) != len(example.get("sentences", ())):
        return "“labels” has not one number for each sentence"
    return ""


def document_text(example: Example) -> str:
    """The text that an example of summarization is a summary of."""
    if "sentences" in example:
        return " ".join(example["sentences"])
    return str(example["text"])


def summary_text(example: Example) -> str:
    """The summary of an example, written or chosen."""
    if "summary" in example:
        return str(example["summary"])
    pairs = zip(example["sentences"], example["labels"], strict=True)
    return " ".join(sentence for sentence, chosen in pairs if chosen)


def _groups(example: Example, text: str) -> list[str]:
    document = example.get("group")
    return [f"text:{likeness(text)}", *([f"document:{document}"] if document else [])]


def _relation_key(example: Example) -> str:
    spans = sorted((example[end]["start"], example[end]["end"]) for end in ("head", "tail"))
    return f"{folded(example['text'])}\n{spans}"


def _answerable(example: Example) -> list[str]:
    return ["with an answer" if example["answers"] else "without an answer"]


_LENGTHS: Final = ((20, "up to 20 words"), (50, "21 to 50 words"), (100, "51 to 100 words"))


def _summary_length(example: Example) -> list[str]:
    words = len(summary_text(example).split())
    return [next((name for most, name in _LENGTHS if words <= most), "over 100 words")]


def _text(example: Example) -> str:
    return str(example["text"])


def _folded_text(example: Example) -> str:
    return folded(example["text"])


def _by_text(example: Example) -> list[str]:
    return _groups(example, example["text"])


def _target_label(example: Example) -> str:
    return str(example["label"])


def _label(example: Example) -> list[str]:
    return [example["label"]]


_SCHEMAS: Final[Mapping[str, Schema]] = {
    schema.task: schema
    for schema in (
        Schema(
            task=TEXT_CLASSIFICATION.slug,
            fault=_class_fault,
            text=_text,
            key=_folded_text,
            target=_target_label,
            groups=_by_text,
            labels=_label,
            classes=True,
            phrases=True,
        ),
        Schema(
            task=NAMED_ENTITIES.slug,
            fault=_entities_fault,
            text=_text,
            key=_folded_text,
            target=lambda example: tuple(
                sorted((e["start"], e["end"], e["label"]) for e in example["entities"])
            ),
            groups=_by_text,
            labels=lambda example: [entity["label"] for entity in example["entities"]],
        ),
        Schema(
            task=QUESTION_ANSWERING.slug,
            fault=_question_fault,
            text=lambda example: str(example["context"]),
            key=lambda example: f"{folded(example['question'])}\n{folded(example['context'])}",
            target=lambda example: tuple(sorted(folded(a["text"]) for a in example["answers"])),
            groups=lambda example: _groups(example, example["context"]),
            labels=_answerable,
        ),
        Schema(
            task=RELATION_EXTRACTION.slug,
            fault=_relation_fault,
            text=_text,
            key=_relation_key,
            target=_target_label,
            groups=_by_text,
            labels=_label,
            classes=True,
        ),
        Schema(
            task=SUMMARIZATION.slug,
            fault=_summary_fault,
            text=document_text,
            key=lambda example: folded(document_text(example)),
            target=lambda example: folded(summary_text(example)),
            groups=lambda example: _groups(example, document_text(example)),
            labels=_summary_length,
        ),
    )
}
