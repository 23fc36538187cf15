"""AWS Signature Version 4, checked by computing again what the client computed.

Source: "AWS Signature Version 4 for API requests" and "Authenticating Requests (Amazon S3)" in
AWS's documentation. Two steps, because the body's hash is part of the signature and who reads the
body depends on the service that the request names: ``Claim.read`` finds what a request claims,
``Claim.check`` whether that is true.
"""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Self
from urllib.parse import parse_qsl

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials
from starlette.requests import Request

from backend.local.wire.errors import AwsError

UNSIGNED = "UNSIGNED-PAYLOAD"
_ALGORITHM = "AWS4-HMAC-SHA256"
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_LONGEST_EXPIRY = 7 * 24 * 3600  # seconds that a presigned address of S3 may live
_SKEW = {"s3": timedelta(minutes=15)}
_DEFAULT_SKEW = timedelta(minutes=5)

# What each kind of refusal is called: (code, message, HTTP status).
_MISMATCH = "The request signature we calculated does not match the signature you provided."
_UNSIGNED_HEADERS = "There were headers present in the request which were not signed: {}"
_Refusals = Mapping[str, tuple[str, str, int]]
_S3_REFUSALS: _Refusals = {
    "missing": ("AccessDenied", "Access Denied", 403),
    "malformed": ("AuthorizationHeaderMalformed", "The authorization is malformed: {}", 400),
    "key": (
        "InvalidAccessKeyId",
        "The AWS Access Key Id you provided does not exist in our records.",
        403,
    ),
    "signature": (
        "SignatureDoesNotMatch",
        f"{_MISMATCH} Check your key and signing method.",
        403,
    ),
    "unsigned": ("AccessDenied", _UNSIGNED_HEADERS, 403),
    "time": (
        "RequestTimeTooSkewed",
        "The difference between the request time and the current time is too large.",
        403,
    ),
    "expired": ("AccessDenied", "Request has expired", 403),
}
_JSON_REFUSALS: _Refusals = {
    "missing": ("MissingAuthenticationTokenException", "Missing Authentication Token", 403),
    "malformed": ("IncompleteSignatureException", "The authorization is malformed: {}", 400),
    "key": (
        "UnrecognizedClientException",
        "The security token included in the request is invalid.",
        400,
    ),
    "signature": (
        "InvalidSignatureException",
        f"{_MISMATCH} Check your AWS Secret Access Key and signing method.",
        400,
    ),
    "unsigned": ("InvalidSignatureException", _UNSIGNED_HEADERS, 400),
    "time": (
        "InvalidSignatureException",
        "Signature expired or not yet current: the clocks are more than 5 min. apart.",
        400,
    ),
}


