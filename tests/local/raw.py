"""Requests made by hand, for what no well-behaved client sends."""

import hashlib
import http.client
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from backend.local.config import ServiceConfig


@dataclass
class Raw:
    """A request to be signed and sent; what is set here is sent as it is."""

    method: str = "GET"
    target: str = "/"
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    service: str = "s3"
    payload_hash: str = ""
    at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def signed(self, config: ServiceConfig, *, secret_key: str = "") -> dict[str, str]:
        """The headers with the signature of the service's own or another key."""
        kind = S3SigV4Auth if self.service == "s3" else SigV4Auth
        credentials = Credentials(config.access_key, secret_key or config.secret_key)
        auth: Any = kind(credentials, self.service, config.region)
        digest = self.payload_hash or hashlib.sha256(self.body).hexdigest()
        headers = {
            **self.headers,
            "host": f"127.0.0.1:{config.port}",
            "x-amz-date": self.at.strftime("%Y%m%dT%H%M%SZ"),
            "x-amz-content-sha256": digest,
        }
        request = AWSRequest(
            method=self.method, url=f"http://localhost{self.target}", headers=headers
        )
        request.context["timestamp"] = headers["x-amz-date"]
        text = auth.string_to_sign(request, auth.canonical_request(request))
        names = auth.signed_headers(auth.headers_to_sign(request))
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={auth.scope(request)}, SignedHeaders={names}, "
            f"Signature={auth.signature(text, request)}"
        )
        return headers

    def send(self, config: ServiceConfig, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Status and body of the answer to the request with these headers."""
        connection = http.client.HTTPConnection("127.0.0.1", config.port, timeout=30)
        connection.putrequest(self.method, self.target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if "content-length" not in headers and "transfer-encoding" not in headers:
            connection.putheader("content-length", str(len(self.body)))
        connection.endheaders(self.body)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def ask(self, config: ServiceConfig) -> tuple[int, bytes]:
        """Sign rightly and send."""
        return self.send(config, self.signed(config))


@contextmanager
def sending(config: ServiceConfig, headers: Mapping[str, str], raw: Raw) -> Iterator[None]:
    """A connection on which ``raw`` has been sent as it is, whatever length its headers promise.

    It is closed without a word at the end of the ``with`` block.
    """
    lines = [f"{raw.method} {raw.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    with socket.create_connection(("127.0.0.1", config.port), timeout=30) as connection:
        connection.sendall("\r\n".join([*lines, "", ""]).encode() + raw.body)
        yield
