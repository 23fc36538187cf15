"""The whole app with the settings for Amazon SageMaker, and a local service that plays AWS."""

import sys
from collections.abc import Iterator
from typing import Any, Final

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from backend.client import Client
from backend.cloud.archives import s3_key
from backend.cloud.naming import TASK_TAG, as_tags
from backend.costs.cleanup import CONFIRMATION
from backend.settings import Settings
from tests.app.support import PAGES, ROOT, component, words_on
from tests.local.hosting.scripts import packed
from tests.local.running import running_service
from tests.support import eventually

MODEL: Final = """
import json

def model_fn(folder):
    return None

def input_fn(body, content_type):
    return json.loads(body)["text"]

def predict_fn(text, model):
    name = {"text": text[:3], "start_char": 0, "end_char": 3, "label": "PERSON"}
    return {"entities": [name], "noun_chunks": []}

def output_fn(prediction, accept):
    return json.dumps(prediction), accept
"""
NAME: Final = "pretrained-named-entities"
SETTINGS: Final = {
    "DOCINSIGHTS_CLOUD": "sagemaker",
    "DOCINSIGHTS_REGION": "us-east-1",
    "DOCINSIGHTS_BUCKET": "mine",
    "DOCINSIGHTS_ROLE_ARN": "arn:aws:iam::000000000000:role/mine",
}
_reached: Final[set[str]] = set()


def _watch(event: str, arguments: tuple[Any, ...]) -> None:
    """An audit hook, which cannot be taken away: every host that this process turns to."""
    if event == "socket.connect" and isinstance(arguments[1], tuple):
        _reached.add(str(arguments[1][0]))
    elif event == "socket.getaddrinfo":
        _reached.add(str(arguments[0]))


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of the account that the app uses; whatever the app asks goes to 127.0.0.1."""
    sys.addaudithook(_watch)
    home = tmp_path_factory.mktemp("aws")
    with running_service(home) as service, pytest.MonkeyPatch.context() as patch:
        for name, value in (service.environment | SETTINGS).items():
            patch.setenv(name, value)
        patch.setenv("DOCINSIGHTS_HOME", str(home / "app"))
        st.cache_resource.clear()
        _reached.clear()
        yield Client(Settings.load())
        st.cache_resource.clear()
        assert _reached <= {"127.0.0.1", "localhost"}


def opened(page: str) -> AppTest:
    """The app as a browser opens it, with nothing put in the place of anything."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    if page != "document":
        app.switch_page(PAGES[page])
    app.run()
    assert not app.exception, page
    return app


@pytest.mark.parametrize("page", PAGES)
def test_every_page_opens_in_an_empty_account(client: Client, page: str) -> None:
    app = opened(page)
    assert "Amazon SageMaker, us-east-1: no models are deployed" in " ".join(
        caption.value for caption in app.sidebar.caption
    ).replace("\\", "")
    assert not client.endpoints()


def test_the_sample_datasets_are_added_and_can_be_trained_on(client: Client) -> None:
    app = opened("settings")
    app.button(key="add_samples").click().run()
    assert not app.exception
    assert "support-requests" in {version.name for version in client.datasets.list()}
    assert "Nothing speaks against it" in " ".join(s.value for s in opened("train").success)


def test_a_model_is_deployed_asked_and_deleted_on_the_pages(client: Client) -> None:
    register(client)
    app = opened("endpoints")
    app.selectbox(key="deploy_model").select(NAME).run()
    app.button(key="deploy_now").click().run()
    assert not app.exception
    eventually(lambda: client.endpoint(NAME).ready, timeout=60)

    app = opened("named_entities")
    # States of endpoints are up to a second old.
    eventually(lambda: bool(component(app.run(), "entity_reader")["marks"]), timeout=30)
    assert NAME in " ".join(map(str, opened("costs").dataframe[0].value["What"]))

    app = opened("costs")
    app.button(key="cleanup_list").click().run()
    app.text_input(key="cleanup_typed").set_value(CONFIRMATION).run()
    app.button(key="cleanup_now").click().run(timeout=120)
    assert not app.exception
    assert "a last look found nothing of ours" in app.success[0].value, words_on(app)
    assert not client.endpoints()
    assert not client.models()


def register(client: Client) -> None:
    """Have the account know a small model under the name of a standard one."""
    archive = packed({"code/inference.py": MODEL})
    key = s3_key(client.connections, "models", "tiny.tar.gz")
    client.connections.s3.put_object(Bucket=client.cloud.bucket, Key=key, Body=archive)
    client.connections.sagemaker.create_model(
        ModelName=NAME,
        ExecutionRoleArn=client.cloud.role_arn,
        PrimaryContainer={"Image": "any", "ModelDataUrl": f"s3://{client.cloud.bucket}/{key}"},
        Tags=as_tags({TASK_TAG: "named_entities"}),
    )
