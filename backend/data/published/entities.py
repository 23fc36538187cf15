"""Published data of named entities."""

import random
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from backend.data import formats
from backend.data.formats import Example
from backend.data.published.conll04 import conll04
from backend.data.published.re3d import re3d
from backend.data.published.splits import HOLD_OUT_SEED, Data, split

NAMES = {
    "PER": "PER", "person": "PER", "Peop": "PER", "Person": "PER",
    "ORG": "ORG", "corporation": "ORG", "group": "ORG", "Org": "ORG", "Organisation": "ORG",
    "LOC": "LOC", "location": "LOC", "Loc": "LOC", "Location": "LOC",
}  # fmt: skip
"""The label of a person, an organisation or a place in any of the sets."""

ENCYCLOPEDIA = 8000  # sentences of WikiANN: short and many, they would outweigh natural text
NATURAL = 2  # how often Universal NER is read: its text and rules are those of real documents
TWEETS = 2000


def wikiann(data: Path) -> Data:
    """WikiANN's train and dev files together."""
    folder = data / "wikiann_en"
    examples = [
        example for name in ("train", "dev") for example in formats.tagged_words(folder / name)
    ]
    return split(examples, (500, 500), lambda example: str(example["text"]))


def document_names(data: Path) -> Data:
    """People, organisations and places in natural text of many kinds.

    Chosen by sentences of Universal NER's EWT, measured on others of it, document by document.
    """
    ewt = list(formats.tagged_words(data / "uner_english" / "en_ewt-ud-dev.iob2"))
    natural = split(ewt, (250, 350), lambda example: str(example.get("group", example["text"])))
    rng = random.Random(HOLD_OUT_SEED)
    pud = list(formats.tagged_words(data / "uner_english" / "en_pud-ud-test.iob2"))
    tweets = [e for part in "bg" for e in formats.tagged_words(data / f"names/btc-{part}.conll")]
    train = [
        *[*natural.train, *pud] * NATURAL,
        *formats.tagged_words(data / "names" / "wikigold.conll.txt"),
        *formats.tagged_words(data / "names" / "FIN5.txt"),
        *formats.tagged_words(data / "wnut17" / "wnut17train.conll"),
        *rng.sample(tweets, TWEETS),
        *rng.sample(wikiann(data).train, ENCYCLOPEDIA),
        *(e for name in ("train", "dev") for e in conll04(data / f"conll04/{name}.txt")),
        *(part for document in re3d(data / "re3d") for part in _lines(document)),
    ]
    held_out = natural.held_out or []
    parts = [list(_known(part)) for part in (train, natural.validation, held_out)]
    held = {example["text"] for part in parts[1:] for example in part}
    kept = [example for example in parts[0] if example["text"] not in held]
    rng.shuffle(kept)
    return Data(kept, parts[1], parts[2])


def _known(examples: Iterable[Example]) -> Iterator[Example]:
    """The examples with what they name, by its label here; places of other labels are left out."""
    for example in examples:
        entities = [
            {"start": e["start"], "end": e["end"], "label": NAMES[e["label"]]}
            for e in example["entities"]
            if e["label"] in NAMES
        ]
        if example["text"].strip():
            yield {"text": example["text"], "entities": entities}


def _lines(document: Example) -> Iterator[Example]:
    """The lines of a document, with the entities that begin with a capital: names, not mentions."""
    for match in re.finditer(r"[^\n]+", document["text"]):
        start, end = match.span()
        entities = [
            {"start": e["start"] - start, "end": e["end"] - start, "label": e["label"]}
            for e in document["entities"]
            if start <= e["start"] and e["end"] <= end and document["text"][e["start"]].isupper()
        ]
        yield {"text": match.group(), "entities": entities}
