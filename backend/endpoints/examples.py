"""What endpoints predict for examples of a dataset, whatever they speak: for evaluations."""

import hashlib
from collections.abc import Callable, Mapping
from typing import Any, Final

from backend.cloud.connections import Connections
from backend.cloud.errors import translated
from backend.evaluation.record import ModelIdentity
from backend.tasks.base import Payload, Task
from backend.tasks.batch import batch_of

ENDPOINT: Final = "endpoint"
"""The kind of a model of which nothing is known but the endpoint that serves it."""


class EndpointAnswers:
    """``invoke`` sends a payload to an endpoint; ``spoken`` gives a task with the codec that an
    endpoint speaks. Methods raise ``DocumentInsightsError``s only.
    """

    def __init__(
        self,
        connections: Connections,
        invoke: Callable[[str, Payload], bytes],
        spoken: Callable[[Task[Any, Any], str], Task[Any, Any]],
    ) -> None:
        self._connections = connections
        self._invoke = invoke
        self._spoken = spoken

    def identify(self, endpoint: str) -> ModelIdentity:
        """Which model ``endpoint`` serves, as far as that can be told: another one after every
        change of the endpoint. Raises ``EndpointMissing``.
        """
        with translated(endpoint=endpoint):
            facts = self._connections.sagemaker.describe_endpoint(EndpointName=endpoint)
        told = (
            facts["EndpointArn"],
            facts["EndpointConfigName"],
            facts["LastModifiedTime"].isoformat(),
        )
        digest = hashlib.sha256("\n".join(told).encode()).hexdigest()
        return ModelIdentity(endpoint, digest, facts["EndpointArn"], ENDPOINT)

    def predict(self, endpoint: str, task: str, example: Mapping[str, Any]) -> dict[str, Any]:
        """The predicted row of ``example``, in as many requests as its length needs."""
        batch = batch_of(task)
        spoken = self._spoken(batch.task, endpoint)
        request = batch.request(example)
        found = []
        for part in spoken.parts(request):
            body = self._invoke(endpoint, spoken.encode(part.request))
            found.append((part.offset, spoken.decode(body, part.request)))
        return batch.predicted(spoken.join(request, found))
