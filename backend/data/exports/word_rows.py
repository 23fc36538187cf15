"""Tables with a word and its tag a row, and a column that says where sentences begin (Kaggle)."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from backend.data.exports.export import ENTITIES, Found
from backend.data.schemas import Example
from backend.data.tables import Row, Table
from backend.data.tagging import Tagging, sentence_of
from backend.data.values import is_missing
from backend.data.word_columns import TAG

_SENTENCE: Final = re.compile(
    r"(sentence|sent|doc(ument)?)[ _]*(#|id|idx|no|number)?", re.IGNORECASE
)
_WORD: Final = re.compile(r"words?|tokens?", re.IGNORECASE)
_TAGS: Final = re.compile(r"(ner[ _]?)?(tags?|labels?)|ner", re.IGNORECASE)


def word_rows(table: Table) -> Found | None:
    """The sentences of such a table; None where it is none."""
    sentence, word, tag = (_column(table, name) for name in (_SENTENCE, _WORD, _TAGS))
    if not sentence or not word or not tag:
        return None
    sample = table.rows[:2_000]
    if sum(TAG.fullmatch(str(row.get(tag)).strip()) is not None for row in sample) < (
        0.95 * len(sample)
    ):
        return None
    examples = list(_sentences(table.rows, sentence, word, tag))
    why = f"each row is a word with its tag, and “{sentence}” says where sentences begin"
    return Found("Words with tags (table)", why, {ENTITIES: {"": examples}}, table.left_out)


def _column(table: Table, pattern: re.Pattern[str]) -> str:
    return next((c for c in table.columns if pattern.fullmatch(c.strip())), "")


def _sentences(rows: Sequence[Row], sentence: str, word: str, tag: str) -> Iterator[Example]:
    """A sentence goes on where the cell of its name is empty or the same."""
    words: list[str] = []
    tags: list[str] = []
    current: object = None
    for row in rows:
        name = row.get(sentence)
        if words and not is_missing(name) and name != current:
            yield sentence_of(words, tags, Tagging())
            words, tags = [], []
        current = current if is_missing(name) else name
        words.append(str(row.get(word)).strip() or "_")
        tags.append(str(row.get(tag)).strip())
    if words:
        yield sentence_of(words, tags, Tagging())
