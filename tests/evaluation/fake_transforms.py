"""Transform jobs without a cloud: a function answers, when the test says so."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.data.fake_s3 import FakeS3


@dataclass
class FakeJob:
    """How far a job is."""

    status: str = "InProgress"
    failure_reason: str = ""

    @property
    def finished(self) -> bool:
        """Whether nothing will change."""
        return self.status in {"Completed", "Failed", "Stopped"}

    def elapsed(self) -> float:
        """Two seconds."""
        return 2.0


@dataclass
class FakeTransforms:
    """Behaves as ``backend.jobs.transform.Transforms``."""

    s3: FakeS3
    jobs: dict[str, FakeJob] = field(default_factory=dict)
    asked: dict[str, tuple[str, str, str]] = field(default_factory=dict)

    def start(
        self,
        name: str,
        *,
        model: str,
        input_uri: str,
        output_uri: str,
        tags: Mapping[str, str] | None = None,
    ) -> str:
        """Remember it."""
        self.jobs[name] = FakeJob()
        self.asked[name] = (model, input_uri, output_uri)
        return name

    def job(self, name: str) -> FakeJob:
        """One of those started."""
        return self.jobs[name]

    def stop(self, name: str) -> None:
        """End it."""
        if not self.jobs[name].finished:
            self.jobs[name].status = "Stopped"

    def finish(self, model: str, answer: Callable[[Any], Any]) -> None:
        """Have ``model`` answer all that it was asked by ``answer``."""
        for name, (asked, source, target) in self.asked.items():
            if asked == model:
                lines = self.s3.objects[_key(source)].decode().splitlines()
                answers = "\n".join(json.dumps(answer(json.loads(line))) for line in lines)
                file = source.rpartition("/")[2]
                self.s3.objects[f"{_key(target)}{file}.out"] = answers.encode() + b"\n"
                self.jobs[name].status = "Completed"


def _key(uri: str) -> str:
    return uri.removeprefix("s3://").partition("/")[2]
