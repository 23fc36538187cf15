"""Constraints are checked as AWS checks them, and reported in its words."""

import warnings

import pytest

from backend.local.wire.errors import AwsError
from backend.local.wire.models import service_model
from backend.local.wire.shapes import parse
from backend.local.wire.validation import compile_pattern, validate


def message_for(operation: str, request: dict[str, object], *, service: str = "sagemaker") -> str:
    shape = service_model(service).operation_model(operation).input_shape
    try:
        validate(shape, parse(shape, request))
    except AwsError as error:
        return error.message if error.code == "ValidationException" else error.code
    return ""


def config(**variant: object) -> dict[str, object]:
    whole = {"VariantName": "v", "ModelName": "m", "InitialInstanceCount": 1} | variant
    return {"EndpointConfigName": "c", "ProductionVariants": [whole]}


def test_a_valid_request_passes() -> None:
    assert message_for("CreateEndpointConfig", config(InstanceType="ml.m5.large")) == ""


@pytest.mark.parametrize(
    ("operation", "request_", "expected"),
    [
        (
            "DescribeEndpoint",
            {"EndpointName": "a_b"},
            (
                "1 validation error detected: Value 'a_b' at 'endpointName' failed to satisfy "
                "constraint: Member must satisfy regular expression pattern: "
                "[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}"
            ),
        ),
        (
            "DescribeEndpoint",
            {},
            (
                "1 validation error detected: Value null at 'endpointName' failed to satisfy "
                "constraint: Member must not be null"
            ),
        ),
        (
            "ListEndpoints",
            {"MaxResults": 0, "SortOrder": "Up"},
            (
                "2 validation errors detected: Value 'Up' at 'sortOrder' failed to satisfy "
                "constraint: Member must satisfy enum value set: [Ascending, Descending]; "
                "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value "
                "greater than or equal to 1"
            ),
        ),
        (
            "CreateEndpointConfig",
            config(InitialVariantWeight=-1.0),
            (
                "1 validation error detected: Value '-1.0' at "
                "'productionVariants.1.member.initialVariantWeight' failed to satisfy constraint: "
                "Member must have value greater than or equal to 0"
            ),
        ),
        (
            "CreateEndpointConfig",
            {"EndpointConfigName": "c", "ProductionVariants": []},
            (
                "1 validation error detected: Value '[]' at 'productionVariants' failed to satisfy "
                "constraint: Member must have length greater than or equal to 1"
            ),
        ),
        (
            "DeleteTags",
            {"ResourceArn": "arn:aws:sagemaker:us-east-1:000000000000:model/m", "TagKeys": [""]},
            (
                "1 validation error detected: Value '[]' at 'tagKeys' failed to satisfy "
                "constraint: Member must satisfy constraint: [Member must have length greater "
                "than or equal to 1]"
            ),
        ),
    ],
)
def test_violations_are_told_in_the_words_of_aws(
    operation: str, request_: dict[str, object], expected: str
) -> None:
    assert message_for(operation, request_) == expected


def test_maps_are_checked_by_key_and_value() -> None:
    container = {"Image": "i", "Environment": {"bad key": "x" * 2000}}
    message = message_for("CreateModel", {"ModelName": "m", "PrimaryContainer": container})
    assert message.startswith("2 validation errors detected: ")
    assert "Map keys must satisfy constraint: [Member must satisfy regular" in message
    assert "Map value must satisfy constraint: [Member must have length less than" in message
    assert len(message) < 2000


def test_a_final_newline_does_not_slip_through() -> None:
    assert "pattern" in message_for("DescribeEndpoint", {"EndpointName": "a\n"})


def test_files_are_accepted_where_s3_is() -> None:
    for url, accepted in (("s3://b/k", True), ("file:///a/b.tar.gz", True), ("ftp://x/y", False)):
        container = {"Image": "i", "ModelDataUrl": url}
        request: dict[str, object] = {"ModelName": "m", "PrimaryContainer": container}
        assert (message_for("CreateModel", request) == "") is accepted


@pytest.mark.parametrize(
    ("pattern", "accepted", "refused"),
    [
        (r"^([\p{L}\p{Z}\p{N}_.:/=+\-@]*)$", "Größe 3_.:/=+-@漢", "a*b"),
        (r"\p{ASCII}*", "plain", "ü"),
        (r"\A\S[\p{Print}]*\z", "a b", " a"),
        (r"[\w-_]*", "a-b_c", "a.b"),
        (r"\p{Alnum}+", "aZ9", "ä"),
    ],
)
def test_javas_patterns_mean_the_same(pattern: str, accepted: str, refused: str) -> None:
    compiled = compile_pattern(pattern)
    assert compiled is not None
    assert compiled.fullmatch(accepted)
    assert not compiled.fullmatch(refused)


@pytest.mark.parametrize("service", ["sagemaker", "logs", "sagemaker-runtime"])
def test_nearly_all_patterns_of_the_services_are_understood(service: str) -> None:
    model = service_model(service)
    shapes = [model.shape_for(name) for name in model.shape_names]
    patterns = {shape.metadata["pattern"] for shape in shapes if "pattern" in shape.metadata}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        unknown = {pattern for pattern in patterns if compile_pattern(pattern) is None}
    assert all("${1," in pattern for pattern in unknown)  # two that Java refuses as well


def test_a_hostile_value_is_refused_in_no_time() -> None:
    assert message_for("DescribeEndpoint", {"EndpointName": "a" + "-" * 50_000}).count("'") < 10
