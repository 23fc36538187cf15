"""One suite for every S3: the local service's and moto's answer the same to the same client.

Where the two differ, the test says what Amazon S3 does and runs on the local service only.
"""

import base64
import hashlib
import http.client
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from tests.contracts.checked import checked_client
from tests.local.running import running_service

MIB = 1024 * 1024


def moto_client(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
    )


@pytest.fixture(scope="module", params=["local", "moto"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Any]:
    if request.param == "local":
        off_model: list[str] = []
        with running_service(tmp_path_factory.mktemp("s3") / "home") as service:
            keys = {"access_key": service.config.access_key}
            keys["secret_key"] = service.config.secret_key
            yield checked_client("s3", service.url, off_model, **keys)
        assert not off_model
    else:
        moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0)
        moto.start()
        yield moto_client("http://{}:{}".format(*moto.get_host_and_port()))
        moto.stop()


@pytest.fixture
def is_local(request: pytest.FixtureRequest) -> bool:
    return "local" in request.node.callspec.id


@pytest.fixture
def s3(server: Any) -> Iterator[Any]:
    """A client of a server with one bucket, "data"."""
    server.create_bucket(Bucket="data")
    yield server
    for upload in server.list_multipart_uploads(Bucket="data").get("Uploads", []):
        server.abort_multipart_upload(Bucket="data", Key=upload["Key"], UploadId=upload["UploadId"])
    while found := server.list_objects_v2(Bucket="data").get("Contents"):
        keys = [{"Key": item["Key"]} for item in found]
        server.delete_objects(Bucket="data", Delete={"Objects": keys})
    server.delete_bucket(Bucket="data")


