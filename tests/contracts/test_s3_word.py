"""What Amazon S3 promises to any client: nothing is lost, nothing wrong is kept."""

import http.client
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.local.running import RunningService, running_service

BUCKET = "word"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("s3") / "home") as running:
        running.client("s3").create_bucket(Bucket=BUCKET)
        yield running


@pytest.fixture(scope="module")
def s3(service: RunningService) -> Any:
    return service.client("s3")


def refusal(call: Any, **arguments: Any) -> str:
    with pytest.raises(ClientError) as caught:
        call(Bucket=BUCKET, **arguments)
    code: str = caught.value.response["Error"]["Code"]
    return code


def put(s3: Any, key: str, body: bytes = b"body") -> str:
    etag: str = s3.put_object(Bucket=BUCKET, Key=key, Body=body)["ETag"]
    return etag


@pytest.mark.parametrize(
    ("entry", "code"),
    [({"VersionId": "other"}, "NoSuchVersion"), ({"ETag": '"other"'}, "PreconditionFailed")],
)
def test_a_deletion_of_another_object_deletes_nothing(
    s3: Any, entry: dict[str, str], code: str
) -> None:
    put(s3, "kept")
    answer = s3.delete_objects(Bucket=BUCKET, Delete={"Objects": [{"Key": "kept", **entry}]})
    assert answer["Errors"][0]["Code"] == code
    assert s3.head_object(Bucket=BUCKET, Key="kept")["ContentLength"] == 4


@pytest.mark.parametrize("told", ["bytes=0-", "0-2", "bytes=2-1", "bytes=0-4"])
def test_a_part_is_copied_from_an_exact_range_only(s3: Any, told: str) -> None:
    put(s3, "source")
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="copied")["UploadId"]
    code = refusal(
        s3.upload_part_copy,
        Key="copied",
        UploadId=upload,
        PartNumber=1,
        CopySource=f"{BUCKET}/source",
        CopySourceRange=told,
    )
    assert code == "InvalidArgument"


@pytest.mark.parametrize(
    ("algorithm", "right", "wrong"),
    [("CRC32C", "4waSgw==", "AAAAAA=="), ("CRC64NVME", "rosUhgp5mIg=", "AAAAAAAAAAA=")],
)
def test_a_wrong_checksum_is_refused(s3: Any, algorithm: str, right: str, wrong: str) -> None:
    member = f"Checksum{algorithm}"
    code = refusal(s3.put_object, Key=algorithm, Body=b"123456789", **{member: wrong})
    assert code == "BadDigest"
    s3.put_object(Bucket=BUCKET, Key=algorithm, Body=b"123456789", **{member: right})


def test_an_upload_completed_again_answers_the_same_and_reads_by_part(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="joined")["UploadId"]
    named = {"Bucket": BUCKET, "Key": "joined", "UploadId": upload}
    sizes = (5 * 1024 * 1024, 3)
    etags = [
        s3.upload_part(**named, PartNumber=number, Body=b"x" * size)["ETag"]
        for number, size in enumerate(sizes, start=1)
    ]
    parts = [{"PartNumber": number, "ETag": etag} for number, etag in enumerate(etags, start=1)]
    first = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    again = s3.complete_multipart_upload(**named, MultipartUpload={"Parts": parts})
    assert again["ETag"] == first["ETag"]
    read = s3.get_object(Bucket=BUCKET, Key="joined", PartNumber=2)
    assert (read["Body"].read(), read["PartsCount"]) == (b"xxx", 2)
    assert read["ContentRange"] == f"bytes {sizes[0]}-{sum(sizes) - 1}/{sum(sizes)}"
    with pytest.raises(ClientError, match="416"):
        s3.head_object(Bucket=BUCKET, Key="joined", PartNumber=3)


def test_an_empty_completion_is_malformed(s3: Any) -> None:
    upload = s3.create_multipart_upload(Bucket=BUCKET, Key="empty")["UploadId"]
    assert refusal(s3.complete_multipart_upload, Key="empty", UploadId=upload) == "MalformedXML"


def test_uploads_are_rolled_up_at_a_delimiter_page_by_page(s3: Any) -> None:
    for key in ("roll/a", "roll/b/1", "roll/b/2", "roll/c"):
        s3.create_multipart_upload(Bucket=BUCKET, Key=key)
    pages = s3.get_paginator("list_multipart_uploads").paginate(
        Bucket=BUCKET, Prefix="roll/", Delimiter="/", PaginationConfig={"PageSize": 1}
    )
    found = [
        [item["Key"] for item in page.get("Uploads", [])]
        + [item["Prefix"] for item in page.get("CommonPrefixes", [])]
        for page in pages
    ]
    assert found == [["roll/a"], ["roll/b/"], ["roll/c"]]


def test_tags_keep_to_their_limits(s3: Any) -> None:
    put(s3, "tagged")
    for tag in (("k" * 129, "v"), ("k", "v" * 257), ("aws:k", "v")):
        tags = {"TagSet": [{"Key": tag[0], "Value": tag[1]}]}
        assert refusal(s3.put_object_tagging, Key="tagged", Tagging=tags) == "InvalidTag"


def test_not_modified_tells_the_entity_tag(s3: Any) -> None:
    etag = put(s3, "same")
    with pytest.raises(ClientError) as caught:
        s3.get_object(Bucket=BUCKET, Key="same", IfNoneMatch=etag)
    answer = caught.value.response["ResponseMetadata"]
    assert (answer["HTTPStatusCode"], answer["HTTPHeaders"]["etag"]) == (304, etag)


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_presigned_upload_keeps_its_headers(service: RunningService, version: str) -> None:
    style = {"addressing_style": "path"}
    signing = service.client("s3", signature_version=version, s3=style)
    members = {"Bucket": BUCKET, "Key": version, "ContentType": "text/x", "Metadata": {"a": "b"}}
    url = urlsplit(signing.generate_presigned_url("put_object", Params=members))
    connection = http.client.HTTPConnection(url.netloc)
    headers = {"Content-Type": "text/x", "x-amz-meta-a": "b"}
    connection.request("PUT", f"{url.path}?{url.query}", body=b"x", headers=headers)
    assert connection.getresponse().status == 200
    read = service.client("s3").head_object(Bucket=BUCKET, Key=version)
    assert (read["ContentType"], read["Metadata"]) == ("text/x", {"a": "b"})


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_bucket_may_be_in_the_hosts_name(service: RunningService, version: str) -> None:
    put(service.client("s3"), "named/ä")
    config = service.config
    client = boto3.client(
        "s3",
        endpoint_url=f"http://localhost:{config.port}",
        region_name=config.region,
        aws_access_key_id=config.access_key,
        aws_secret_access_key=config.secret_key,
        config=Config(signature_version=version, s3={"addressing_style": "virtual"}),
    )
    members = {"Bucket": BUCKET, "Key": "named/ä", "ResponseExpires": "2044-12-01T16:00:00Z"}
    url = urlsplit(client.generate_presigned_url("get_object", Params=members))
    assert url.netloc == f"{BUCKET}.localhost:{config.port}"
    connection = http.client.HTTPConnection("127.0.0.1", config.port)
    connection.request("GET", f"{url.path}?{url.query}", headers={"Host": url.netloc})
    answer = connection.getresponse()
    assert (answer.status, answer.read()) == (200, b"body")
    assert "2044" in (answer.getheader("Expires") or "")
