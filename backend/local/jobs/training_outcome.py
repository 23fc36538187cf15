"""How a training job ends, and what it leaves in S3."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from backend.local.jobs.training_log import Metrics
from backend.local.jobs.training_storage import Place, Storage


@dataclass(frozen=True)
class Outcome:
    """A job's last status, its last secondary status and the reason of a failure."""

    status: str
    secondary: str
    reason: str | None = None
    keeps_model: bool = True

    @classmethod
    def failure(cls, reason: str, *, keeps_model: bool = False) -> "Outcome":
        """The end of a job that failed."""
        return cls("Failed", "Failed", reason, keeps_model)


@dataclass(frozen=True)
class Upload:
    """The way of a job's model and output from ``ml`` to S3OutputPath."""

    storage: Storage
    ml: Path
    request: Mapping[str, Any]

    def run(self, *, model: bool) -> str | None:
        """Store the output data, if any, and the ``model``; returns the URI of the model.

        Raises StorageError, AwsError or OSError.
        """
        data = self.ml / "output" / "data"
        if data.is_dir() and any(data.iterdir()):
            self._store(data, "output")
        return self._store(self.ml / "model", "model") if model else None

    def _store(self, folder: Path, name: str) -> str:
        output = self.request["OutputDataConfig"]
        place = Place.of(output["S3OutputPath"]).below(self.request["TrainingJobName"], "output")
        if output.get("CompressionType") == "NONE":
            self.storage.store_folder(folder, place.below(name), {})
            return place.below(name, "").uri
        return self.storage.store_archive(folder, place.below(f"{name}.tar.gz"))


def broken_metric(metrics: Metrics) -> str | None:
    """The FailureReason where a metric's final value is no finite number; None otherwise."""
    for name, values in sorted(metrics.items()):
        final = values[-1][1]
        if not math.isfinite(final):
            return (
                f'AlgorithmError: The final value of the metric "{name}" is {final}: the training '
                "has diverged. Try a lower learning rate, or look for broken examples"
            )
    return None
