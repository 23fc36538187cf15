"""The models that fine-tuning can go on from, instead of beginning with a base model."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Protocol

from backend.catalog.shipped import SOURCE as SHIPPED
from backend.catalog.shipped import has_learned
from backend.cloud.archives import member
from backend.cloud.connections import Connections
from backend.errors import InputError
from backend.jobs.left import models_left
from backend.jobs.members import FINE_TUNED, TUNED
from backend.jobs.requests import Dataset, Start
from backend.jobs.service import Jobs
from backend.tasks.recipes.base import Recipe, Value

_CONFIG: Final = "model.json"
"""What our training code writes beside the weights (``model_code.common.model_card``)."""


class Registered(Protocol):
    """A model as SageMaker and its tags describe it."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def task(self) -> str:
        """The slug of its task."""
        ...

    @property
    def source(self) -> str:
        """Where it comes from."""
        ...

    @property
    def data_url(self) -> str:
        """Its archive."""
        ...

    @property
    def dialect(self) -> str:
        """What it speaks, "" for what our own models do."""
        ...


class Starts:
    """The models of one cloud that fine-tuning can go on from. Methods raise
    ``DocumentInsightsError``s only.
    """

    def __init__(
        self, connections: Connections, jobs: Jobs, models: Callable[[], Iterable[Registered]]
    ) -> None:
        self._connections = connections
        self._jobs = jobs
        self._models = models

    def archives(self, task: str) -> Mapping[str, str]:
        """The archives of the models of ``task`` that our training code has made, by name: of those
        that come with the product, then of what jobs left, newest first.
        """
        mine = [one for one in self._models() if one.task == task and not one.dialect]
        found = {
            one.name: one.data_url
            for one in mine
            if one.source == SHIPPED and has_learned(one.name)
        }
        left = (self._jobs.training_job(name) for name in models_left(self._jobs, task))
        found |= {job.name: job.model_uri for job in left if job.deployable and not job.program}
        known = set(found.values())
        made = [one for one in mine if one.source in {FINE_TUNED, TUNED}]
        return found | {one.name: one.data_url for one in made if one.data_url not in known}

    def get(self, task: str, name: str, archive: str) -> Start:
        """What going on from the model ``name`` in ``archive`` means.

        Raises ``NotFound`` where it is gone, ``InputError`` where it is not a model of ``task``
        that our training code has made.
        """
        written = member(self._connections, archive, _CONFIG)
        try:
            config: dict[str, Any] = json.loads(written or b"")
            labels = tuple(dict.fromkeys(_named(str(label)) for label in config["labels"]))
            made_for, settled = config["task"], _settled(config)
        except (ValueError, KeyError, TypeError):
            made_for = ""
        if made_for != task:
            raise InputError(
                f"“{name}” cannot be gone on from: it is not a model of this task that was trained "
                "here. Choose another start."
            )
        return Start(name, archive, tuple(filter(None, labels)), settled)


def suggested(recipe: Recipe, dataset: Dataset, names: Iterable[str]) -> str:
    """The start to choose of ``names``, "" for the base model: where the examples are too few to
    teach a base model the task, the first that has learned it already.
    """
    train = dataset.splits.get("train")
    few = train is not None and train.count < recipe.smallest
    return next(iter(names), "") if few else ""


def _settled(config: Mapping[str, Any]) -> Mapping[str, Value]:
    """What the training code settles where it goes on from a model with ``config``."""
    frozen = int(config.get("frozen_layers", 0))
    return {"base_model": config["base_model"], "lora_rank": 0, "frozen_layers": frozen}


def _named(label: str) -> str:
    """What datasets call a label: a tag's type, which is "" outside of entities."""
    return "" if label == "O" else label.removeprefix("B-").removeprefix("I-")
