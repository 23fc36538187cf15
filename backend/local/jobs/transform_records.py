"""Transform jobs in the database."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Mapped, Session

from backend.local.hosting.deployment import Production
from backend.local.store import Base, Resource, Store, now

LONGEST_REASON = 1024


class TransformJob(Resource, Base):
    """A transform job: ``definition`` is its CreateTransformJob request without the tags.

    ``production`` is the model as it was when the job was created: what becomes of the model
    afterwards does not change the job.
    """

    __tablename__ = "transform_jobs"

    status: Mapped[str]
    failure_reason: Mapped[str | None]
    definition: Mapped[dict[str, Any]]
    production: Mapped[dict[str, Any]]
    start_time: Mapped[datetime | None]
    end_time: Mapped[datetime | None]


@dataclass(frozen=True)
class Record:
    """What the database holds of a job that is to be run."""

    name: str
    status: str
    definition: Mapping[str, Any]
    production: Production


class Records:
    """Reads and changes the rows of transform jobs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, name: str) -> Record:
        """The job's record."""
        return await self._store.run(lambda s: _record(s.get_one(TransformJob, name)))

    async def unfinished(self) -> list[Record]:
        """The jobs that are under way or being stopped, oldest first."""

        def work(session: Session) -> list[Record]:
            rows = select(TransformJob).where(TransformJob.status.in_(("InProgress", "Stopping")))
            return [_record(r) for r in session.scalars(rows.order_by(TransformJob.creation_time))]

        return await self._store.run(work)

    async def started(self, name: str, production: Production) -> None:
        """Write that the job's model runs; the first time counts."""

        def work(session: Session) -> None:
            row = session.get_one(TransformJob, name)
            row.start_time = row.start_time or now()
            row.production = asdict(production)
            row.last_modified_time = now()

        await self._store.run(work)

    async def finished(self, name: str, status: str, reason: str | None = None) -> None:
        """Write how the job ended; one that is being stopped is Stopped, however it ended."""

        def work(session: Session) -> None:
            row = session.get_one(TransformJob, name)
            if row.status not in ("InProgress", "Stopping"):
                return
            stopping = row.status == "Stopping"
            row.status = "Stopped" if stopping else status
            row.failure_reason = reason[:LONGEST_REASON] if reason and not stopping else None
            row.end_time = row.last_modified_time = now()

        await self._store.run(work)

    def hashes(self) -> set[str]:
        """The content hashes that jobs under way need; blocks."""

        def work(session: Session) -> set[str]:
            rows = select(TransformJob).where(TransformJob.status == "InProgress")
            return {
                name
                for row in session.scalars(rows)
                for name in row.production["artifacts"].values()
            }

        return self._store.transaction(work)


def _record(row: TransformJob) -> Record:
    return Record(row.name, row.status, row.definition, Production(**row.production))
