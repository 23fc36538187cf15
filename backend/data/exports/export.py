"""One export format, and what was found in a file of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from backend.data.schemas import Example
from backend.data.spans import Range, found_again
from backend.data.tables import LeftOut
from backend.data.values import plain

CLASSES: Final = "text_classification"
ENTITIES: Final = "named_entities"
ANSWERS: Final = "question_answering"
RELATIONS: Final = "relation_extraction"
SUMMARIES: Final = "summarization"

Record = Mapping[str, Any]
Made = Iterable[tuple[str, Example]]
"""Examples of a record, each with the task that it is for."""


class Unusable(ValueError):  # noqa: N818 - says what the record is, which need not be an error
    """Raised for a record that no example can be made of; ``expected`` where that is as it should
    be, for instance because a person has rejected it.
    """

    def __init__(self, reason: str, *, expected: bool = False) -> None:
        super().__init__(reason)
        self.expected = expected


def _no_split(_: Record) -> str:
    return ""


@dataclass(frozen=True)
class Export:
    """One format: its ``name`` in words, whether a record ``fits`` it, and the ``examples`` in a
    record, which raises ``Unusable``; ``why`` completes "because …".
    """

    name: str
    fits: Callable[[Record], bool]
    examples: Callable[[Record], Made]
    why: str
    split: Callable[[Record], str] = _no_split
    """The split that a record names; "" for none."""


@dataclass(frozen=True)
class Found:
    """What is in a file: the format, by task and split the examples, and what was left out."""

    format: str
    why: str
    examples: Mapping[str, Mapping[str, Sequence[Example]]]
    left_out: tuple[LeftOut, ...] = ()
    notes: tuple[str, ...] = ()


def span(text: str, start: Any, end: Any, quote: object = None) -> Example:
    """``{"start", "end"}`` in code points. Tools that run in browsers count UTF-16 units, and some
    count line ends twice: where the ``quote`` does not stand at its place, both are tried.
    """
    first, last = int(plain(start)), int(plain(end))
    if isinstance(quote, str) and quote and text[first:last] != quote:
        wide = _from_utf16(text, first), _from_utf16(text, last)
        if text[wide[0] : wide[1]] == quote:
            first, last = wide
        elif again := found_again(text, Range(first, last, quote)):
            first, last = again.start, again.end
    return {"start": first, "end": last}


def _from_utf16(text: str, at: int) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")[: 2 * at].decode("utf-16-le", "ignore"))


def entity(text: str, start: Any, end: Any, label: Any, quote: object = None) -> Example:
    """A labelled span; raises ``Unusable`` where it has no label."""
    if isinstance(label, (list, tuple)):
        label = label[0] if label else ""
    if not str(label or "").strip():
        raise Unusable("a span has no label")
    return {**span(text, start, end, quote), "label": str(plain(label)).strip()}


def classified(text: Any, labels: Any) -> Example:
    """A text with its class, or with all of them where there are several."""
    names = [str(plain(one)).strip() for one in (labels if isinstance(labels, list) else [labels])]
    names = [name for name in names if name]
    if not isinstance(text, str):
        raise Unusable("it has no text")
    if not names:
        raise Unusable("nobody has given it a label", expected=True)
    if len(names) > 1:
        raise Unusable(f"it has {len(names)} labels, and a model here chooses one")
    return {"text": text.strip(), "label": names[0]}


def related(text: str, head: Example, tail: Example, label: Any) -> Example:
    """A relation of two spans of ``text``."""
    return {
        "text": text,
        "head": {"start": head["start"], "end": head["end"]},
        "tail": {"start": tail["start"], "end": tail["end"]},
        "label": str(plain(label)).strip(),
    }


def from_tokens(words: Sequence[Any]) -> tuple[str, list[tuple[int, int]]]:
    """The text of ``words`` with blanks between them, and where each stands."""
    places, at = [], 0
    for word in map(str, words):
        places.append((at, at + len(word)))
        at += len(word) + 1
    return " ".join(map(str, words)), places


def over(places: Sequence[tuple[int, int]], first: Any, last: Any) -> Example:
    """The span from word ``first`` to word ``last``, both in it."""
    try:
        return {"start": places[int(first)][0], "end": places[int(last)][1]}
    except IndexError:
        raise Unusable("a span points behind its last word") from None
