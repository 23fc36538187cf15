"""Published file formats in, canonical examples out: one reader a format, each a generator.

Each comes twice: ``glue(text, name)`` reads what is in memory, ``glue_tsv(path)`` a UTF-8 file.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from backend.data.errors import FormatError
from backend.data.schemas import Example
from backend.data.tagging import Tagging, sentence_of
from backend.data.word_columns import Layout, is_blank, layout_of

__all__ = ["Example", "FormatError"]


def glue_tsv(path: Path) -> Iterator[Example]:
    """GLUE's SST-2 files, ``sentence<TAB>label`` with a header: ``{"text", "label"}``."""
    return glue(_text_of(path), path.name)


def glue(text: str, name: str) -> Iterator[Example]:
    """See ``glue_tsv``."""
    rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t", quoting=csv.QUOTE_NONE)
    for number, row in enumerate(rows, 1):
        if len(row) != 2:
            raise FormatError(f"{name}, line {number}: expected a sentence and a label")
        if number > 1:
            yield {"text": row[0].strip(), "label": row[1]}


def tagged_words(path: Path) -> Iterator[Example]:
    """Word and tag a line, a blank line between sentences: ``{"text", "entities"}``.

    Reads WikiANN (``en:word<TAB>tag``), CoNLL (word first, tag last) and CoNLL-U with a leading
    index; tags are IOB1, IOB2, BIOES or BILOU. The text is the words with blanks between them.
    Where the file tells documents apart, they become the ``group``.
    """
    return tagged(_text_of(path), path.name)


def tagged(text: str, name: str, tagging: Tagging | None = None) -> Iterator[Example]:
    """See ``tagged_words``; ``tagging`` notes what was wrong with the tags.

    Raises ``FormatError`` naming the line that has no word with a tag.
    """
    tagging = tagging or Tagging()
    lines = text.split("\n")
    layout = layout_of(text) or Layout(word=0, tag=-1, tabs="\t" in text, width=2)
    start = 3 if _has_language(lines) else 0
    for sentence in _sentences(lines, layout, name):
        words = [word[start:] for word in sentence.words]
        example = sentence_of(words, sentence.tags, tagging, where=sentence.line)
        document = sentence.document
        yield example | ({"group": f"{name} {document}"} if document else {})


@dataclass
class _Sentence:
    """The words and tags from ``line`` on, in the document of that number (0: nothing tells)."""

    line: int
    document: int
    words: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)


def _sentences(lines: Sequence[str], layout: Layout, name: str) -> Iterator[_Sentence]:
    """Sentences end at blank lines, or where the numbers of words begin anew."""
    document, before, titled = 0, -1, layout.titled
    sentence = _Sentence(1, 0)
    for number, line in enumerate(lines, 1):
        document += line.startswith(("-DOCSTART-", "# newdoc"))
        if titled or line.startswith("-DOCSTART-") or layout.is_comment(line):
            titled = False
            continue
        cells, blank = layout.cells(line), is_blank(line)
        index = layout.index(cells, before)
        if sentence.words and (blank or (layout.indexed and index <= before)):
            yield sentence
            sentence = _Sentence(number, document)
        before = -1 if blank else index
        if blank or layout.is_extra(cells):
            continue
        if len(cells) <= max(layout.word, layout.tag, 1):
            raise FormatError(f"{name}, line {number}: expected a word and a tag")
        if not sentence.words:
            sentence = _Sentence(number, document)
        sentence.words.append(cells[layout.word].strip("\ufeff"))
        sentence.tags.append(cells[layout.tag].strip())
    if sentence.words:
        yield sentence


_LANGUAGE = re.compile(r"[a-z]{2}:.")


def _has_language(lines: list[str]) -> bool:
    """Whether every word has its language in front, as in WikiANN."""
    words = [line for line in lines[:200] if line.strip()]
    return bool(words) and all(_LANGUAGE.match(line) for line in words)


def squad_json(path: Path) -> Iterator[Example]:
    """SQuAD 1.1 or 2.0: ``{"id", "group", "question", "context", "answers": [{"text", "start"}]}``.

    The group is the article; an unanswerable question has no answers.
    """
    return squad(_text_of(path), path.name)


def squad(text: str, name: str) -> Iterator[Example]:
    """See ``squad_json``; answers without a text are none."""
    try:
        articles = json.loads(text)["data"]
        for article in articles:
            for paragraph in article["paragraphs"]:
                for question in paragraph["qas"]:
                    yield _question(article, paragraph, question)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise FormatError(f"{name} is not SQuAD's JSON: check that it is whole.") from error


def _question(article: Example, paragraph: Example, question: Example) -> Example:
    answers = [] if question.get("is_impossible") else question.get("answers") or []
    return {
        **({"id": question["id"]} if "id" in question else {}),
        "group": article.get("title", ""),
        "question": question["question"].strip(),
        "context": paragraph["context"],
        "answers": [
            {"text": answer["text"], "start": answer["answer_start"]}
            for answer in answers
            if answer["text"]
        ],
    }


_ENTITY = re.compile(r"<e([12])>(.*?)</e\1>")


def semeval_relations(path: Path) -> Iterator[Example]:
    """SemEval-2010 Task 8, four lines a sentence: ``{"id", "text", "head", "tail", "label"}``.

    Head is e1 and tail e2, each ``{"start", "end"}``.
    """
    return semeval(_text_of(path), path.name)


_SEMEVAL = re.compile(r'\s*\d+\t"?[^\n]*<e1>[^\n]*\n')


def is_semeval(text: str) -> bool:
    """Whether a file begins as SemEval-2010's do, with labels or without."""
    return _SEMEVAL.match(text) is not None


def semeval(text: str, name: str) -> Iterator[Example]:
    """See ``semeval_relations``; raises ``FormatError`` where a sentence has no relation."""
    lines = text.rstrip().split("\n")
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        head, _, quoted = lines[at].rstrip("\r").partition("\t")
        sentence = quoted.strip().removeprefix('"').removesuffix('"')
        plain, spans = unmarked(sentence)
        if set(spans) != {"1", "2"}:
            raise FormatError(f"{name}, line {at + 1}: expected a sentence with <e1> and <e2>")
        label = lines[at + 1].strip() if at + 1 < len(lines) else ""
        if not label or "<e1>" in label:
            raise FormatError(
                f"{name}, line {at + 1}: the sentence has no relation below it. Files of the test "
                "without labels cannot be learned from: bring the one with the key."
            )
        yield {
            "id": head,
            "text": plain,
            "head": spans["1"],
            "tail": spans["2"],
            "label": label,
        }
        at += 2
        while at < len(lines) and not _NUMBERED.match(lines[at]):
            at += 1  # the comment


_NUMBERED = re.compile(r"\s*\d+\t")


def unmarked(sentence: str) -> tuple[str, dict[str, dict[str, int]]]:
    """``sentence`` without its marks ``<e1>…</e1>`` and ``<e2>…</e2>``, and where they were, by
    "1" and "2".
    """
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


def _text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")
