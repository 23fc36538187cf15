"""SQuAD in the shapes that people keep it: articles, paragraphs, with answers or without."""

from collections.abc import Mapping
from typing import Any, Final

from backend.data.exports.export import ANSWERS, Export, Made, Record, Unusable
from backend.data.schemas import Example
from backend.data.values import is_missing


def _fits(record: Record) -> bool:
    paragraphs = record.get("paragraphs")
    return (
        isinstance(paragraphs, list)
        and bool(paragraphs)
        and all(isinstance(one, dict) and "qas" in one for one in paragraphs)
    )


def _article(record: Record) -> Made:
    made: list[tuple[str, Example]] = []
    for paragraph in record["paragraphs"]:
        made += _paragraph(paragraph, str(record.get("title") or paragraph.get("title") or ""))
    return made


def _paragraph(paragraph: Record, title: str = "") -> list[tuple[str, Example]]:
    return [
        (ANSWERS, question(paragraph["context"], one, title or str(paragraph.get("title") or "")))
        for one in paragraph["qas"]
    ]


def question(context: Any, one: Mapping[str, Any], title: str) -> Example:
    """The example of one entry of ``qas``; raises ``Unusable``."""
    if not isinstance(context, str) or not isinstance(one.get("question"), str):
        raise Unusable("it has no context or no question")
    example: Example = {"id": str(one["id"])} if one.get("id") is not None else {}
    return {
        **example,
        "group": title,
        "question": one["question"].strip(),
        "context": context,
        "answers": [] if one.get("is_impossible") else answers(one.get("answers"), context),
    }


def answers(found: Any, context: str) -> list[Example]:
    """``[{"text", "start"}]`` out of a list of objects, one object, or an object of lists; answers
    without a text are none.
    """
    if isinstance(found, Mapping):
        texts, starts = found.get("text"), found.get("answer_start", found.get("start"))
        if not isinstance(texts, list):
            texts, starts = [texts], [starts]
        found = [{"text": t, "answer_start": s} for t, s in zip(texts, starts or [], strict=False)]
    made = []
    for one in found or ():
        if one is None:
            continue
        if isinstance(one, str):
            one = {"text": one}
        text = one.get("text")
        if is_missing(text) and not (isinstance(text, str) and text.strip()):
            continue
        start = one.get("answer_start", one.get("start"))
        at = int(start) if not is_missing(start) and int(start) >= 0 else context.find(text)
        if at < 0:
            raise Unusable("its answer is not in its context")
        made.append({"text": str(text), "start": at})
    return made


EXPORTS: Final = (
    Export("SQuAD", _fits, _article, "it has paragraphs with questions"),
    Export(
        "SQuAD",
        lambda record: isinstance(record.get("qas"), list) and "context" in record,
        lambda record: _paragraph(record),
        "it has contexts with questions",
    ),
)
