"""The local service and moto's server answer the same to the same requests, or AWS explains why.

moto is a second opinion, not the truth: each difference is in a list below with what AWS's
documentation says. Every request and answer is held against botocore's service model on the way.
"""

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from botocore.exceptions import ClientError
from moto.server import ThreadedMotoServer

from tests.contracts.checked import checked_client
from tests.contracts.differential import (
    Difference,
    Explained,
    Make,
    Params,
    Player,
    Step,
    differences,
    sequence,
)
from tests.local.running import running_service
from tests.support import eventually

BUCKETS = ("alpha", "beta")
KEYS = ("a", "a/b", "a/c/d", "b", "é/ü", "z z+%")
UPLOADS = ("up-1", "up-2")
PART = 5 * 1024 * 1024
EMPTY_MD5 = "1B2M2Y8AsgTpgAmY7PhCfg=="


@dataclass(frozen=True)
class Clouds:
    """Clients of both, by service."""

    local: dict[str, Any]
    moto: dict[str, Any]
    off_model: list[str]
    """What the local service answered that the service model does not allow."""


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Clouds]:
    moto = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    moto.start()
    address = "http://{}:{}".format(*moto.get_host_and_port())
    names = ("s3", "sagemaker")
    with running_service(tmp_path_factory.mktemp("both") / "home") as service:
        keys = {"access_key": service.config.access_key, "secret_key": service.config.secret_key}
        off_model: list[str] = []
        local = {name: checked_client(name, service.url, off_model, **keys) for name in names}
        # moto is off the model itself (an empty DataCaptureConfig, say); that is not our concern.
        testing = {"access_key": "testing", "secret_key": "testing"}
        theirs = {name: checked_client(name, address, [], **testing) for name in names}
        yield Clouds(local, theirs, off_model)
    moto.stop()


def bucket(rng: random.Random) -> str:
    return rng.choices((*BUCKETS, "missing-bucket"), (6, 3, 1))[0]


def key(rng: random.Random) -> str:
    return rng.choice(KEYS)


def upload(rng: random.Random) -> str:
    return rng.choices((*UPLOADS, "no-such-upload"), (5, 5, 1))[0]


def address(rng: random.Random, **more: Any) -> Params:
    return {"Bucket": bucket(rng), "Key": key(rng), **more}


def byte_range(rng: random.Random) -> str | None:
    return rng.choice(
        (None, "bytes=0-3", "bytes=2-", "bytes=-4", "bytes=100-200", "bytes=5-2", "lines=1-2")
    )


def etag_of(text: str) -> str:
    return f'"{hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()}"'


def body(rng: random.Random) -> bytes:
    return rng.choice((b"", b"0123456789", b"x" * 40))


def condition(rng: random.Random) -> Params:
    tag = rng.choice((etag_of("0123456789"), etag_of("other")))
    return rng.choice(({}, {}, {}, {"IfMatch": tag}, {"IfNoneMatch": tag}))


def list_params(rng: random.Random) -> Params:
    return {
        "Bucket": bucket(rng),
        "Prefix": rng.choice((None, "", "a", "a/", "é", "nothing")),
        "Delimiter": rng.choice((None, None, "/")),
        "MaxKeys": rng.choice((None, None, 1, 2, 0, 1000)),
        "StartAfter": rng.choice((None, None, "a", "a/b")),
        "EncodingType": rng.choice((None, "url")),
    }


