"""Search: resources by what they are described with, and by their tags."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from backend.local.jobs.training_records import TrainingJob
from backend.local.jobs.tuning_records import TuningJob
from backend.local.sagemaker import tags
from backend.local.sagemaker.arns import invalid
from backend.local.sagemaker.search_filters import SearchError, compile_expression, values
from backend.local.store import Endpoint, Model, Resource, Store
from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import Operation
from backend.local.wire.models import service_model

Record = dict[str, Any]
_PAGE = 10
_NESTED = {"Model": "Model"}  # results of this resource hold the record one level deeper


@dataclass(frozen=True)
class _Kind:
    """A kind of resource that can be searched: its table and how one is described."""

    table: type[Resource]
    operation: str
    name: str


_KINDS: Mapping[str, _Kind] = {
    "TrainingJob": _Kind(TrainingJob, "DescribeTrainingJob", "TrainingJobName"),
    "HyperParameterTuningJob": _Kind(
        TuningJob, "DescribeHyperParameterTuningJob", "HyperParameterTuningJobName"
    ),
    "Endpoint": _Kind(Endpoint, "DescribeEndpoint", "EndpointName"),
    "Model": _Kind(Model, "DescribeModel", "ModelName"),
}


class Search:
    """Search over what the Describe operations among ``describe`` answer."""

    def __init__(self, store: Store, describe: Mapping[str, Operation]) -> None:
        self._store = store
        self._describe = describe

    @property
    def operations(self) -> Mapping[str, Operation]:
        """The operations by AWS's names."""
        return {"Search": self._search}

    async def _search(self, request: dict[str, Any]) -> dict[str, Any]:
        resource = request["Resource"]
        if resource not in _KINDS:
            raise invalid(
                f"Search for {resource} is not supported by the local service: "
                f"use {', '.join(_KINDS)}."
            )
        shape = _shape(resource)
        try:
            matches = compile_expression(request.get("SearchExpression", {}), set(shape.members))
        except SearchError as error:
            raise invalid(str(error)) from error
        found = [record for record in await self._records(resource) if matches(record)]
        order = _Order.of(request)
        shown, token = order.page(found, request.get("NextToken"), request.get("MaxResults", _PAGE))
        return {
            "Results": [{resource: _result(resource, record)} for record in shown],
            "NextToken": token,
            "TotalHits": {"Value": len(found), "Relation": "EqualTo"},
        }

    async def _records(self, resource: str) -> list[Record]:
        """All resources of the kind as they are described, with their tags."""
        kind = _KINDS[resource]

        def work(session: Session) -> list[tuple[str, str, Any, list[dict[str, str]]]]:
            rows = session.scalars(select(kind.table))
            return [
                (row.name, row.arn, row.last_modified_time, tags.read(session, row.arn))
                for row in rows
            ]

        records = []
        for name, arn, modified, tagged in await self._store.run(work):
            try:
                described = await self._describe[kind.operation]({kind.name: name})
            except AwsError:  # it was deleted meanwhile
                continue
            shown = {"LastModifiedTime": modified, **described, "Tags": tagged}
            records.append({name: value for name, value in shown.items() if value is not None})
            records[-1][_ARN] = arn
        return records


_ARN = "\0arn"  # no name of a property


def _shape(resource: str) -> Any:
    """botocore's shape of what is found."""
    output = service_model("sagemaker").operation_model("Search").output_shape
    shape = output.members["Results"].member.members[resource]
    return shape.members[_NESTED[resource]] if resource in _NESTED else shape


def _result(resource: str, record: Record) -> Record:
    return {_NESTED[resource]: record} if resource in _NESTED else record


@dataclass(frozen=True)
class _Order:
    """By what results are sorted; those without it come last, the ARN decides among equals."""

    key: str
    ascending: bool

    @classmethod
    def of(cls, request: Mapping[str, Any]) -> "_Order":
        ascending = request.get("SortOrder") == "Ascending"
        return cls(request.get("SortBy", "LastModifiedTime"), ascending)

    def page(
        self, records: list[Record], token: str | None, size: int
    ) -> tuple[list[Record], str | None]:
        """The records behind the one that ``token`` stands for, and the token of the next page."""
        with_it = [record for record in records if self._value(record) is not None]
        without = [record for record in records if self._value(record) is None]
        with_it.sort(key=self._place, reverse=not self.ascending)
        without.sort(key=lambda record: str(record[_ARN]))
        ordered = [*with_it, *without]
        if token:
            arns = [record[_ARN] for record in ordered]
            last = _decoded(token)
            if last not in arns:
                raise invalid("Invalid pagination token: the NextToken is not valid.")
            ordered = ordered[arns.index(last) + 1 :]
        shown = ordered[:size]
        more = len(ordered) > size
        return shown, _encoded(shown[-1][_ARN]) if more else None

    def _place(self, record: Record) -> tuple[bool, Any, str]:
        value = self._value(record)
        plain = value.timestamp() if isinstance(value, datetime) else value
        number = isinstance(plain, int | float)
        return not number, plain if number else str(plain), record[_ARN]

    def _value(self, record: Record) -> Any:
        return next(iter(values(record, self.key)), None)


def _encoded(arn: str) -> str:
    return base64.urlsafe_b64encode(json.dumps([arn]).encode()).decode()


def _decoded(token: str) -> str:
    try:
        (arn,) = json.loads(base64.urlsafe_b64decode(token))
        return str(arn)
    except (ValueError, TypeError, binascii.Error) as error:
        raise invalid("Invalid pagination token: the NextToken is not valid.") from error
