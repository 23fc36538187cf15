"""The client: what it asks, what it makes of the answers."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from backend.client import Client
from backend.cloud.naming import as_tags, require_name
from backend.endpoints.configs import configs_made_for
from backend.errors import (
    CloudUnreachable,
    EndpointFailed,
    EndpointMissing,
    EndpointNotReady,
    InputError,
    ModelError,
    NotFound,
)
from backend.settings import Settings
from backend.tasks.named_entities import NAMED_ENTITIES, NamedEntitiesRequest
from tests.fake_service import write_service_file
from tests.moto_cloud import moto_client

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ARN = "arn:aws:sagemaker:us-east-1:000000000000:endpoint/mine"
NAME = "pretrained-document-entities"
TEXT = "Ada Lovelace 🎉"
FOUND = {"entities": [{"text": "Ada Lovelace", "start_char": 0, "end_char": 12, "label": "PERSON"}]}


@pytest.fixture
def client(stubbed: Client) -> Client:
    """What is tested."""
    return stubbed


def described(state: str, *, name: str = NAME, **more: Any) -> dict[str, Any]:
    return {
        "EndpointName": name,
        "EndpointArn": ARN,
        "EndpointConfigName": "config",
        "EndpointStatus": state,
        "CreationTime": NOW,
        "LastModifiedTime": NOW,
        "ProductionVariants": [
            {"VariantName": "v", "CurrentInstanceCount": 1, "DesiredInstanceCount": 2}
        ],
        **more,
    }


def expect_endpoint(sagemaker: Stubber, state: str, **more: Any) -> None:
    """The three calls that make up one endpoint."""
    sagemaker.add_response("describe_endpoint", described(state, **more))
    expect_config(sagemaker)
    tags = [{"Key": "docinsights:task", "Value": "named_entities"}]
    sagemaker.add_response("list_tags", {"Tags": tags})


def expect_config(sagemaker: Stubber, model: str = "the-model") -> None:
    sagemaker.add_response(
        "describe_endpoint_config",
        {
            "EndpointConfigName": "config",
            "EndpointConfigArn": "arn:aws:sagemaker:us-east-1:000000000000:endpoint-config/config",
            "CreationTime": NOW,
            "ProductionVariants": [{"VariantName": "v", "ModelName": model}],
        },
        {"EndpointConfigName": "config"},
    )


def expect_model(sagemaker: Stubber, name: str) -> None:
    sagemaker.add_response(
        "describe_model",
        {
            "ModelName": name,
            "ModelArn": f"arn:aws:sagemaker:us-east-1:000000000000:model/{name}",
            "CreationTime": NOW,
            "PrimaryContainer": {"ModelDataUrl": "s3://b/k"},
        },
        {"ModelName": name},
    )
    tags = [{"Key": "docinsights:task", "Value": "t"}, {"Key": "docinsights:source", "Value": "s"}]
    sagemaker.add_response("list_tags", {"Tags": tags})


def answer_of(content: object) -> dict[str, Any]:
    body = json.dumps(content).encode()
    return {"Body": StreamingBody(io.BytesIO(body), len(body)), "ContentType": "application/json"}


def ask(client: Client, **options: Any) -> Any:
    return client.run(NAMED_ENTITIES, NamedEntitiesRequest(TEXT), **options)


def test_a_run_gives_the_result_and_all_that_a_developer_wants_to_see(
    client: Client, runtime: Stubber, sagemaker: Stubber
) -> None:
    sent = {
        "EndpointName": NAME,
        "Body": json.dumps({"text": TEXT}, ensure_ascii=False).encode(),
        "ContentType": "application/json",
        "Accept": "application/json",
    }
    runtime.add_response("invoke_endpoint", answer_of(FOUND), sent)
    sagemaker.add_response("describe_endpoint", described("InService"))
    expect_config(sagemaker)
    answer = ask(client)
    assert answer.result.entities[0].text == "Ada Lovelace"
    assert (answer.endpoint, answer.model) == (NAME, "the-model")
    assert answer.seconds >= 0
    assert json.loads(answer.response) == FOUND
    assert answer.request.body == sent["Body"]


def test_an_answer_is_not_lost_for_want_of_its_models_name(
    client: Client, runtime: Stubber, sagemaker: Stubber
) -> None:
    runtime.add_response("invoke_endpoint", answer_of(FOUND))
    sagemaker.add_client_error("describe_endpoint", "AccessDeniedException")
    assert ask(client, endpoint="other").model == ""


def test_bad_input_is_refused_before_anything_is_sent(client: Client) -> None:
    with pytest.raises(InputError):
        client.run(NAMED_ENTITIES, NamedEntitiesRequest(" "))


@pytest.mark.parametrize(
    ("state", "expected", "says"),
    [
        ("Failed", EndpointFailed, "no space"),
        ("Creating", EndpointNotReady, "Creating"),
        ("Deleting", EndpointNotReady, "Deleting"),
        ("InService", EndpointMissing, "does not exist"),
    ],
)
def test_an_endpoint_that_is_not_found_is_looked_at(
    client: Client,
    runtime: Stubber,
    sagemaker: Stubber,
    state: str,
    expected: type[Exception],
    says: str,
) -> None:
    message = f"Endpoint {NAME} of account 000000000000 not found."
    runtime.add_client_error("invoke_endpoint", "ValidationError", message, http_status_code=400)
    expect_endpoint(sagemaker, state, FailureReason="no space")
    with pytest.raises(expected, match=says):
        ask(client)


def test_a_missing_endpoint_is_missing(
    client: Client, runtime: Stubber, sagemaker: Stubber
) -> None:
    runtime.add_client_error("invoke_endpoint", "ValidationError", "Endpoint x not found.")
    message = f'Could not find endpoint "{ARN}".'
    sagemaker.add_client_error("describe_endpoint", "ValidationException", message)
    with pytest.raises(EndpointMissing):
        ask(client)


def test_a_models_own_error_comes_through(client: Client, runtime: Stubber) -> None:
    runtime.add_client_error(
        "invoke_endpoint",
        "ModelError",
        http_status_code=424,
        modeled_fields={"OriginalStatusCode": 400, "OriginalMessage": "The text is empty."},
    )
    with pytest.raises(ModelError, match=r"^The text is empty\.$"):
        ask(client)


def test_an_answer_outside_the_contract_is_the_models_error(
    client: Client, runtime: Stubber
) -> None:
    wrong = {"entities": [{"text": "Bob", "start_char": 0, "end_char": 3, "label": "PERSON"}]}
    runtime.add_response("invoke_endpoint", answer_of(wrong))
    with pytest.raises(ModelError, match="reads otherwise"):
        ask(client)


def test_an_endpoint_is_described_in_full(client: Client, sagemaker: Stubber) -> None:
    expect_endpoint(sagemaker, "Updating")
    endpoint = client.endpoint(NAME)
    assert (endpoint.model, endpoint.task) == ("the-model", "named_entities")
    assert (endpoint.instances, endpoint.desired_instances) == (1, 2)
    assert (endpoint.ready, endpoint.settled) == (True, False)


def test_an_endpoint_outlives_its_configuration(client: Client, sagemaker: Stubber) -> None:
    sagemaker.add_response("describe_endpoint", described("InService"))
    sagemaker.add_client_error(
        "describe_endpoint_config",
        "ValidationException",
        'Could not find endpoint configuration "x".',
    )
    sagemaker.add_response("list_tags", {"Tags": []})
    endpoint = client.endpoint(NAME)
    assert (endpoint.model, endpoint.task, endpoint.settled) == ("", "", True)


def test_an_update_makes_a_new_configuration(client: Client, sagemaker: Stubber) -> None:
    expect_model(sagemaker, "better")
    sagemaker.add_response("describe_endpoint", described("InService"))
    expect_config(sagemaker)
    sagemaker.add_response("create_endpoint_config", {"EndpointConfigArn": ARN})
    sagemaker.add_response("update_endpoint", {"EndpointArn": ARN})
    client.update(NAME, "better")


def test_a_configuration_made_in_vain_is_removed(client: Client, sagemaker: Stubber) -> None:
    expect_model(sagemaker, "better")
    sagemaker.add_response("describe_endpoint", described("InService"))
    expect_config(sagemaker)
    sagemaker.add_response("create_endpoint_config", {"EndpointConfigArn": ARN})
    message = f'Cannot update in-progress endpoint "{ARN}".'
    sagemaker.add_client_error("update_endpoint", "ValidationException", message)
    sagemaker.add_response("delete_endpoint_config", {})
    with pytest.raises(EndpointNotReady):
        client.update(NAME, "better")


def test_a_model_that_is_not_there_is_not_deployed(client: Client, sagemaker: Stubber) -> None:
    message = 'Could not find model "x".'
    sagemaker.add_client_error("describe_model", "ValidationException", message)
    with pytest.raises(NotFound):
        client.deploy("x")


@pytest.mark.parametrize("name", ["", "a b", "-a", "a--", "a" * 64, "a\n", "<b>"])
def test_a_name_that_sagemaker_would_not_take_is_refused(name: str) -> None:
    with pytest.raises(InputError, match="letters, digits"):
        require_name(name)


def test_empty_tags_are_left_out() -> None:
    assert as_tags({"a": "1", "b": ""}) == [{"Key": "a", "Value": "1"}]


def test_the_log_is_merged_from_the_latest_streams_in_order(client: Client, logs: Stubber) -> None:
    def event(second: int) -> dict[str, Any]:
        return {"timestamp": second * 1000, "message": f"line {second}"}

    streams = [{"logStreamName": "new"}, {"logStreamName": "old"}]
    logs.add_response("describe_log_streams", {"logStreams": streams})
    logs.add_response("get_log_events", {"events": [event(3), event(4)]})
    logs.add_response("get_log_events", {"events": [event(1), event(2)]})
    lines = client.log_tail("mine", lines=3)
    assert [line.message for line in lines] == ["line 2", "line 3", "line 4"]
    assert lines[0].time == datetime(1970, 1, 1, 0, 0, 2, tzinfo=UTC)


def test_an_endpoint_without_a_log_has_no_lines(client: Client, logs: Stubber) -> None:
    logs.add_client_error("describe_log_streams", "ResourceNotFoundException")
    assert client.log_tail("mine") == ()


def test_a_client_made_before_the_first_start_works_after_it(tmp_path: Path) -> None:
    client = Client(Settings(home=tmp_path))
    with pytest.raises(CloudUnreachable):
        client.endpoints()
    write_service_file(tmp_path, 9)
    assert client.cloud.endpoint_urls["s3"] == "http://127.0.0.1:9"


def test_profiles_and_proxies_do_not_reach_a_service_with_its_own_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_service_file(tmp_path, 9)
    client = Client(Settings(home=tmp_path))
    monkeypatch.setenv("AWS_PROFILE", "no-such-profile")
    monkeypatch.setenv("AWS_SESSION_TOKEN", "old")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    runtime = client.connections.runtime
    assert runtime.meta.endpoint_url == "http://127.0.0.1:9"
    assert runtime.meta.config.proxies == {}
    assert client.connections.runtime is runtime


def test_importing_the_client_does_not_import_boto3() -> None:
    code = "import sys, backend.client; print('boto3' in sys.modules)"
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert shown.stdout == "False\n"


# The rest asks moto's server, on the wire: a second opinion on the shapes of our calls.


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with moto_client(tmp_path_factory.mktemp("home")) as live:
        live.connections.sagemaker.create_model(
            ModelName="entities",
            ExecutionRoleArn=live.cloud.role_arn,
            PrimaryContainer={"Image": "i", "ModelDataUrl": "s3://b/k"},
            Tags=as_tags({"docinsights:task": "named_entities", "docinsights:source": "mine"}),
        )
        yield live


def test_models_carry_their_tags(live: Client) -> None:
    (model,) = live.models()
    assert (model.name, model.task, model.source) == ("entities", "named_entities", "mine")
    assert model.data_url == "s3://b/k"


def test_an_endpoint_lives_from_deploy_to_delete(live: Client) -> None:
    assert live.deploy("entities", endpoint="mine") == "mine"
    (endpoint,) = live.endpoints()
    assert endpoint.name == "mine"
    assert endpoint.model == "entities"
    assert endpoint.task == "named_entities"
    live.delete("mine")
    assert live.endpoints() == ()
    assert configs_made_for(live.connections, "mine") == []


def test_a_tasks_own_endpoint_comes_first(live: Client) -> None:
    for name in ("aaa", NAME, "x" * 63):
        live.deploy("entities", endpoint=name)
    found = live.endpoints_for(NAMED_ENTITIES)
    assert [endpoint.name for endpoint in found] == [NAME, "aaa", "x" * 63]
    for endpoint in found:
        live.delete(endpoint.name)


def test_what_is_not_there_is_said_to_be_missing(live: Client) -> None:
    with pytest.raises(EndpointMissing):
        live.endpoint("nowhere")
    with pytest.raises(EndpointMissing):
        live.delete("nowhere")
    with pytest.raises(NotFound):
        live.model("nothing")
