"""Published data of relations."""

import json
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations
from pathlib import Path

from backend.data import formats
from backend.data.formats import Example
from backend.data.published.conll04 import conll04
from backend.data.published.re3d import re3d
from backend.data.published.splits import HOLD_OUT_SEED, Data, split

NONE = "no_relation"
VALIDATION, HELD_OUT = 600, 1100  # sentences of KBP37's dev file
DOCUMENTS = 3  # one of so many of re3d is held out

# Relations of other sets that are one of KBP37's: its name, and whether the ends change places.
CONLL04 = {"Work_For": ("per:employee_of", False)}
CONLL04_PLACES = {"OrgBased_In": "org:{}_of_headquarters", "Live_In": "per:{}_of_residence"}
RE3D = {
    ("BelongsTo", "Person", "Organisation"): ("per:employee_of", False),
    ("BelongsTo", "Organisation", "Organisation"): ("org:members", True),
    ("InChargeOf", "Person", "Organisation"): ("org:top_members/employees", True),
    ("IsSynonymOf", "Organisation", "Organisation"): ("org:alternate_names", False),
    ("IsSynonymOf", "Person", "Person"): ("per:alternate_names", False),
}
FEWREL = {
    "P108": ("per:employee_of", False, 100),
    "P54": ("per:employee_of", False, 100),
    "P749": ("org:subsidiaries", True, 100),
    "P26": ("per:spouse", False, 200),
    "P410": ("per:title", False, 200),
}
"""The same, and of how many sentences."""
UNRELATED = 40  # sentences of each other relation of FewRel, none of which is one of KBP37's
CLOSE = frozenset({"P463", "P361", "P25", "P40", "P272", "P161", "P50", "P162", "P413", "P172"})
"""Relations that are too near to one of KBP37's, or of a kind of which KBP37 has a part."""
PAIRS_A_SENTENCE = 2  # that are not related, out of CoNLL04 and re3d


def semeval(data: Path) -> Data:
    """SemEval-2010 Task 8's training file."""
    path = data / "semeval2010_task8" / "TRAIN_FILE.TXT"
    examples = list(formats.semeval_relations(path))
    return split(examples, (400, 400), lambda example: str(example["text"]))


def business(data: Path) -> Data:
    """KBP37: relations of people and organisations; chosen and measured by its dev file.

    Sentences of real text have far more pairs that are not related than KBP37's: they are added
    out of CoNLL04, re3d and FewRel, with such of their relations as KBP37 has too.
    """
    train = list(kbp37(data / "kbp37" / "train.txt"))
    dev = split(list(kbp37(data / "kbp37" / "dev.txt")), (VALIDATION, HELD_OUT), _text)
    held = {_text(example) for example in (*dev.validation, *(dev.held_out or ()))}
    rng = random.Random(HOLD_OUT_SEED)
    places = _kinds_of_places(train)
    news = [
        pair
        for name in ("train", "dev")
        for example in conll04(data / f"conll04/{name}.txt")
        for pair in _pairs_of_news(example, places, rng)
    ]
    documents = [
        pair
        for number, document in enumerate(re3d(data / "re3d"))
        if number % DOCUMENTS
        for pair in _pairs_of_document(document, rng)
    ]
    more = [*dev.train, *news, *documents, *_fewrel(data / "fewrel", rng)]
    kept = [example for example in (*train, *more) if _text(example) not in held]
    rng.shuffle(kept)
    return Data(kept, dev.validation, dev.held_out)


def kbp37(path: Path) -> Iterator[Example]:
    """KBP37's file, without the blanks inside its marks and at the end of some labels."""
    for example in formats.semeval_relations(path):
        spans = {name: _trimmed(example["text"], example[name]) for name in ("head", "tail")}
        if all(span["start"] < span["end"] for span in spans.values()):
            yield {**example, **spans, "label": example["label"].strip()}


def _text(example: Example) -> str:
    return str(example["text"]).strip()


def _trimmed(text: str, span: Example) -> Example:
    part = text[span["start"] : span["end"]]
    start = span["start"] + len(part) - len(part.lstrip())
    return {"start": start, "end": max(start, span["start"] + len(part.rstrip()))}


