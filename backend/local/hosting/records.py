"""Endpoints in the database, as their hosts read and write them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.local.hosting.deployment import Deployment
from backend.local.store import Endpoint, Store, Tag, now

LONGEST_REASON = 1024


@dataclass(frozen=True)
class Record:
    """What the database holds of an endpoint."""

    name: str
    status: str
    failure_reason: str | None
    serving: Deployment | None
    pending: Deployment | None
    usage: Mapping[str, Any]


class Records:
    """Reads and changes the rows of endpoints."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def read(self, name: str) -> Record | None:
        """The endpoint's record, None where there is none."""

        def work(session: Session) -> Record | None:
            row = session.get(Endpoint, name)
            return _record(row) if row else None

        return await self._store.run(work)

    async def all(self) -> list[Record]:
        """The records of all endpoints, oldest first."""

        def work(session: Session) -> list[Record]:
            rows = session.scalars(select(Endpoint).order_by(Endpoint.creation_time))
            return [_record(row) for row in rows]

        return await self._store.run(work)

    async def change(
        self,
        name: str,
        status: str,
        *,
        serving: Deployment | None,
        pending: Deployment | None,
        failure_reason: str | None,
    ) -> None:
        """Write an endpoint's state, on a full disk as soon as there is space."""

        def work(session: Session) -> None:
            row = session.get_one(Endpoint, name)
            row.status = status
            row.serving = serving.dump() if serving else None
            row.pending = pending.dump() if pending else None
            row.failure_reason = failure_reason[:LONGEST_REASON] if failure_reason else None
            row.last_modified_time = now()

        await self._store.insist(work)

    async def keep_usage(self, usage: Mapping[str, Mapping[str, Any]]) -> None:
        """Write the usage of the named endpoints, where they still exist."""

        def work(session: Session) -> None:
            for name, counts in usage.items():
                if row := session.get(Endpoint, name):
                    row.usage = dict(counts)

        await self._store.run(work)

    async def remove(self, name: str) -> None:
        """Delete the endpoint with its tags."""

        def work(session: Session) -> None:
            row = session.get_one(Endpoint, name)
            session.execute(delete(Tag).where(Tag.arn == row.arn))
            session.delete(row)

        await self._store.insist(work)

    def hashes(self) -> set[str]:
        """The content hashes that endpoints need; blocks."""

        def work(session: Session) -> set[str]:
            records = [_record(row) for row in session.scalars(select(Endpoint))]
            deployments = [d for r in records for d in (r.serving, r.pending) if d]
            return {name for deployment in deployments for name in deployment.hashes()}

        return self._store.transaction(work)


def _record(row: Endpoint) -> Record:
    return Record(
        name=row.name,
        status=row.status,
        failure_reason=row.failure_reason,
        serving=Deployment.load(row.serving) if row.serving else None,
        pending=Deployment.load(row.pending) if row.pending else None,
        usage=row.usage,
    )
