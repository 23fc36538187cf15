"""S3 over HTTP where no well-behaved client goes: broken bodies, odd paths, failures."""

import base64
import hashlib
import time
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backend.local.s3.store import ObjectStore
from tests.local.raw import Raw, sending
from tests.local.running import RunningService, running_service
from tests.support import eventually

MIB = 1024 * 1024


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("s3") / "home") as running:
        running.client("s3").create_bucket(Bucket="data")
        yield running


@pytest.fixture
def s3(service: RunningService) -> Any:
    return service.client("s3")


def files_in(service: RunningService) -> list[str]:
    root = service.config.home / "s3"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    "target",
    [
        "/data/../../outside",
        "/data/%2e%2e/%2e%2e/outside",
        "/data/..%2f..%2foutside",
        "/data/%2e%2e%5coutside",
        "/data//etc/passwd",
        "/data/.bucket",
        "/data/.a.json",
    ],
)
def test_keys_that_look_like_ways_out_stay_inside(service: RunningService, target: str) -> None:
    home = service.config.home
    before = {path for path in home.parent.rglob("*") if not path.is_relative_to(home / "s3")}
    assert Raw(method="PUT", target=target, body=b"x").ask(service.config)[0] == 200
    assert Raw(target=target).ask(service.config) == (200, b"x")
    after = {path for path in home.parent.rglob("*") if not path.is_relative_to(home / "s3")}
    assert after == before
    assert Raw(method="DELETE", target=target).ask(service.config)[0] == 204
    assert Raw(method="HEAD", target="/data").ask(service.config)[0] == 200


@pytest.mark.parametrize("target", ["/../x", "/%2e%2e/x", "/.system/commits/x", "/./x"])
def test_buckets_that_look_like_ways_out_are_none(service: RunningService, target: str) -> None:
    for method in ("GET", "PUT", "DELETE"):
        status, body = Raw(method=method, target=target, body=b"").ask(service.config)
        assert status in (400, 404), body


def test_a_path_that_is_no_text_is_refused(service: RunningService) -> None:
    status, body = Raw(target="/data/%ff%fe").ask(service.config)
    assert (status, b"<Code>InvalidURI</Code>" in body) == (400, True)


def test_a_body_other_than_the_signed_leaves_nothing(service: RunningService) -> None:
    before = files_in(service)
    raw = Raw(method="PUT", target="/data/wrong", body=b"other")
    raw.payload_hash = hashlib.sha256(b"signed").hexdigest()
    status, body = raw.ask(service.config)
    assert (status, b"XAmzContentSHA256Mismatch" in body) == (400, True)
    assert files_in(service) == before


def test_a_connection_lost_in_the_middle_leaves_nothing(service: RunningService) -> None:
    before = files_in(service)
    raw = Raw(method="PUT", target="/data/lost", body=b"x" * 3 * MIB)
    headers = raw.signed(service.config) | {"content-length": str(9 * MIB)}
    with sending(service.config, headers, raw):
        eventually(lambda: files_in(service) != before)
    eventually(lambda: files_in(service) == before)
    assert Raw(method="HEAD", target="/data/lost").ask(service.config)[0] == 404


def test_a_body_of_no_stated_length_is_refused(service: RunningService) -> None:
    raw = Raw(method="PUT", target="/data/endless", body=b"1\r\nx\r\n0\r\n\r\n")
    raw.payload_hash = "UNSIGNED-PAYLOAD"
    headers = raw.signed(service.config) | {"transfer-encoding": "chunked"}
    status, body = raw.send(service.config, headers)
    assert (status, b"MissingContentLength" in body) == (411, True)


def trailed(body: bytes, checksum: str) -> Raw:
    return Raw(
        method="PUT",
        target="/data/trailed",
        body=f"{len(body):x}\r\n".encode()
        + body
        + f"\r\n0\r\nx-amz-checksum-crc32:{checksum}\r\n\r\n".encode(),
        payload_hash="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        headers={
            "content-encoding": "aws-chunked",
            "x-amz-decoded-content-length": str(len(body)),
            "x-amz-trailer": "x-amz-checksum-crc32",
        },
    )


