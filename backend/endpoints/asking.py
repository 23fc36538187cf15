"""Asking an endpoint: at once, or through a queue where it is asynchronous.

To a queue the request goes through S3, and the answer comes from there.
"""

import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from backend.cloud.archives import s3_key, s3_place, s3_uri
from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.endpoints import described
from backend.errors import (
    CloudError,
    EndpointFailed,
    EndpointMissing,
    EndpointNotReady,
    ModelError,
    NotFound,
    RequestRefused,
    TimedOut,
)
from backend.tasks.base import Payload

PATIENCE: Final = 900.0
"""Seconds; SageMaker itself gives a model in an asynchronous endpoint 15 minutes by default."""
_FIRST: Final = 0.25
_LONGEST: Final = 5.0


class Asking:
    """Asks endpoints, and remembers which of them answer from a queue."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections
        self._queued: set[str] = set()

    def __call__(self, endpoint: str, payload: Payload) -> bytes:
        """The answer of ``endpoint`` to ``payload``.

        Raises ``EndpointError`` where it is missing, not ready, failed, or its model broke,
        ``CloudError`` for the rest.
        """
        if endpoint in self._queued:
            try:
                return ask_queue(self._connections, endpoint, payload)
            except RequestRefused:
                self._queued.discard(endpoint)  # deployed anew, in another way
        try:
            return ask(self._connections, endpoint, payload)
        except (EndpointMissing, EndpointNotReady):
            # SageMaker's runtime says "not found" also of an endpoint that is still starting.
            self._explain(endpoint)
            raise
        except RequestRefused:
            # SageMaker refuses to ask an asynchronous endpoint in this way.
            if not is_queued(self._connections, endpoint):
                raise
            self._queued.add(endpoint)
            return ask_queue(self._connections, endpoint, payload)

    def _explain(self, name: str) -> None:
        endpoint = described.endpoint(self._connections, name)
        if endpoint.broken:
            raise EndpointFailed(name, endpoint.failure_reason or "no reason was given")
        if not endpoint.ready:
            raise EndpointNotReady(name, endpoint.state)


def ask(connections: Connections, endpoint: str, payload: Payload) -> bytes:
    """The answer of ``endpoint`` to ``payload``, at once."""
    with translated(endpoint=endpoint):
        answer = connections.runtime.invoke_endpoint(
            EndpointName=endpoint,
            Body=payload.body,
            ContentType=payload.content_type,
            Accept=payload.accept,
        )
        return bytes(answer["Body"].read())


def is_queued(connections: Connections, endpoint: str) -> bool:
    """Whether ``endpoint`` answers from a queue only; raises what asking for that raises."""
    with translated(endpoint=endpoint):
        facts = connections.sagemaker.describe_endpoint(EndpointName=endpoint)
        config = connections.sagemaker.describe_endpoint_config(
            EndpointConfigName=facts["EndpointConfigName"]
        )
    return bool(config.get("AsyncInferenceConfig"))


def ask_queue(
    connections: Connections,
    endpoint: str,
    payload: Payload,
    *,
    patience: float = PATIENCE,
    wait: Callable[[float], None] = time.sleep,
) -> bytes:
    """The answer of ``endpoint`` to ``payload``; neither stays in S3.

    Raises ``ModelError`` where the model failed, ``TimedOut`` where no answer came in time.
    """
    parts = ("async", endpoint, "requests", uuid.uuid4().hex)
    bucket, key = connections.cloud.bucket, s3_key(connections, *parts)
    with translated(endpoint=endpoint):
        connections.s3.put_object(
            Bucket=bucket, Key=key, Body=payload.body, ContentType=payload.content_type
        )
    taken = [f"s3://{bucket}/{key}"]
    try:
        with translated(endpoint=endpoint):
            asked = connections.runtime.invoke_endpoint_async(
                EndpointName=endpoint,
                InputLocation=s3_uri(connections, *parts),
                ContentType=payload.content_type,
                Accept=payload.accept,
            )
        output, failure = asked["OutputLocation"], asked.get("FailureLocation", "")
        taken += [place for place in (output, failure) if place]
        return _awaited(connections, output, failure, patience, wait)
    finally:
        for place in taken:
            with suppress(CloudError), translated():
                connections.s3.delete_object(**_place(place))


def _awaited(
    connections: Connections,
    output: str,
    failure: str,
    patience: float,
    wait: Callable[[float], None],
) -> bytes:
    pause, waited = _FIRST, 0.0
    while waited < patience:
        answer = _read(connections, output)
        if answer is not None:
            return answer
        problem = _read(connections, failure) if failure else None
        if problem is not None:
            told = problem.decode(errors="replace").strip()
            raise ModelError(told or "The model failed: see its log.")
        wait(pause)
        waited += pause
        pause = min(2 * pause, _LONGEST)
    raise TimedOut


def _read(connections: Connections, uri: str) -> bytes | None:
    """The object at ``uri``, None where it is not there yet."""
    try:
        with translated():
            return bytes(connections.s3.get_object(**_place(uri))["Body"].read())
    except NotFound:
        return None


def _place(uri: str) -> dict[str, str]:
    bucket, key = s3_place(uri)
    return {"Bucket": bucket, "Key": key}
