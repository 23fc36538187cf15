"""Endpoints that somebody else deployed, attached to a task: ``client.attachments``.

What an endpoint speaks is kept as a tag on it, so that everybody who uses the account sees it. A
tag of its own: nothing that is only attached is ever taken for one of ours, and cleaned up.
"""

import time
from collections.abc import Mapping
from typing import Any, Final, TypeVar

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.cloud.naming import ATTACHED_TAG, as_tags
from backend.endpoints.asking import ask
from backend.endpoints.described import told_by
from backend.errors import DocumentInsightsError, InputError, ModelError
from backend.tasks.base import Task
from backend.tasks.dialects.base import Dialect
from backend.tasks.dialects.registry import DIALECTS, by_tags, dialect_of, recognise

Req = TypeVar("Req")
Res = TypeVar("Res")

_REMEMBERED: Final = 10.0
"""Seconds for which the dialect of an endpoint is not asked for again."""


class Attachments:
    """Which endpoints of the account speak what. Safe to share between threads."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._known: dict[str, tuple[float, tuple[str, str]]] = {}

    def attach(self, endpoint: str, task: Task[Any, Any]) -> str:
        """Have ``endpoint`` answer for ``task`` from now on; gives the title of what it speaks.

        Where its tags do not tell, it is asked a short question in each form that is known.
        Raises ``InputError`` where it belongs to a task already, or nothing fits;
        ``EndpointError`` where it cannot be asked.
        """
        arn = self._arn(endpoint)
        tags = self._connections.tags(arn)
        if told_by(tags)[0]:
            raise InputError(f"“{endpoint}” answers for a task already: detach it first.")
        dialect = self._by_tags(endpoint, tags, task) or self._by_asking(endpoint, task)
        value = f"{task.slug}/{dialect.name}"
        with translated(endpoint=endpoint):
            self._connections.sagemaker.add_tags(
                ResourceArn=arn, Tags=as_tags({ATTACHED_TAG: value})
            )
        self._known.pop(endpoint, None)
        return dialect.title

    def detach(self, endpoint: str) -> None:
        """Have ``endpoint`` answer for no task; one that is not attached stays as it is."""
        arn = self._arn(endpoint)
        with translated(endpoint=endpoint):
            self._connections.sagemaker.delete_tags(ResourceArn=arn, TagKeys=[ATTACHED_TAG])
        self._known.pop(endpoint, None)

    def spoken(self, task: Task[Req, Res], endpoint: str | None) -> Task[Req, Res]:
        """``task`` with the codec and the parts of what ``endpoint`` speaks; ours where nobody
        has said otherwise, or it cannot be found out.
        """
        if endpoint is None or endpoint == task.default_endpoint:
            return task
        try:
            slug, name = self._told(endpoint)
        except DocumentInsightsError:
            return task  # whatever is wrong will be said when the endpoint itself is asked
        dialect = dialect_of(slug, name) if slug == task.slug else None
        return dialect.task if dialect else task

    def _told(self, endpoint: str) -> tuple[str, str]:
        known = self._known.get(endpoint)
        if known and time.monotonic() - known[0] < _REMEMBERED:
            return known[1]
        told = told_by(self._connections.tags(self._arn(endpoint)))
        self._known[endpoint] = (time.monotonic(), told)
        return told

    def _by_tags(
        self, endpoint: str, tags: Mapping[str, str], task: Task[Any, Any]
    ) -> Dialect | None:
        told = by_tags(endpoint, tags)
        if told is None:
            return None
        if told[0] != task.slug:
            raise InputError(
                f"By its tags “{endpoint}” is a model for {told[0].replace('_', ' ')}: attach it "
                "to that task."
            )
        return dialect_of(*told)

    def _by_asking(self, endpoint: str, task: Task[Any, Any]) -> Dialect:
        dialect = recognise(task.slug, lambda payload: ask(self._connections, endpoint, payload))
        if dialect is None:
            known = "; ".join(one.title for one in DIALECTS[task.slug])
            raise ModelError(
                f"“{endpoint}” does not answer as any model for {task.title.lower()} that is known "
                f"here ({known}): choose another task, or see its log."
            )
        return dialect

    def _arn(self, endpoint: str) -> str:
        with translated(endpoint=endpoint):
            facts = self._connections.sagemaker.describe_endpoint(EndpointName=endpoint)
        return str(facts["EndpointArn"])
