"""botocore's exceptions as this project's: the only place that looks at AWS's error codes."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from botocore import exceptions as aws

from backend.errors import (
    CloudBroken,
    CloudUnreachable,
    CredentialsRejected,
    DocumentInsightsError,
    EndpointMissing,
    EndpointNotReady,
    ModelError,
    NameTaken,
    NoCapacity,
    NotFound,
    NotPermitted,
    PayloadTooLarge,
    QuotaExceeded,
    RequestRefused,
    SettingsError,
    Throttled,
    TimedOut,
)


@dataclass(frozen=True)
class _Failure:
    """The facts of one ClientError."""

    code: str
    message: str
    endpoint: str
    response: Mapping[str, Any] = field(default_factory=dict)


_Maker = Callable[[_Failure], DocumentInsightsError]


def _model_error(failure: _Failure) -> DocumentInsightsError:
    status = int(failure.response.get("OriginalStatusCode") or 500)
    if status == 413:
        return PayloadTooLarge()
    words = _sentence(str(failure.response.get("OriginalMessage") or failure.message))
    if _NO_ANSWER.search(words):
        return TimedOut()
    if status < 500:  # it speaks to whoever asked
        return ModelError(words or "The model refused this text without a reason.", status=status)
    why = f" ({words.rstrip('.')})" if words else ""
    return ModelError(
        f"The model failed on this text{why}: see its log on the Endpoints page, or choose another "
        "model.",
        status=status,
    )


def _sentence(original: str) -> str:
    """The message inside a container's error body, which is often a JSON object."""
    try:
        body = json.loads(original)
    except ValueError:
        return original.strip()
    if isinstance(body, dict):
        for key in ("message", "errorMessage", "error", "detail"):
            if isinstance(body.get(key), str):
                return str(body[key]).strip()
    return original.strip()


_NO_ANSWER = re.compile(r"invocation timed out", re.IGNORECASE)
_NOT_THERE = re.compile(r"not found|could not find|does(?:n't| not) exist", re.IGNORECASE)
_NOT_READY = re.compile(r"cannot update in-progress|is not (?:in ?service|ready)", re.IGNORECASE)
_TOO_LARGE = re.compile(r"\b6291456\b|too large|exceeds? .*(?:size|limit)", re.IGNORECASE)
_EXISTS = re.compile(r"already exist", re.IGNORECASE)
_ENDPOINT = re.compile(r"\bendpoint\b(?!-config| configuration)", re.IGNORECASE)


def _validation(failure: _Failure) -> DocumentInsightsError:
    """SageMaker says 'ValidationException' for many things; its message tells them apart."""
    message = failure.message
    if _NOT_THERE.search(message):
        about_endpoint = failure.endpoint and _ENDPOINT.search(message)
        return EndpointMissing(failure.endpoint) if about_endpoint else NotFound(message)
    if _EXISTS.search(message):
        return NameTaken(message)
    if _NOT_READY.search(message):
        return EndpointNotReady(failure.endpoint)
    if failure.endpoint and _TOO_LARGE.search(message):
        return PayloadTooLarge()
    return RequestRefused(message)


def _all(codes: str, maker: _Maker) -> dict[str, _Maker]:
    return dict.fromkeys(codes.split(), maker)


_CODES: Final[Mapping[str, _Maker]] = {
    **_all("ModelError ModelStreamError", _model_error),
    **_all("ModelNotReadyException", lambda f: EndpointNotReady(f.endpoint)),
    **_all(
        """ValidationException ValidationError InvalidParameterException InvalidParameterValue
        MalformedQueryException InvalidRequest InvalidArgument""",
        _validation,
    ),
    **_all(
        """Throttling ThrottlingException ThrottledException RequestThrottled SlowDown
        RequestThrottledException TooManyRequestsException RequestLimitExceeded
        BandwidthLimitExceeded PriorRequestNotComplete TransactionInProgressException
        ProvisionedThroughputExceededException EC2ThrottledException 429""",
        lambda _: Throttled(),
    ),
    **_all(
        """UnrecognizedClientException UnrecognizedClient InvalidClientTokenId InvalidAccessKeyId
        SignatureDoesNotMatch InvalidSignatureException IncompleteSignature InvalidToken
        IncompleteSignatureException MissingAuthenticationToken AuthFailure ExpiredToken
        MissingAuthenticationTokenException ExpiredTokenException RequestExpired
        TokenRefreshRequired RequestTimeTooSkewed AuthorizationHeaderMalformed 401""",
        lambda _: CredentialsRejected(),
    ),
    **_all(
        """AccessDenied AccessDeniedException UnauthorizedOperation NotAuthorized
        AllAccessDisabled OptInRequired 403""",
        lambda f: NotPermitted(f.message),
    ),
    **_all(
        """RequestEntityTooLarge RequestEntityTooLargeException PayloadTooLarge
        PayloadTooLargeException EntityTooLarge 413""",
        lambda _: PayloadTooLarge(),
    ),
    **_all(
        "RequestTimeout RequestTimeoutException GatewayTimeout SessionTimeoutException 408 504",
        lambda _: TimedOut(),
    ),
    **_all(
        "InsufficientInstanceCapacity CapacityError InsufficientCapacityException",
        lambda f: NoCapacity(f.message),
    ),
    **_all(
        """ResourceLimitExceeded LimitExceededException ServiceQuotaExceededException
        TooManyTagsException""",
        lambda f: QuotaExceeded(f.message),
    ),
    **_all(
        """ResourceInUse ResourceAlreadyExists ResourceAlreadyExistsException ConflictException
        OperationAborted OperationAbortedException BucketAlreadyExists BucketAlreadyOwnedByYou
        DataAlreadyAcceptedException""",
        lambda f: NameTaken(f.message),
    ),
    **_all(
        "ResourceNotFound ResourceNotFoundException NoSuchKey NoSuchBucket NoSuchUpload 404",
        lambda f: NotFound(f.message),
    ),
    **_all(
        """InternalFailure InternalError InternalServerError InternalServerException
        InternalDependencyException InternalStreamFailure InternalStreamingException
        SessionStreamingException ServiceUnavailable ServiceUnavailableException
        500 502 503 530""",
        lambda f: CloudBroken(f.message),
    ),
    **_all(
        """NotImplemented UnknownOperationException UnsupportedOperation InvalidAction
        InvalidOperationException InvalidSequenceTokenException SerializationException
        MethodNotAllowed BadRequest 400 405 501""",
        lambda f: RequestRefused(f.message),
    ),
}

