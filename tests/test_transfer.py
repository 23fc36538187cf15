"""From one cloud to another: two local services, one of them playing AWS."""

import io
from collections.abc import Iterator
from typing import Any

import pytest

from backend.client import Client
from backend.cloud.archives import ensure_bucket
from backend.cloud.errors import translated
from backend.cloud.naming import as_tags
from backend.errors import InputError, NameTaken, NotFound, SettingsError
from backend.settings import Settings
from backend.transfer import OtherSettings, Transfer, copy_object, main
from tests.local.running import running_service

ADA = {"start": 0, "end": 3, "label": "PERSON"}
ROWS = [{"text": f"Ada sings {n} songs.", "entities": [ADA]} for n in range(12)]
SPLITS = {"train": ROWS[:6], "validation": ROWS[6:9], "test": ROWS[9:]}
BIG = b"weights " * (2 << 20)  # 16 MB: sent in parts


@pytest.fixture(scope="module")
def clouds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Transfer]:
    """A laptop and a cloud with another bucket and prefix."""
    here, there = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("there")
    with running_service(here), running_service(there):
        cloud = Settings(home=there, bucket="cloud", prefix="team/documents", image="cloud:1")
        made = Transfer(Client(Settings(home=here)), Client(cloud))
        for one in (made.source, made.target):
            ensure_bucket(one.connections)
        yield made


@pytest.fixture(scope="module")
def model(clouds: Transfer) -> str:
    """A registered model whose archive is large."""
    connections = clouds.source.connections
    bucket = connections.cloud.bucket
    connections.s3.upload_fileobj(io.BytesIO(BIG), bucket, "any/model.tar.gz")
    register(clouds.source, "mine", f"s3://{bucket}/any/model.tar.gz")
    return "mine"


def register(client: Client, name: str, uri: str) -> None:
    client.connections.sagemaker.create_model(
        ModelName=name,
        ExecutionRoleArn=client.cloud.role_arn,
        PrimaryContainer={
            "Image": client.cloud.image,
            "ModelDataUrl": uri,
            "Environment": {"SAGEMAKER_PROGRAM": "inference.py"},
        },
        Tags=as_tags({"docinsights:task": "named_entities", "docinsights:source": "tuned"}),
    )


def described(client: Client, name: str) -> dict[str, Any]:
    found: dict[str, Any] = client.connections.sagemaker.describe_model(ModelName=name)
    return found


def test_a_dataset_arrives_with_its_contents_and_its_history(clouds: Transfer) -> None:
    sent = clouds.source.datasets.add(
        "people", "named_entities", SPLITS, source="a file", notes=("as it was",)
    )
    assert clouds.send("dataset", "people") == "people/v1"
    arrived = clouds.target.datasets.get("people")
    assert arrived.sha256 == sent.sha256
    assert (arrived.source, arrived.notes) == ("a file", ("as it was",))
    assert arrived.splits["train"].uri.startswith("s3://cloud/team/documents/")
    examples = clouds.target.datasets.examples(arrived, "test")
    assert examples == clouds.source.datasets.examples(sent, "test")


def test_what_is_there_already_is_not_sent_again(clouds: Transfer) -> None:
    clouds.source.datasets.add("twice", "named_entities", SPLITS, source="x")
    assert [clouds.send("dataset", "twice/v1") for _ in range(2)] == ["twice/v1"] * 2


