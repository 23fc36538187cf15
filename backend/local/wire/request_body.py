"""What becomes of a request's body that nobody has read when the answer is ready."""

from starlette.requests import Request
from starlette.types import Message, Receive, Scope

_MOST_DRAINED = 64 * 1024 * 1024  # bytes


class RequestBody:
    """The ``receive`` of a request, watched: an application calls it as it would the original."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        headers = Request(scope).headers
        self._receive = receive
        self._asks_first = "expect" in headers
        self._started = False
        has_body = "transfer-encoding" in headers or headers.get("content-length", "0") != "0"
        self._finished = not has_body

    async def __call__(self) -> Message:
        """The next part of the body."""
        message = await self._receive()
        self._started = True
        self._finished = not message.get("more_body", False)
        return message

    async def settle(self) -> bool:
        """Pass over what is left; False where the connection cannot carry another request.

        A client that is still sending would see a broken connection, and no answer, if the rest
        were not read. One that waits for permission to send (RFC 9110, 10.1.1) gets the answer
        instead, and then what follows on the connection could be taken for the body.
        """
        if self._asks_first and not self._started:
            return self._finished
        left = _MOST_DRAINED
        while not self._finished and left > 0:
            message = await self()
            left -= len(message.get("body", b""))
        return self._finished