S3_STEPS: dict[str, tuple[int, Make]] = {
    "create_bucket": (2, lambda rng: {"Bucket": rng.choice(BUCKETS)}),
    "head_bucket": (2, lambda rng: {"Bucket": bucket(rng)}),
    "delete_bucket": (1, lambda rng: {"Bucket": bucket(rng)}),
    "put_object": (
        16,
        lambda rng: address(
            rng,
            Body=body(rng),
            ContentType=rng.choice((None, "text/plain")),
            Metadata=rng.choice((None, {"one": "1"})),
        ),
    ),
    "put_object:wrong": (
        1,
        # to a bucket of its own: what one takes and the other does not must not show elsewhere
        lambda rng: {"Bucket": "gamma", "Key": key(rng), "Body": b"x", "ContentMD5": EMPTY_MD5},
    ),
    "get_object": (12, lambda rng: address(rng, Range=byte_range(rng))),
    "get_object:if": (4, lambda rng: address(rng) | condition(rng)),
    "head_object": (6, lambda rng: address(rng) | condition(rng)),
    "list_objects_v2": (12, list_params),
    "list_objects": (
        2,
        lambda rng: {"Bucket": bucket(rng), "Prefix": rng.choice((None, "a")), "MaxKeys": 2},
    ),
    "copy_object": (
        5,
        lambda rng: address(rng, CopySource={"Bucket": bucket(rng), "Key": key(rng)}),
    ),
    "copy_object:replaced": (
        1,
        lambda rng: address(
            rng,
            CopySource={"Bucket": bucket(rng), "Key": key(rng)},
            MetadataDirective="REPLACE",
            Metadata={"two": "2"},
        ),
    ),
    "delete_object": (6, address),
    "delete_objects": (
        2,
        lambda rng: {
            "Bucket": bucket(rng),
            "Delete": {
                "Objects": [{"Key": key(rng)}],
                "Quiet": rng.choice((True, False)),
            },
        },
    ),
    "create_multipart_upload": (
        3,
        lambda rng: {"Bucket": BUCKETS[0], "Key": "big", "_as": rng.choice(UPLOADS)},
    ),
    "upload_part": (
        5,
        lambda rng: {
            "Bucket": BUCKETS[0],
            "Key": "big",
            "UploadId": upload(rng),
            "PartNumber": rng.choice((1, 2, 3)),
            "Body": rng.choice((b"y" * PART, b"tail", b"end", b"last")),
        },
    ),
    "list_parts": (
        2,
        lambda rng: {"Bucket": BUCKETS[0], "Key": "big", "UploadId": upload(rng)},
    ),
    "complete_multipart_upload": (
        3,
        lambda rng: {
            "Bucket": BUCKETS[0],
            "Key": "big",
            "UploadId": upload(rng),
            "_parts": rng.choice(([1], [1, 2], [2, 1], [1, 3], [9])),
        },
    ),
    "abort_multipart_upload": (
        1,
        lambda rng: {"Bucket": BUCKETS[0], "Key": "big", "UploadId": upload(rng)},
    ),
    "list_multipart_uploads": (1, lambda rng: {"Bucket": bucket(rng)}),
    "get_bucket_location": (1, lambda rng: {"Bucket": bucket(rng)}),
}

S3_KEPT = {
    "get_object": ("ContentLength", "ContentType", "ETag", "Metadata", "ContentRange"),
    "head_object": ("ContentLength", "ContentType", "ETag", "Metadata"),
    "put_object": ("ETag",),
    "upload_part": ("ETag",),
    "complete_multipart_upload": ("ETag", "Bucket", "Key"),
    "list_objects_v2": (
        *("IsTruncated", "Name", "Prefix", "Delimiter", "MaxKeys", "KeyCount", "EncodingType"),
        *("StartAfter", "CommonPrefixes"),
    ),
    "list_objects": ("IsTruncated", "Name", "Prefix", "MaxKeys", "NextMarker", "Marker"),
    "delete_objects": ("Deleted", "Errors"),
    "get_bucket_location": ("LocationConstraint",),
}
"""What must be the same, where not all of it is; times, ids and owners are the cloud's own."""


