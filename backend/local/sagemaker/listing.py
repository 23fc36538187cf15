"""Every List operation: filters, order and pages over one table."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from backend.local.sagemaker.arns import invalid
from backend.local.store import Resource

R = TypeVar("R", bound=Resource)
Request = Mapping[str, Any]
_PAGE = 10
_ATTRIBUTES = {
    "Name": "name",
    "CreationTime": "creation_time",
    "LastModifiedTime": "last_modified_time",
    "Status": "status",
}


@dataclass(frozen=True)
class Page(Generic[R]):
    """Some rows, and the token for the next ones; None after the last."""

    rows: list[R]
    next_token: str | None


def page(session: Session, table: type[R], request: Request) -> Page[R]:
    """The page of ``table`` that a List request asks for.

    As on AWS the latest come first, ten at a time, unless the request says otherwise. A page goes
    on behind the last row of the one before, so that rows that come and go meanwhile neither hide
    nor double others. Raises AwsError for a token that is not ours.
    """
    order = _Order.of(request)
    query = order.sorted(table, _filtered(select(table), table, request))
    if token := request.get("NextToken"):
        query = query.where(order.behind(table, token))
    size = request.get("MaxResults", _PAGE)
    rows = list(session.scalars(query.limit(size + 1)))
    more = len(rows) > size
    return Page(rows[:size], order.token(rows[size - 1]) if more else None)


def _column(table: type[Resource], name: str) -> InstrumentedAttribute[Any]:
    column: InstrumentedAttribute[Any] = getattr(table, name)
    return column


def _filtered(query: Select[R], table: type[R], request: Request) -> Select[R]:
    """Bounds in time are those of AWS's documentation: created at or after, modified after."""
    created, modified = _column(table, "creation_time"), _column(table, "last_modified_time")
    conditions: dict[str, Any] = {
        "NameContains": lambda text: _column(table, "name").contains(text, autoescape=True),
        "CreationTimeAfter": lambda time: created >= time,
        "CreationTimeBefore": lambda time: created < time,
        "LastModifiedTimeAfter": lambda time: modified > time,
        "LastModifiedTimeBefore": lambda time: modified < time,
        "StatusEquals": lambda status: _column(table, "status") == status,
    }
    given = [condition(request[name]) for name, condition in conditions.items() if name in request]
    return query.where(*given)


@dataclass(frozen=True)
class _Order:
    """By what rows are sorted; the name decides among equals."""

    key: str
    ascending: bool

    @classmethod
    def of(cls, request: Request) -> "_Order":
        return cls(request.get("SortBy", "CreationTime"), request.get("SortOrder") == "Ascending")

    def sorted(self, table: type[R], query: Select[R]) -> Select[R]:
        columns = (_column(table, _ATTRIBUTES[self.key]), _column(table, "name"))
        return query.order_by(*(c.asc() if self.ascending else c.desc() for c in columns))

    def behind(self, table: type[R], token: str) -> ColumnElement[bool]:
        """The condition for the rows after the one that ``token`` stands for."""
        value, name = self._decoded(token)
        column, names = _column(table, _ATTRIBUTES[self.key]), _column(table, "name")
        if self.ascending:
            return or_(column > value, and_(column == value, names > name))
        return or_(column < value, and_(column == value, names < name))

    def token(self, row: Resource) -> str:
        value = getattr(row, _ATTRIBUTES[self.key])
        plain = value.timestamp() if isinstance(value, datetime) else value
        content = json.dumps([self.key, self.ascending, plain, row.name])
        return base64.urlsafe_b64encode(content.encode()).decode()

    def _decoded(self, token: str) -> tuple[Any, str]:
        try:
            key, ascending, value, name = json.loads(base64.urlsafe_b64decode(token))
            if (key, ascending) != (self.key, self.ascending) or not isinstance(name, str):
                raise ValueError(token)
            is_time = self.key.endswith("Time")
            return datetime.fromtimestamp(value, UTC) if is_time else str(value), name
        except (ValueError, TypeError, OverflowError, OSError, binascii.Error) as error:
            raise invalid("Invalid pagination token: the NextToken is not valid.") from error
