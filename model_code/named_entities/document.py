"""Names of a document: a tagger for people, organisations and places, spaCy for all the rest."""

import re
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from common import payload, spacy_model
from common.engine import Engine
from common.folding import fold
from common.together import Steps, together
from named_entities.cleaning import clean
from named_entities.companies import with_companies
from named_entities.decode import tag_words
from named_entities.features import word_windows
from named_entities.words import NAMES, Entity, entities_of, key, words

Sentences = list[list[str]]

ONTONOTES = {"PER": "PERSON", "ORG": "ORG", "LOC": "GPE"}
_PLACES = frozenset({"GPE", "LOC", "FAC"})
OWN = NAMES
"""Types that the tagger decides."""
_INSTITUTION = re.compile(
    r"[A-Z]\w+ [A-Z]\w+ (?:Committee|Commission|Board|Council|Agency|Authority|Department|Bureau)$"
    r"|\b(?:Department|Ministry|Office|Bureau|Board|University|Bank) of [A-Z]"
)
_BUILT = re.compile(
    r"\b(?:Airport|Arena|Bridge|Building|Castle|Factory|Hall|House|Mill|Stadium|Station|Tower"
    r"|(?:Street|Road|Avenue|Lane|Highway))$"
)
DOUBTED = 0.75


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
        # The pipeline reads while the tagger's graph, which lets go of the interpreter, runs.
        self._reader = ThreadPoolExecutor(max_workers=1)

    def entities(self, texts: list[str]) -> list[dict[str, Any]]:
        """Entities of each text with their offsets."""
        return together(self.engine, [self._found(text) for text in texts])

    def _found(self, text: str) -> Steps[dict[str, Any]]:
        folded = fold(text)
        others = self._reader.submit(self._of_pipeline, folded.text)
        spans = words(folded.text)
        limit = self.engine.config.max_length
        parts = word_windows(self.engine.tokenizer, folded.text, spans, limit)
        logits = [values[0] for values in (yield [part.sequence for part in parts])]
        tags, scores = tag_words(parts, logits, len(spans), self.engine.config.labels)
        names = with_companies(folded.text, entities_of(spans, tags, scores))
        found = joined(folded.text, names, others.result())
        entities = []
        for entity in clean(folded.text, found):
            start, end = folded.place(entity.start, entity.end)
            score = {} if entity.label not in OWN else {"score": entity.score}
            place = {"text": text[start:end], "start_char": start, "end_char": end}
            entities.append({**place, "label": entity.label, **score})
        return {"entities": entities, "noun_chunks": [], "windows": len(parts)}

    def _of_pipeline(self, text: str) -> list[Entity]:
        return [
            Entity(start + part.start_char, start + part.end_char, part.label_, 0.5)
            for start, end in spacy_model.blocks(text)
            for part in self._pipeline(text[start:end]).ents
        ]


def joined(text: str, names: Sequence[Entity], others: Sequence[Entity]) -> list[Entity]:
    """The tagger's ``names`` with OntoNotes' types (which kind of place it is, the pipeline says
    where it agrees), and the ``others`` that are of other types, or organisations by their words
    ("Committee"), and overlap none of them.

    A name that the tagger doubts at all its places needs the pipeline to see one at some: on
    sentences that chose nothing, that is worth more than any other use of the pipeline's names.
    """
    seen = [[o.label for o in others if o.label in OWN and o.overlaps(name)] for name in names]
    sure = {
        key(text, name)
        for name, labels in zip(names, seen, strict=True)
        if labels or name.score >= DOUBTED
    }
    result = []
    for name, labels in zip(names, seen, strict=True):
        if key(text, name) in sure:
            label = ONTONOTES.get(name.label, name.label)
            if label in _PLACES:
                label = _kind_of_place(text[name.start : name.end], labels)
            result.append(Entity(name.start, name.end, label, name.score))
    rest = [o for o in others if not any(o.overlaps(name) for name in result)]
    return [*result, *(o for o in rest if o.label not in OWN or _is_institution(text, o))]


def _kind_of_place(words: str, seen: Sequence[str]) -> str:
    if _BUILT.search(words):
        return "FAC"
    return next((kind for kind in seen if kind in _PLACES), "GPE")


def _is_institution(text: str, entity: Entity) -> bool:
    return entity.label == "ORG" and bool(_INSTITUTION.search(text[entity.start : entity.end]))
