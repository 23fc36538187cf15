"""Datasets as what a screen shows: rows for tables, examples as marked text. Nothing here draws."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pages.components import colours
from pages.components.colours import Ink
from pages.components.door import SPLITS, TASK_TITLES, DatasetVersion, Finding, Repairs
from pages.components.names import count, entity_tag
from pages.components.reader import Mark

Numbered = tuple[int, Mapping[str, Any]]

LABELLED: Final = frozenset({"text_classification", "relation_extraction", "named_entities"})
"""Tasks whose labels can be renamed."""

_LONGEST: Final = 700
"""Characters of one example on screen."""

_BEFORE: Final = 200


def split_inks() -> dict[str, Ink]:
    """The colour of each split in charts."""
    return {split: colours.class_ink(split, SPLITS) for split in SPLITS}


def splits_words(version: DatasetVersion) -> str:
    """The splits with their sizes: "train 250 · test 52"."""
    return " · ".join(f"{name} {split.count:,}" for name, split in version.splits.items())


def checks_words(version: DatasetVersion) -> str:
    """What lint found, in few words."""
    found = [
        count(number, one)
        for number, one in ((version.errors, "error"), (version.warnings, "warning"))
        if number
    ]
    return ", ".join(found) or "clean"


def short(sha256: str) -> str:
    """The beginning of a hash, which tells versions apart."""
    return sha256[:8]


def step_rows(repairs: Repairs, count: int) -> list[dict[str, Any]]:
    """The steps of fixing all, with the examples before and after each."""
    rows = []
    for step in repairs.steps:
        rows.append(
            {
                "Finding": step.title,
                "Rows": step.rows,
                "Fix": step.note,
                "Examples before": count,
                "Examples after": step.examples,
            }
        )
        count = step.examples
    return rows


def dataset_row(version: DatasetVersion) -> dict[str, Any]:
    """One dataset in the list of them, in its newest version."""
    return {
        "Dataset": version.name,
        "Task": TASK_TITLES.get(version.task, version.task),
        "Examples": version.count,
        "Train / val / test": " / ".join(
            f"{version.splits[name].count:,}" if name in version.splits else "–" for name in SPLITS
        ),
        "Version": version.version,
        "Checks": checks_words(version),
        "Hash": short(version.sha256),
    }


def version_row(version: DatasetVersion) -> dict[str, Any]:
    """One version in the list of a dataset's versions."""
    return {
        "Version": version.version,
        "Made": f"{version.created:%Y-%m-%d %H:%M} UTC",
        "Splits": splits_words(version),
        "Checks": checks_words(version),
        "Hash": short(version.sha256),
        "What was done": "; ".join(version.notes),
    }


def finding_rows(finding: Finding) -> list[dict[str, Any]]:
    """The rows that a finding lists; numbers count from 1, as people do."""
    detailed = any(place.detail for place in finding.places)
    return [
        {"Split": place.split, "Row": place.row + 1, "Text": place.text}
        | ({"What is wrong": place.detail} if detailed else {})
        for place in finding.places
    ]


def matching(
    examples: Sequence[Mapping[str, Any]], task: str, *, label: str | None, words: str
) -> list[Numbered]:
    """The examples, with their numbers from 0, that have ``label`` (None: any) and ``words``."""
    wanted = words.casefold().strip()
    return [
        (row, example)
        for row, example in enumerate(examples)
        if (label is None or label in _labels(example, task))
        and (not wanted or wanted in _searched(example).casefold())
    ]


def _labels(example: Mapping[str, Any], task: str) -> set[str]:
    if task == "named_entities":
        return {entity["label"] for entity in example["entities"]}
    return {example.get("label", "")}


def _searched(example: Mapping[str, Any]) -> str:
    values = (example.get(name, "") for name in ("text", "question", "context", "summary"))
    return "\n".join([*map(str, values), *example.get("sentences", ())])


def as_text(
    examples: Iterable[Numbered], task: str, labels: tuple[str, ...] = ()
) -> tuple[str, list[Mark]]:
    """``examples`` as one text, a heading and a paragraph each, with marks on what they say."""
    text, marks = "", []
    for row, example in examples:
        text += "\n\n" if text else ""
        head, ink, tagged = _heading(example, task, labels)
        number = f"{row + 1}  "
        start = len(text) + len(number)
        if head:
            marks.append(_mark(start, start + len(head), ink, tagged))
        text += f"{number}{head}\n"
        body, spans = _body(example, task)
        for first, last, colour, label in spans:
            marks.append(_mark(len(text) + first, len(text) + last, colour, label))
        text += body
    return text, marks


def _mark(start: int, end: int, ink: Ink, label: str = "") -> Mark:
    return Mark(f"{start}", start, end, ink, label=label, clickable=False)


def _heading(
    example: Mapping[str, Any], task: str, labels: tuple[str, ...]
) -> tuple[str, Ink, str]:
    """What stands over an example: its label, question or summary, with its ink and a tag."""
    if task == "question_answering":
        answered = "" if example["answers"] else "no answer"
        return _line(example["question"]), colours.QUIET, answered
    if task == "summarization":
        return _line(_summary(example)), colours.SUMMARY, ""
    if "label" in example:
        return _line(example["label"]), colours.class_ink(example["label"], labels), ""
    return "", colours.QUIET, ""


def _line(text: str) -> str:
    return " ".join(text.split())[:_LONGEST]


def _summary(example: Mapping[str, Any]) -> str:
    if "summary" in example:
        return str(example["summary"])
    pairs = zip(example["sentences"], example["labels"], strict=False)
    return " ".join(sentence for sentence, chosen in pairs if chosen)


_Spans = list[tuple[int, int, Ink, str]]


def _body(example: Mapping[str, Any], task: str) -> tuple[str, _Spans]:
    """The text of an example, cut around its first span where it is long, and the spans in it."""
    if task == "question_answering":
        text = str(example["context"])
        spans = [
            (answer["start"], answer["start"] + len(answer["text"]), colours.ANSWER, "")
            for answer in example["answers"]
        ]
    else:
        text = str(example.get("text", "")) or " ".join(example.get("sentences", ()))
        spans = _entities(example) + _ends(example)
    return _cut(text, sorted(set(spans), key=lambda span: span[:2]))


def _entities(example: Mapping[str, Any]) -> _Spans:
    return [
        (e["start"], e["end"], colours.entity_ink(e["label"]), entity_tag(e["label"]))
        for e in example.get("entities", ())
    ]


def _ends(example: Mapping[str, Any]) -> _Spans:
    return [
        (example[end]["start"], example[end]["end"], ink, tag)
        for end, ink, tag in (("head", colours.HEAD, "e1"), ("tail", colours.TAIL, "e2"))
        if end in example
    ]


def _cut(text: str, spans: _Spans) -> tuple[str, _Spans]:
    text = text.replace("\n", " ")  # a heading and one paragraph each; offsets stay
    start = 0
    if len(text) > _LONGEST and spans:
        start = max(0, min(spans[0][0] - _BEFORE, len(text) - _LONGEST))
    end = min(len(text), start + _LONGEST)
    lead = "… " if start else ""
    moved = [
        (first - start + len(lead), last - start + len(lead), ink, label)
        for first, last, ink, label in spans
        if start <= first < last <= end
    ]
    return f"{lead}{text[start:end]}{' …' if end < len(text) else ''}", moved
