"""Every error of botocore's has its place in our tree."""

import inspect
from typing import Any

import pytest
from botocore import exceptions as aws
from botocore.retries import standard
from botocore.session import Session

from backend import errors
from backend.cloud.errors import _CLASSES, _CODES, translate, translated


def refusal(code: str, message: str = "why.", status: int = 400, **more: Any) -> aws.ClientError:
    response = {"Error": {"Code": code, "Message": message}, **more}
    response["ResponseMetadata"] = {"HTTPStatusCode": status}
    return aws.ClientError(response, "Anything")


def known_codes() -> list[str]:
    """Codes in the service models that the project calls, and those that botocore retries."""
    session = Session()
    found: set[str] = set()
    for service in ("sagemaker", "sagemaker-runtime", "logs"):
        for shape in session.get_service_model(service).error_shapes:
            found.add(shape.metadata.get("error", {}).get("code") or shape.name)
    retried = standard.TransientRetryableChecker, standard.ThrottledRetryableChecker
    found |= {
        code
        for checker in retried
        for name, values in vars(checker).items()
        if name.endswith("_ERROR_CODES")
        for code in values
    }
    return sorted(found)


@pytest.mark.parametrize("code", known_codes())
def test_every_code_of_our_services_is_mapped(code: str) -> None:
    assert code in _CODES
    assert isinstance(translate(refusal(code)), errors.DocumentInsightsError)


BOTOCORE = [
    member
    for _, member in inspect.getmembers(aws, inspect.isclass)
    if issubclass(member, aws.BotoCoreError)
]


@pytest.mark.parametrize("klass", BOTOCORE, ids=lambda klass: str(klass.__name__))
def test_every_exception_of_botocore_is_mapped(klass: type[Exception]) -> None:
    error = klass.__new__(klass)
    Exception.__init__(error, "detail.")
    ours = translate(error)
    assert isinstance(ours, errors.DocumentInsightsError)
    assert "detail.." not in str(ours)


def test_no_class_is_mapped_twice_by_mistake() -> None:
    assert len(_CLASSES) == len(set(_CLASSES))


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (aws.EndpointConnectionError(endpoint_url="u", error="e"), errors.CloudUnreachable),
        (aws.ConnectionClosedError(endpoint_url="u"), errors.CloudUnreachable),
        (aws.ReadTimeoutError(endpoint_url="u"), errors.TimedOut),
        (aws.ConnectTimeoutError(endpoint_url="u"), errors.TimedOut),
        (aws.NoCredentialsError(), errors.CredentialsRejected),
        (aws.ProfileNotFound(profile="p"), errors.SettingsError),
        (aws.ParamValidationError(report="r"), errors.RequestRefused),
    ],
)
def test_failures_on_the_way_are_told_apart(
    error: Exception, expected: type[errors.DocumentInsightsError]
) -> None:
    assert type(translate(error)) is expected


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("ThrottlingException", 400, errors.Throttled),
        ("UnrecognizedClientException", 400, errors.CredentialsRejected),
        ("SignatureDoesNotMatch", 403, errors.CredentialsRejected),
        ("AccessDeniedException", 400, errors.NotPermitted),
        ("ResourceInUse", 400, errors.NameTaken),
        ("ResourceLimitExceeded", 400, errors.QuotaExceeded),
        ("NoSuchKey", 404, errors.NotFound),
        ("InternalFailure", 500, errors.CloudBroken),
        ("Unheard", 413, errors.PayloadTooLarge),
        ("Unheard", 418, errors.RequestRefused),
    ],
)
def test_a_refusal_is_told_by_its_code_or_else_its_status(
    code: str, status: int, expected: type[errors.DocumentInsightsError]
) -> None:
    assert type(translate(refusal(code, status=status))) is expected


ARN = "arn:aws:sagemaker:us-east-1:000000000000"


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("Endpoint mine of account 000000000000 not found.", errors.EndpointMissing),
        (f'Could not find endpoint "{ARN}:endpoint/mine".', errors.EndpointMissing),
        (f'Could not find endpoint configuration "{ARN}:endpoint-config/x".', errors.NotFound),
        (f'Could not find model "{ARN}:model/x".', errors.NotFound),
        (f'Cannot create already existing model "{ARN}:model/x".', errors.NameTaken),
        (f'Cannot update in-progress endpoint "{ARN}:endpoint/mine".', errors.EndpointNotReady),
        ("Member must have length less than or equal to 6291456", errors.PayloadTooLarge),
        ("Member must have length less than or equal to 63", errors.RequestRefused),
    ],
)
def test_a_validation_error_is_told_by_its_message(
    message: str, expected: type[errors.DocumentInsightsError]
) -> None:
    error = refusal("ValidationException", message)
    assert type(translate(error, endpoint="mine")) is expected


def test_a_missing_thing_is_not_a_missing_endpoint_unless_the_call_was_about_one() -> None:
    error = refusal("ValidationException", f'Could not find endpoint "{ARN}:endpoint/x".')
    assert type(translate(error)) is errors.NotFound


@pytest.mark.parametrize(
    ("original", "says"),
    [
        ("the text is empty", "the text is empty"),
        ('{"code": 400, "message": "the text is empty"}', "the text is empty"),
        ('{"error": "the text is empty"}', "the text is empty"),
        ('["a", "b"]', '["a", "b"]'),
        ('{"other": 1}', '{"other": 1}'),
    ],
)
def test_a_models_own_words_come_through(original: str, says: str) -> None:
    error = translate(
        refusal("ModelError", status=424, OriginalStatusCode=400, OriginalMessage=original)
    )
    assert isinstance(error, errors.ModelError)
    assert (str(error), error.status) == (says, 400)


def test_a_model_that_breaks_says_where_to_look() -> None:
    error = translate(refusal("ModelError", OriginalStatusCode=500, OriginalMessage="KeyError: 1"))
    assert isinstance(error, errors.ModelError)
    assert str(error).startswith("The model failed on this text (KeyError: 1): see its log")


def test_a_model_that_does_not_answer_in_time_is_told_as_any_that_took_too_long() -> None:
    words = "Your invocation timed out while waiting for a response from container primary."
    error = translate(refusal("ModelError", OriginalStatusCode=504, OriginalMessage=words))
    assert isinstance(error, errors.TimedOut)


def test_a_proxys_html_is_not_shown() -> None:
    message = str(translate(refusal("502", "<!doctype html><h1>Bad gateway</h1>", status=502)))
    assert "<" not in message
    assert "internal problem: try again" in message


def test_a_model_that_finds_the_payload_too_large_says_so_in_our_words() -> None:
    error = translate(refusal("ModelError", OriginalStatusCode=413, OriginalMessage="x"))
    assert isinstance(error, errors.PayloadTooLarge)


def test_a_call_raises_our_error_from_botocores() -> None:
    with pytest.raises(errors.Throttled) as caught, translated():
        raise refusal("Throttling")
    assert isinstance(caught.value.__cause__, aws.ClientError)


def test_a_stranger_is_not_translated() -> None:
    with pytest.raises(TypeError):
        translate(ValueError("mine"))
