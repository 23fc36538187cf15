"""Only who holds the keys is served, in each service's own words for the others."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from starlette.requests import Request

from backend.local.wire.signature import Claim, Signer
from tests.local.raw import Raw
from tests.local.running import RunningService, running_service

EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("signature") / "home") as running:
        yield running


def logs_request() -> Raw:
    return Raw(
        method="POST",
        body=b"{}",
        service="logs",
        headers={
            "x-amz-target": "Logs_20140328.DescribeLogGroups",
            "content-type": "application/x-amz-json-1.1",
        },
    )


def test_the_example_of_the_specification_has_its_signature() -> None:
    """ "Example: GET Object" of "Signature Calculations for the Authorization Header"."""
    headers = {
        "host": "examplebucket.s3.amazonaws.com",
        "range": "bytes=0-9",
        "x-amz-content-sha256": EMPTY,
        "x-amz-date": "20130524T000000Z",
    }
    scope = {
        "type": "http",
        "method": "GET",
        "raw_path": b"/test.txt",
        "path": "/test.txt",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
    }
    claim = Claim(
        "AKIAIOSFODNN7EXAMPLE", "us-east-1", "s3", "20130524T000000Z", tuple(headers), "", None
    )
    signer = Signer(claim, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert (
        signer.sign_request(Request(scope), EMPTY)
        == "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41"
    )


def test_what_is_signed_rightly_is_served(service: RunningService) -> None:
    assert Raw().ask(service.config)[0] == 200
    assert logs_request().ask(service.config) == (200, b'{"logGroups":[]}')


def test_s3_refuses_in_its_own_words(service: RunningService) -> None:
    raw, config = Raw(), service.config
    status, body = raw.send(config, {"host": "x"})
    assert (status, b"<Code>AccessDenied</Code>" in body) == (403, True)
    status, body = raw.send(config, raw.signed(config, secret_key="wrong"))
    assert (status, b"<Code>SignatureDoesNotMatch</Code>" in body) == (403, True)
    status, body = raw.send(config, raw.signed(replace(config, access_key="AKIAUNKNOWN")))
    assert (status, b"<Code>InvalidAccessKeyId</Code>" in body) == (403, True)


def test_json_services_refuse_in_their_own_words(service: RunningService) -> None:
    raw, config = logs_request(), service.config
    status, body = raw.send(config, {**raw.headers, "host": "x"})
    assert (status, json.loads(body)["__type"]) == (403, "MissingAuthenticationTokenException")
    status, body = raw.send(config, raw.signed(config, secret_key="wrong"))
    assert (status, json.loads(body)["__type"]) == (400, "InvalidSignatureException")
    status, body = raw.send(config, raw.signed(replace(config, access_key="AKIAUNKNOWN")))
    assert (status, json.loads(body)["__type"]) == (400, "UnrecognizedClientException")


@pytest.mark.parametrize(
    ("raw", "minutes", "code"),
    [
        (Raw(), 16, "RequestTimeTooSkewed"),
        (Raw(), -16, "RequestTimeTooSkewed"),
        (logs_request(), 6, "InvalidSignatureException"),
        (logs_request(), -6, "InvalidSignatureException"),
    ],
)
def test_old_and_early_signatures_are_refused(
    service: RunningService, raw: Raw, minutes: int, code: str
) -> None:
    late = replace(raw, at=datetime.now(UTC) - timedelta(minutes=minutes))
    assert code.encode() in late.ask(service.config)[1]
    close = replace(raw, at=datetime.now(UTC) - timedelta(minutes=3 if minutes > 0 else -3))
    assert close.ask(service.config)[0] == 200


@pytest.mark.parametrize(
    "change",
    [
        {"x-amz-date": "20200101T000000Z"},
        {"x-amz-content-sha256": "0" * 64},
        {"host": "elsewhere"},
        {"authorization": "AWS4-HMAC-SHA256 nonsense"},
        {"authorization": "Basic abc"},
        {"authorization": "AWS4-HMAC-SHA256 Credential=a/b/c/d/e, SignedHeaders=, Signature="},
        {"x-amz-copy-source": "/added/later"},
        {"x-amz-content-sha256": "nonsense"},
    ],
)
def test_a_changed_header_breaks_the_signature(
    service: RunningService, change: dict[str, str]
) -> None:
    raw = Raw()
    status, body = raw.send(service.config, raw.signed(service.config) | change)
    assert status in (400, 403)
    assert b"<Error>" in body


def test_a_changed_path_query_method_or_body_breaks_the_signature(service: RunningService) -> None:
    raw = Raw(target="/bucket?prefix=a")
    headers = raw.signed(service.config)
    for changed in (
        replace(raw, target="/bucket?prefix=b"),
        replace(raw, target="/bukket?prefix=a"),
        replace(raw, method="DELETE"),
    ):
        status, body = changed.send(service.config, headers)
        assert (status, b"SignatureDoesNotMatch" in body) == (403, True)
    logs = logs_request()
    status, body = replace(logs, body=b"{ }").send(service.config, logs.signed(service.config))
    assert (status, json.loads(body)["__type"]) == (400, "InvalidSignatureException")


def test_a_host_cannot_pass_for_a_query(service: RunningService) -> None:
    raw = Raw()
    for host in ("x?X-Amz-Signature=1", "[", "x/ping"):
        assert raw.send(service.config, {"host": host})[0] == 403


def test_a_header_must_not_be_left_out_of_the_signature(service: RunningService) -> None:
    raw = Raw()
    headers = raw.signed(service.config) | {"x-amz-meta-added": "x"}
    status, body = raw.send(service.config, headers)
    assert (status, b"x-amz-meta-added" in body) == (403, True)


def test_the_payload_of_s3_must_be_declared(service: RunningService) -> None:
    raw = Raw()
    headers = raw.signed(service.config)
    del headers["x-amz-content-sha256"]
    status, body = raw.send(service.config, headers)
    assert (status, b"x-amz-content-sha256" in body) == (400, True)


def test_other_services_are_refused_clearly(service: RunningService) -> None:
    raw = replace(logs_request(), service="sts")
    status, body = raw.ask(service.config)
    assert (status, json.loads(body)["__type"]) == (400, "UnknownOperationException")


@pytest.mark.parametrize(
    ("expires", "change", "status"),
    [
        (60, "", 200),
        (60, "&prefix=added", 403),
        (0, "", 400),
        (604801, "", 400),
    ],
)
def test_presigned_addresses_of_version_four(
    service: RunningService, expires: int, change: str, status: int
) -> None:
    s3 = service.client("s3", signature_version="s3v4")
    s3.create_bucket(Bucket="presigned")
    address = s3.generate_presigned_url(
        "list_objects_v2", Params={"Bucket": "presigned"}, ExpiresIn=expires
    )
    raw = Raw(target=address.removeprefix(service.url) + change)
    headers = {"host": f"127.0.0.1:{service.config.port}"}
    assert raw.send(service.config, headers)[0] == status


def test_an_expired_address_is_refused(service: RunningService) -> None:
    for version in ("s3v4", "s3"):
        s3 = service.client("s3", signature_version=version)
        address = s3.generate_presigned_url("list_buckets", ExpiresIn=-1 if version == "s3" else 60)
        target = address.removeprefix(service.url)
        if version == "s3v4":  # its expiry counts from the date that it was signed at
            old = datetime.now(UTC) - timedelta(minutes=2)
            now = target.partition("X-Amz-Date=")[2][:16]
            target = target.replace(now, old.strftime("%Y%m%dT%H%M%SZ"))
        status, body = Raw(target=target).send(
            service.config, {"host": f"127.0.0.1:{service.config.port}"}
        )
        assert (status, b"Request has expired" in body) == (403, True)
