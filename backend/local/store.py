"""The state of the local service: SQLAlchemy over one SQLite file.

Tables of further services (jobs) join by subclassing ``Base``; a ``Resource`` can be listed and
tagged without further ado.
"""

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import JSON, BigInteger, Dialect, Engine, String, create_engine, event
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column
from sqlalchemy.types import TypeDecorator

from backend.local import database

T = TypeVar("T")
_BUSY_SECONDS = 30
_RETRY_SECONDS = 2.0
logger = logging.getLogger(__name__)


class Timestamp(TypeDecorator[datetime]):
    """Aware datetimes as milliseconds since 1970, AWS's resolution; they sort as numbers."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:
        """Milliseconds of ``value``."""
        del dialect
        return None if value is None else round(value.timestamp() * 1000)

    def process_result_value(self, value: int | None, dialect: Dialect) -> datetime | None:
        """The moment ``value`` milliseconds after 1970."""
        del dialect
        return None if value is None else datetime.fromtimestamp(value / 1000, UTC)


def now() -> datetime:
    """This moment in AWS's resolution."""
    return datetime.fromtimestamp(round(datetime.now(UTC).timestamp(), 3), UTC)


class Base(DeclarativeBase):
    """All tables."""

    type_annotation_map = {dict[str, Any]: JSON(none_as_null=True), datetime: Timestamp}  # noqa: RUF012


class Resource:
    """What AWS knows of everything that has a name. Names differ in more than case."""

    name: Mapped[str] = mapped_column(String(63, collation="NOCASE"), primary_key=True)
    arn: Mapped[str] = mapped_column(unique=True)
    creation_time: Mapped[datetime] = mapped_column(default=now)
    last_modified_time: Mapped[datetime] = mapped_column(default=now)


class Model(Resource, Base):
    """A model: ``definition`` is its CreateModel request."""

    __tablename__ = "models"

    definition: Mapped[dict[str, Any]]


class EndpointConfig(Resource, Base):
    """An endpoint config: ``definition`` is its CreateEndpointConfig request."""

    __tablename__ = "endpoint_configs"

    definition: Mapped[dict[str, Any]]


class Endpoint(Resource, Base):
    """An endpoint: ``serving`` and ``pending`` are ``hosting.deployment.Deployment`` records.

    ``usage`` counts its invocations.
    """

    __tablename__ = "endpoints"

    status: Mapped[str]
    failure_reason: Mapped[str | None]
    serving: Mapped[dict[str, Any] | None]
    pending: Mapped[dict[str, Any] | None]
    deployment_config: Mapped[dict[str, Any] | None]
    usage: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Tag(Base):
    """A tag of the resource with the ARN ``arn``."""

    __tablename__ = "tags"

    arn: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]


class Store:
    """Transactions on the database in ``path``, which is made where it is missing.

    Raises ``ConfigError`` for a file that cannot be used.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._engine = create_engine(
            f"sqlite:///{path}", connect_args={"timeout": _BUSY_SECONDS, "check_same_thread": False}
        )
        _configure(self._engine)
        database.prepare(self._engine, path, Base.metadata)

    def transaction(self, work: Callable[[Session], T]) -> T:
        """What ``work`` returns, committed; nothing is kept of it where it raises."""
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            return work(session)

    async def run(self, work: Callable[[Session], T]) -> T:
        """``transaction`` in a thread."""
        return await asyncio.to_thread(self.transaction, work)

    async def insist(self, work: Callable[[Session], T]) -> T:
        """As ``run``, tried again for as long as the database cannot be written: on a full disk
        what has happened is kept as soon as there is space, whoever frees it.
        """
        while True:
            try:
                return await self.run(work)
            except OperationalError:
                logger.exception("The database cannot be written; this is tried again")
                await asyncio.sleep(_RETRY_SECONDS)

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()


def _configure(engine: Engine) -> None:
    @event.listens_for(engine, "connect")
    def connect(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # transactions begin below, not by the driver's guess
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")

    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        # Taking the write lock at once, a transaction never finds out half-way that it must wait
        # for another one that waits for it.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
