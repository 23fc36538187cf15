"""Published file formats in, canonical examples out: one reader a format, each a generator."""

import csv
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

Example = dict[str, Any]


class FormatError(ValueError):
    """Raised when a file is not what its reader expects; names the file and the line."""


def glue_tsv(path: Path) -> Iterator[Example]:
    """GLUE's SST-2 files, ``sentence<TAB>label`` with a header: ``{"text", "label"}``."""
    with path.open(encoding="utf-8", newline="") as file:
        for number, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
            if len(row) != 2:
                raise FormatError(f"{path.name}, line {number}: expected a sentence and a label")
            if number > 1:
                yield {"text": row[0].strip(), "label": row[1]}


def tagged_words(path: Path) -> Iterator[Example]:
    """Word and tag a line, a blank line between sentences: ``{"text", "entities"}``.

    Reads WikiANN (``en:word<TAB>tag``), CoNLL (word first, tag last) and CoNLL-U with a leading
    index; tags are IOB1 or IOB2. The text is the words with blanks between them.
    """
    words: list[str] = []
    tags: list[str] = []
    with path.open(encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if not line.strip():
                if words:
                    yield _sentence(words, tags)
                words, tags = [], []
            elif not line.startswith("# "):
                word, tag = _word_and_tag(line, path, number)
                words.append(word)
                tags.append(tag)
    if words:
        yield _sentence(words, tags)


def _word_and_tag(line: str, path: Path, number: int) -> tuple[str, str]:
    cells = line.rstrip("\n").split("\t") if "\t" in line else line.split()
    if len(cells) < 2:
        raise FormatError(f"{path.name}, line {number}: expected a word and a tag")
    if cells[0].isdigit() and len(cells) > 2:
        return cells[1], cells[2]
    return re.sub(r"^[a-z]{2}:", "", cells[0]), cells[-1].strip()


def _sentence(words: list[str], tags: list[str]) -> Example:
    starts, at = [], 0
    for word in words:
        starts.append(at)
        at += len(word) + 1
    entities: list[dict[str, Any]] = []
    previous = "O"
    for word, tag, start in zip(words, tags, starts, strict=True):
        prefix, _, label = tag.partition("-")
        continues = prefix == "I" and previous.partition("-")[2] == label
        if continues:
            entities[-1]["end"] = start + len(word)
        elif label:
            entities.append({"start": start, "end": start + len(word), "label": label})
        previous = tag
    return {"text": " ".join(words), "entities": entities}


def squad_json(path: Path) -> Iterator[Example]:
    """SQuAD 1.1 or 2.0: ``{"id", "group", "question", "context", "answers": [{"text", "start"}]}``.

    The group is the article; an unanswerable question has no answers.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        articles = content["data"]
    except (ValueError, KeyError, TypeError) as error:
        raise FormatError(f"{path.name} is not SQuAD's JSON") from error
    for article in articles:
        for paragraph in article["paragraphs"]:
            for question in paragraph["qas"]:
                answers = [] if question.get("is_impossible") else question["answers"]
                yield {
                    "id": question["id"],
                    "group": article.get("title", ""),
                    "question": question["question"].strip(),
                    "context": paragraph["context"],
                    "answers": [
                        {"text": answer["text"], "start": answer["answer_start"]}
                        for answer in answers
                    ],
                }


_ENTITY = re.compile(r"<e([12])>(.*?)</e\1>")


def semeval_relations(path: Path) -> Iterator[Example]:
    """SemEval-2010 Task 8, four lines a sentence: ``{"id", "text", "head", "tail", "label"}``.

    Head is e1 and tail e2, each ``{"start", "end"}``.
    """
    lines = path.read_text(encoding="utf-8").split("\n")
    for number in range(0, len(lines) - 1, 4):
        head, _, quoted = lines[number].rstrip("\r").partition("\t")
        sentence = quoted.strip().removeprefix('"').removesuffix('"')
        try:
            text, spans = _unmarked(sentence)
            yield {
                "id": head,
                "text": text,
                "head": spans["1"],
                "tail": spans["2"],
                "label": lines[number + 1].strip(),
            }
        except (KeyError, IndexError) as error:
            raise FormatError(
                f"{path.name}, line {number + 1}: expected a sentence with <e1> and <e2>"
            ) from error


def _unmarked(sentence: str) -> tuple[str, dict[str, dict[str, int]]]:
    parts: list[str] = []
    spans: dict[str, dict[str, int]] = {}
    at = length = 0
    for match in _ENTITY.finditer(sentence):
        before, inner = sentence[at : match.start()], match.group(2)
        start = length + len(before)
        spans[match.group(1)] = {"start": start, "end": start + len(inner)}
        parts += [before, inner]
        length = start + len(inner)
        at = match.end()
    return "".join([*parts, sentence[at:]]), spans
