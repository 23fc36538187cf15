"""CoNLL04 (Roth and Yih 2004): sentences with entities and the relations between them."""

import ast
from collections.abc import Iterator
from pathlib import Path

from backend.data.formats import Example


def conll04(path: Path) -> Iterator[Example]:
    """``{"text", "entities", "relations": [{"head", "tail", "label"}]}`` a sentence; head and tail
    are numbers of entities.
    """
    rows: list[list[str]] = []
    for line in [*path.read_text(encoding="utf-8").split("\n"), "#doc"]:
        if not line.startswith("#doc"):
            if line.strip():
                rows.append(line.split("\t"))
            continue
        if rows:
            yield _sentence(rows)
        rows = []


def _sentence(rows: list[list[str]]) -> Example:
    entities: list[Example] = []
    last_words: dict[int, int] = {}
    at = 0
    for number, row in enumerate(rows):
        word, tag = row[1], row[2]
        if tag.startswith("B-"):
            entities.append({"start": at, "end": at + len(word), "label": tag[2:]})
        elif tag.startswith("I-") and entities:
            entities[-1]["end"] = at + len(word)
        if tag != "O" and entities:
            last_words[number] = len(entities) - 1
        at += len(word) + 1
    relations = [
        {"head": last_words[number], "tail": last_words[target], "label": name}
        for number, row in enumerate(rows)
        for name, target in zip(ast.literal_eval(row[3]), ast.literal_eval(row[4]), strict=True)
        if name != "N" and number in last_words and target in last_words
    ]
    text = " ".join(row[1] for row in rows)
    return {"text": text, "entities": entities, "relations": relations}