def code_of(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def status_of(error: pytest.ExceptionInfo[ClientError]) -> int:
    return int(error.value.response["ResponseMetadata"]["HTTPStatusCode"])


def put(s3: Any, *keys: str) -> None:
    for key in keys:
        s3.put_object(Bucket="data", Key=key, Body=key.encode())


def keys_of(page: dict[str, Any]) -> list[str]:
    return [item["Key"] for item in page.get("Contents", [])]


def prefixes_of(page: dict[str, Any]) -> list[str]:
    return [item["Prefix"] for item in page.get("CommonPrefixes", [])]


def read(s3: Any, key: str, **options: Any) -> bytes:
    return bytes(s3.get_object(Bucket="data", Key=key, **options)["Body"].read())


# Buckets


def test_a_bucket_is_listed_found_and_located(s3: Any) -> None:
    assert "data" in [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]
    assert s3.head_bucket(Bucket="data")["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert s3.get_bucket_location(Bucket="data")["LocationConstraint"] is None
    assert "Status" not in s3.get_bucket_versioning(Bucket="data")


def test_a_missing_bucket_is_reported(s3: Any) -> None:
    with pytest.raises(ClientError) as listing:
        s3.list_objects_v2(Bucket="missing")
    with pytest.raises(ClientError) as writing:
        s3.put_object(Bucket="missing", Key="a", Body=b"")
    with pytest.raises(ClientError) as head:
        s3.head_bucket(Bucket="missing")
    assert (code_of(listing), code_of(writing)) == ("NoSuchBucket", "NoSuchBucket")
    assert status_of(head) == 404


def test_a_bucket_with_objects_is_not_deleted(s3: Any) -> None:
    put(s3, "a")
    with pytest.raises(ClientError) as error:
        s3.delete_bucket(Bucket="data")
    assert (code_of(error), status_of(error)) == ("BucketNotEmpty", 409)


def test_a_bucket_may_be_made_again_by_its_owner(s3: Any) -> None:
    put(s3, "kept")
    s3.create_bucket(Bucket="data")
    assert keys_of(s3.list_objects_v2(Bucket="data")) == ["kept"]


# Objects


@pytest.mark.parametrize("body", [b"", b"text", bytes(range(256)) * 40])
def test_an_object_comes_back_as_it_went(s3: Any, body: bytes) -> None:
    etag = f'"{hashlib.md5(body).hexdigest()}"'
    assert s3.put_object(Bucket="data", Key="folder/object", Body=body)["ETag"] == etag
    answer = s3.get_object(Bucket="data", Key="folder/object")
    assert answer["Body"].read() == body
    assert (answer["ETag"], answer["ContentLength"]) == (etag, len(body))
    assert answer["AcceptRanges"] == "bytes"


def test_headers_and_metadata_come_back(s3: Any) -> None:
    s3.put_object(
        Bucket="data",
        Key="page",
        Body=b"x",
        ContentType="text/html",
        CacheControl="no-store",
        ContentLanguage="de",
        ContentEncoding="identity",
        ContentDisposition='attachment; filename="x.html"',
        Metadata={"author": "Ada", "year": "1843"},
    )
    head = s3.head_object(Bucket="data", Key="page")
    assert head["ContentType"] == "text/html"
    assert head["CacheControl"] == "no-store"
    assert head["ContentLanguage"] == "de"
    assert head["ContentEncoding"] == "identity"
    assert head["ContentDisposition"] == 'attachment; filename="x.html"'
    assert head["Metadata"] == {"author": "Ada", "year": "1843"}


def test_an_object_without_a_type_is_binary(s3: Any) -> None:
    put(s3, "untyped")
    assert s3.head_object(Bucket="data", Key="untyped")["ContentType"] == "binary/octet-stream"


def test_a_missing_object_is_reported(s3: Any) -> None:
    with pytest.raises(ClientError) as get:
        s3.get_object(Bucket="data", Key="missing")
    with pytest.raises(ClientError) as head:
        s3.head_object(Bucket="data", Key="missing")
    assert (code_of(get), status_of(get)) == ("NoSuchKey", 404)
    assert get.value.response["Error"]["Key"] == "missing"
    assert status_of(head) == 404


def test_a_second_write_replaces_the_first(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="a", Body=b"first", Metadata={"n": "1"})
    s3.put_object(Bucket="data", Key="a", Body=b"second")
    answer = s3.get_object(Bucket="data", Key="a")
    assert (answer["Body"].read(), answer["Metadata"]) == (b"second", {})


@pytest.mark.parametrize(
    ("range_", "expected", "content_range"),
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=5-1000", b"56789", "bytes 5-9/10"),
    ],
)
def test_ranges(s3: Any, range_: str, expected: bytes, content_range: str) -> None:
    s3.put_object(Bucket="data", Key="digits", Body=b"0123456789")
    answer = s3.get_object(Bucket="data", Key="digits", Range=range_)
    assert answer["Body"].read() == expected
    assert answer["ContentRange"] == content_range
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


def test_a_range_behind_the_end_is_refused(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="digits", Body=b"0123456789")
    with pytest.raises(ClientError) as error:
        s3.get_object(Bucket="data", Key="digits", Range="bytes=10-20")
    assert (code_of(error), status_of(error)) == ("InvalidRange", 416)


def test_conditional_reads(s3: Any) -> None:
    put(s3, "a")
    head = s3.head_object(Bucket="data", Key="a")
    etag, modified = head["ETag"], head["LastModified"]
    assert read(s3, "a", IfMatch=etag) == b"a"
    assert read(s3, "a", IfNoneMatch='"other"') == b"a"
    with pytest.raises(ClientError) as unchanged:
        s3.get_object(Bucket="data", Key="a", IfNoneMatch=etag)
    with pytest.raises(ClientError) as unmodified:
        s3.get_object(Bucket="data", Key="a", IfModifiedSince=modified)
    with pytest.raises(ClientError) as changed:
        s3.get_object(Bucket="data", Key="a", IfMatch='"other"')
    assert (status_of(unchanged), status_of(unmodified)) == (304, 304)
    assert (code_of(changed), status_of(changed)) == ("PreconditionFailed", 412)


def test_an_object_is_not_made_twice_on_request(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="once", Body=b"first", IfNoneMatch="*")
    with pytest.raises(ClientError) as error:
        s3.put_object(Bucket="data", Key="once", Body=b"second", IfNoneMatch="*")
    assert (code_of(error), status_of(error)) == ("PreconditionFailed", 412)
    assert read(s3, "once") == b"first"


def test_deleting_is_repeatable(s3: Any) -> None:
    put(s3, "a", "b")
    for _ in range(2):
        s3.delete_object(Bucket="data", Key="a")
    assert keys_of(s3.list_objects_v2(Bucket="data")) == ["b"]


def test_many_objects_are_deleted_at_once(s3: Any) -> None:
    put(s3, "a", "b", "c")
    wanted = [{"Key": key} for key in ("a", "c", "missing")]
    answer = s3.delete_objects(Bucket="data", Delete={"Objects": wanted})
    assert sorted(item["Key"] for item in answer["Deleted"]) == ["a", "c", "missing"]
    assert keys_of(s3.list_objects_v2(Bucket="data")) == ["b"]


def test_deleting_quietly_names_failures_only(s3: Any, is_local: bool) -> None:
    put(s3, "b")
    quiet = s3.delete_objects(Bucket="data", Delete={"Objects": [{"Key": "b"}], "Quiet": True})
    assert keys_of(s3.list_objects_v2(Bucket="data")) == []
    if is_local:  # moto is never quiet
        assert "Deleted" not in quiet


def test_copies_keep_metadata_or_get_new(s3: Any) -> None:
    s3.put_object(
        Bucket="data", Key="a b/ü", Body=b"x", ContentType="text/plain", Metadata={"n": "1"}
    )
    source = {"Bucket": "data", "Key": "a b/ü"}
    answer = s3.copy_object(Bucket="data", Key="same", CopySource=source)
    assert answer["CopyObjectResult"]["ETag"] == f'"{hashlib.md5(b"x").hexdigest()}"'
    s3.copy_object(
        Bucket="data",
        Key="new",
        CopySource=source,
        MetadataDirective="REPLACE",
        ContentType="text/csv",
        Metadata={"n": "2"},
    )
    same, new = (s3.head_object(Bucket="data", Key=key) for key in ("same", "new"))
    assert (same["Metadata"], same["ContentType"]) == ({"n": "1"}, "text/plain")
    assert (new["Metadata"], new["ContentType"]) == ({"n": "2"}, "text/csv")
    assert read(s3, "same") == b"x"


def test_copies_of_nothing_and_onto_itself_are_refused(s3: Any) -> None:
    put(s3, "a")
    with pytest.raises(ClientError) as missing:
        s3.copy_object(Bucket="data", Key="b", CopySource="data/missing")
    with pytest.raises(ClientError) as itself:
        s3.copy_object(Bucket="data", Key="a", CopySource="data/a")
    assert (code_of(missing), code_of(itself)) == ("NoSuchKey", "InvalidRequest")


def test_tags_are_kept_and_replaced(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="a", Body=b"", Tagging="kind=draft&lang=de")
    tags = s3.get_object_tagging(Bucket="data", Key="a")["TagSet"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"kind": "draft", "lang": "de"}
    s3.put_object_tagging(
        Bucket="data", Key="a", Tagging={"TagSet": [{"Key": "kind", "Value": "final"}]}
    )
    assert s3.get_object_tagging(Bucket="data", Key="a")["TagSet"] == [
        {"Key": "kind", "Value": "final"}
    ]
    s3.delete_object_tagging(Bucket="data", Key="a")
    assert s3.get_object_tagging(Bucket="data", Key="a")["TagSet"] == []


def test_attributes(s3: Any) -> None:
    put(s3, "a")
    answer = s3.get_object_attributes(
        Bucket="data", Key="a", ObjectAttributes=["ETag", "ObjectSize", "StorageClass"]
    )
    assert answer["ETag"] == hashlib.md5(b"a").hexdigest()
    assert (answer["ObjectSize"], answer["StorageClass"]) == (1, "STANDARD")


# Checksums


def test_a_checksum_comes_back_on_request(s3: Any) -> None:
    digest = base64.b64encode(hashlib.sha256(b"text").digest()).decode()
    s3.put_object(Bucket="data", Key="a", Body=b"text", ChecksumAlgorithm="SHA256")
    head = s3.head_object(Bucket="data", Key="a", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == digest
    assert "ChecksumSHA256" not in s3.head_object(Bucket="data", Key="a")


def test_wrong_checksums_are_refused(s3: Any, is_local: bool) -> None:
    wrong = base64.b64encode(hashlib.sha256(b"other").digest()).decode()
    if is_local:  # moto believes what it is told
        with pytest.raises(ClientError) as error:
            s3.put_object(Bucket="data", Key="a", Body=b"text", ChecksumSHA256=wrong)
        assert code_of(error) == "BadDigest"
        wrong_md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
        with pytest.raises(ClientError) as error:
            s3.put_object(Bucket="data", Key="a", Body=b"text", ContentMD5=wrong_md5)
        assert code_of(error) == "BadDigest"
        assert keys_of(s3.list_objects_v2(Bucket="data")) == []


# Listings


def test_keys_are_listed_in_the_order_of_their_bytes(s3: Any) -> None:
    keys = ["b", "B", "a/1", "a", "a!", "a0", "ü", "z", "\U0001f600", "\uffee", "a/"]
    put(s3, *keys)
    expected = sorted(keys, key=lambda key: key.encode())
    assert keys_of(s3.list_objects_v2(Bucket="data")) == expected
    assert keys_of(s3.list_objects(Bucket="data")) == expected


def test_prefix_and_delimiter_make_folders(s3: Any) -> None:
    put(s3, "a.txt", "docs/1", "docs/2", "docs/old/3", "docsy", "logs/4")
    top = s3.list_objects_v2(Bucket="data", Delimiter="/")
    assert (keys_of(top), prefixes_of(top)) == (["a.txt", "docsy"], ["docs/", "logs/"])
    assert top["KeyCount"] == 4
    docs = s3.list_objects_v2(Bucket="data", Delimiter="/", Prefix="docs/")
    assert (keys_of(docs), prefixes_of(docs)) == (["docs/1", "docs/2"], ["docs/old/"])
    assert keys_of(s3.list_objects_v2(Bucket="data", Prefix="docs")) == [
        "docs/1",
        "docs/2",
        "docs/old/3",
        "docsy",
    ]


@pytest.mark.parametrize("operation", ["list_objects_v2", "list_objects"])
@pytest.mark.parametrize("delimiter", ["", "/"])
def test_pages_join_to_the_whole(s3: Any, is_local: bool, operation: str, delimiter: str) -> None:
    keys = [f"{folder}/{n}" for folder in "abc" for n in range(3)] + ["b", "d"]
    put(s3, *keys)
    pages = list(
        s3.get_paginator(operation).paginate(
            Bucket="data", Delimiter=delimiter, PaginationConfig={"PageSize": 2}
        )
    )
    found = [key for page in pages for key in keys_of(page) + prefixes_of(page)]
    expected = ["a/", "b", "b/", "c/", "d"] if delimiter else sorted(keys)
    assert sorted(found) == expected
    if is_local:  # moto counts common prefixes in version 2 only
        assert all(len(keys_of(page) + prefixes_of(page)) <= 2 for page in pages)
    assert [page["IsTruncated"] for page in pages] == [True] * (len(pages) - 1) + [False]


def test_a_listing_starts_after_a_key(s3: Any) -> None:
    put(s3, "a", "b", "c")
    assert keys_of(s3.list_objects_v2(Bucket="data", StartAfter="a")) == ["b", "c"]
    assert keys_of(s3.list_objects(Bucket="data", Marker="b")) == ["c"]


def test_an_empty_listing(s3: Any) -> None:
    page = s3.list_objects_v2(Bucket="data", Prefix="none")
    assert "Contents" not in page
    assert (page["KeyCount"], page["IsTruncated"]) == (0, False)


def test_owners_are_told_on_request(s3: Any) -> None:
    put(s3, "a")
    assert "Owner" not in s3.list_objects_v2(Bucket="data")["Contents"][0]
    assert "ID" in s3.list_objects_v2(Bucket="data", FetchOwner=True)["Contents"][0]["Owner"]


def test_a_false_continuation_is_refused(s3: Any, is_local: bool) -> None:
    if not is_local:  # moto starts again from the first key
        return
    with pytest.raises(ClientError) as error:
        s3.list_objects_v2(Bucket="data", ContinuationToken="!")
    assert code_of(error) == "InvalidArgument"


# Multipart uploads


def upload_parts(s3: Any, key: str, *bodies: bytes) -> tuple[str, list[dict[str, Any]]]:
    upload_id = s3.create_multipart_upload(Bucket="data", Key=key)["UploadId"]
    parts = []
    for number, body in enumerate(bodies, start=1):
        answer = s3.upload_part(
            Bucket="data", Key=key, UploadId=upload_id, PartNumber=number, Body=body
        )
        parts.append({"PartNumber": number, "ETag": answer["ETag"]})
    return upload_id, parts


def complete(s3: Any, key: str, upload_id: str, parts: list[dict[str, Any]]) -> Any:
    return s3.complete_multipart_upload(
        Bucket="data", Key=key, UploadId=upload_id, MultipartUpload={"Parts": parts}
    )


def test_parts_are_joined(s3: Any) -> None:
    first, second = b"1" * 5 * MIB, b"2" * 100
    upload_id, parts = upload_parts(s3, "big", first, second)
    listed = s3.list_parts(Bucket="data", Key="big", UploadId=upload_id)["Parts"]
    assert [(part["PartNumber"], part["Size"]) for part in listed] == [(1, 5 * MIB), (2, 100)]
    assert keys_of(s3.list_objects_v2(Bucket="data")) == []
    answer = complete(s3, "big", upload_id, parts)
    md5s = hashlib.md5(first).digest() + hashlib.md5(second).digest()
    assert answer["ETag"] == f'"{hashlib.md5(md5s).hexdigest()}-2"'
    assert read(s3, "big") == first + second
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="data")


def test_a_part_may_be_sent_again_and_left_out(s3: Any) -> None:
    upload_id, _ = upload_parts(s3, "a", b"wrong", b"unused")
    again = s3.upload_part(Bucket="data", Key="a", UploadId=upload_id, PartNumber=1, Body=b"right")
    complete(s3, "a", upload_id, [{"PartNumber": 1, "ETag": again["ETag"]}])
    assert read(s3, "a") == b"right"


def test_small_parts_are_refused_except_the_last(s3: Any) -> None:
    upload_id, parts = upload_parts(s3, "a", b"small", b"last")
    with pytest.raises(ClientError) as error:
        complete(s3, "a", upload_id, parts)
    assert code_of(error) == "EntityTooSmall"


def test_wrong_parts_and_orders_are_refused(s3: Any, is_local: bool) -> None:
    upload_id, parts = upload_parts(s3, "a", b"1" * 5 * MIB, b"2")
    with pytest.raises(ClientError) as wrong:
        complete(s3, "a", upload_id, [{"PartNumber": 1, "ETag": '"0"'}])
    assert code_of(wrong) == "InvalidPart"
    if is_local:  # moto joins the parts in the order of their numbers
        with pytest.raises(ClientError) as order:
            complete(s3, "a", upload_id, parts[::-1])
        assert code_of(order) == "InvalidPartOrder"


def test_an_aborted_upload_is_gone(s3: Any, is_local: bool) -> None:
    upload_id, parts = upload_parts(s3, "a", b"x")
    s3.abort_multipart_upload(Bucket="data", Key="a", UploadId=upload_id)
    with pytest.raises(ClientError) as error:
        complete(s3, "a", upload_id, parts)
    if is_local:  # moto stumbles
        assert (code_of(error), status_of(error)) == ("NoSuchUpload", 404)
    assert keys_of(s3.list_objects_v2(Bucket="data")) == []


def test_parts_are_copied_from_ranges(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="digits", Body=b"0123456789")
    upload_id = s3.create_multipart_upload(Bucket="data", Key="a")["UploadId"]
    copied = s3.upload_part_copy(
        Bucket="data",
        Key="a",
        UploadId=upload_id,
        PartNumber=1,
        CopySource="data/digits",
        CopySourceRange="bytes=2-4",
    )["CopyPartResult"]
    complete(s3, "a", upload_id, [{"PartNumber": 1, "ETag": copied["ETag"]}])
    assert read(s3, "a") == b"234"


def test_uploads_under_way_are_listed_by_key(s3: Any, is_local: bool) -> None:
    for key in ("b", "a", "c/d"):
        s3.create_multipart_upload(Bucket="data", Key=key)
    uploads = s3.list_multipart_uploads(Bucket="data")["Uploads"]
    listed = [upload["Key"] for upload in uploads]
    assert (listed if is_local else sorted(listed)) == ["a", "b", "c/d"]  # moto does not sort


def test_the_transfer_manager_goes_both_ways(s3: Any) -> None:
    body = bytes(range(256)) * (12 * MIB // 256)
    s3.upload_fileobj(io.BytesIO(body), "data", "big")
    down = io.BytesIO()
    s3.download_fileobj("data", "big", down)
    assert down.getvalue() == body


# Presigned addresses


def ask(method: str, url: str, body: bytes | None = None) -> tuple[int, bytes]:
    """Status and body of a plain request, without the headers that urllib adds."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.netloc, timeout=30)
    connection.request(method, f"{address.path}?{address.query}", body)
    answer = connection.getresponse()
    return answer.status, answer.read()


@pytest.mark.parametrize("key", ["a b/ü&", "plain"])
def test_presigned_addresses_read_and_write(s3: Any, is_local: bool, key: str) -> None:
    target = {"Bucket": "data", "Key": key}
    write = s3.generate_presigned_url("put_object", Params=target)
    assert ask("PUT", write, b"x")[0] == 200
    address = s3.generate_presigned_url("get_object", Params=target)
    assert ask("GET", address) == (200, b"x")
    if is_local:  # moto believes everybody
        assert ask("GET", address.replace("Signature=", "Signature=0"))[0] == 403
        assert ask("DELETE", address)[0] == 403


# Names


@pytest.mark.parametrize(
    "key",
    [
        "a b+c",
        "ü/ñ/漢字",
        "with'quotes\"",
        "%41",
        "a&b<c>",
        "~tilde",
        "emoji😀",
        "x" * 1024,
        "?#;=",
    ],
)
def test_keys_of_all_sorts(s3: Any, key: str) -> None:
    s3.put_object(Bucket="data", Key=key, Body=b"x")
    assert read(s3, key) == b"x"
    assert keys_of(s3.list_objects_v2(Bucket="data")) == [key]
    assert keys_of(s3.list_objects(Bucket="data", Prefix=key[:1])) == [key]


@pytest.mark.parametrize("key", ["/", "//", "a//b", "./a", "../a", "a/../b", ".", "..", "\x01\n"])
def test_keys_that_look_like_paths(s3: Any, is_local: bool, key: str) -> None:
    if not is_local:  # moto's web server takes such paths for others
        return
    s3.put_object(Bucket="data", Key=key, Body=b"x")
    assert read(s3, key) == b"x"
    assert keys_of(s3.list_objects_v2(Bucket="data")) == [key]
    s3.delete_object(Bucket="data", Key=key)


def test_long_keys_and_bad_bucket_names_are_refused(s3: Any, is_local: bool) -> None:
    if not is_local:  # moto counts characters where S3 counts bytes, and takes capitals
        return
    with pytest.raises(ClientError) as long:
        s3.put_object(Bucket="data", Key="ü" * 513, Body=b"")
    with pytest.raises(ClientError) as name:
        s3.create_bucket(Bucket="Upper.Case")
    assert (code_of(long), code_of(name)) == ("KeyTooLongError", "InvalidBucketName")