def test_a_trailing_checksum_is_checked_and_kept(service: RunningService, s3: Any) -> None:
    body = b"content"
    checksum = base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()
    assert trailed(body, checksum).ask(service.config)[0] == 200
    answer = s3.get_object(Bucket="data", Key="trailed", ChecksumMode="ENABLED")
    assert (answer["Body"].read(), answer["ChecksumCRC32"]) == (body, checksum)
    assert "ContentEncoding" not in answer
    status, text = trailed(b"changed", checksum).ask(service.config)
    assert (status, b"BadDigest" in text) == (400, True)
    assert s3.get_object(Bucket="data", Key="trailed")["Body"].read() == body


def test_checksums_that_cannot_be_computed_are_kept(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="crc64", Body=b"123456789", ChecksumCRC64NVME="rosUhgp5mIg=")
    head = s3.head_object(Bucket="data", Key="crc64", ChecksumMode="ENABLED")
    assert head["ChecksumCRC64NVME"] == "rosUhgp5mIg="


def test_checksums_of_parts_join(s3: Any) -> None:
    bodies = [b"1" * 5 * MIB, b"2"]
    for kind in ("COMPOSITE", "FULL_OBJECT"):
        upload = s3.create_multipart_upload(
            Bucket="data", Key="sums", ChecksumAlgorithm="CRC32", ChecksumType=kind
        )
        target = {"Bucket": "data", "Key": "sums", "UploadId": upload["UploadId"]}
        parts = []
        for number, body in enumerate(bodies, start=1):
            part = s3.upload_part(**target, PartNumber=number, Body=body, ChecksumAlgorithm="CRC32")
            parts.append(
                {
                    "PartNumber": number,
                    "ETag": part["ETag"],
                    "ChecksumCRC32": part["ChecksumCRC32"],
                }
            )
        done = s3.complete_multipart_upload(**target, MultipartUpload={"Parts": parts})
        raw = [zlib.crc32(body).to_bytes(4, "big") for body in bodies]
        whole = zlib.crc32(b"".join(raw) if kind == "COMPOSITE" else b"".join(bodies))
        expected = base64.b64encode(whole.to_bytes(4, "big")).decode()
        assert done["ChecksumCRC32"] == expected + ("-2" if kind == "COMPOSITE" else "")
        assert s3.get_object(Bucket="data", Key="sums")["Body"].read() == b"".join(bodies)


def test_deleting_many_asks_for_a_checksum(service: RunningService) -> None:
    body = b"<Delete><Object><Key>a</Key></Object></Delete>"
    status, text = Raw(method="POST", target="/data?delete", body=body).ask(service.config)
    assert (status, b"Content-MD5 OR x-amz-checksum-" in text) == (400, True)
    md5 = base64.b64encode(hashlib.md5(b"other").digest()).decode()
    wrong = Raw(method="POST", target="/data?delete", body=body, headers={"content-md5": md5})
    status, text = wrong.ask(service.config)
    assert (status, b"BadDigest" in text) == (400, True)


@pytest.mark.parametrize(
    ("call", "status", "code"),
    [
        (lambda s3: s3.get_bucket_acl(Bucket="data"), 501, "NotImplemented"),
        (lambda s3: s3.put_bucket_versioning(Bucket="data", VersioningConfiguration={}), 501, ""),
        (lambda s3: s3.get_object(Bucket="data", Key="a", VersionId="1"), 404, "NoSuchVersion"),
        (
            lambda s3: s3.list_objects_v2(Bucket="data", ExpectedBucketOwner="1" * 12),
            403,
            "AccessDenied",
        ),
        (
            lambda s3: s3.put_object(Bucket="data", Key="a", SSECustomerAlgorithm="AES256"),
            501,
            "NotImplemented",
        ),
        (
            lambda s3: s3.put_object(Bucket="data", Key="a", Metadata={"a": "x" * 3000}),
            400,
            "MetadataTooLarge",
        ),
        (
            lambda s3: s3.put_object(Bucket="data", Key="a", IfMatch='"0"'),
            404,
            "NoSuchKey",
        ),
        (
            lambda s3: s3.upload_part(Bucket="data", Key="a", UploadId="../x", PartNumber=1),
            404,
            "NoSuchUpload",
        ),
        (
            lambda s3: s3.create_bucket(
                Bucket="abc", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
            ),
            400,
            "IllegalLocationConstraintException",
        ),
    ],
)
def test_what_is_not_offered_is_refused(s3: Any, call: Any, status: int, code: str) -> None:
    with pytest.raises(ClientError) as error:
        call(s3)
    answer = error.value.response
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == status
    assert answer["Error"]["Code"] == (code or "NotImplemented")
    assert answer["Error"]["Message"]


