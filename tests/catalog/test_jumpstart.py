"""JumpStart's models: the version that is had, and what is said where none is."""

import csv
import io
import json
import tarfile
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from moto import mock_aws

from backend.catalog import archives, jumpstart
from backend.catalog.jumpstart import find
from backend.catalog.rows import row_of
from backend.catalog.service import Catalog
from backend.catalog.training import program_for, table
from backend.cloud.connections import Connections
from backend.cloud.naming import DIALECT_TAG, TASK_TAG
from backend.errors import CloudError, InputError
from backend.jobs.requests import Channel, TrainingRequest, TuningRequest
from backend.jobs.service import Jobs
from backend.settings import Cloud

MODEL = "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"
TASK = "text_classification"


@pytest.fixture(autouse=True)
def aws() -> Iterator[None]:
    """moto's S3 and SageMaker instead of Amazon's."""
    with mock_aws():
        yield


def empty_cloud() -> Connections:
    cloud = Cloud(
        title="Amazon SageMaker",
        region="us-east-1",
        bucket="bucket",
        prefix="prefix",
        role_arn="arn:aws:iam::123456789012:role/any",
        image="ours:1",
        instance_type="ml.m5.large",
        access_key="testing",
        secret_key="testing",
        isolated=True,
    )
    made = Connections(cloud)
    made.s3.create_bucket(Bucket="bucket")
    return made


def spec(version: str, **changes: Any) -> dict[str, Any]:
    return {
        "model_id": MODEL,
        "version": version,
        "hosting_ecr_specs": {
            "framework": "tensorflow",
            "framework_version": "2.8",
            "py_version": "py39",
        },
        "hosting_artifact_key": "tensorflow-infer/model.tar.gz",
        "hosting_script_key": "source-directory-tarballs/inference.tar.gz",
        "training_supported": True,
        "training_ecr_uri": "training-image:1",
        "training_artifact_key": "tensorflow-training/model.tar.gz",
        "training_script_key": "source-directory-tarballs/training.tar.gz",
        "inference_environment_variables": [
            {"name": "SAGEMAKER_PROGRAM", "default": "inference.py"}
        ],
        "hyperparameters": [
            {"name": "epochs", "default": "3"},
            {"name": "sagemaker_program", "default": "transfer_learning.py"},
        ],
        **changes,
    }


def cloud_with(*specs: Mapping[str, Any]) -> Connections:
    """A cloud whose JumpStart has these versions."""
    made = empty_cloud()
    bucket = f"jumpstart-cache-prod-{made.cloud.region}"
    made.s3.create_bucket(Bucket=bucket)
    manifest = []
    for one in specs:
        key = f"community_models/{MODEL}/specs_v{one['version']}.json"
        made.s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(one).encode())
        manifest.append({"model_id": MODEL, "version": one["version"], "spec_key": key})
    made.s3.put_object(
        Bucket=bucket, Key="models_manifest.json", Body=json.dumps(manifest).encode()
    )
    return made


