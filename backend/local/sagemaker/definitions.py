"""Resources that are what their request said, to be created, described, listed and deleted."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import Account, Kind
from backend.local.sagemaker.listing import page
from backend.local.store import EndpointConfig, Model, Store
from backend.local.wire.json11 import Operation

R = TypeVar("R", Model, EndpointConfig)


class Definitions(ABC, Generic[R]):
    """The resources of one table; ``word`` is their name in AWS's operations and members."""

    table: type[R]
    kind: Kind
    word: str

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {
            f"Create{self.word}": self._create,
            f"Describe{self.word}": self._describe,
            f"List{self.word}s": self._list,
            f"Delete{self.word}": self._delete,
        }

    def get(self, session: Session, name: str) -> R:
        """The resource ``name``. Raises AwsError where there is none."""
        row = session.get(self.table, name)
        if row is None:
            raise self._account.missing(self.kind, name)
        return row

    @abstractmethod
    def _check(self, request: dict[str, Any]) -> None:
        """Complete a request to create one. Raises AwsError for what would be ignored."""

    def _require(self, session: Session, request: Mapping[str, Any]) -> None:
        """Raises AwsError where something is missing that the new resource refers to."""

    async def _create(self, request: dict[str, Any]) -> dict[str, Any]:
        self._check(request)
        name, given = request[f"{self.word}Name"], request.pop("Tags", [])

        def work(session: Session) -> str:
            if session.get(self.table, name):
                raise self._account.existing(self.kind, name)
            self._require(session, request)
            arn = self._account.arn(self.kind, name)
            session.add(self.table(name=name, arn=arn, definition=request))
            tags.write(session, arn, given)
            return arn

        return {f"{self.word}Arn": await self._store.run(work)}

    async def _describe(self, request: dict[str, Any]) -> dict[str, Any]:
        name = request[f"{self.word}Name"]
        row = await self._store.run(lambda session: self.get(session, name))
        return {"EnableNetworkIsolation": False, **row.definition, **self._facts(row)}

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        found = await self._store.run(lambda session: page(session, self.table, request))
        return {
            f"{self.word}s": [self._facts(row) for row in found.rows],
            "NextToken": found.next_token,
        }

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> None:
            row = self.get(session, request[f"{self.word}Name"])
            tags.forget(session, row.arn)
            session.delete(row)

        await self._store.run(work)
        return {}

    def _facts(self, row: R) -> dict[str, Any]:
        return {
            f"{self.word}Name": row.name,
            f"{self.word}Arn": row.arn,
            "CreationTime": row.creation_time,
        }