_Reader = Callable[[Exception], DocumentInsightsError]


def _settings(error: Exception) -> DocumentInsightsError:
    return SettingsError(
        f"The AWS settings are incomplete ({_plain(error)}): correct them and restart."
    )


_CLASSES: Final[Mapping[type[Exception], _Reader]] = {
    **dict.fromkeys((aws.ConnectTimeoutError, aws.ReadTimeoutError), lambda _: TimedOut()),
    **dict.fromkeys(
        (
            aws.ConnectionError,
            aws.HTTPClientError,
            aws.IncompleteReadError,
            aws.ResponseStreamingError,
        ),
        lambda _: CloudUnreachable(),
    ),
    **dict.fromkeys(
        (
            aws.NoCredentialsError,
            aws.PartialCredentialsError,
            aws.CredentialRetrievalError,
            aws.MetadataRetrievalError,
            aws.NoAuthTokenError,
            aws.TokenRetrievalError,
            aws.SSOError,
            aws.LoginError,
            aws.RefreshWithMFAUnsupportedError,
            aws.UnknownCredentialError,
        ),
        lambda _: CredentialsRejected(),
    ),
    **dict.fromkeys(
        (
            aws.ProfileNotFound,
            aws.ConfigNotFound,
            aws.ConfigParseError,
            aws.InvalidConfigError,
            aws.NoRegionError,
            aws.InvalidRegionError,
            aws.UnknownRegionError,
            aws.UnknownEndpointError,
            aws.InvalidProxiesConfigError,
            aws.InvalidEndpointConfigurationError,
            aws.EndpointProviderError,
        ),
        _settings,
    ),
    **dict.fromkeys(
        (aws.ParamValidationError, aws.ValidationError, aws.MissingParametersError),
        lambda error: RequestRefused(_plain(error)),
    ),
    aws.BotoCoreError: lambda error: CloudBroken(_plain(error)),
}


def _plain(error: Exception) -> str:
    return " ".join(str(error).split()).rstrip(".")


def translate(error: Exception, *, endpoint: str = "") -> DocumentInsightsError:
    """``error``, botocore's ``ClientError`` or ``BotoCoreError``, as one of this module's.

    ``endpoint`` is the endpoint that the failed call was about, if it was about one.
    """
    if isinstance(error, aws.ClientError):
        return _of_response(error.response, endpoint)
    for klass in type(error).__mro__:
        if klass in _CLASSES:
            return _CLASSES[klass](error)
    raise TypeError(f"not an exception of botocore's: {error!r}") from error


def _of_response(response: Mapping[str, Any], endpoint: str) -> DocumentInsightsError:
    facts = response.get("Error", {})
    status = str(response.get("ResponseMetadata", {}).get("HTTPStatusCode", ""))
    failure = _Failure(
        code=str(facts.get("Code", "")),
        message=_words(str(facts.get("Message", ""))),
        endpoint=endpoint,
        response=response,
    )
    maker = _CODES.get(failure.code) or _CODES.get(status)
    if maker is None:
        return RequestRefused(f"{failure.code}: {failure.message}")
    return maker(failure)


def _words(message: str) -> str:
    """``message`` on one line, without the HTML page that a proxy may have put in its place."""
    return "" if message.lstrip().startswith("<") else " ".join(message.split())


@contextmanager
def translated(*, endpoint: str = "") -> Iterator[None]:
    """Run calls to AWS; whatever botocore raises leaves as a ``DocumentInsightsError``."""
    try:
        yield
    except (aws.ClientError, aws.BotoCoreError) as error:
        raise translate(error, endpoint=endpoint) from error
