"""The dialects by task, and recognising the one that an endpoint speaks."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, Final

from backend.errors import ModelError
from backend.tasks.base import Payload, parse
from backend.tasks.dialects import answers, classes, entities, relations, summaries
from backend.tasks.dialects.base import Dialect

DIALECTS: Final[Mapping[str, tuple[Dialect, ...]]] = MappingProxyType(
    {
        found[0].task.slug: found
        for found in (
            summaries.DIALECTS,
            classes.DIALECTS,
            answers.DIALECTS,
            entities.DIALECTS,
            relations.DIALECTS,
        )
    }
)
"""In the order in which they are tried."""


def dialect_of(task: str, name: str) -> Dialect | None:
    """The dialect of that name; None where there is none (any more)."""
    return next((one for one in DIALECTS.get(task, ()) if one.name == name), None)


def recognise(task: str, ask: Callable[[Payload], bytes]) -> Dialect | None:
    """The dialect in which ``ask`` is answered, None where none fits.

    Each form of request is sent once; ``ModelError`` (the container refused it) counts as an
    answer of another dialect. Whatever else ``ask`` raises is raised.
    """
    heard: dict[Payload, bytes | None] = {}
    for dialect in DIALECTS[task]:
        payload = dialect.task.encode(dialect.probe)
        if payload not in heard:
            heard[payload] = _answer(ask, payload)
        if _fits(dialect, heard[payload]):
            return dialect
    return None


def _answer(ask: Callable[[Payload], bytes], payload: Payload) -> bytes | None:
    try:
        return ask(payload)
    except ModelError:
        return None


def _fits(dialect: Dialect, body: bytes | None) -> bool:
    if body is None:
        return False
    try:
        dialect.task.decode(body, dialect.probe)
        answer: Any = parse(body)
    except ModelError:
        return False
    return dialect.marked(answer)


_JUMPSTART_TAGS: Final = (
    "sagemaker-sdk:jumpstart-model-id",
    "sagemaker-studio:jumpstart-model-id",
    "sm-jumpstart-id",
)
_SOLUTION_TAG: Final = "sagemaker-soln"
_JUMPSTART_KINDS: Final = {
    "-tc-": ("text_classification", "jumpstart"),
    "-eqa-": ("question_answering", "jumpstart"),
    "-summarization-": ("summarization", "jumpstart"),
}
_SOLUTION_NAMES: Final = {
    "-tc-": ("text_classification", "jumpstart"),
    "-eqa-": ("question_answering", "jumpstart"),
    "-ner-": ("named_entities", "solution-words"),
    "-re-": ("relation_extraction", "solution-pairs"),
    "-summarization": ("summarization", "solution"),
    "-question-answering": ("question_answering", "solution"),
    "-entity-recognition": ("named_entities", "document-insights"),
    "-relationship-extraction": ("relation_extraction", "solution-pairs"),
}
"""Endings and middles of the original solution's endpoint names."""


def by_tags(endpoint: str, tags: Mapping[str, str]) -> tuple[str, str] | None:
    """Task and dialect that an endpoint's tags and name tell; None where they do not.

    JumpStart tags its endpoints with the model's id, the original solution with its own prefix.
    """
    model = next((tags[key] for key in _JUMPSTART_TAGS if key in tags), "")
    if model:
        return _first(_JUMPSTART_KINDS, model)
    if _SOLUTION_TAG in tags:
        return _first(_SOLUTION_NAMES, endpoint)
    return None


def _first(kinds: Mapping[str, tuple[str, str]], name: str) -> tuple[str, str] | None:
    return next((told for mark, told in kinds.items() if mark in name), None)