def s3_answer(operation: str, answer: Params) -> Any:
    kept = {name: answer.get(name) or None for name in S3_KEPT.get(operation, ())}
    if operation == "get_object":
        kept["Body"] = answer["Body"].read()
    if operation in {"list_objects_v2", "list_objects"}:
        kept["Contents"] = [(c["Key"], c["Size"], c["ETag"]) for c in answer.get("Contents", [])]
    if operation == "list_parts":
        kept["Parts"] = [(p["PartNumber"], p["Size"], p["ETag"]) for p in answer.get("Parts", [])]
    if operation == "copy_object":
        kept["ETag"] = answer["CopyObjectResult"]["ETag"]
    if operation == "list_multipart_uploads":
        kept["Uploads"] = sorted(found["Key"] for found in answer.get("Uploads", []))
    return (answer["ResponseMetadata"]["HTTPStatusCode"], kept)


def unknown_upload(difference: Difference) -> bool:
    return bool(difference.one == ("error", "NoSuchUpload", 404))


S3_EXPLAINED = (
    Explained(
        "put_object",
        "PutObject: Content-MD5 that is not the body's is BadDigest; moto does not look.",
        lambda d: "ContentMD5" in d.step.params and d.one[1] == "BadDigest",
    ),
    Explained(
        "upload_part",
        "UploadPart: NoSuchUpload, 404, for an upload that is over; moto breaks.",
        unknown_upload,
    ),
    Explained(
        "complete_multipart_upload",
        "CompleteMultipartUpload: NoSuchUpload, 404, for an upload that is over; moto breaks.",
        unknown_upload,
    ),
    Explained(
        "list_objects",
        "ListObjects: NextMarker is returned only if a delimiter was given.",
        lambda d: d.one[1]["NextMarker"] is None and d.one[1]["IsTruncated"],
    ),
    Explained(
        "delete_objects",
        "DeleteObjects: in quiet mode only what could not be deleted is named.",
        lambda d: d.step.params["Delete"]["Quiet"] and d.one[1]["Deleted"] is None,
    ),
    Explained(
        "get_object",
        "GetObject follows RFC 9110: no range of an empty object can be had (15.5.17).",
        lambda d: d.one == ("error", "InvalidRange", 416) and d.other[1]["ContentLength"] is None,
    ),
    Explained(
        "get_object",
        "GetObject follows RFC 9110: a range that ends before it starts, or of another unit, is "
        "none (14.1.1, 14.2).",
        lambda d: d.step.params.get("Range") in {"bytes=5-2", "lines=1-2"} and d.one[0] == 200,
    ),
    Explained(
        "list_objects_v2",
        "ListObjectsV2: keys after StartAfter are listed, rolled up or not; moto leaves out a "
        "common prefix that sorts before StartAfter though keys below it come after.",
        lambda d: "Delimiter" in d.step.params and "StartAfter" in d.step.params,
    ),
)
"""What the local service answers as Amazon S3 does, by its API reference, and moto does not."""


def require_explained(found: list[Difference], explained: tuple[Explained, ...]) -> None:
    left = [one for one in found if not any(reason.covers(one) for reason in explained)]
    if left:
        pytest.fail("\n".join(str(one) for one in left), pytrace=False)


def test_s3_answers_the_same_to_the_same_random_requests(clouds: Clouds) -> None:
    start = [Step("create_bucket", {"Bucket": name}) for name in (*BUCKETS, "gamma")]
    steps = iter([*start, *sequence(2026, 250, S3_STEPS)])
    ours = Player(clouds.local["s3"], s3_answer)
    found = differences(steps, ours, Player(clouds.moto["s3"], s3_answer))
    require_explained(found, S3_EXPLAINED)
    assert clouds.off_model == []


NAMES = ("one", "two", "two-2")
BAD_NAMES = ("not_a_name",)
ROLE = "arn:aws:iam::000000000000:role/any"
IMAGE = "any/image:1"
TAGGED = "tagged-o"
"""Of this name there is one of each kind from the start, and nothing but its tags changes."""


def name(rng: random.Random) -> str:
    return rng.choice(NAMES)


