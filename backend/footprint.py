"""What an evaluated model takes: time, room and money."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from backend.cloud.archives import s3_place
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.errors import CloudError
from backend.evaluation.record import Record
from backend.evaluation.run import Run
from backend.jobs.transform import TransformJob

_RUNS: Final = 50
"""Evaluation runs in which a model's batch job is looked for."""
_HOUR: Final = 3600


@dataclass(frozen=True)
class Footprint:
    """``seconds`` one example took in the model's batch job, with loading it; ``size`` is that of
    its archive in bytes; ``dollars`` what 1,000 examples cost. None where it is not known.
    """

    seconds: float | None = None
    size: int | None = None
    dollars: float | None = None


class Footprints:
    """The footprints of evaluated models. Methods raise ``CloudError``s only.

    ``runs`` gives the newest evaluation runs of a task, ``transform`` a batch job by its name,
    ``hourly`` what an hour of an instance type costs in US dollars, None where it is not known.
    """

    def __init__(
        self,
        connections: Connections,
        runs: Callable[..., tuple[Run, ...]],
        transform: Callable[[str], TransformJob],
        hourly: Callable[[str], float | None],
    ) -> None:
        self._connections = connections
        self._runs = runs
        self._transform = transform
        self._hourly = hourly
        self._known: dict[str, Footprint] = {}

    def of(self, record: Record) -> Footprint:
        """That of the model of ``record``; what is gone or hidden is left out."""
        if record.address not in self._known:
            seconds = self._seconds(record)
            self._known[record.address] = Footprint(
                seconds, self._size(record.model.source), self._dollars(seconds)
            )
        return self._known[record.address]

    def _seconds(self, record: Record) -> float | None:
        names = (
            entry.job
            for run in self._runs(record.task, limit=_RUNS)
            if run.data_sha256 == record.data.sha256
            for entry in run.entries
            if entry.job and entry.model.sha256 == record.model.sha256
        )
        for name in names:
            with suppress(CloudError):
                took = self._transform(name).answering
                if took is not None:
                    return took / record.data.n
        return None

    def _size(self, uri: str) -> int | None:
        bucket, key = s3_place(uri)
        if not uri.startswith("s3://") or not key or key.endswith("/"):
            return None
        with suppress(CloudError), translated():
            return int(self._connections.s3.head_object(Bucket=bucket, Key=key)["ContentLength"])
        return None

    def _dollars(self, seconds: float | None) -> float | None:
        price = self._hourly(self._connections.cloud.instance_type)
        if seconds is None or price is None:
            return None
        return 1000 * seconds * price / _HOUR
