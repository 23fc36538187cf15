"""Names of a document: a tagger for people, organisations and places, spaCy for all the rest."""

from collections.abc import Sequence
from typing import Any

from common import payload, spacy_model
from common.engine import Engine
from common.folding import fold
from common.together import Steps, together
from named_entities.cleaning import clean
from named_entities.decode import tag_words
from named_entities.features import word_windows
from named_entities.words import Entity, entities_of, words

Sentences = list[list[str]]

ONTONOTES = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE"}
_PLACES = frozenset({"GPE", "LOC", "FAC"})
_OWN = frozenset({"PERSON", "ORG", *_PLACES})
"""Types that the tagger decides."""


class TextsOnly:
    """Refuses lists of words, which are the form of a fine-tuned model."""

    def tag(self, sentences: Sentences) -> dict[str, Any]:  # noqa: ARG002
        """Raises :class:`common.payload.UnsupportedTypeError`."""
        raise payload.UnsupportedTypeError(
            'This endpoint reads JSON {"text": …}: lists of words are for a fine-tuned model.'
        )


class DocumentRecogniser(TextsOnly):
    """OntoNotes' types with a score where the tagger found them, one type a name, and no noise;
    no noun chunks, which would need a parse.
    """

    def __init__(self, model_dir: str) -> None:
        self.engine = Engine(model_dir)
        self._pipeline = spacy_model.load(model_dir, without=spacy_model.NAMES_ALONE)

    def entities(self, texts: list[str]) -> list[dict[str, Any]]:
        """Entities of each text with their offsets."""
        return together(self.engine, [self._found(text) for text in texts])

    def _found(self, text: str) -> Steps[dict[str, Any]]:
        folded = fold(text)
        others = self._of_pipeline(folded.text)
        spans = words(folded.text)
        limit = self.engine.config.max_length
        parts = word_windows(self.engine.tokenizer, folded.text, spans, limit)
        logits = [values[0] for values in (yield [part.sequence for part in parts])]
        tags, scores = tag_words(parts, logits, len(spans), self.engine.config.labels)
        found = joined(entities_of(spans, tags, scores), others)
        entities = []
        for entity in clean(folded.text, found):
            start, end = folded.place(entity.start, entity.end)
            score = {} if entity.label not in _OWN else {"score": entity.score}
            place = {"text": text[start:end], "start_char": start, "end_char": end}
            entities.append({**place, "label": entity.label, **score})
        return {"entities": entities, "noun_chunks": [], "windows": len(parts)}

    def _of_pipeline(self, text: str) -> list[Entity]:
        return [
            Entity(start + part.start_char, start + part.end_char, part.label_, 0.5)
            for start, end in spacy_model.blocks(text)
            for part in self._pipeline(text[start:end]).ents
        ]


def joined(names: Sequence[Entity], others: Sequence[Entity]) -> list[Entity]:
    """The tagger's ``names`` with OntoNotes' types (which kind of place it is, the pipeline says
    where it agrees), and the ``others`` that are of other types and overlap none of them.
    """
    result = []
    for name in names:
        label = ONTONOTES.get(name.label, name.label)
        if label in _PLACES:
            kinds = [o.label for o in others if _overlap(o, name) and o.label in _PLACES]
            label = kinds[0] if kinds else label
        result.append(Entity(name.start, name.end, label, name.score))
    return result + [
        other
        for other in others
        if other.label not in _OWN and not any(_overlap(other, name) for name in names)
    ]


def _overlap(one: Entity, other: Entity) -> bool:
    return one.start < other.end and other.start < one.end
