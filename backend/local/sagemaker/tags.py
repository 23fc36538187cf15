"""Tags: on every resource that has an ARN, whatever its kind."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from backend.local.sagemaker.arns import Account, invalid
from backend.local.store import Base, Resource, Store, Tag
from backend.local.wire.json11 import Operation

MOST_TAGS = 50
_RESERVED = "aws:"

TagList = Sequence[Mapping[str, str]]


class Tags:
    """AddTags, ListTags, DeleteTags."""

    def __init__(self, store: Store, account: Account) -> None:
        self._store = store
        self._account = account

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {"AddTags": self._add, "ListTags": self._list, "DeleteTags": self._delete}

    async def _add(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> list[dict[str, str]]:
            arn = _require(session, request["ResourceArn"])
            write(session, arn, request["Tags"])
            return read(session, arn)

        return {"Tags": await self._store.run(work)}

    async def _list(self, request: dict[str, Any]) -> dict[str, Any]:
        if "NextToken" in request:  # a resource's tags always fit on one page
            raise invalid("Invalid pagination token: the NextToken is not valid.")

        def work(session: Session) -> list[dict[str, str]]:
            return read(session, _require(session, request["ResourceArn"]))

        return {"Tags": await self._store.run(work)}

    async def _delete(self, request: dict[str, Any]) -> dict[str, Any]:
        def work(session: Session) -> None:
            arn = _require(session, request["ResourceArn"])
            session.execute(delete(Tag).where(Tag.arn == arn, Tag.key.in_(request["TagKeys"])))

        await self._store.run(work)
        return {}


def write(session: Session, arn: str, tags: TagList) -> None:
    """Add ``tags`` to the resource, replacing values of keys that it has. Raises AwsError."""
    keys = [tag["Key"] for tag in tags]
    if len(keys) != len(set(keys)):
        raise invalid("Duplicate tag keys found: each key may be given once.")
    if any(key.lower().startswith(_RESERVED) for key in keys):
        raise invalid("aws: prefixed tag key names are not allowed for external use.")
    for tag in tags:
        session.merge(Tag(arn=arn, key=tag["Key"], value=tag["Value"]))
    session.flush()
    if len(read(session, arn)) > MOST_TAGS:
        raise invalid(f"A resource can have no more than {MOST_TAGS} tags: {arn}")


def read(session: Session, arn: str) -> list[dict[str, str]]:
    """The resource's tags, by key."""
    rows = session.scalars(select(Tag).where(Tag.arn == arn).order_by(Tag.key))
    return [{"Key": tag.key, "Value": tag.value} for tag in rows]


def forget(session: Session, arn: str) -> None:
    """Remove all tags of a resource that is being deleted."""
    session.execute(delete(Tag).where(Tag.arn == arn))


def _require(session: Session, arn: str) -> str:
    """The ARN as it is on file. Raises AwsError where no resource has it."""
    prefix, slash, name = arn.partition("/")
    wanted = f"{prefix}{slash}{name.lower()}"
    for table in _tables():
        if session.scalar(select(table.arn).where(table.arn == wanted)):
            return wanted
    raise invalid(f'Could not find resource "{arn}".')


def _tables() -> Iterable[type[Resource]]:
    classes = (mapper.class_ for mapper in Base.registry.mappers)
    return [table for table in classes if issubclass(table, Resource)]
