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


class Fresh:
    """The names that one client of SageMaker created lately. Safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._names: dict[str, float] = {}
        self._lock = threading.Lock()

    def watch(self, client: Any) -> None:
        """Have ``client`` repeat calls about what it has created a moment ago."""
        events = client.meta.events
        events.register("provide-client-params.sagemaker.*", self._asked)
        events.register("after-call.sagemaker.*", self._answered)
        events.register("needs-retry.sagemaker.*", self._pause)

    def _asked(self, params: dict[str, Any], model: Any, context: dict[str, Any], **_: Any) -> None:
        name = params.get(f"{re.sub('^(Create|Delete)', '', model.name)}Name")
        if name and model.name.startswith("Create"):
            context[_OWN] = name
        elif name and model.name.startswith("Delete"):
            with self._lock:
                self._names.pop(name, None)

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
            asked -= {str(request_dict.get("context", {}).get(_OWN))}
        return PAUSE if asked & self._recent() else None

    def _recent(self) -> set[str]:
        oldest = self._clock() - PATIENCE
        with self._lock:
            self._names = {name: at for name, at in self._names.items() if at >= oldest}
            return set(self._names)


def _texts(body: bytes | str) -> set[str]:
    """All texts in a JSON body that may be names."""
    try:
        found = json.loads(body)
    except ValueError:
        return set()
    texts: set[str] = set()
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, dict):
            left += one.values()
        elif isinstance(one, list):
            left += one
        elif isinstance(one, str):
            texts.add(one)
    return texts