def new_name(rng: random.Random) -> str:
    return rng.choice(BAD_NAMES) if rng.random() < 0.1 else name(rng)


def tag_list(rng: random.Random) -> list[dict[str, str]]:
    pairs = ({"Key": "a", "Value": "1"}, {"Key": "b", "Value": ""}, {"Key": "a", "Value": "2"})
    return rng.choice(([pairs[0]], [pairs[1], pairs[2]]))


def listing(rng: random.Random) -> Params:
    return {
        "NameContains": rng.choice(("o", "two", "nothing")),
        "MaxResults": rng.choice((None, 1, 2, 100)),
        "SortBy": "Name",
        "SortOrder": rng.choice(("Ascending", "Descending")),
    }


def resource(rng: random.Random) -> str:
    kind = rng.choice(("model", "endpoint-config", "endpoint"))
    named = rng.choices((TAGGED, "missing"), (4, 1))[0]
    return f"arn:aws:sagemaker:us-east-1:{{account}}:{kind}/{named}"


def model(named: str) -> Params:
    return {
        "ModelName": named,
        "ExecutionRoleArn": ROLE,
        "PrimaryContainer": {"Image": IMAGE, "Environment": {"A": "1"}},
    }


def config(named: str, model_name: str = "", instance_type: str = "ml.m5.large") -> Params:
    variant = {
        "VariantName": "AllTraffic",
        "ModelName": model_name or named,
        "InitialInstanceCount": 1,
        "InstanceType": instance_type,
    }
    return {"EndpointConfigName": named, "ProductionVariants": [variant]}


def endpoint(named: str) -> Params:
    return {"EndpointName": named, "EndpointConfigName": named}


# What has a name always has the same content: moto makes things anew that exist already.
SAGEMAKER_STEPS: dict[str, tuple[int, Make]] = {
    "create_model": (8, lambda rng: model(new_name(rng))),
    "describe_model": (5, lambda rng: {"ModelName": name(rng)}),
    "list_models": (4, listing),
    "delete_model": (3, lambda rng: {"ModelName": name(rng)}),
    "create_endpoint_config": (8, lambda rng: config(new_name(rng), TAGGED)),
    "create_endpoint_config:missing": (1, lambda rng: config("bare", "missing")),
    "create_endpoint_config:machine": (1, lambda rng: config("bare", TAGGED, "ml.no.large")),
    "describe_endpoint_config": (5, lambda rng: {"EndpointConfigName": name(rng)}),
    "list_endpoint_configs": (4, listing),
    "delete_endpoint_config": (3, lambda rng: {"EndpointConfigName": name(rng)}),
    "create_endpoint": (6, lambda rng: endpoint(new_name(rng))),
    "describe_endpoint": (5, lambda rng: {"EndpointName": name(rng)}),
    "list_endpoints": (4, listing),
    "delete_endpoint": (4, lambda rng: {"EndpointName": name(rng)}),
    "add_tags": (3, lambda rng: {"ResourceArn": resource(rng), "Tags": tag_list(rng)}),
    "list_tags": (5, lambda rng: {"ResourceArn": resource(rng)}),
    "delete_tags": (
        2,
        lambda rng: {"ResourceArn": resource(rng), "TagKeys": [rng.choice(("a", "none"))]},
    ),
}

SAGEMAKER_KEPT = {
    "describe_model": ("ModelName", "PrimaryContainer", "ExecutionRoleArn"),
    "describe_endpoint_config": ("EndpointConfigName", "ProductionVariants"),
    "describe_endpoint": ("EndpointName", "EndpointConfigName"),
    "add_tags": ("Tags",),
    "list_tags": ("Tags",),
}


