"""What evaluation runs are fed by: where examples are from, and what has models answer them."""

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from backend.evaluation.batches import Example
from backend.evaluation.record import ModelIdentity


class Datasets(Protocol):
    """Where examples are from: ``backend.data.store.Datasets`` with its versions."""

    def get(self, name: str, version: str | None = None) -> Any:
        """A version, which has an ``id`` (``name/version``) and a ``task``."""
        ...

    def examples(self, version: Any, split: str) -> Sequence[Example]:
        """The examples of one split, () for no such split."""
        ...


class Transforms(Protocol):
    """What runs the models: ``backend.jobs.transform.Transforms``."""

    def start(
        self,
        name: str,
        *,
        model: str,
        input_uri: str,
        output_uri: str,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Have ``model`` answer the lines at ``input_uri``."""
        ...

    def job(self, name: str) -> Any:
        """How far a job is: ``status``, ``finished``, ``failure_reason`` and ``elapsed()``."""
        ...

    def stop(self, name: str) -> None:
        """Have a job stop."""
        ...


class Endpoints(Protocol):
    """What asks endpoints: ``backend.endpoints.examples.EndpointAnswers``."""

    def identify(self, endpoint: str) -> ModelIdentity:
        """Which model it serves."""
        ...

    def predict(self, endpoint: str, task: str, example: Example) -> dict[str, Any]:
        """The predicted row of an example."""
        ...
