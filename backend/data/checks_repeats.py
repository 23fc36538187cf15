"""Checks of what occurs more than once: inside a split, and in two splits."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator
from typing import Final

from backend.data.findings import Data, Finding
from backend.data.phrases import sentences_of
from backend.data.schemas import folded

_PROTECTED: Final = {"train": 0, "validation": 1, "test": 2}
"""Where something is in two splits, it is the higher one that must stay unseen."""

_Row = tuple[str, int, str]


def duplicates(data: Data) -> Iterable[Finding]:
    """The same example again in one split, and the same input with another answer."""
    again: list[_Row] = []
    against: list[_Row] = []
    for split, keys in data.keys.items():
        seen: dict[str, set[Hashable]] = defaultdict(set)
        for row, (key, example) in enumerate(zip(keys, data.splits[split], strict=True)):
            target = data.schema.target(example)
            if target in seen[key]:
                again.append((split, row, ""))
            elif seen[key]:
                against.append((split, row, _says(data, target)))
            seen[key].add(target)
    yield from data.finding(
        "duplicates",
        "warning",
        "Duplicates",
        "They weigh twice in training and in scores. Dropping keeps the first of each.",
        again,
        "drop_duplicates",
    )
    yield from data.finding(
        "contradictions",
        "warning",
        "The same text with different answers",
        "A model cannot learn both. Dropping keeps the answer that is given most often.",
        against,
        "drop_contradictions",
    )


def _says(data: Data, target: Hashable) -> str:
    return f"“{target}”" if data.schema.classes else ""


def leaks(data: Data) -> Iterable[Finding]:
    """Texts, contexts and documents that are in two splits."""
    where: dict[str, int] = defaultdict(int)
    names = {
        split: [data.schema.groups(example) for example in examples]
        for split, examples in data.splits.items()
    }
    for split, groups in names.items():
        place = _PROTECTED[split]
        for group in groups:
            for name in group:
                where[name] |= 1 << place
    found: dict[str, list[_Row]] = {"text": [], "document": []}
    for split, groups in names.items():
        place = _PROTECTED[split]
        for row, group in enumerate(groups):
            leak = next((name for name in group if where[name] >> (place + 1)), None)
            if leak is not None:
                kind, _, value = leak.partition(":")
                other = _name(where[leak].bit_length() - 1)
                said = f"also in {other}" if kind == "text" else f"“{value[:60]}”, also in {other}"
                found[kind].append((split, row, said))
    what = "context" if data.schema.task == "question_answering" else "text"
    yield from _leak(data, "leaked_texts", f"The same {what} in two splits", found["text"])
    yield from _leak(data, "leaked_documents", "One document in two splits", found["document"])


def _name(place: int) -> str:
    return next(name for name, number in _PROTECTED.items() if number == place)


def _leak(data: Data, check: str, title: str, rows: list[_Row]) -> Iterable[Finding]:
    return data.finding(
        check,
        "error",
        title,
        "What a model is tested on was seen in training, so its score says too much. Moving puts "
        "all that belongs together into the split that has most of it; dropping leaves the test "
        "as it is.",
        rows,
        "drop_leaked",
        "move_leaked",
    )


def phrases(data: Data) -> Iterable[Finding]:
    """Phrases of a sentence in another split than the sentence."""
    if not data.schema.phrases or len(data.splits) < 2:
        return ()
    where: dict[str, set[str]] = defaultdict(set)
    folded_rows = {
        split: [folded(data.schema.text(example)) for example in examples]
        for split, examples in data.splits.items()
    }
    for split, texts in folded_rows.items():
        for text in texts:
            where[text].add(split)
    texts = list(where)
    partners: dict[str, set[str]] = defaultdict(set)
    for part, sentences in sentences_of(texts).items():
        for sentence in sentences:
            partners[texts[part]] |= where[texts[sentence]]
            partners[texts[sentence]] |= where[texts[part]]
    rows = [
        (split, row, f"part of a sentence in {max(higher, key=_PROTECTED.__getitem__)}")
        for split, row, text in _flat(folded_rows)
        if (higher := {o for o in partners.get(text, ()) if _PROTECTED[o] > _PROTECTED[split]})
    ]
    return data.finding(
        "leaked_phrases",
        "warning",
        "Phrases of one sentence in two splits",
        "A model that learned the phrase half knows the sentence it is tested on.",
        rows,
        "drop_leaked",
        "move_leaked",
    )


def _flat(rows: dict[str, list[str]]) -> Iterator[tuple[str, int, str]]:
    for split, texts in rows.items():
        for row, text in enumerate(texts):
            yield split, row, text


def questions(data: Data) -> Iterable[Finding]:
    """The same question with the same answer in two splits, though the contexts differ."""
    if data.schema.task != "question_answering":
        return ()
    asked: dict[Hashable, int] = Counter()
    rows = []
    for split, row, example in data.rows():
        if example["answers"]:
            pair = (folded(example["question"]), data.schema.target(example))
            asked[pair] |= 1 << _PROTECTED[split]
            rows.append((split, row, pair))
    return data.finding(
        "leaked_questions",
        "warning",
        "The same question and answer in two splits",
        "A model can answer it from memory, without reading.",
        [(split, row, "") for split, row, pair in rows if asked[pair] >> (_PROTECTED[split] + 1)],
        "drop_leaked",
    )


REPEAT_CHECKS: Final = (leaks, phrases, questions, duplicates)