def sagemaker_answer(operation: str, answer: Params) -> Any:
    """What must be the same: no times, no accounts; states are settled, and the models empty."""
    kept = {name: answer.get(name) for name in SAGEMAKER_KEPT.get(operation, ())}
    for each in kept.get("ProductionVariants") or []:
        each.setdefault("InitialVariantWeight", 1.0)
    if "Tags" in kept:
        kept["Tags"] = sorted((tag["Key"], tag["Value"]) for tag in kept["Tags"] or [])
    for group in ("Models", "EndpointConfigs", "Endpoints"):
        if group in answer:
            named = f"{group[:-1]}Name"
            kept = {"names": [one[named] for one in answer[group]], "more": "NextToken" in answer}
    kept["arns"] = [
        value.rpartition(":")[2] for key, value in answer.items() if key.endswith("Arn")
    ]
    return (answer["ResponseMetadata"]["HTTPStatusCode"], kept)


def settled(client: Any, step: Step) -> None:
    """Wait until an endpoint is what it will be: only the local service takes its time."""
    if step.operation not in {"create_endpoint", "delete_endpoint"}:
        return

    def done() -> bool:
        try:
            found = client.describe_endpoint(EndpointName=step.params["EndpointName"])
        except ClientError:
            return True
        return found["EndpointStatus"] not in {"Creating", "Deleting"}

    eventually(done)


def is_there_already(difference: Difference) -> bool:
    return "already existing" in difference.message and difference.other[0] == 200


def moto_broke(difference: Difference) -> bool:
    return bool(difference.other == ("error", "500", 500))


def unfiltered(difference: Difference) -> bool:
    """Whether what one answered is what was asked for of all that the other answered."""
    asked = difference.step.params
    there = [one for one in difference.other[1]["names"] if asked["NameContains"] in one]
    there.sort(reverse=asked["SortOrder"] == "Descending")
    # The other may have left out some by its own reading of MaxResults.
    ours = difference.one[1]["names"]
    return [one for one in ours if one in there] == [one for one in there if one in ours]


def replaced(difference: Difference) -> bool:
    """Whether the other kept the values of keys that were given anew."""
    if difference.one[0] != 200:
        return moto_broke(difference)
    ours, theirs = difference.one[1]["Tags"], difference.other[1]["Tags"]
    return set(ours) <= set(theirs) and len({key for key, _ in theirs}) == len(ours)


SAGEMAKER_EXPLAINED = (
    *(
        Explained(
            operation,
            "Names are unique within an account and a region: ValidationException, which says so.",
            is_there_already,
        )
        for operation in ("create_model", "create_endpoint_config", "create_endpoint")
    ),
    Explained(
        "create_model",
        "ModelName has a pattern, in which there is no underscore; moto does not look.",
        lambda d: d.step.params["ModelName"] in BAD_NAMES,
    ),
    Explained(
        "list_models",
        "ListModels takes NameContains, SortBy, SortOrder and MaxResults; moto passes over them.",
        unfiltered,
    ),
    *(
        Explained(
            operation,
            "AddTags overwrites the value of a key that is there, so that each key is there once.",
            replaced,
        )
        for operation in ("add_tags", "list_tags")
    ),
    Explained(
        "delete_tags",
        "An ARN of nothing is a ValidationException; moto breaks.",
        moto_broke,
    ),
)
"""What the local service answers as SageMaker does, by its API reference, and moto does not."""


def test_sagemaker_answers_the_same_to_the_same_random_requests(clouds: Clouds) -> None:
    start = [
        Step("create_model", model(TAGGED)),
        Step("create_endpoint_config", config(TAGGED)),
        Step("create_endpoint", endpoint(TAGGED)),
    ]
    steps = iter([*start, *sequence(2026, 200, SAGEMAKER_STEPS)])
    ours = Player(clouds.local["sagemaker"], sagemaker_answer, "000000000000", settled)
    theirs = Player(clouds.moto["sagemaker"], sagemaker_answer, "123456789012")
    require_explained(differences(steps, ours, theirs), SAGEMAKER_EXPLAINED)
    assert clouds.off_model == []