def archive(**files: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as target:
        for name, text in files.items():
            entry = tarfile.TarInfo(name.replace("__", "/").replace("_py", ".py"))
            entry.size = len(text)
            target.addfile(entry, io.BytesIO(text.encode()))
        link = tarfile.TarInfo("../outside")
        target.addfile(link, io.BytesIO())
    return packed.getvalue()


def test_the_wanted_version_is_taken_without_a_word() -> None:
    found = find(cloud_with(spec("1.1.2"), spec("2.0.0")), MODEL, "1.1.2")
    assert (found.version, found.note) == ("1.1.2", "")
    assert found.model_uri.endswith("/tensorflow-infer/model.tar.gz")


@pytest.mark.parametrize(
    ("specs", "why"),
    [
        ([spec("1.1.2", deprecated=True), spec("2.0.9"), spec("2.0.10")], "is deprecated"),
        ([spec("2.0.9"), spec("2.0.10")], "is no longer offered"),
        ([spec("2.0.10"), spec("3.0.0", deprecated=True)], "is no longer offered"),
    ],
)
def test_another_version_is_taken_and_a_sentence_says_so(
    specs: list[dict[str, Any]], why: str
) -> None:
    found = find(cloud_with(*specs), MODEL, "1.1.2")
    assert found.version == "2.0.10"
    assert why in found.note
    assert "version 2.0.10 is used instead" in found.note


def test_the_newest_is_what_was_asked_for_where_any_will_do() -> None:
    assert find(cloud_with(spec("1.9.0"), spec("1.10.0")), MODEL).note == ""


def test_a_cloud_without_jumpstart_says_so_in_one_sentence() -> None:
    with pytest.raises(CloudError, match="comes from SageMaker JumpStart, which Amazon"):
        find(empty_cloud(), MODEL)


def test_a_model_whose_versions_are_all_deprecated_is_said_to_be_gone() -> None:
    with pytest.raises(CloudError, match="no longer has"):
        find(cloud_with(spec("1.1.2", deprecated=True)), MODEL, "1.1.2")


def test_a_description_that_is_damaged_is_said_to_be_so() -> None:
    made = cloud_with(spec("1.1.2"))
    bucket = f"jumpstart-cache-prod-{made.cloud.region}"
    made.s3.put_object(Bucket=bucket, Key="models_manifest.json", Body=b"{")
    with pytest.raises(CloudError, match="cannot be read"):
        find(made, MODEL)


def test_the_container_of_a_machine_is_the_one_that_the_model_names() -> None:
    variants = {
        "regional_aliases": {"us-east-1": {"gpu": "image:gpu"}},
        "variants": {
            "g4dn": {"regional_properties": {"image_uri": "$gpu"}},
            "ml.m5.large": {"properties": {"image_uri": "image:cpu"}},
        },
    }
    found = find(cloud_with(spec("1.1.2", hosting_instance_type_variants=variants)), MODEL)
    assert found.image("inference", "ml.g4dn.xlarge") == "image:gpu"
    assert found.image("inference", "ml.m5.large") == "image:cpu"


def test_the_sdk_is_asked_for_the_image_of_a_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Mapping[str, Any]] = []

    def ask(arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        asked.append(arguments)
        return {"image": "tf:2.8"} if arguments["framework"] == "tensorflow" else {"problem": "no"}

    monkeypatch.setattr(jumpstart, "_ask_the_sdk", ask)
    assert find(cloud_with(spec("1.1.2")), MODEL).image("inference", "ml.m5.large") == "tf:2.8"
    specs = {
        "framework": "huggingface",
        "framework_version": "1.10.2",
        "huggingface_transformers_version": "4.17.0",
        "py_version": "py38",
    }
    with pytest.raises(CloudError, match="AWS has no container for huggingface"):
        jumpstart.image_of(specs, "training", "us-east-1", "ml.m5.large")
    assert asked[-1]["version"] == "4.17.0"
    assert asked[-1]["base_framework_version"] == "pytorch1.10.2"


def test_model_and_code_are_packed_together_and_ways_out_left_out() -> None:
    made = cloud_with(spec("1.1.2"))
    found = find(made, MODEL)
    made.s3.put_object(Bucket=found.bucket, Key="m.tar.gz", Body=archive(saved_model="weights"))
    made.s3.put_object(Bucket=found.bucket, Key="c.tar.gz", Body=archive(inference_py="code"))
    uri = archives.repacked(made, found.uri("m.tar.gz"), found.uri("c.tar.gz"), "models/x.tar.gz")
    body = made.s3.get_object(Bucket=made.cloud.bucket, Key="models/x.tar.gz")["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as packed:
        assert packed.getnames() == ["saved_model", "code/inference.py"]
    assert uri == f"s3://{made.cloud.bucket}/models/x.tar.gz"


@pytest.mark.parametrize("packed", [True, False])
def test_a_row_becomes_a_model_that_says_what_it_speaks(
    packed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jumpstart, "_ask_the_sdk", lambda arguments: {"image": "tf:2.8"})
    ready = {"hosting_prepacked_artifact_key": "packed/"} if packed else {}
    made = cloud_with(spec("2.0.10", **ready))
    found = find(made, MODEL)
    for uri in (found.uri("tensorflow-infer/model.tar.gz"), found.serving_code_uri):
        key = uri.removeprefix(f"s3://{found.bucket}/")
        made.s3.put_object(Bucket=found.bucket, Key=key, Body=archive(inference_py="code"))
    catalog = Catalog(made)
    registered = catalog.register(row_of(TASK, MODEL))
    assert catalog.register(row_of(TASK, MODEL)) == registered
    assert "Version 1.1.2" in registered.note
    facts = made.sagemaker.describe_model(ModelName=registered.model)
    container = facts["PrimaryContainer"]
    assert container["Image"] == "tf:2.8"
    assert container["Environment"] == {"SAGEMAKER_PROGRAM": "inference.py"}
    if packed:
        assert container["ModelDataSource"]["S3DataSource"]["S3DataType"] == "S3Prefix"
    else:
        assert container["ModelDataUrl"].startswith("s3://bucket/prefix/models/")
    tags = made.tags(facts["ModelArn"])
    assert (tags[TASK_TAG], tags[DIALECT_TAG]) == (TASK, "jumpstart")


def test_a_row_of_the_hub_brings_our_code_and_the_name_of_its_model() -> None:
    made = empty_cloud()
    registered = Catalog(made).register(row_of("summarization", "t5-base"))
    facts = made.sagemaker.describe_model(ModelName=registered.model)
    key = facts["PrimaryContainer"]["ModelDataUrl"].removeprefix("s3://bucket/")
    body = made.s3.get_object(Bucket="bucket", Key=key)["Body"].read()
    with tarfile.open(fileobj=io.BytesIO(body)) as packed:
        assert {"hub.json", "code/inference.py", "code/summarization/inference.py"} <= set(
            packed.getnames()
        )
    assert facts["PrimaryContainer"]["Image"] == "ours:1"


def examples(made: Connections, *lines: Mapping[str, Any]) -> str:
    text = "\n".join(json.dumps(line) for line in lines)
    made.s3.put_object(Bucket=made.cloud.bucket, Key="train/data.jsonl", Body=text.encode())
    return f"s3://{made.cloud.bucket}/train/"


def written(made: Connections, uri: str) -> list[list[str]]:
    key = uri.removeprefix(f"s3://{made.cloud.bucket}/") + "data.csv"
    body = made.s3.get_object(Bucket=made.cloud.bucket, Key=key)["Body"].read()
    return list(csv.reader(io.StringIO(body.decode())))


def test_examples_are_given_to_the_program_as_its_table() -> None:
    made = cloud_with(spec("1.1.2"))
    uri = examples(made, {"text": 'good,\n"very"', "label": "pos"}, {"text": "bad", "label": "neg"})
    program = program_for(made, TASK, MODEL, train_uri=uri, sha256="abc")
    assert program.entry == "transfer_learning.py"
    assert program.image == "training-image:1"
    assert program.channels["model"].endswith("tensorflow-training/model.tar.gz")
    assert program.hyperparameters["epochs"] == "3"
    assert written(made, program.channels["training"]) == [["1", 'good, "very"'], ["0", "bad"]]


def test_questions_go_with_the_place_of_their_first_answer() -> None:
    made = cloud_with()
    uri = examples(
        made,
        {"question": "Who?", "context": "By Ann.", "answers": [{"text": "Ann", "start": 3}]},
        {"question": "Why?", "context": "By Ann.", "answers": []},
    )
    rows = written(made, table(made, "question_answering", uri, "abc"))
    assert rows == [["Who?", "By Ann.", "3", "6"]]
    none = examples(made, {"question": "Why?", "context": "By Ann.", "answers": []})
    with pytest.raises(InputError, match="has an answer"):
        table(made, "question_answering", none, "def")


def test_a_job_runs_jumpstarts_program_with_its_own_code_data_and_settings() -> None:
    made = cloud_with(spec("2.0.10"))
    uri = examples(made, {"text": "good", "label": "pos"}, {"text": "bad", "label": "neg"})
    recipe = row_of(TASK, MODEL).recipe
    jobs = Jobs(made)
    request = TrainingRequest(
        name="tuned",
        task=TASK,
        channels={"train": Channel(uri, 2)},
        hyperparameters=recipe.values(),
        objective=recipe.objective,
        metrics=recipe.metrics,
        dataset_sha256="abc",
        program=recipe.program,
    )
    jobs.fine_tune(request)
    facts = made.sagemaker.describe_training_job(TrainingJobName="tuned")
    given = facts["HyperParameters"]
    assert given["sagemaker_program"] == "transfer_learning.py"
    assert given["sagemaker_submit_directory"].endswith("/training.tar.gz")
    assert (given["epochs"], given["adam-learning-rate"]) == ("3", "2e-05")
    assert facts["AlgorithmSpecification"]["TrainingImage"] == "training-image:1"
    assert {channel["ChannelName"] for channel in facts["InputDataConfig"]} == {"training", "model"}
    assert jobs.training_job("tuned").program == MODEL
    again = jobs.again(jobs.training_job("tuned"))
    assert isinstance(again, TrainingRequest)
    assert (again.program, again.hyperparameters["epochs"]) == (MODEL, 3)
    search = TuningRequest("search", request, recipe.spaces())
    program = jobs.programs(search).boto3
    fixed = program.partition("'StaticHyperParameters'")[2].partition("}")[0]
    assert "'epochs'" in fixed
    assert "'adam-learning-rate'" not in fixed


def test_a_preflight_check_does_not_want_our_lines_of_jumpstarts_program() -> None:
    made = cloud_with(spec("2.0.10"))
    recipe = row_of(TASK, MODEL).recipe
    channels = {"train": Channel("s3://bucket/train/", 500)}
    request = TrainingRequest(
        "tuned", TASK, channels, recipe.values(), recipe.objective, recipe.metrics, program=MODEL
    )
    levels = {finding.level for finding in Jobs(made).check(request)}
    assert levels <= {"note"}


def test_the_row_and_the_program_have_one_name() -> None:
    assert row_of(TASK, MODEL).program == MODEL
