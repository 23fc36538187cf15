"""A cloud for experiments: an S3 in a dictionary, jobs that end when looked at twice, models that
are as good as their names say.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any, cast

from backend.client import Client
from backend.data.published import Data
from backend.data.store import Datasets
from backend.errors import NotFound
from backend.evaluation.record import ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.evaluation.training import Search, Training
from backend.experiment.material import Material
from backend.jobs import described
from backend.jobs.members import training_members, tuning_members
from backend.jobs.records import TrainingJob, Trial, TuningJob
from backend.jobs.requests import TrainingRequest, TuningRequest
from tests.data.fake_s3 import FakeS3, connections
from tests.evaluation.evaluating import FakeEndpoints
from tests.evaluation.fake_transforms import FakeTransforms
from tests.jobs.samples import ACCOUNT, ADDRESSES, NOW, summary

LABELS = ("good", "bad")
SHARES = {"pretrained": 0.5, "finetuned": 0.6, "random": 0.8, "tuned": 1.0}


def example(at: int) -> dict[str, Any]:
    return {"text": f"Sentence number {at} of very many.", "label": LABELS[at % 2]}


def made(_: Path) -> Data:
    return Data([example(at) for at in range(400)], [example(at) for at in range(400, 500)])


MATERIAL = Material("made-up", "text_classification", (), "Made up", "none", made)


def trained(model: ModelIdentity) -> Training:
    """Searched models are the best of two trials."""
    searched = "finetuned" not in model.name
    return Training(search=Search("accuracy", 2) if searched else None)


class FakeJobs:
    """Behaves as ``backend.jobs.service.Jobs``; ``looks`` counts the questions, and the one of
    number ``interrupted`` is where somebody presses Ctrl-C.
    """

    def __init__(self) -> None:
        self.requests: dict[str, TrainingRequest | TuningRequest] = {}
        self.started: list[str] = []
        self.failed = ""
        self.looks = 0
        self.interrupted = -1
        self._seen: dict[str, int] = {}

    def fine_tune(self, request: TrainingRequest) -> str:
        self.requests[request.name] = request
        self.started.append(request.name)
        return request.name

    def tune(self, request: TuningRequest) -> str:
        self.requests[request.name] = request
        self.started.append(request.name)
        return request.name

    def training_job(self, name: str) -> TrainingJob:
        request = self._asked(name)
        assert isinstance(request, TrainingRequest)
        facts = training_members(request, ADDRESSES) | {
            "TrainingJobArn": f"{ACCOUNT}:training-job/{name}",
            "TrainingJobStatus": self._status(name),
            "CreationTime": NOW,
            "BillableTimeInSeconds": 60,
            "ModelArtifacts": {"S3ModelArtifacts": f"s3://b/{name}/model.tar.gz"},
        }
        return described.training_job(facts, {})

    def tuning_job(self, name: str) -> TuningJob:
        request = self._asked(name)
        assert isinstance(request, TuningRequest)
        facts = tuning_members(request, ADDRESSES) | {
            "HyperParameterTuningJobArn": f"{ACCOUNT}:hyper-parameter-tuning-job/{name}",
            "HyperParameterTuningJobStatus": self._status(name),
            "FailureReason": "The disk is full.",
            "CreationTime": NOW,
            "BestTrainingJob": summary(f"{name}-001-aaaa", 0.7),
        }
        return described.tuning_job(facts, {})

    def trials(self, name: str) -> tuple[Trial, ...]:
        request = self.requests[name]
        assert isinstance(request, TuningRequest)
        ended = {"TrainingEndTime": NOW + timedelta(seconds=90)}
        return tuple(
            described.trial(summary(f"{name}-00{at}-aaaa", 0.7) | ended)
            for at in range(request.max_jobs)
        )

    def register(self, job: TrainingJob | str) -> str:
        return job if isinstance(job, str) else job.name

    def _asked(self, name: str) -> TrainingRequest | TuningRequest:
        self.looks += 1
        if self.looks == self.interrupted:
            raise KeyboardInterrupt
        if name not in self.requests:
            raise NotFound(name)
        return self.requests[name]

    def _status(self, name: str) -> str:
        self._seen[name] = self._seen.get(name, 0) + 1
        ended = "Failed" if self.failed and self.failed in name else "Completed"
        return "InProgress" if self._seen[name] < 3 else ended


class PromptTransforms(FakeTransforms):
    """Models answer at once."""

    def start(self, name: str, *, model: str, **options: Any) -> str:
        super().start(name, model=model, **options)
        share = next(share for role, share in SHARES.items() if role in model)

        def answer(request: Any) -> Any:
            at = int(request["text"].split()[2])
            label = LABELS[at % 2] if at % 20 < 20 * share else LABELS[(at + 1) % 2]
            probabilities = [float(label == one) for one in LABELS]
            return {"labels": list(LABELS), "probabilities": probabilities}

        self.finish(model, answer)
        return name


class FakeClient:
    """What an experiment uses of ``backend.client.Client``. A model is another one than before
    where ``changed`` is in its name.
    """

    def __init__(self) -> None:
        self.changed = "none"
        self.connections, self.s3 = connections()
        self.cloud = self.connections.cloud
        self.datasets = Datasets(self.connections)
        self.jobs = FakeJobs()
        self.transforms = PromptTransforms(self.s3)
        self.evaluations = Evaluations(
            self.connections,
            self.datasets,
            self.transforms,
            self.identity,
            trained,
            FakeEndpoints(),
            resamples=50,
        )

    def identity(self, name: str) -> ModelIdentity:
        kind = "embedded" if name.startswith("pretrained") else "finetuned"
        sha256 = f"hash of {'another ' * (self.changed in name)}{name}"
        return ModelIdentity(name, sha256, f"s3://b/{name}", kind)

    @property
    def as_client(self) -> Client:
        return cast(Client, self)


__all__ = ["MATERIAL", "FakeClient", "FakeS3", "example"]
