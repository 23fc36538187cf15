"""What a text classifier is asked: a text, and maybe labels of the caller's own."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from common import payload
from common.payload import BadRequestError

By = Literal["section", "sentence"]

MOST_LABELS = 50
MOST_EXAMPLES = 100  # of one label
MOST_EXAMPLES_IN_ALL = 600  # of all labels: they are encoded within the request
MOST_PHRASES = 60  # of one label
LONGEST_NAME, LONGEST_DESCRIPTION, LONGEST_EXAMPLE, LONGEST_PHRASE = 100, 500, 2_000, 60


@dataclass(frozen=True)
class Label:
    """A label by what it means: its name, a line of description, ``examples`` (texts of its kind)
    and ``phrases`` (words that give such a text away).
    """

    name: str
    description: str = ""
    examples: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True)
class Request:
    """A text to be classified as a whole and ``by`` section or sentence; ``labels`` are empty
    where the model has its own.
    """

    text: str
    labels: tuple[Label, ...] = ()
    by: By = "section"


def read(body: bytes | str, content_type: str) -> Request:
    """``application/x-text``, or JSON ``{"text", "labels": [{"name", "description"?, "examples"?,
    "phrases"?}]?, "parameters": {"by": "section" | "sentence"}?}``.

    Raises :class:`BadRequestError`.
    """
    if payload.media_type(content_type) in payload.PLAIN_TEXT:
        return Request(payload.non_empty(payload.text(body)))
    request = payload.parse_object(body, content_type)
    by = payload.parameters(request).get("by", "section")
    if by not in ("section", "sentence"):
        raise BadRequestError("'by' must be 'section' or 'sentence'.")
    return Request(payload.required_text(request, "text"), _labels(request), cast("By", by))


def _labels(request: dict[str, Any]) -> tuple[Label, ...]:
    given = request.get("labels")
    if given is None:
        return ()
    if not isinstance(given, list) or not 2 <= len(given) <= MOST_LABELS:
        raise BadRequestError(f"'labels' must be a list of 2 to {MOST_LABELS} labels.")
    labels = tuple(_label(item) for item in given)
    if len({label.name.casefold() for label in labels}) < len(labels):
        raise BadRequestError("Two labels have the same name: rename one.")
    if sum(len(label.examples) for label in labels) > MOST_EXAMPLES_IN_ALL:
        raise BadRequestError(
            f"The labels have more than {MOST_EXAMPLES_IN_ALL} examples: train a model on them."
        )
    return labels


def _label(item: Any) -> Label:
    """A label; a text alone is its name."""
    source = {"name": item} if isinstance(item, str) else item
    if not isinstance(source, dict):
        raise BadRequestError("Each label must be a JSON object with a 'name', or a text.")
    name = payload.required_text(source, "name").strip()
    description = source.get("description") or ""
    if not isinstance(description, str):
        raise BadRequestError(f"The description of the label {name[:LONGEST_NAME]!r} must be text.")
    _limit(name, LONGEST_NAME, "name of a label")
    _limit(description, LONGEST_DESCRIPTION, "description of a label")
    return Label(
        name,
        description.strip(),
        _texts(source, "examples", MOST_EXAMPLES, LONGEST_EXAMPLE),
        _texts(source, "phrases", MOST_PHRASES, LONGEST_PHRASE),
    )


def _texts(source: dict[str, Any], key: str, most: int, longest: int) -> tuple[str, ...]:
    """The texts under ``key``, without blank ones."""
    values = source.get(key) or []
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise BadRequestError(f"The {key!r} of a label must be a list of texts.")
    if len(values) > most:
        raise BadRequestError(f"A label can have {most} {key} at most.")
    texts: Sequence[str] = [payload.non_empty(value, key) for value in values if value.strip()]
    for text in texts:
        _limit(text, longest, f"text in {key!r}")
    return tuple(texts)


def _limit(text: str, longest: int, what: str) -> None:
    if text:
        payload.non_empty(text, what)
    if len(text) > longest:
        raise BadRequestError(f"A {what} can have {longest:,} characters at most.")