@dataclass(frozen=True)
class Claim:
    """Who a request says that it is from, for which service and when, with what proof."""

    access_key: str
    region: str
    service: str
    timestamp: str
    signed_headers: tuple[str, ...]
    signature: str
    expires: int | None
    """Seconds, of a presigned address; None where a header carries the signature."""

    @classmethod
    def read(cls, request: Request, *, likely_service: str) -> Self:
        """What the request's header or address claims; AwsError where it claims nothing.

        ``likely_service`` chooses in whose words to refuse a request that names no service.
        """
        authorization = request.headers.get("authorization", "")
        query = query_of(request)
        if authorization:
            return cls._from_header(request, authorization, likely_service)
        if likely_service == "s3" and "X-Amz-Signature" in query:
            return cls._from_query(query)
        raise refusal(likely_service, "missing")

    @classmethod
    def _from_header(cls, request: Request, authorization: str, likely_service: str) -> Self:
        algorithm, _, rest = authorization.partition(" ")
        fields = dict(re.findall(r"(\w+)=([^,\s]+)", rest))
        if algorithm != _ALGORITHM:
            raise refusal(likely_service, "malformed", f"only {_ALGORITHM} is understood.")
        timestamp = request.headers.get("x-amz-date") or _from_date(request.headers.get("date", ""))
        return cls._assemble(
            likely_service,
            fields.get("Credential", ""),
            timestamp,
            fields.get("SignedHeaders", ""),
            fields.get("Signature", ""),
            None,
        )

    @classmethod
    def _from_query(cls, query: Mapping[str, str]) -> Self:
        expires = query.get("X-Amz-Expires", "")
        if not expires.isdecimal() or not 0 < int(expires) <= _LONGEST_EXPIRY:
            raise AwsError(
                "AuthorizationQueryParametersError",
                "X-Amz-Expires must be a number of seconds, at most a week (604800).",
            )
        return cls._assemble(
            "s3",
            query.get("X-Amz-Credential", ""),
            query.get("X-Amz-Date", ""),
            query.get("X-Amz-SignedHeaders", ""),
            query["X-Amz-Signature"],
            int(expires),
        )

    @classmethod
    def _assemble(
        cls,
        likely_service: str,
        credential: str,
        timestamp: str,
        signed_headers: str,
        signature: str,
        expires: int | None,
    ) -> Self:
        scope = credential.rsplit("/", 4)
        if len(scope) != 5 or scope[4] != "aws4_request" or not signed_headers:
            raise refusal(likely_service, "malformed", "Credential or SignedHeaders is missing.")
        access_key, date, region, service, _ = scope
        if not re.fullmatch(r"\d{8}T\d{6}Z", timestamp) or not timestamp.startswith(date):
            raise refusal(service, "malformed", "its date is missing or not the credential's.")
        headers = tuple(signed_headers.lower().split(";"))
        return cls(access_key, region, service, timestamp, headers, signature, expires)

    def check(
        self, request: Request, *, access_key: str, secret_key: str, payload_hash: str
    ) -> "Signer":
        """Raise AwsError unless the request was signed with these keys just now.

        ``payload_hash`` is what the client must have signed for the body. Returns what signs the
        chunks of a body that comes in signed chunks.
        """
        self._check_time()
        if not hmac.compare_digest(self.access_key.encode(), access_key.encode()):
            raise refusal(self.service, "key")
        unsigned = {
            name
            for name in request.headers
            if name.startswith("x-amz-") and name not in self.signed_headers
        } - ({"x-amz-content-sha256"} if self.expires else set())
        if unsigned or "host" not in self.signed_headers:
            raise refusal(self.service, "unsigned", ", ".join(sorted(unsigned)) or "host")
        signer = Signer(self, secret_key)
        expected = signer.sign_request(request, payload_hash)
        if not hmac.compare_digest(self.signature.encode(), expected.encode()):
            raise refusal(self.service, "signature")
        return signer

    def _check_time(self) -> None:
        now = datetime.now(UTC)
        try:
            moment = datetime.strptime(self.timestamp, _TIMESTAMP).replace(tzinfo=UTC)
        except ValueError as error:
            raise refusal(self.service, "malformed", "its date is no date.") from error
        skew = _SKEW.get(self.service, _DEFAULT_SKEW)
        if self.expires is not None and now > moment + timedelta(seconds=self.expires):
            raise refusal(self.service, "expired")
        if moment > now + skew or (self.expires is None and moment < now - skew):
            raise refusal(self.service, "time")


class Signer:
    """Computes the signatures that a client with the ``claim`` and the secret key computes."""

    def __init__(self, claim: Claim, secret_key: str) -> None:
        self.claim = claim
        kind = S3SigV4Auth if claim.service == "s3" else SigV4Auth
        self._auth: Any = kind(
            Credentials(claim.access_key, secret_key), claim.service, claim.region
        )
        self._context = AWSRequest(method="GET", url="http://localhost/")
        self._context.context["timestamp"] = claim.timestamp

    def sign_request(self, request: Request, payload_hash: str) -> str:
        """The signature of the request's method, address, signed headers and body."""
        auth = self._auth
        headers = HTTPHeaders()
        for name in self.claim.signed_headers:
            for value in request.headers.getlist(name):
                headers.add_header(name, value)
        path = request.scope["raw_path"].decode("latin-1")
        pairs = request.scope["query_string"].decode("latin-1").split("&")
        query = "&".join(pair for pair in pairs if not pair.startswith("X-Amz-Signature="))
        rebuilt = AWSRequest(method=request.method, url=f"http://localhost{path}?{query}")
        canonical = [
            request.method,
            auth._normalize_url_path(path),
            auth.canonical_query_string(rebuilt),
            auth.canonical_headers(headers) + "\n",
            ";".join(sorted(self.claim.signed_headers)),
            payload_hash,
        ]
        return self.sign(auth.string_to_sign(self._context, "\n".join(canonical)))

    def sign(self, text: str) -> str:
        """The signature of any text, in hexadecimal digits."""
        return str(self._auth.signature(text, self._context))

    def sign_chunk(self, kind: str, previous: str, *hashes: str) -> str:
        """The signature of a chunk ("PAYLOAD") or the trailer ("TRAILER") of a streamed body."""
        scope = self._auth.credential_scope(self._context)
        head = [f"{_ALGORITHM}-{kind}", self.claim.timestamp, scope, previous]
        return self.sign("\n".join([*head, *hashes]))


def query_of(request: Request) -> dict[str, str]:
    """The query as it is in the address, the last of several parameters of one name."""
    return dict(parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True))


def refusal(service: str, kind: str, detail: str = "") -> AwsError:
    """The error with which ``service`` refuses a request."""
    code, message, status = (_S3_REFUSALS if service == "s3" else _JSON_REFUSALS)[kind]
    return AwsError(code, message.format(detail), status=status)


def _from_date(value: str) -> str:
    try:
        moment = datetime.strptime(value, "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=UTC)
    except ValueError:
        return ""
    return moment.strftime(_TIMESTAMP)
