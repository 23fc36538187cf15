"""The public data of each task as a dataset of the cloud: a subset, held out by group.

The test examples are taken from those that the shipped adapters never saw either, so that these
can be measured beside the others.
"""

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from backend.data import fixes, formats, published
from backend.data.published import Data
from backend.data.schemas import Example, schema_of
from backend.data.split import UNSPLIT, Fractions, split
from backend.data.store import Datasets, DatasetVersion
from backend.errors import InputError
from backend.experiment.plan import SEED, Size

VALIDATED: Final = 300
"""Of the thousand sentences of SST-2 that are held out."""


@dataclass(frozen=True)
class Material:
    """The data of one task: ``folders`` of the data folder hold it; ``read`` gives examples to
    train on, and those that the test examples are drawn from as ``held_out``. Without these, they
    are ``validation``, and the validation examples are taken out of ``train``.
    """

    name: str
    task: str
    folders: tuple[str, ...]
    source: str
    licence: str
    read: Callable[[Path], Data]


def scitldr(data: Path) -> Data:
    """SciTLDR's abstracts with the first of their summaries; held out: the dev file."""
    train, dev = (list(_papers(data / "scitldr" / name)) for name in ("train.jsonl", "dev.jsonl"))
    return Data(train, dev)


def _papers(path: Path) -> Iterator[Example]:
    for line in path.read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        sentences = [text.strip() for text in paper["source"] if text.strip()]
        summary = paper["target"][0].strip()
        if sentences and summary:
            yield {"id": paper["paper_id"], "sentences": sentences, "summary": summary}


def sst2(data: Path) -> Data:
    """Train on phrases, validate and test on sentences, as the official splits do."""
    found = published.sst2(data)
    return Data(found.train, found.validation[:VALIDATED], found.validation[VALIDATED:])


def squad(data: Path) -> Data:
    """Train on SQuAD 2.0 and as many examples made of SQuAD 1.1, validate and test on other
    articles of SQuAD 2.0. Held-out questions on one paragraph belong together.
    """
    found = published.squad(data)
    every = {example["id"]: example for example in found.train}
    path = data / "squad2" / "dev-v2.0-cs224n-half.json"
    names = [example["id"] for example in formats.squad_json(path) if example["id"] in every]
    two = split(
        "question_answering",
        {UNSPLIT: [every.pop(name) for name in names]},
        fractions=Fractions(validation=0.1, test=0.0),
        seed=SEED,
    )
    one = _sample(random.Random(SEED), list(every.values()), len(two["train"]))  # noqa: S311
    held = [
        {**example, "group": hashlib.sha256(example["context"].encode()).hexdigest()[:16]}
        for example in found.validation
    ]
    return Data([*two["train"], *one], two["validation"], held)


MATERIALS: Final = (
    Material(
        "experiment-sst2",
        "text_classification",
        ("sst2",),
        "SST-2 (GLUE), training file",
        "none stated by the publisher; research use",
        sst2,
    ),
    Material(
        "experiment-wikiann",
        "named_entities",
        ("wikiann_en",),
        "WikiANN (PAN-X) English, train and dev files",
        "not stated by the publisher; text from Wikipedia (CC BY-SA)",
        published.wikiann,
    ),
    Material(
        "experiment-semeval",
        "relation_extraction",
        ("semeval2010_task8",),
        "SemEval-2010 Task 8, training file",
        "CC BY 3.0",
        published.semeval,
    ),
    Material(
        "experiment-scitldr",
        "summarization",
        ("scitldr",),
        "SciTLDR-A, train and dev files, first summary of each paper",
        "Apache 2.0",
        scitldr,
    ),
    Material(
        "experiment-squad",
        "question_answering",
        ("squad11", "squad2"),
        "SQuAD 1.1 train, half of the SQuAD 2.0 dev set",
        "CC BY-SA 4.0",
        squad,
    ),
)
"""In the order in which they are worked through: what is quick comes first."""


def dataset(datasets: Datasets, material: Material, data: Path, size: Size) -> DatasetVersion:
    """The dataset of ``material`` at that size, kept now or before.

    Raises ``InputError`` where its files are not in ``data``.
    """
    for folder in material.folders:
        if not (data / folder).is_dir():
            raise InputError(f"There is no folder “{folder}” in {data}: say where the data is.")
    splits = drawn(material.task, material.read(data), size)
    return datasets.add(
        material.name,
        material.task,
        splits,
        source=material.source,
        notes=(f"subset and splits drawn with seed {SEED}", f"licence: {material.licence}"),
    )


def drawn(task: str, data: Data, size: Size) -> dict[str, list[Example]]:
    """Train, validation and test examples: no two splits share a group, no two examples ask the
    same, and what the lint of datasets takes for a leak is not trained on; the same data give the
    same splits.
    """
    schema = schema_of(task)
    rng = random.Random(SEED)  # noqa: S311 - a sample, no secret
    apart = [] if data.held_out is None else data.validation
    held = data.validation if data.held_out is None else data.held_out
    kept: set[str] = set()
    parts: dict[str, list[Example]] = {}
    for name, examples, count in (
        ("test", held, size.test),
        ("validation", apart, size.validation),
        (UNSPLIT, data.train, size.train + (0 if apart else size.validation)),
    ):
        free = {
            schema.key(example): example
            for example in examples
            if kept.isdisjoint(schema.groups(example))
        }
        parts[name] = _sample(rng, list(free.values()), count)
        kept.update(group for example in examples for group in schema.groups(example))
    share = size.validation / (size.train + size.validation)
    fractions = Fractions(validation=share, test=0.0)
    return _without_leaks(task, split(task, parts, fractions=fractions, seed=SEED))


def _without_leaks(task: str, splits: dict[str, list[Example]]) -> dict[str, list[Example]]:
    """What is left when nothing more is found: the lint shows the longest of nested phrases."""
    fewer = fixes.apply("drop_leaked", task, splits)
    same = sum(map(len, fewer.values())) == sum(map(len, splits.values()))
    return fewer if same else _without_leaks(task, fewer)


def _sample(rng: random.Random, examples: list[Example], count: int) -> list[Example]:
    return rng.sample(examples, min(len(examples), count))
