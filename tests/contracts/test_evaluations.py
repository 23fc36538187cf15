"""Evaluations against the real service, with models of a few lines: batch jobs, endpoints, the
alarm for a broken one, and an endpoint that changes its model while requests come in.
"""

import dataclasses
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from backend.client import Client
from backend.cloud.naming import SOURCE_TAG, TASK_TAG, as_tags
from backend.data.versions import DatasetVersion
from backend.errors import DocumentInsightsError, InputError
from backend.evaluation.record import Record, record_from
from backend.evaluation.run import Run, State
from backend.local.hosting.settings import HostingSettings
from backend.settings import Settings
from backend.tasks.text_classification import TEXT_CLASSIFICATION, TextClassificationRequest
from tests.local.hosting.scripts import ROLE, packed
from tests.local.running import running_service
from tests.support import eventually

TASK: Final = "text_classification"
SETTINGS = HostingSettings(memory_bytes=300 * 2**20, cores=2, startup_seconds=20.0)

MODEL = """
import json, os, time

def model_fn(model_dir):
    return None

def input_fn(body, content_type):
    if content_type == "application/jsonlines":
        return [json.loads(line)["text"] for line in body.splitlines()]
    return [body.decode()]

def predict_fn(texts, model):
    return [answer(text) for text in texts]

def answer(text):
    GATE
    label = RULE
    return {"predicted_label": label, "labels": ["bad", "good"],
            "probabilities": [float(label == "bad"), float(label == "good")]}

def output_fn(found, accept):
    return "\\n".join(json.dumps(one) for one in found)
"""
RULES = {"constant": '"good"', "keyword": '"good" if "fine" in text else "bad"'}


def script(rule: str, *, gate: str = "") -> str:
    wait = f"while not os.path.exists({gate!r}): time.sleep(0.02)" if gate else "pass"
    return MODEL.replace("RULE", RULES[rule]).replace("GATE", wait)


def register(client: Client, name: str, code: str) -> str:
    s3, cloud = client.connections.s3, client.cloud
    body = packed({"code/inference.py": code})
    s3.put_object(Bucket=cloud.bucket, Key=f"tiny/{name}/model.tar.gz", Body=body)
    client.connections.sagemaker.create_model(
        ModelName=name,
        PrimaryContainer={
            "Image": "any/image:1",
            "ModelDataUrl": f"s3://{cloud.bucket}/tiny/{name}/model.tar.gz",
        },
        ExecutionRoleArn=ROLE,
        Tags=as_tags({TASK_TAG: TASK, SOURCE_TAG: "finetuned"}),
    )
    return name


def dataset(client: Client, name: str, count: int) -> DatasetVersion:
    """Half of the texts are fine; every tenth of them does not say so."""
    rows = [
        {"text": f"It is {'fine' if at % 2 and at % 10 != 9 else 'so so'}, number {at}.",
         "label": "good" if at % 2 else "bad"}
        for at in range(count)
    ]  # fmt: skip
    return client.datasets.add(name, TASK, {"test": rows}, source="made up")


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("evaluations") / "home"
    with running_service(folder, settings=SETTINGS):
        yield folder


@pytest.fixture(scope="module")
def client(home: Path) -> Client:
    found = Client(Settings(home=home))
    found.connections.s3.create_bucket(Bucket=found.cloud.bucket)
    for name in RULES:
        register(found, name, script(name))
    return found


@pytest.fixture(scope="module")
def version(client: Client) -> DatasetVersion:
    return dataset(client, "weather", 80)


def finished(client: Client, run: Run) -> dict[str, State]:
    def states() -> tuple[State, ...]:
        found = client.evaluations.states(run)
        return found if all(state.finished for state in found) else ()

    return {state.model: state for state in eventually(states, timeout=60, interval=0.2)}


def record(state: State) -> Record:
    assert state.record is not None, state
    return state.record


def test_models_are_scored_by_batch_jobs_and_a_constant_answer_raises_the_alarm(
    client: Client, version: DatasetVersion
) -> None:
    run = client.evaluations.start(version, ["constant", "keyword"])
    found = finished(client, run)
    constant, keyword = record(found["constant"]), record(found["keyword"])
    assert constant.metrics["accuracy"].value == 0.5
    assert {"constant_prediction", "no_true_negatives"} <= {one.name for one in constant.alarms}
    assert keyword.metrics["accuracy"].value == 0.9
    assert not [one for one in keyword.alarms if one.level == "alarm"]
    comparison = client.evaluations.compare(version, constant, keyword).comparison
    assert comparison.verdict.startswith("keyword is better: F1")

    several = client.evaluations.compare_all(
        version, record(found["constant class"]), [constant, keyword], pairwise=True
    )
    assert [one.family for one in several] == [3, 3, 3]
    assert [one.outcome for one in several] == ["unclear", "better", "better"]

    # Nothing is asked twice, and whoever looks next sees the same records.
    again = client.evaluations.start(version, ["constant", "keyword"])
    assert [entry.job for entry in again.entries] == ["", "", ""]
    other = Client(client._settings)
    assert {one.address for one in other.evaluations.records.list(TASK)} >= {
        constant.address,
        keyword.address,
    }
    assert run in other.evaluations.runs(TASK)


