"""Buckets in the host's name, ``http://bucket.localhost:port/key``: how most SDKs address S3.

Names below ``localhost`` are this computer's (RFC 6761), and so are those of AWS's own form that a
client was made to send here.
"""

import re

from starlette.requests import Request

_HOST = re.compile(
    r"(?P<bucket>[a-z0-9][a-z0-9.-]{1,61}[a-z0-9])"
    r"\.(localhost|s3[.-]([a-z0-9-]+\.)?amazonaws\.com)(:\d+)?",
    re.IGNORECASE,
)


def resource_path(request: Request) -> bytes:
    """The path with the bucket in it, as if the request had come to the path's address."""
    path: bytes = request.scope["raw_path"]
    match = _HOST.fullmatch(request.headers.get("host", ""))
    return path if match is None else b"/" + match["bucket"].lower().encode("ascii") + path
