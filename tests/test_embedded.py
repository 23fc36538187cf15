"""The shipped models, registered with moto's server as the cloud."""

import io
import tarfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from backend import embedded
from backend.catalog.shipped import own_files
from backend.client import Client, Endpoint
from backend.cloud.archives import digest, pack
from backend.embedded import EMBEDDED, EmbeddedModel, install
from backend.errors import EndpointMissing
from backend.settings import ROOT
from tests.moto_cloud import moto_client

MODELS = (
    EmbeddedModel("pretrained-named-entities", "named_entities"),
    EmbeddedModel("finetuned-named-entities", "named_entities", served=False),
)
FILES = {
    "assets/models/pretrained-named-entities/README.md": "a card",
    "assets/models/pretrained-named-entities/adapter/weights.safetensors": "weights",
    "assets/models/finetuned-named-entities/README.md": "another card",
    "model_code/inference.py": "entry point",
    "model_code/common/__init__.py": "",
    "model_code/named_entities/inference.py": "hooks",
    "model_code/named_entities/data/not_code.bin": "left out",
    "model_code/summarization/inference.py": "another task's",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A project with two shipped models."""
    for name, content in FILES.items():
        path = tmp_path / "project" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return tmp_path / "project"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    with moto_client(tmp_path_factory.mktemp("home")) as client:
        yield client


def names_in(archive: bytes) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        return opened.getnames()


def packed(files: dict[str, Path]) -> bytes:
    target = io.BytesIO()
    pack(files, target)
    return target.getvalue()


def test_all_models_but_one_are_served() -> None:
    assert [model.name for model in EMBEDDED if model.served] == [
        "pretrained-summarization",
        "pretrained-text-classification",
        "pretrained-question-answering",
        "pretrained-document-entities",
        "pretrained-business-relations",
        "pretrained-named-entities",
        "pretrained-relation-extraction",
        "pretrained-own-labels",
    ]
    assert [model.name for model in EMBEDDED if not model.served] == ["finetuned-named-entities"]


def test_an_archive_holds_the_models_files_and_its_tasks_code(root: Path) -> None:
    files = own_files(MODELS[0].name, MODELS[0].task, root)
    assert files is not None
    assert names_in(packed(files)) == [
        "README.md",
        "adapter/weights.safetensors",
        "code/common/__init__.py",
        "code/inference.py",
        "code/named_entities/inference.py",
    ]


def test_the_same_files_make_the_same_archive(root: Path) -> None:
    files = own_files(MODELS[0].name, MODELS[0].task, root)
    assert files is not None
    first = packed(files)
    for path in files.values():
        path.touch()
    assert packed(files) == first


def test_the_digest_tells_names_and_contents_apart(root: Path) -> None:
    card = root / "assets/models/pretrained-named-entities/README.md"
    before = digest({"a": card})
    assert digest({"b": card}) != before
    card.write_text("changed")
    assert digest({"a": card}) != before


@pytest.mark.parametrize(
    "missing", ["assets/models/pretrained-named-entities", "model_code/named_entities"]
)
def test_a_model_whose_files_are_missing_is_left_out_with_a_sentence(
    client: Client, root: Path, missing: str
) -> None:
    (root / missing).rename(root / "elsewhere")
    said: list[str] = []
    assert install(client, said.append, root=root, models=MODELS[:1]) == ()
    (line,) = said
    assert line.startswith("pretrained-named-entities: left out")


def test_installing_is_idempotent_and_notices_a_change(client: Client, root: Path) -> None:
    assert install(client, print, root=root, models=MODELS) == ("pretrained-named-entities",)
    first = {model.name: model for model in client.models()}
    assert set(first) == {"pretrained-named-entities", "finetuned-named-entities"}
    model = first["pretrained-named-entities"]
    assert (model.task, model.source) == ("named_entities", "embedded")
    (endpoint,) = client.endpoints()
    assert (endpoint.name, endpoint.model) == (model.name, model.name)
    assert endpoint.task == "named_entities"

    install(client, print, root=root, models=MODELS)
    assert {model.name: model for model in client.models()} == first

    (root / "assets/models/finetuned-named-entities/README.md").write_text("a better card")
    install(client, print, root=root, models=MODELS)
    second = {model.name: model for model in client.models()}
    assert second["pretrained-named-entities"] == model
    changed = second["finetuned-named-entities"]
    assert changed.data_url != first["finetuned-named-entities"].data_url

    bucket, _, key = changed.data_url.removeprefix("s3://").partition("/")
    body = client.connections.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert "code/inference.py" in names_in(body)


NOW = datetime(2026, 1, 1, tzinfo=UTC)
READY = Endpoint("mine", "InService", "mine", "named_entities", NOW, NOW, "", 1, 1)


class Scripted:
    """A client whose endpoint goes through given states, one at each look; None is missing."""

    def __init__(self, *states: str | None) -> None:
        self._states = list(states)
        self.done: list[str] = []

    def endpoint(self, name: str) -> Endpoint:
        state = self._states.pop(0) if len(self._states) > 1 else self._states[0]
        if state is None:
            raise EndpointMissing(name)
        return replace(READY, name=name, state=state, failure_reason="no memory")

    def deploy(self, model: str) -> None:
        self.done.append("deploy")

    def update(self, endpoint: str, model: str) -> None:
        self.done.append("update")

    def delete(self, endpoint: str) -> None:
        self.done.append("delete")


@pytest.mark.parametrize(
    ("states", "changed", "done"),
    [
        ([None], False, ["deploy"]),
        (["InService"], False, []),
        (["InService"], True, ["update"]),
        (["Creating"], False, []),
        (["Failed", "Failed", "Deleting", None], False, ["delete", "deploy"]),
        (["Deleting", "Deleting", None], False, ["deploy"]),
        (["Creating", "Creating", None], True, ["delete", "deploy"]),
    ],
)
def test_an_endpoint_is_brought_to_serve_its_model(
    monkeypatch: pytest.MonkeyPatch, states: list[str | None], changed: bool, done: list[str]
) -> None:
    monkeypatch.setattr(embedded, "_POLL", 0.0)
    scripted = Scripted(*states)
    embedded._serve(
        cast(Client, scripted), EmbeddedModel("mine", "named_entities"), changed=changed
    )
    assert scripted.done == done


@pytest.mark.parametrize(
    ("states", "ready", "says"),
    [
        (["Creating", "Creating", "InService"], True, "mine: ready after 0."),
        (["Creating", "Failed"], False, "mine: failed. no memory"),
    ],
)
def test_progress_is_reported_until_an_endpoint_is_settled(
    monkeypatch: pytest.MonkeyPatch, states: list[str], ready: bool, says: str
) -> None:
    monkeypatch.setattr(embedded, "_POLL", 0.0)
    said: list[str] = []
    scripted = cast(Client, Scripted(*states))
    assert embedded.wait_until_settled(scripted, ["mine"], said.append) is ready
    assert said[0] == "Preparing mine"
    assert said[1].startswith(says)
    assert len(said) == 2


def test_nothing_is_announced_where_all_are_ready_already() -> None:
    said: list[str] = []
    assert embedded.wait_until_settled(cast(Client, Scripted("InService")), ["mine"], said.append)
    (line,) = said
    assert line.startswith("mine: ready after 0.0 s")


def test_waiting_has_an_end() -> None:
    said: list[str] = []
    scripted = cast(Client, Scripted("Creating"))
    assert not embedded.wait_until_settled(scripted, ["mine"], said.append, timeout=0)
    assert said == ["mine: not ready after 0 s, see its log on the Endpoints page."]


def test_an_archive_with_a_tagger_has_the_entry_points_of_one_task() -> None:
    files = own_files("pretrained-business-relations", "relation_extraction", ROOT)
    assert files is not None
    assert "names/weights.safetensors" in files
    assert "code/named_entities/document.py" in files
    entries = [at for at in files if at.endswith("/inference.py") and at.count("/") == 2]
    assert entries == ["code/relation_extraction/inference.py"]
