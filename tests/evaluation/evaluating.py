"""Evaluations of made-up models on a made-up dataset, for the tests of runs and of the page."""

from collections.abc import Callable
from typing import Any, Final

from backend.data.store import Datasets, DatasetVersion
from backend.evaluation.record import ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.evaluation.training import Training
from tests.data.fake_s3 import connections
from tests.evaluation.fake_transforms import FakeTransforms

TASK: Final = "text_classification"
LABELS = ("billing", "outage", "praise")


class FakeEndpoints:
    """An endpoint whose answers a test says."""

    def __init__(self) -> None:
        self.answer: Callable[[Any], dict[str, Any]] = lambda _: {"label": LABELS[0]}

    def identify(self, endpoint: str) -> ModelIdentity:
        """Each name is another model."""
        return ModelIdentity(endpoint, f"endpoint {endpoint}", "arn", "endpoint")

    def predict(self, endpoint: str, task: str, example: Any) -> dict[str, Any]:
        """As the test says."""
        assert (endpoint, task) == ("theirs", TASK)
        return self.answer(example)


class Bench:
    """An S3, a dataset of 60 test examples, and models that answer when told to."""

    def __init__(self) -> None:
        self.connections, self.s3 = connections()
        self.datasets = Datasets(self.connections)
        self.transforms = FakeTransforms(self.s3)
        self.endpoints = FakeEndpoints()
        self.evaluations = Evaluations(
            self.connections,
            self.datasets,
            self.transforms,
            self.identify,
            self.trained,
            self.endpoints,
            resamples=200,
        )
        self.version = self.add(60)
        self.training: dict[str, Training] = {}
        self.identities: dict[str, ModelIdentity] = {}

    def trained(self, model: ModelIdentity) -> Training | None:
        """How a model was trained: nobody knows, unless a test says otherwise."""
        return self.training.get(model.name)

    def identify(self, name: str) -> ModelIdentity:
        """Each name is another model; those that begin with "old" are the same one."""
        return self.identities.get(
            name,
            ModelIdentity(name, f"hash of {name[:3]}", f"s3://b/{name}", "finetuned", {"n": name}),
        )

    def add(self, count: int, *, seen: int = 0, name: str = "requests") -> DatasetVersion:
        """A dataset; ``seen`` of its test examples are in its train split as well."""
        test = [one(at) for at in range(count)]
        train = [one(at) for at in range(1000, 1030)] + test[:seen]
        return self.datasets.add(name, TASK, {"train": train, "test": test}, source="a test")

    def right(self, share: float) -> Callable[[Any], Any]:
        """A model that has about ``share`` of its answers right."""

        def answer(request: Any) -> Any:
            at = int(request["text"].split()[1])
            label = LABELS[at % 3] if (at * 7) % 20 < 20 * share else LABELS[(at + 1) % 3]
            return {
                "predicted_label": label,
                "labels": list(LABELS),
                "probabilities": [float(label == name) for name in LABELS],
            }

        return answer

    def evaluate(self, **shares: float) -> None:
        """Have models with these shares of right answers scored, and the trivial baseline."""
        run = self.evaluations.start(self.version, list(shares))
        for name, share in shares.items():
            self.transforms.finish(name, self.right(share))
        self.evaluations.states(run)


def one(at: int) -> dict[str, Any]:
    """An example."""
    return {"text": f"Request {at} about something.", "label": LABELS[at % 3]}