def test_a_record_that_was_changed_is_not_believed(client: Client, version: DatasetVersion) -> None:
    first = record(finished(client, client.evaluations.start(version, ["keyword"]))["keyword"])
    key = f"{client.cloud.prefix}/evaluations/{TASK}/{first.address}/record.json"
    place = {"Bucket": client.cloud.bucket, "Key": key}
    written = client.connections.s3.get_object(**place)["Body"].read()
    assert record_from(written) == first
    client.connections.s3.put_object(**place, Body=written.replace(b"0.9,", b"1.0,", 1))
    other = Client(client._settings).evaluations.records
    assert first.address not in {one.address for one in other.list(TASK)}
    client.connections.s3.put_object(**place, Body=written)
    assert first.address in {one.address for one in other.list(TASK)}


def test_scores_on_other_test_data_are_refused_with_a_sentence(
    client: Client, version: DatasetVersion
) -> None:
    other = dataset(client, "more-weather", 40)
    mine = record(finished(client, client.evaluations.start(version, ["keyword"]))["keyword"])
    theirs = record(finished(client, client.evaluations.start(other, ["keyword"]))["keyword"])
    with pytest.raises(InputError, match="other test data than weather/v1: evaluate it on these"):
        client.evaluations.compare(version, mine, theirs)
    with pytest.raises(InputError, match="other test data"):
        client.evaluations.compare_all(version, mine, [theirs])


def test_a_run_is_stopped_and_begun_again(
    client: Client, version: DatasetVersion, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    register(client, "slow", script("keyword", gate=str(gate)))
    run = client.evaluations.start(version, ["slow"], trivial=False)
    assert not client.evaluations.states(run)[0].finished
    client.evaluations.stop(run)
    assert finished(client, run)["slow"].status == "Stopped"
    gate.touch()
    again = client.evaluations.start(version, ["slow"], trivial=False)
    assert record(finished(client, again)["slow"]).metrics["accuracy"].value == 0.9


@pytest.fixture(scope="module")
def endpoint(client: Client) -> str:
    client.deploy("keyword", endpoint="live")
    eventually(lambda: client.endpoint("live").state == "InService", timeout=60)
    return "live"


def test_an_endpoint_is_evaluated_request_by_request_and_goes_on_where_it_was(
    client: Client, version: DatasetVersion, endpoint: str
) -> None:
    run = client.evaluations.start(version, [], endpoints=[endpoint], trivial=False)
    found = record(finished(client, run)[endpoint])
    assert (found.model.kind, found.metrics["accuracy"].value) == ("endpoint", 0.9)

    stopped = dataclasses.replace(run, id=f"{run.id}-2", data_sha256="other")
    client.evaluations.stop(stopped)
    assert finished(client, stopped)[endpoint].status == "Stopped"


def test_an_endpoint_that_is_not_there_is_said_before_anything_starts(
    client: Client, version: DatasetVersion
) -> None:
    with pytest.raises(DocumentInsightsError, match="nowhere"):
        client.evaluations.start(version, [], endpoints=["nowhere"], trivial=False)


def test_no_request_fails_while_an_endpoint_changes_its_model_and_changes_back(
    client: Client, endpoint: str
) -> None:
    request = TextClassificationRequest("It is so so.")
    ended, answers, failures = threading.Event(), [], []

    def ask() -> None:
        while not ended.is_set():
            try:
                answer = client.run(TEXT_CLASSIFICATION, request, endpoint=endpoint)
            except DocumentInsightsError as error:
                failures.append(error)
            else:
                answers.append(answer.result.label)

    def serves(model: str) -> bool:
        now = client.endpoint(endpoint)
        return (now.model, now.state) == (model, "InService")

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        eventually(lambda: answers)
        client.promotions.promote(endpoint, "constant", before="keyword", why="A test.")
        eventually(lambda: serves("constant"), timeout=60)
        changed = eventually(lambda: "good" in answers and len(answers))
        client.promotions.roll_back(endpoint)
        eventually(lambda: serves("keyword"), timeout=60)
        eventually(lambda: "bad" in answers[changed:])
    finally:
        ended.set()
        for thread in threads:
            thread.join()
    assert not failures
    assert [one.model for one in client.promotions.history(endpoint)] == ["keyword", "constant"]
