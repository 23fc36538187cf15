"""The app's outermost layer: which requests a browser may make of it at all.

A web page can have a host name of its own point to this computer (DNS rebinding), and any page can
open a connection to an address that it knows. So a request is let in only under a name that the
app goes by, and only from a page of the app itself; and no other site may frame it. All of this is
decided before there is a session, and without asking any other computer.
"""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
"""The names of this computer that no other computer can take."""
_HEADERS: Final = {
    "X-Frame-Options": "DENY",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
}
_REFUSAL: Final = (
    "This app does not answer to that address. Open it under the address that it was started with."
)
_POLICY_VIOLATION: Final = 1008


class Guard:
    """ASGI middleware that lets in requests for ``hosts`` (names without ports) and loopback."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = LOOPBACK | {name.lower().rstrip(".") for name in hosts}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the headers that forbid framing, or answer it with 403."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif self.lets_in(Headers(scope=scope)):
            await self._app(scope, receive, _with_headers(send))
        elif scope["type"] == "websocket":
            # Closing before accepting is what servers turn into a 403.
            await receive()
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION})
        else:
            await PlainTextResponse(_REFUSAL, 403)(scope, receive, _with_headers(send))

    def lets_in(self, headers: Headers) -> bool:
        """Whether there is one Host, it is ours, and each Origin, where sent, is that very host."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or host_name(hosts[0]) not in self._hosts:
            return False
        own = hosts[0].lower()
        return all(urlsplit(origin).netloc.lower() == own for origin in headers.getlist("origin"))


def host_name(host: str) -> str:
    """The name in a Host header, lower case, without port; "" where it is not valid."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises where it is no number
    except ValueError:
        return ""
    if parts.netloc != host or "@" in host:
        return ""
    return (parts.hostname or "").rstrip(".")


def _with_headers(send: Send) -> Send:
    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
        await send(message)

    return sending