def test_a_deleted_bucket_takes_its_uploads_along(s3: Any) -> None:
    s3.create_bucket(Bucket="passing")
    s3.create_multipart_upload(Bucket="passing", Key="a")
    s3.delete_bucket(Bucket="passing")
    s3.create_bucket(Bucket="passing")
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="passing")


@pytest.mark.parametrize("source", ["data", "/", "%ff/a", "data/a?versionId=1", "data/"])
def test_sources_that_are_none_are_refused(service: RunningService, source: str) -> None:
    raw = Raw(method="PUT", target="/data/copy", headers={"x-amz-copy-source": source})
    status, body = raw.ask(service.config)
    assert (status in (400, 404), b"<Error>" in body) == (True, True)


def test_methods_that_s3_does_not_know_are_refused(service: RunningService) -> None:
    for method in ("PATCH", "OPTIONS"):
        status, body = Raw(method=method, target="/data/a").ask(service.config)
        assert (status, b"MethodNotAllowed" in body) == (405, True)


def test_an_error_reaches_a_client_that_is_still_sending(service: RunningService) -> None:
    raw = Raw(method="PUT", target="/missing-bucket/key", body=b"x" * 20 * MIB)
    status, body = raw.ask(service.config)
    assert (status, b"NoSuchBucket" in body) == (404, True)


def test_a_refused_upload_does_not_spoil_the_connection(service: RunningService) -> None:
    wrong = service.client("s3", secret_key="wrong")
    target = {"Bucket": "data", "Key": "a", "UploadId": "none", "PartNumber": 1}
    for client, code in ((service.client("s3"), "NoSuchUpload"), (wrong, "SignatureDoesNotMatch")):
        for _ in range(3):
            with pytest.raises(ClientError, match=code):
                client.upload_part(**target, Body=b"xyz")
    assert service.client("s3").list_buckets()["Buckets"]


def test_a_client_that_goes_away_while_reading_does_no_harm(
    service: RunningService, s3: Any
) -> None:
    s3.put_object(Bucket="data", Key="long", Body=b"x" * 8 * MIB)
    body = s3.get_object(Bucket="data", Key="long")["Body"]
    assert body.read(10) == b"x" * 10
    body.close()
    assert s3.get_object(Bucket="data", Key="long", Range="bytes=-1")["Body"].read() == b"x"


def test_large_objects_pass_in_constant_memory(service: RunningService, s3: Any) -> None:
    path = service.config.home / "large"
    with path.open("wb") as file:
        file.truncate(150 * MIB)
    tracemalloc.start()
    with path.open("rb") as file:
        s3.put_object(Bucket="data", Key="large", Body=file)
    body = s3.get_object(Bucket="data", Key="large")["Body"]
    size = sum(len(piece) for piece in body.iter_chunks(MIB))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size == 150 * MIB
    assert peak < 40 * MIB


def test_the_service_answers_others_while_a_body_is_slow(service: RunningService, s3: Any) -> None:
    raw = Raw(method="PUT", target="/data/slow", body=b"x")
    headers = raw.signed(service.config) | {"content-length": "100"}
    with sending(service.config, headers, raw):
        assert s3.list_buckets()["Buckets"]


def test_listing_thousands_of_keys_is_quick(tmp_path: Path) -> None:
    fill(tmp_path / "home/s3", 3_000)
    with running_service(tmp_path / "home") as service:
        s3 = service.client("s3")
        start = time.perf_counter()
        pages = list(s3.get_paginator("list_objects_v2").paginate(Bucket="many"))
        seconds = time.perf_counter() - start
    assert [page["KeyCount"] for page in pages] == [1000, 1000, 1000]
    assert seconds < 15  # one on an idle machine


def fill(root: Path, count: int) -> None:
    """Make ``count`` objects as the store makes them, without a sync of the disk for each."""
    store = ObjectStore(root)
    store.create_bucket("many")
    store.put("many", "folder/template", b"x")
    template = (root / "many/folder@/.template.json").read_text()
    for number in range(count - 1):
        name = f"{number:05d}.txt"
        (root / "many/folder@" / name).write_bytes(b"x")
        meta = template.replace("folder/template", f"folder/{name}")
        (root / "many/folder@" / f".{name}.json").write_text(meta)


