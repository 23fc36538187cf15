"""The mentions that a document's relations are about, where nobody has given them."""

from pathlib import Path
from typing import Any, Protocol

from common import spacy_model
from relation_extraction.ends import Mention
from relation_extraction.posts import posts

BUSINESS = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "NORP", "DATE"})
# Where nobody says which mentions matter, these named ones do, and the nouns: no relation of
# SemEval's has an amount, a date or a nationality at an end.
_NAMED = frozenset({"PERSON", "ORG", "GPE", "LOC", "FAC", "PRODUCT", "EVENT", "WORK_OF_ART", "LAW"})
TAGGER = "names"
"""The folder of a model's that holds a tagger of names, whose code is in the bundle then."""


class Finder(Protocol):
    """Finds mentions in a text."""

    def mentions(self, text: str) -> list[Mention]: ...


class TaggedNames:
    """People, organisations, places, nationalities and dates as ``pretrained-document-entities``
    finds them, and posts.
    """

    def __init__(self, folder: Path) -> None:
        from named_entities.document import DocumentRecogniser

        self._recogniser = DocumentRecogniser(str(folder))

    def mentions(self, text: str) -> list[Mention]:
        """Names and posts in the order of the text."""
        (answer,) = self._recogniser.entities([text])
        return _with_posts(
            text,
            [Mention(e["start_char"], e["end_char"], e["label"]) for e in answer["entities"]],
        )


class PipelineNames:
    """The same as spaCy finds them."""

    def __init__(self) -> None:
        self._pipeline = spacy_model.load(without=spacy_model.NAMES_ALONE)

    def mentions(self, text: str) -> list[Mention]:
        """Names and posts in the order of the text."""
        return _with_posts(
            text,
            [
                Mention(shift + e.start_char, shift + e.end_char, e.label_)
                for shift, end in spacy_model.blocks(text)
                for e in self._pipeline(text[shift:end]).ents
            ],
        )


class Nouns:
    """Names and, for relations of any nouns, those of noun chunks, without overlaps."""

    def __init__(self) -> None:
        self._pipeline = spacy_model.load()

    def mentions(self, text: str) -> list[Mention]:
        """Names and nouns in the order of each block of the text."""
        found: list[Mention] = []
        for shift, end in spacy_model.blocks(text):
            doc = self._pipeline(text[shift:end])
            spans = [(e.start_char, e.end_char, e.label_) for e in doc.ents if e.label_ in _NAMED]
            spans += [(noun.idx, noun.idx + len(noun), "") for noun in _nouns(doc)]
            found += [Mention(shift + a, shift + b, label) for a, b, label in sorted(spans)]
        return found


def _nouns(doc: Any) -> list[Any]:
    """The roots of ``doc``'s noun chunks that are part of no name."""
    named = {token.i for part in doc.ents for token in part}
    roots = (chunk.root for chunk in doc.noun_chunks)
    return [root for root in roots if root.i not in named and root.pos_ in {"NOUN", "PROPN"}]


def finder(model_dir: Path, *, business: bool) -> Finder:
    """What finds the mentions for a model: nouns need a parse, names do not."""
    if not business:
        return Nouns()
    tagger = model_dir / TAGGER
    return TaggedNames(tagger) if tagger.is_dir() else PipelineNames()


def _with_posts(text: str, names: list[Mention]) -> list[Mention]:
    kept = [name for name in names if name.label in BUSINESS]
    return sorted([*kept, *posts(text, kept)], key=lambda mention: mention.start)
