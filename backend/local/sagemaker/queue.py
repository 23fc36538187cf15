"""InvokeEndpointAsync: requests wait in a queue; what is asked, and the answers, lie in S3.

Requests are kept on the disk until they are answered, so that the service may be stopped, or die,
meanwhile.
"""

import asyncio
import json
import logging
import time
import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from backend.local.hosting.errors import HostingError, Overloaded
from backend.local.hosting.fleet import Fleet
from backend.local.hosting.host import NotServing
from backend.local.hosting.worker import CUSTOM_ATTRIBUTES
from backend.local.jobs.training_storage import Place
from backend.local.s3.store import Attributes, ObjectStore
from backend.local.store import Endpoint, Store
from backend.local.wire.errors import AwsError

LARGEST: Final = 1 << 30
"""Bytes of a request, and of an answer: AWS's limit."""
_HEADER: Final = "x-amzn-sagemaker-"
_UNSUPPORTED: Final = ("S3OutputPathExtension", "Filename")
_LONGEST_WAIT: Final = 6 * 3600
"""Seconds that a request waits unless it says otherwise."""
_AT_ONCE: Final = 4
_POLL: Final = 0.5

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Waiting:
    """A request: where it lies, where its answer or its failure ("" for nowhere) is to go, and
    until when it may wait.
    """

    key: str
    endpoint: str
    source: str
    output: str
    failure: str
    headers: Mapping[str, str]
    until: float


class Queue:
    """The requests of all endpoints, a few of each at a time, first come, first served."""

    def __init__(self, folder: Path, objects: ObjectStore, store: Store, fleet: Fleet) -> None:
        self._folder = folder
        self._objects = objects
        self._store = store
        self._fleet = fleet
        self._turns: dict[str, asyncio.Semaphore] = defaultdict(lambda: asyncio.Semaphore(_AT_ONCE))
        self._tasks: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Go on with the requests that were under way."""
        self._folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(self._folder.glob("*.json"), key=lambda one: one.stat().st_mtime):
            try:
                self._begin(Waiting(**json.loads(path.read_text())))
            except (ValueError, TypeError):
                # A machine that lost its power while this was written: no other one has to wait.
                logger.warning("%s is damaged: its request is left out", path)
                path.unlink()

    async def stop(self) -> None:
        """Leave the requests for the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def take(self, name: str, config: Mapping[str, Any], request: Request) -> Response:
        """Keep a request to ``name`` and say where its answer will be. Raises AwsError."""
        given = request.headers
        for member in _UNSUPPORTED:
            if given.get(_HEADER + member):
                raise _invalid(f"{member} is not supported by the local service: leave it out.")
        source = given.get(f"{_HEADER}inputlocation", "")
        if not source.startswith("s3://"):
            raise _invalid("InputLocation must be the s3:// URI of the request: give one.")
        key, output = uuid.uuid4().hex, config["OutputConfig"]
        failures = output.get("S3FailurePath", "")
        waiting = Waiting(
            key=key,
            endpoint=name,
            source=source,
            output=_below(output["S3OutputPath"], f"{key}.out"),
            failure=_below(failures, f"{key}-error.out") if failures else "",
            headers=_forwarded(given),
            until=time.time() + _wait(given.get(f"{_HEADER}requestttlseconds")),
        )
        await asyncio.to_thread(self._keep, waiting)
        self._begin(waiting)
        places = {f"{_HEADER}outputlocation": waiting.output}
        if waiting.failure:
            places[f"{_HEADER}failurelocation"] = waiting.failure
        inference = given.get(f"{_HEADER}inference-id", str(uuid.uuid4()))
        return JSONResponse({"InferenceId": inference}, status_code=202, headers=places)

    def _begin(self, waiting: Waiting) -> None:
        task = asyncio.create_task(self._answer(waiting))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, waiting: Waiting) -> None:
        async with self._turns[waiting.endpoint.lower()]:
            try:
                body, kind = await self._asked(waiting)
                await asyncio.to_thread(self._put, waiting.output, body, kind)
            except HostingError as error:
                await self._fail(waiting, str(error))
            except AwsError as error:
                await self._fail(waiting, error.message)
            except Exception:  # the boundary: whoever waits must learn that there is no answer
                logger.exception("%s cannot be answered", waiting.source)
                await self._fail(waiting, "The local service failed: see its log.")
        (self._folder / f"{waiting.key}.json").unlink(missing_ok=True)

    async def _asked(self, waiting: Waiting) -> tuple[bytes, str]:
        """The model's answer and its type, as soon as the endpoint has time for the request."""
        body = await asyncio.to_thread(self._read, waiting.source)
        headers = [(k.encode("latin-1"), v.encode("latin-1")) for k, v in waiting.headers.items()]
        while True:
            try:
                _, answer = await self._fleet.invoke(
                    waiting.endpoint, body, headers, variant=None, largest=LARGEST
                )
            except (NotServing, Overloaded):
                if not await self._store.run(
                    lambda s: _may_come(s.get(Endpoint, waiting.endpoint))
                ):
                    raise HostingError("The endpoint does not serve any more.") from None
                if time.time() > waiting.until:
                    raise HostingError("The request has waited longer than it may.") from None
                await asyncio.sleep(_POLL)
                continue
            if 200 <= answer.status < 300:
                return answer.body, answer.content_type
            told = answer.body.decode("utf-8", "replace")
            raise HostingError(
                f'Received error ({answer.status}) from primary with message "{told}".'
            )

    async def _fail(self, waiting: Waiting, reason: str) -> None:
        if not waiting.failure:
            return
        try:
            text = reason.encode()
            await asyncio.to_thread(self._put, waiting.failure, text, "text/plain")
        except AwsError as error:
            logger.warning("%s cannot be written: %s", waiting.failure, error)

    def _keep(self, waiting: Waiting) -> None:
        path = self._folder / f"{waiting.key}.json"
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(waiting)))
        unfinished.replace(path)

    def _read(self, uri: str) -> bytes:
        info, file = self._objects.open_verified(*_place(uri))
        with file:
            if info.size > LARGEST:
                raise _invalid(f"{uri} is larger than {LARGEST} bytes.")
            return file.read()

    def _put(self, uri: str, body: bytes, kind: str) -> None:
        self._objects.put(*_place(uri), body, Attributes({"ContentType": kind}))


def _invalid(message: str) -> AwsError:
    return AwsError("ValidationError", message)


def _wait(told: str | None) -> int:
    """Seconds that a request may wait. Raises AwsError where ``told`` are no seconds."""
    if told is None:
        return _LONGEST_WAIT
    if not told.isdecimal():
        raise _invalid("RequestTTLSeconds must be a number of seconds: correct it.")
    return int(told)


def _forwarded(given: Mapping[str, str]) -> dict[str, str]:
    """The headers that the model sees."""
    names = {
        "content-type": f"{_HEADER}content-type",
        "accept": f"{_HEADER}accept",
        CUSTOM_ATTRIBUTES.lower(): CUSTOM_ATTRIBUTES.lower(),
        f"{_HEADER}inference-id": f"{_HEADER}inference-id",
    }
    return {name: given[source] for name, source in names.items() if source in given}


def _may_come(endpoint: Endpoint | None) -> bool:
    return endpoint is not None and endpoint.status not in ("Failed", "Deleting")


def _below(uri: str, name: str) -> str:
    return f"{uri.rstrip('/')}/{name}"


def _place(uri: str) -> tuple[str, str]:
    place = Place.of(uri)
    return place.bucket, place.key
