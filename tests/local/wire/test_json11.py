"""The JSON protocol: types, times, errors, whatever the client sends."""

import asyncio
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.local.wire.errors import AwsError
from backend.local.wire.json11 import JsonService

SEEN: list[dict[str, Any]] = []


async def list_endpoints(request: dict[str, Any]) -> dict[str, Any]:
    SEEN.append(request)
    return {
        "Endpoints": [
            {
                "EndpointName": "e",
                "CreationTime": datetime(2026, 1, 2, tzinfo=UTC),
                "LastModifiedTime": None,
                "Secret": "x",
            }
        ],
        "NextToken": None,
    }


async def describe_endpoint(_request: dict[str, Any]) -> dict[str, Any]:
    raise AwsError("ValidationException", "Could not find it.", fields={"Extra": "1"})


async def describe_model(_request: dict[str, Any]) -> dict[str, Any]:
    raise ZeroDivisionError


async def describe_endpoint_config(_request: dict[str, Any]) -> dict[str, Any]:
    variant = {"VariantName": "v", "InitialVariantWeight": Decimal("0.5")}
    return {"EndpointConfigName": "c", "ProductionVariants": [variant]}


async def delete_endpoint(_request: dict[str, Any]) -> dict[str, Any]:
    return {}


SERVICE = JsonService(
    "sagemaker",
    {
        "ListEndpoints": list_endpoints,
        "DescribeEndpoint": describe_endpoint,
        "DescribeModel": describe_model,
        "DescribeEndpointConfig": describe_endpoint_config,
        "DeleteEndpoint": delete_endpoint,
    },
)


def ask(operation: str, body: Any) -> tuple[int, dict[str, Any]]:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    response = asyncio.run(SERVICE.answer(f"SageMaker.{operation}", data))
    assert response.headers["content-type"] == "application/x-amz-json-1.1"
    assert response.headers["x-amzn-requestid"]
    return response.status_code, json.loads(bytes(response.body))


def test_answers_are_shaped_by_the_model() -> None:
    moment = datetime(2026, 1, 2, tzinfo=UTC).timestamp()
    expected = {"Endpoints": [{"EndpointName": "e", "CreationTime": moment}]}
    assert ask("ListEndpoints", {}) == (200, expected)
    variant = ask("DescribeEndpointConfig", {"EndpointConfigName": "c"})[1]["ProductionVariants"]
    assert variant == [{"VariantName": "v", "InitialVariantWeight": 0.5}]
    assert ask("DeleteEndpoint", {"EndpointName": "e"}) == (200, {})


@pytest.mark.parametrize("moment", [0, 0.0, "1970-01-01T00:00:00Z", "1970-01-01T00:00:00"])
def test_times_reach_operations_as_aware_datetimes(moment: object) -> None:
    ask("ListEndpoints", {"CreationTimeAfter": moment, "Unknown": 1, "NextToken": None})
    assert SEEN[-1] == {"CreationTimeAfter": datetime(1970, 1, 1, tzinfo=UTC)}


def test_errors_reach_the_client() -> None:
    status, answer = ask("DescribeEndpoint", {"EndpointName": "e"})
    assert status == 400
    assert answer == {
        "__type": "ValidationException",
        "message": "Could not find it.",
        "Extra": "1",
    }


def test_a_failure_of_the_service_is_an_internal_failure(
    caplog: pytest.LogCaptureFixture,
) -> None:
    status, answer = ask("DescribeModel", {"ModelName": "m"})
    assert (status, answer["__type"]) == (500, "InternalFailure")
    assert "ZeroDivisionError" not in json.dumps(answer)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize(
    ("target", "status", "code"),
    [
        ("SageMaker.NoSuchThing", 400, "UnknownOperationException"),
        ("Logs_20140328.DescribeLogGroups", 400, "UnknownOperationException"),
        ("", 400, "UnknownOperationException"),
        ("SageMaker.CreateApp", 501, "NotImplemented"),
    ],
)
def test_operations_that_are_not_there(target: str, status: int, code: str) -> None:
    response = asyncio.run(SERVICE.answer(target, b"{}"))
    assert (response.status_code, json.loads(bytes(response.body))["__type"]) == (status, code)


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"\xff\xfe",
        b"[]",
        b"null",
        b"1",
        b"[" * 100_000,
        {"MaxResults": "many"},
        {"MaxResults": 1.5},
        {"MaxResults": True},
        {"MaxResults": 2**40},
        {"MaxResults": {}},
        {"NameContains": []},
        {"CreationTimeAfter": "yesterday"},
        {"CreationTimeAfter": 1e300},
        {"CreationTimeAfter": []},
        b'{"MaxResults": NaN}',
    ],
)
def test_values_of_the_wrong_type_are_no_valid_request(body: object) -> None:
    status, answer = ask("ListEndpoints", body)
    assert (status, answer["__type"]) == (400, "SerializationException")


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(
    st.dictionaries(st.sampled_from(["MaxResults", "NameContains", "CreationTimeAfter"]), JSON)
    | JSON
)
def test_nothing_that_a_client_sends_is_the_services_fault(body: object) -> None:
    assert ask("ListEndpoints", body)[0] in (200, 400)


def test_halves_of_characters_are_replaced() -> None:
    ask("ListEndpoints", b'{"NameContains": "a"}')
    status, answer = ask("DescribeEndpoint", b'{"EndpointName": "\\ud800"}')
    assert (status, "'?' at 'endpointName'" in answer["message"]) == (400, True)


def test_only_operations_of_the_model_can_be_offered() -> None:
    with pytest.raises(ValueError, match="NoSuchThing"):
        JsonService("sagemaker", {"NoSuchThing": list_endpoints})