def _kinds_of_places(examples: Iterable[Example]) -> dict[str, str]:
    """What KBP37 takes a place for, by its name in lower case: city, country, stateorprovince."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for example in examples:
        kind = re.search(r":(city|country|stateorprovince)_of_head", example["label"])
        if kind:
            forward = example["label"].endswith("(e1,e2)")
            span = example["tail" if forward else "head"]
            counts[example["text"][span["start"] : span["end"]].lower()][kind.group(1)] += 1
    return {name: kinds.most_common(1)[0][0] for name, kinds in counts.items()}


def related(text: str, head: Example, tail: Example, name: str) -> Example:
    """An example whose label says which of its spans, in the text's order, is the head."""
    if name == NONE:
        label = NONE
    else:
        label = f"{name}(e1,e2)" if head["start"] <= tail["start"] else f"{name}(e2,e1)"
    first, second = sorted((head, tail), key=lambda span: int(span["start"]))
    spans = [{"start": span["start"], "end": span["end"]} for span in (first, second)]
    return {"text": text, "head": spans[0], "tail": spans[1], "label": label}


def _pairs_of_news(
    example: Example, places: dict[str, str], rng: random.Random
) -> Iterator[Example]:
    text, entities = example["text"], example["entities"]
    named = set()
    for relation in example["relations"]:
        head, tail = entities[relation["head"]], entities[relation["tail"]]
        named.add(frozenset((relation["head"], relation["tail"])))
        kind = places.get(text[tail["start"] : tail["end"]].lower())
        if relation["label"] in CONLL04:
            yield related(text, head, tail, CONLL04[relation["label"]][0])
        elif relation["label"] in CONLL04_PLACES and kind:
            name = CONLL04_PLACES[relation["label"]].format(kind)
            yield related(text, head, tail, _plural(name) if name.startswith("per:") else name)
    yield from _unrelated(text, entities, named, rng)


def _plural(name: str) -> str:
    """KBP37 writes where somebody lives in the plural."""
    for one, many in (("city", "cities"), ("country", "countries"), ("province", "provinces")):
        name = name.replace(f"{one}_", f"{many}_")
    return name


def _unrelated(
    text: str, entities: list[Example], named: set[frozenset[int]], rng: random.Random
) -> Iterator[Example]:
    """A few of the pairs of entities that are not ``named``."""
    free = [
        (one, other)
        for (i, one), (j, other) in combinations(enumerate(entities), 2)
        if frozenset((i, j)) not in named
        and (one["end"] <= other["start"] or other["end"] <= one["start"])
    ]
    for one, other in rng.sample(free, min(PAIRS_A_SENTENCE, len(free))):
        yield related(text, one, other, NONE)


def _pairs_of_document(document: Example, rng: random.Random) -> Iterator[Example]:
    """Pairs within the lines of a document, each with the text of its line."""
    ends = {"Person", "Organisation", "Location"}
    for match in re.finditer(r"[^\n]+", document["text"]):
        start, end = match.span()
        inside = {
            number: {**e, "start": e["start"] - start, "end": e["end"] - start}
            for number, e in enumerate(document["entities"])
            if start <= e["start"] and e["end"] <= end and e["label"] in ends
        }
        numbers = list(inside)
        named = set()
        for relation in document["relations"]:
            if relation["head"] in inside and relation["tail"] in inside:
                head, tail = inside[relation["head"]], inside[relation["tail"]]
                named.add(frozenset(numbers.index(relation[key]) for key in ("head", "tail")))
                known = RE3D.get((relation["label"], head["label"], tail["label"]))
                if known and (head["end"] <= tail["start"] or tail["end"] <= head["start"]):
                    ordered = (tail, head) if known[1] else (head, tail)
                    yield related(match.group(), *ordered, known[0])
        yield from _unrelated(match.group(), list(inside.values()), named, rng)


def _fewrel(folder: Path, rng: random.Random) -> Iterator[Example]:
    for name in ("val_wiki", "val_nyt"):
        relations = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        for relation, sentences in relations.items():
            if relation in CLOSE:
                continue
            label, swapped, count = FEWREL.get(relation, (NONE, False, UNRELATED))
            for sentence in rng.sample(sentences, min(count, len(sentences))):
                head, tail = (_words(sentence["tokens"], sentence[end][2][0]) for end in "ht")
                if head["end"] <= tail["start"] or tail["end"] <= head["start"]:
                    ordered = (tail, head) if swapped else (head, tail)
                    yield related(" ".join(sentence["tokens"]), *ordered, label)


def _words(tokens: list[str], numbers: list[int]) -> Example:
    """Characters of the words ``numbers``, which follow one another, in the joined text."""
    start = sum(len(token) + 1 for token in tokens[: numbers[0]])
    length = len(" ".join(tokens[numbers[0] : numbers[-1] + 1]))
    return {"start": start, "end": start + length}
