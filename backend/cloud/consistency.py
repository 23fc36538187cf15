"""SageMaker's answers become consistent a moment after a change: what was just created may be
"not found" to the next call. Such calls are repeated for a while, by boto3's own mechanism.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any, Final

PATIENCE: Final = 15.0
"""Seconds after its creation in which something may not be found yet."""
PAUSE: Final = 1.0
_NOT_FOUND: Final = re.compile(r"could not find|not found|does(?:n't| not) exist", re.IGNORECASE)
_OWN: Final = "docinsights_own_name"

Named = tuple[str, str]


class Fresh:
    """What one client of SageMaker created lately, as (parameter, name): a model and an endpoint
    may share a name. Safe to share between threads.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: dict[Named, float] = {}
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Have ``client`` repeat calls about what it has created a moment ago."""
        events = client.meta.events
        events.register("provide-client-params.sagemaker.*", self._asked)
        events.register("after-call.sagemaker.*", self._answered)
        events.register("needs-retry.sagemaker.*", self._pause)

    def _asked(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        parameter = f"{re.sub('^(Create|Delete)', '', model.name)}Name"
        named = parameter, str(params.get(parameter) or "")
        if named[1] and model.name.startswith("Create"):
            context[_OWN] = named
        elif model.name.startswith("Delete"):
            with self._lock:
                self._names.pop(named, None)

    def _answered(self, http_response: Any, context: dict[str, Any], **_: Any) -> None:
        if _OWN in context and http_response.status_code < 300:
            with self._lock:
                self._names[context[_OWN]] = self._clock()

    def _pause(
        self, response: Any, operation: Any, request_dict: dict[str, Any], **_: Any
    ) -> float | None:
        """Seconds to wait before the call is made again, None where it is not to be."""
        error = response[1].get("Error", {}) if response else {}
        if not _NOT_FOUND.search(str(error.get("Message", ""))):
            return None
        asked = _texts(request_dict.get("body", b""))
        if operation.name.startswith("Create"):
            asked -= {request_dict.get("context", {}).get(_OWN)}
        return PAUSE if asked & self._recent() else None

    def _recent(self) -> set[Named]:
        oldest = self._clock() - PATIENCE
        with self._lock:
            self._names = {name: at for name, at in self._names.items() if at >= oldest}
            return set(self._names)


def _texts(body: bytes | str) -> set[Named]:
    """All texts in a JSON body that may be names, with the field that holds them."""
    try:
        found = json.loads(body)
    except ValueError:
        return set()
    texts: set[Named] = set()
    left = [("", found)]
    while left:
        field, one = left.pop()
        if isinstance(one, dict):
            left += one.items()
        elif isinstance(one, list):
            left += [(field, item) for item in one]
        elif isinstance(one, str):
            texts.add((field, one))
    return texts
