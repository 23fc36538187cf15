"""XML and headers, from and to the members of S3's model."""

from datetime import UTC, datetime
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.local.wire.errors import AwsError
from backend.local.wire.models import service_model
from backend.local.wire.rest_xml import (
    Parts,
    error_response,
    parse,
    render_body,
    render_headers,
)


def input_of(operation: str) -> Any:
    return service_model("s3").operation_model(operation).input_shape


def output_of(operation: str) -> Any:
    return service_model("s3").operation_model(operation).output_shape


def delete(body: bytes) -> dict[str, Any]:
    return parse(input_of("DeleteObjects"), Parts({"Bucket": "b"}, {}, {}), body)


def test_members_come_from_path_query_headers_and_document() -> None:
    parts = Parts(
        {"Bucket": "b", "Key": "k"},
        {"partNumber": "3", "uploadId": "u"},
        {"content-length": "5", "x-amz-meta-a": "1"},
    )
    members = parse(input_of("UploadPart"), parts, b"")
    assert members == {
        "Bucket": "b",
        "Key": "k",
        "PartNumber": 3,
        "UploadId": "u",
        "ContentLength": 5,
    }
    body = b"<Delete><Object><Key>a&amp;b</Key></Object><Quiet>true</Quiet></Delete>"
    assert delete(body)["Delete"] == {"Objects": [{"Key": "a&b"}], "Quiet": True}
    namespaced = b'<D xmlns="urn:x"><Object><Key>a</Key></Object><Object><Key>b</Key></Object></D>'
    assert delete(namespaced)["Delete"] == {"Objects": [{"Key": "a"}, {"Key": "b"}]}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<Delete/>",
        b"<Delete><Object/></Delete>",
        b"<Delete><Object><Key><x/></Key></Object></Delete>",
        b"<Delete><Object><Key>a</Key></Object><Quiet>maybe</Quiet></Delete>",
        b'<!DOCTYPE x [<!ENTITY a "b">]><Delete><Object><Key>&a;</Key></Object></Delete>',
        '<?xml version="1.0" encoding="nonsense"?><Delete/>'.encode("utf-16"),
    ],
)
def test_documents_that_do_not_fit_are_refused(body: bytes) -> None:
    with pytest.raises(AwsError, match="MalformedXML"):
        delete(body)


def test_a_number_that_is_none_is_refused() -> None:
    parts = Parts({"Bucket": "b"}, {"max-keys": "many"}, {})
    with pytest.raises(AwsError, match="InvalidArgument"):
        parse(input_of("ListObjectsV2"), parts, b"")


def test_a_condition_whose_date_cannot_be_read_is_passed_over() -> None:
    parts = Parts({"Bucket": "b", "Key": "k"}, {}, {"if-modified-since": "soon"})
    assert "IfModifiedSince" not in parse(input_of("GetObject"), parts, b"")
    parts = Parts(parts.uri, {}, {"if-modified-since": "Thu, 01 Jan 1970 00:00:00 GMT"})
    members = parse(input_of("GetObject"), parts, b"")
    assert members["IfModifiedSince"] == datetime(1970, 1, 1, tzinfo=UTC)


def test_answers_travel_in_headers_and_xml() -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 600_000, tzinfo=UTC)
    head = {"LastModified": moment, "ContentLength": 5, "Metadata": {"a": "b"}, "ETag": '"e"'}
    assert render_headers(output_of("HeadObject"), head) == {
        "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT",
        "Content-Length": "5",
        "ETag": '"e"',
        "x-amz-meta-a": "b",
    }
    listing = {
        "IsTruncated": False,
        "Contents": [{"Key": "a<b", "LastModified": moment, "ChecksumAlgorithm": ["CRC32"]}],
    }
    body = render_body(output_of("ListObjectsV2"), listing, root="ListBucketResult").decode()
    assert '<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">' in body
    assert "<LastModified>2026-01-02T03:04:05.000Z</LastModified>" in body
    assert "<Key>a&lt;b</Key>" in body
    assert "<ChecksumAlgorithm>CRC32</ChecksumAlgorithm>" in body


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])))
def test_every_key_survives_its_way_through_xml(key: str) -> None:
    body = render_body(output_of("ListObjects"), {"Contents": [{"Key": key}]}, root="R")
    found = ET.fromstring(body).findtext(".//{*}Key") or ""
    assert found == key.replace("\ufffe", "\ufffd").replace("\uffff", "\ufffd")


def test_errors_tell_what_they_are_about() -> None:
    error = AwsError("NoSuchKey", "It <is> gone.", status=404, fields={"Key": "k"})
    response = error_response(error, resource="/b/k")
    document = ET.fromstring(bytes(response.body))
    assert (response.status_code, response.media_type) == (404, "application/xml")
    assert [document.findtext(name) for name in ("Code", "Message", "Key", "Resource")] == [
        "NoSuchKey",
        "It <is> gone.",
        "k",
        "/b/k",
    ]
    assert error_response(error, resource="/", with_body=False).body == b""