def test_long_lists_of_parts_and_uploads_come_in_pages(s3: Any) -> None:
    s3.create_bucket(Bucket="paged")
    uploads = [s3.create_multipart_upload(Bucket="paged", Key=key) for key in ("a", "a", "b", "c")]
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket="paged", PaginationConfig={"PageSize": 1}
    )
    listed = [page["Uploads"][0]["UploadId"] for page in pages]
    assert sorted(listed) == sorted(upload["UploadId"] for upload in uploads)
    assert "Uploads" not in s3.list_multipart_uploads(Bucket="paged", KeyMarker="c")

    target = {"Bucket": "paged", "Key": "c", "UploadId": uploads[3]["UploadId"]}
    for number in (3, 1, 10_000):
        s3.upload_part(**target, PartNumber=number, Body=b"x")
    parts = s3.get_paginator("list_parts").paginate(**target, PaginationConfig={"PageSize": 1})
    assert [page["Parts"][0]["PartNumber"] for page in parts] == [1, 3, 10_000]
    with pytest.raises(ClientError, match="between 1 and 10000"):
        s3.upload_part(**target, PartNumber=10_001, Body=b"x")
    with pytest.raises(ClientError, match="MalformedXML"):
        s3.complete_multipart_upload(**target, MultipartUpload={"Parts": []})


def test_writes_deletes_and_copies_take_conditions(s3: Any) -> None:
    target = {"Bucket": "data", "Key": "conditional"}
    etag = s3.put_object(**target, Body=b"1")["ETag"]
    calls: list[Callable[[], Any]] = [
        lambda: s3.put_object(**target, Body=b"2", IfMatch='"0"'),
        lambda: s3.delete_object(**target, IfMatch='"0"'),
        lambda: s3.copy_object(
            Bucket="data", Key="copy", CopySource="data/conditional", CopySourceIfMatch='"0"'
        ),
        lambda: s3.copy_object(
            Bucket="data", Key="copy", CopySource="data/conditional", CopySourceIfNoneMatch=etag
        ),
    ]
    for call in calls:
        with pytest.raises(ClientError, match="PreconditionFailed"):
            call()
    etag = s3.put_object(**target, Body=b"2", IfMatch=etag)["ETag"]
    s3.delete_object(**target, IfMatch=etag)
    with pytest.raises(ClientError, match="NoSuchKey"):
        s3.get_object(**target)


def test_a_reader_may_choose_the_headers_of_the_answer(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="report", Body=b"x", Expires="2030-01-01T00:00:00Z")
    answer = s3.get_object(
        Bucket="data",
        Key="report",
        ResponseContentType="text/csv",
        ResponseContentDisposition="attachment",
    )
    assert (answer["ContentType"], answer["ContentDisposition"]) == ("text/csv", "attachment")
    assert answer["ExpiresString"] == "Tue, 01 Jan 2030 00:00:00 GMT"


def test_tags_are_bounded(s3: Any) -> None:
    for tagging in ("a=1&a=2", "&".join(f"{n}=x" for n in range(11))):
        with pytest.raises(ClientError, match=r"InvalidTag|BadRequest"):
            s3.put_object(Bucket="data", Key="tagged", Body=b"", Tagging=tagging)


def test_copies_keep_tags_and_checksums_or_get_new(s3: Any) -> None:
    s3.put_object(Bucket="data", Key="t", Body=b"x", Tagging="a=1", ChecksumAlgorithm="SHA1")
    s3.copy_object(Bucket="data", Key="kept", CopySource="data/t")
    s3.copy_object(
        Bucket="data",
        Key="new",
        CopySource="data/t",
        TaggingDirective="REPLACE",
        Tagging="b=2",
        ChecksumAlgorithm="SHA256",
    )
    tags = [s3.get_object_tagging(Bucket="data", Key=key)["TagSet"] for key in ("kept", "new")]
    assert tags == [[{"Key": "a", "Value": "1"}], [{"Key": "b", "Value": "2"}]]
    kept, new = (
        s3.head_object(Bucket="data", Key=key, ChecksumMode="ENABLED") for key in ("kept", "new")
    )
    assert ("ChecksumSHA1" in kept, "ChecksumSHA256" in new) == (True, True)


def test_buckets_are_listed_in_pages(s3: Any) -> None:
    for name in ("page-1", "page-2", "page-3"):
        s3.create_bucket(Bucket=name)
    pages = s3.get_paginator("list_buckets").paginate(
        Prefix="page-", PaginationConfig={"PageSize": 2}
    )
    assert [[b["Name"] for b in page["Buckets"]] for page in pages] == [
        ["page-1", "page-2"],
        ["page-3"],
    ]