def test_a_model_arrives_with_archive_tags_and_the_other_clouds_image(
    clouds: Transfer, model: str
) -> None:
    assert clouds.send("model", model) == model
    found = described(clouds.target, model)
    container = found["PrimaryContainer"]
    assert container["Image"] == "cloud:1"
    assert container["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}
    bucket, key = container["ModelDataUrl"].removeprefix("s3://").split("/", 1)
    body = clouds.target.connections.s3.get_object(Bucket=bucket, Key=key)["Body"].read()
    assert body == BIG
    assert clouds.target.connections.tags(found["ModelArn"]) == {
        "docinsights:task": "named_entities",
        "docinsights:source": "tuned",
        "docinsights:project": "team/documents",
    }


def test_an_interrupted_transfer_goes_on_where_it_was(clouds: Transfer, model: str) -> None:
    clouds.send("model", model)
    target = clouds.target.connections
    uri = described(clouds.target, model)["PrimaryContainer"]["ModelDataUrl"]
    key = uri.removeprefix("s3://cloud/")
    before = target.s3.head_object(Bucket="cloud", Key=key)["LastModified"]
    target.sagemaker.delete_model(ModelName=model)
    clouds.send("model", model)
    assert target.s3.head_object(Bucket="cloud", Key=key)["LastModified"] == before
    assert described(clouds.target, model)["PrimaryContainer"]["ModelDataUrl"] == uri


def test_a_model_trained_there_is_pulled_back(clouds: Transfer, model: str) -> None:
    clouds.send("model", model)
    back = Transfer(clouds.target, clouds.source)
    clouds.source.connections.sagemaker.delete_model(ModelName=model)
    back.send("model", model)
    found = clouds.source.model(model)
    assert (found.task, found.source) == ("named_entities", "tuned")
    assert found.data_url.startswith("s3://document-insights/document-insights/models/mine/")
    assert described(clouds.source, model)["PrimaryContainer"]["Image"] == "document-insights:local"


def test_another_model_of_the_same_name_stays(clouds: Transfer, model: str) -> None:
    register(clouds.source, "taken", "s3://document-insights/any/model.tar.gz")
    register(clouds.target, "taken", "s3://cloud/other.tar.gz")
    with pytest.raises(NameTaken, match="taken"):
        clouds.send("model", "taken")
    assert described(clouds.target, "taken")["PrimaryContainer"]["ModelDataUrl"].endswith(
        "other.tar.gz"
    )


def test_a_comparison_arrives_with_its_dataset_and_its_scores(clouds: Transfer) -> None:
    version = clouds.source.datasets.add("scored", "named_entities", SPLITS, source="x")
    run = clouds.source.evaluations.start(version, ())
    assert clouds.send("comparison", run.id) == run.id
    arrived = next(one for one in clouds.target.evaluations.runs() if one.id == run.id)
    states = clouds.target.evaluations.states(arrived)
    before = clouds.source.evaluations.states(run)
    assert [state.record for state in states] == [state.record for state in before]
    assert clouds.target.datasets.get("scored").sha256 == version.sha256


@pytest.mark.parametrize(
    ("kind", "name"), [("dataset", "none"), ("model", "none"), ("comparison", "none")]
)
def test_what_is_not_there_is_said_to_be_missing(clouds: Transfer, kind: Any, name: str) -> None:
    with pytest.raises(NotFound):
        clouds.send(kind, name)


def test_a_model_without_an_archive_is_not_sent(clouds: Transfer) -> None:
    register(clouds.source, "folder", "s3://document-insights/folder/")
    with pytest.raises(InputError, match="no archive"):
        clouds.send("model", "folder")


def test_what_there_is_to_send_is_listed(clouds: Transfer, model: str) -> None:
    clouds.source.datasets.add("listed", "named_entities", SPLITS, source="x")
    assert "listed/v1" in clouds.names("dataset")
    assert model in clouds.names("model")


def test_an_object_that_is_cut_short_leaves_nothing(
    clouds: Transfer, model: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, target = clouds.source.connections, clouds.target.connections
    s3 = source.s3

    class Cut:
        """A connection that breaks after two pieces."""

        left = 2

        def __enter__(self) -> "Cut":
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, size: int) -> bytes:
            self.left -= 1
            if self.left < 0:
                raise OSError("cut")
            return b"x" * size

    def cut(**_: Any) -> dict[str, Any]:
        return {"ContentLength": len(BIG), "Body": Cut()}

    monkeypatch.setattr(s3, "get_object", cut)
    with pytest.raises(OSError, match="cut"):
        copy_object(source, ("document-insights", "any/model.tar.gz"), target, "cut")
    with pytest.raises(NotFound), translated():
        target.s3.head_object(Bucket="cloud", Key="cut")


def test_the_other_clouds_settings_have_names_of_their_own(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DOCINSIGHTS_OTHER_CLOUD", raising=False)
    with pytest.raises(SettingsError, match="set DOCINSIGHTS_OTHER_CLOUD"):
        OtherSettings.load()
    monkeypatch.setenv("DOCINSIGHTS_OTHER_CLOUD", "sagemaker")
    monkeypatch.setenv("DOCINSIGHTS_OTHER_REGION", "eu-west-1")
    with pytest.raises(SettingsError, match="Set DOCINSIGHTS_OTHER_BUCKET, DOCINSIGHTS_OTHER_ROLE"):
        OtherSettings.load().resolve()
    assert main(["push", "dataset", "any"]) == 1
    assert "DOCINSIGHTS_OTHER_BUCKET" in capsys.readouterr().err
