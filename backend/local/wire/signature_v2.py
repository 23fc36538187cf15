"""Signature Version 2 in addresses of S3: boto3 still presigns with it unless told otherwise.

Source: "Authenticating requests: Signature Version 2, query string authentication" in the
documentation of Amazon S3. Only addresses are accepted so, never the header ``Authorization``.
"""

import hmac
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from botocore.auth import HmacV1QueryAuth
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from starlette.requests import Request

from backend.local.wire.signature import refusal
from backend.local.wire.virtual_host import resource_path

_HEADERS = ("content-type", "content-md5")


def is_signed_so(query: Mapping[str, str]) -> bool:
    """Whether an address carries a signature of version 2."""
    return {"AWSAccessKeyId", "Signature", "Expires"} <= query.keys()


def check(request: Request, query: Mapping[str, str], *, access_key: str, secret_key: str) -> None:
    """Raise AwsError unless the address was signed with these keys and still holds."""
    if not query["Expires"].isdecimal():
        raise refusal("s3", "malformed", "Expires is no number of seconds.")
    if not hmac.compare_digest(query["AWSAccessKeyId"].encode(), access_key.encode()):
        raise refusal("s3", "key")
    if time.time() > int(query["Expires"]):
        raise refusal("s3", "expired")
    auth: Any = _Dated(Credentials(access_key, secret_key), query["Expires"])
    path = resource_path(request).decode("latin-1")
    address = urlsplit(f"http://localhost{path}")
    address = address._replace(query=request.scope["query_string"].decode("latin-1"))
    expected = auth.get_signature(request.method, address, _signed_headers(request, query))
    if not hmac.compare_digest(expected.encode(), query["Signature"].encode()):
        raise refusal("s3", "signature")


class _Dated(HmacV1QueryAuth):  # type: ignore[misc] # botocore has no types
    """Signs the expiry that the address names, not one counted from now."""

    def __init__(self, credentials: Credentials, expires: str) -> None:
        super().__init__(credentials)
        self._date = expires

    def _get_date(self) -> str:
        return self._date


def _signed_headers(request: Request, query: Mapping[str, str]) -> HTTPHeaders:
    headers = HTTPHeaders()
    hoisted = {name.lower(): value for name, value in query.items()}
    # A header that is in the address too was signed once.
    for name, value in {**hoisted, **request.headers}.items():
        if name.startswith("x-amz-") or name in _HEADERS:
            headers.add_header(name, value)
    return headers
