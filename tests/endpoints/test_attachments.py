"""Endpoints that others deployed: attached by tags or by asking, kept as a tag, and detached."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.client import Client
from backend.cloud.naming import ATTACHED_TAG, PROJECT_TAG, TASK_TAG
from backend.endpoints.described import told_by
from backend.errors import EndpointMissing, InputError, ModelError
from backend.settings import Settings
from backend.tasks.question_answering import QUESTION_ANSWERING, QuestionAnsweringRequest
from backend.tasks.relation_extraction import RELATION_EXTRACTION
from backend.tasks.text_classification import TEXT_CLASSIFICATION, TextClassificationRequest
from tests.local.hosting.scripts import Cloud
from tests.local.running import RunningService, running_service

LIST_ONLY = """
import json

class Refused(ValueError):
    status_code = 415

def model_fn(folder):
    return None

def input_fn(body, content_type):
    if content_type != "application/list-text":
        raise Refused("list-text only")
    return json.loads(body)

def predict_fn(pair, model):
    return {"answer": " ".join(pair[1].split()[:2]).lower()}

def output_fn(answer, accept):
    return json.dumps(answer)
"""
"""As JumpStart's question answerers speak."""


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningService]:
    with running_service(tmp_path_factory.mktemp("attached") / "home") as running:
        cloud = Cloud(running)
        assert cloud.deploy("theirs", LIST_ONLY)["EndpointStatus"] == "InService"
        yield running


@pytest.fixture
def client(service: RunningService) -> Client:
    return Client(Settings(home=Path(service.config.home)))


def test_an_endpoint_is_attached_by_asking_answers_and_is_detached(client: Client) -> None:
    assert client.endpoint("theirs").task == ""
    assert "JumpStart" in client.attachments.attach("theirs", QUESTION_ANSWERING)
    attached = client.endpoint("theirs")
    assert (attached.task, attached.attached) == ("question_answering", True)
    assert [one.name for one in client.endpoints_for(QUESTION_ANSWERING)] == ["theirs"]

    request = QuestionAnsweringRequest("Who?", "Maria Lopez wrote it.")
    answer = client.run(QUESTION_ANSWERING, request, endpoint="theirs")
    assert answer.result.best is not None
    assert answer.result.best.text == "Maria Lopez"
    assert json.loads(answer.request.body) == ["Who?", "Maria Lopez wrote it."]
    assert "list-text" in client.snippets(QUESTION_ANSWERING, request, endpoint="theirs").curl

    with pytest.raises(InputError, match="already"):
        client.attachments.attach("theirs", TEXT_CLASSIFICATION)
    client.attachments.detach("theirs")
    assert client.endpoint("theirs").task == ""
    client.attachments.detach("theirs")  # twice is once


def test_what_is_attached_is_not_marked_as_ours(client: Client) -> None:
    client.attachments.attach("theirs", QUESTION_ANSWERING)
    arn = client.connections.sagemaker.describe_endpoint(EndpointName="theirs")["EndpointArn"]
    assert client.connections.tags(arn) == {ATTACHED_TAG: "question_answering/jumpstart"}
    client.attachments.detach("theirs")
    assert client.connections.tags(arn) == {}


def test_an_endpoint_of_another_task_is_refused_in_a_sentence(client: Client) -> None:
    with pytest.raises(ModelError, match="does not answer as any model for relation extraction"):
        client.attachments.attach("theirs", RELATION_EXTRACTION)
    assert client.endpoint("theirs").task == ""


def test_tags_of_jumpstart_are_believed_and_name_the_task(client: Client) -> None:
    sagemaker = client.connections.sagemaker
    arn = sagemaker.describe_endpoint(EndpointName="theirs")["EndpointArn"]
    model = {"Key": "sagemaker-sdk:jumpstart-model-id", "Value": "tensorflow-tc-bert"}
    sagemaker.add_tags(ResourceArn=arn, Tags=[model])
    with pytest.raises(InputError, match="a model for text classification"):
        client.attachments.attach("theirs", QUESTION_ANSWERING)
    client.attachments.attach("theirs", TEXT_CLASSIFICATION)
    long = TextClassificationRequest("One sentence of many. " * 200)
    work = client.in_parts(TEXT_CLASSIFICATION, long, endpoint="theirs")
    with pytest.raises(ModelError):
        work.step()  # it is a question answerer after all
    assert work.total > 2  # what BERT reads at once
    client.attachments.detach("theirs")
    sagemaker.delete_tags(ResourceArn=arn, TagKeys=[model["Key"]])


def test_an_endpoint_that_is_not_there_cannot_be_attached(client: Client) -> None:
    with pytest.raises(EndpointMissing):
        client.attachments.attach("nowhere", QUESTION_ANSWERING)


@pytest.mark.parametrize(
    ("tags", "told"),
    [
        ({}, ("", "")),
        ({TASK_TAG: "summarization", PROJECT_TAG: "p"}, ("summarization", "document-insights")),
        ({ATTACHED_TAG: "summarization/solution"}, ("summarization", "solution")),
        ({ATTACHED_TAG: "nonsense"}, ("nonsense", "")),
    ],
)
def test_tags_tell_task_and_dialect(tags: dict[str, str], told: tuple[str, str]) -> None:
    assert told_by(tags) == told
