"""How much of everything: sizes by scale and task, and the jobs that follow from them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from backend.cloud.archives import digest, source_files
from backend.jobs.requests import (
    Dataset,
    TrainingRequest,
    TuningRequest,
    texts,
    training_request,
    tuning_request,
)
from backend.settings import ROOT
from backend.tasks.recipes.base import Strategy, Value
from backend.tasks.recipes.registry import recipe_of

SEED: Final = 13
"""Draws the subsets, the splits and the trials; a random search has the next one."""
PRESET: Final = "balanced"


@dataclass(frozen=True)
class Size:
    """Examples of each split; ``trials`` of each search; ``epochs`` of each training, 0 for the
    recipe's own.
    """

    train: int
    validation: int
    test: int
    trials: int
    epochs: int = 0


@dataclass(frozen=True)
class Scale:
    """The sizes by task; what is not ``kept`` goes to the build folder, as a try."""

    sizes: Mapping[str, Size]
    kept: bool = True


SCALES: Final[Mapping[str, Scale]] = MappingProxyType(
    {
        # About eight hours on two cores: 17 trainings a task, of one to eight minutes each.
        "night": Scale(
            {
                "text_classification": Size(25_000, 300, 700, trials=8),
                "named_entities": Size(12_000, 1_000, 1_000, trials=8),
                "relation_extraction": Size(4_500, 500, 400, trials=8),
                "summarization": Size(1_792, 200, 619, trials=8),
                "question_answering": Size(5_000, 500, 766, trials=8),
            }
        ),
        # About twenty minutes on two cores with nothing else to do: 7 trainings a task, each of
        # less than half a minute.
        "small": Scale(
            {
                "text_classification": Size(1_600, 300, 600, trials=3, epochs=2),
                "named_entities": Size(1_200, 300, 600, trials=3, epochs=2),
                "relation_extraction": Size(800, 200, 400, trials=3, epochs=3),
                "summarization": Size(400, 100, 300, trials=3),
                "question_answering": Size(400, 100, 300, trials=3, epochs=1),
            }
        ),
        # Whether it works at all.
        "smoke": Scale(
            {
                "text_classification": Size(160, 40, 60, trials=2, epochs=1),
                "named_entities": Size(160, 40, 60, trials=2, epochs=1),
                "relation_extraction": Size(160, 40, 60, trials=2, epochs=1),
                "summarization": Size(60, 20, 30, trials=2, epochs=2),
                "question_answering": Size(80, 20, 30, trials=2, epochs=1),
            },
            kept=False,
        ),
    }
)


@dataclass(frozen=True)
class Jobs:
    """What is asked of the cloud for one task: all three train alike but for what is searched."""

    finetuned: TrainingRequest
    random: TuningRequest
    tuned: TuningRequest


def jobs_of(task: str, version: Dataset, size: Size) -> Jobs:
    """The jobs of ``task`` on ``version``, under names that say what they ask: the same request
    has the same name, another one another.

    The default recipe is a point of the searches' own space, and every trial has its epochs.
    """
    recipe = recipe_of(task)
    values: dict[str, Value] = {}
    if size.epochs:
        # A patience that was meant for more epochs could never run out.
        values = {"epochs": size.epochs, "early_stopping_patience": 0}
    search = replace(
        tuning_request(recipe, version, preset=PRESET, values=values),
        max_jobs=size.trials,
        parallel_jobs=1,  # a Bayesian search learns from trials that have ended
    )
    single = training_request(recipe, version, preset=PRESET, values=values)
    return Jobs(
        finetuned=replace(single, name=_name(single, "finetuned", "")),
        random=_search(search, "random", "Random", SEED + 1),
        tuned=_search(search, "tuned", "Bayesian", SEED),
    )


def _search(search: TuningRequest, role: str, strategy: Strategy, seed: int) -> TuningRequest:
    what = f"{strategy} {seed} {search.max_jobs} {sorted(search.spaces.items())}"
    name = _name(search.training, role, what)
    training = replace(search.training, name=name)
    return replace(search, name=name, training=training, strategy=strategy, seed=seed)


_SHORT: Final = {
    "text_classification": "classes",
    "named_entities": "entities",
    "relation_extraction": "relations",
    "summarization": "summaries",
    "question_answering": "answers",
}


def _name(training: TrainingRequest, role: str, search: str) -> str:
    """At most the 32 characters of a tuning job's name. Other training code is another request."""
    code = digest(source_files(training.task, ROOT / "model_code"))
    values = sorted(texts(training.hyperparameters).items())
    asked = json.dumps([training.dataset_sha256, values, search, code])
    short = hashlib.sha256(asked.encode()).hexdigest()[:8]
    return f"exp-{_SHORT[training.task]}-{role}-{short}"
