"""What users do, as a list that a test plays in order: see ``test_aws_calls``.

A new action is a function with ``@action("its name")``; the calls that it makes are then recorded
with ``DOCINSIGHTS_RECORD=1 pytest tests/contracts/test_aws_calls.py``.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any, Final

import boto3
import pytest

from backend import embedded
from backend.catalog.rows import ROWS, row_of
from backend.checks import check_all
from backend.client import Client
from backend.cloud.archives import ensure_bucket
from backend.costs.cleanup import CONFIRMATION
from backend.costs.price_list import fetched
from backend.documents import from_text
from backend.endpoints.hosting import Hosting
from backend.errors import CloudError, EndpointMissing, InputError
from backend.jobs.requests import training_request, tuning_request
from backend.jobs.transform import Transforms
from backend.tasks.named_entities import NAMED_ENTITIES, NamedEntitiesRequest
from backend.tasks.recipes.registry import recipe_of
from tests.local.hosting.scripts import packed
from tests.support import eventually

SHIPPED: Final = next(one for one in embedded.EMBEDDED if not one.served)
BIG: Final = 9 * 1024 * 1024
"""Bytes; boto3 sends what is larger than 8 MB in parts."""
MODEL: Final = """
def model_fn(folder):
    return None

def input_fn(body, content_type):
    return body

def predict_fn(data, model):
    print("asked", flush=True)
    return '{"entities": []}'

def output_fn(prediction, accept):
    return prediction, accept
"""
SLOW: Final = MODEL.replace("print(", "import time; time.sleep(600); print(")


@dataclass
class World:
    """The client that is watched, another one that is not, and what actions hand on."""

    client: Client
    unwatched: Client
    found: dict[str, Any] = field(default_factory=dict)

    def settled(self, endpoint: str) -> None:
        """Wait until nothing is being done to ``endpoint``."""
        found = eventually(lambda: self._settled(endpoint), timeout=60)
        assert found.ready, found.failure_reason

    def _settled(self, endpoint: str) -> Any:
        found = self.unwatched.endpoint(endpoint)
        return found if found.settled else None


Action = Callable[[World], None]
ACTIONS: Final[dict[str, Action]] = {}


def action(name: str) -> Callable[[Action], Action]:
    """Add a function to the actions, in the order of this file."""

    def add(function: Action) -> Action:
        ACTIONS[name] = function
        return function

    return add


@action("fetch the price list")
def _(world: World) -> None:
    with pytest.raises(InputError, match="says nothing about"):
        fetched(world.client.connections)


@action("see the settings checked")
def _(world: World) -> None:
    check_all(world.client.connections)


@action("begin with a bucket that is not there")
def _(world: World) -> None:
    ensure_bucket(world.client.connections)


@action("add a dataset")
def _(world: World) -> None:
    ada = {"start": 0, "end": 3, "label": "PERSON"}
    rows = [{"text": f"Ada sings {n} songs.", "entities": [ada]} for n in range(20)]
    parts = {"train": rows[:12], "validation": rows[12:16], "test": rows[16:]}
    world.found["data"] = world.client.datasets.add("people", "named_entities", parts, source="x")


@action("list datasets")
def _(world: World) -> None:
    assert world.client.datasets.list()


@action("look into a dataset")
def _(world: World) -> None:
    assert world.client.datasets.examples(world.found["data"], "train")
    world.client.datasets.lint(world.found["data"])


@action("upload something large")
def _(world: World) -> None:
    world.client.evaluations._objects.put("models/large.bin", b"x" * BIG)


@action("keep, open and forget a document")
def _(world: World) -> None:
    key = world.client.documents.keep(from_text("A title", "A text."))
    world.client.documents.get(key)
    world.client.documents.remove(key)


@action("fine-tune")
def _(world: World) -> None:
    request = training_request(recipe_of("named_entities"), world.found["data"], name="tuned")
    world.client.jobs.fine_tune(request)


@action("search for hyperparameters")
def _(world: World) -> None:
    request = tuning_request(recipe_of("named_entities"), world.found["data"], name="search")
    world.client.jobs.tune(request)


@action("list jobs")
def _(world: World) -> None:
    assert world.client.jobs.training_jobs()
    assert world.client.jobs.tuning_jobs()


@action("look at a search and its trials")
def _(world: World) -> None:
    world.client.jobs.tuning_job("search")
    world.client.jobs.trials("search")


@action("read a job's log")
def _(world: World) -> None:
    job = world.client.jobs.training_job("tuned")
    world.client.jobs.read(job)


@action("stop jobs")
def _(world: World) -> None:
    jobs = world.client.jobs
    world.found["job"] = jobs.training_job("tuned")
    jobs.stop(world.found["job"])
    jobs.stop(jobs.tuning_job("search"))


@action("delete jobs with what they left")
def _(world: World) -> None:
    jobs = world.unwatched.jobs
    eventually(lambda: jobs.training_job("tuned").finished, timeout=60)
    eventually(lambda: jobs.tuning_job("search").finished, timeout=60)
    world.unwatched.evaluations._objects.put("jobs/tuned/output/x", b"x")
    world.client.jobs.delete(jobs.training_job("tuned"), artifacts=True)
    world.client.jobs.delete(jobs.tuning_job("search"))


@action("register a job's model")
def _(world: World) -> None:
    objects = world.unwatched.evaluations._objects
    scripts = {"first": MODEL, "second": MODEL, "slow": SLOW, SHIPPED.name: MODEL}
    for name, script in scripts.items():
        objects.put(f"jobs/{name}/model.tar.gz", packed({"code/inference.py": script}))
        uri = objects.uri(f"jobs/{name}/model.tar.gz")
        job = replace(world.found["job"], status="Completed", model_uri=uri)
        world.client.jobs.register(job, name=name)


@action("list models")
def _(world: World) -> None:
    assert world.client.models()


@action("see what fine-tuning can go on from")
def _(world: World) -> None:
    assert world.client.starts.archives("named_entities")
    objects = world.unwatched.evaluations._objects
    settled = '"base_model": "b", "lora_rank": 0, "frozen_layers": 0'
    config = f'{{"task": "named_entities", "labels": ["O"], {settled}}}'
    objects.put("jobs/left/output/model.tar.gz", packed({"model.json": config}))
    archive = objects.uri("jobs/left/output/model.tar.gz")
    world.client.starts.get("named_entities", "left", archive)


@action("deploy")
def _(world: World) -> None:
    world.client.deploy("first", endpoint="mine")
    world.settled("mine")


@action("list endpoints")
def _(world: World) -> None:
    assert world.client.endpoints()


@action("ask an endpoint")
def _(world: World) -> None:
    world.client.run(NAMED_ENTITIES, NamedEntitiesRequest("Ada sings."), endpoint="mine")


@action("ask an endpoint that is not there")
def _(world: World) -> None:
    with pytest.raises(EndpointMissing):
        world.client.run(NAMED_ENTITIES, NamedEntitiesRequest("Ada sings."), endpoint="none")


@action("ask an endpoint that answers from a queue")
def _(world: World) -> None:
    world.unwatched.deploy("first", endpoint="queued", hosting=Hosting(kind="asynchronous"))
    world.settled("queued")
    world.client.run(NAMED_ENTITIES, NamedEntitiesRequest("Ada sings."), endpoint="queued")
    world.unwatched.delete("queued")


@action("read an endpoint's log")
def _(world: World) -> None:
    assert world.client.log_tail("mine")


@action("see how endpoints are used")
def _(world: World) -> None:
    world.client.usage(("mine",))


@action("evaluate by batch transform")
def _(world: World) -> None:
    evaluations = world.client.evaluations
    run = evaluations.start(world.found["data"], ("slow",))
    world.found["run"] = run
    assert evaluations.runs()
    evaluations.states(replace(run, entries=run.entries[:1]))


@action("stop an evaluation")
def _(world: World) -> None:
    world.client.evaluations.stop(world.found["run"])
    # Another one, which runs to its end and leaves a log to be cleaned up.
    again = world.unwatched.evaluations.start(world.found["data"], ("second",), trivial=False)
    transforms = Transforms(world.unwatched.connections)
    eventually(lambda: transforms.job(again.entries[0].job).finished, timeout=60)


@action("remove a record")
def _(world: World) -> None:
    records = world.client.evaluations.records
    found = next(one for one in records.list() if one.model.kind == "trivial")
    records.details(found)
    records.remove(found)


@action("promote and roll back")
def _(world: World) -> None:
    world.client.promotions.promote("mine", "second", before="first", why="Better.")
    world.settled("mine")
    world.client.promotions.roll_back("mine")
    world.settled("mine")


@action("attach an endpoint of somebody else's, and let it go")
def _(world: World) -> None:
    theirs = boto3.client("sagemaker")  # what it makes has no tag of ours
    role, uri = world.client.cloud.role_arn, world.unwatched.model("first").data_url
    theirs.create_model(
        ModelName="theirs",
        ExecutionRoleArn=role,
        PrimaryContainer={"Image": "any", "ModelDataUrl": uri},
    )
    variant = {"VariantName": "v", "ModelName": "theirs", "InitialInstanceCount": 1}
    theirs.create_endpoint_config(
        EndpointConfigName="theirs",
        ProductionVariants=[{**variant, "InstanceType": "ml.m5.large"}],
    )
    theirs.create_endpoint(EndpointName="theirs", EndpointConfigName="theirs")
    world.settled("theirs")
    world.client.attachments.attach("theirs", NAMED_ENTITIES)
    world.client.attachments.detach("theirs")


@action("register a model of the original solution")
def _(world: World) -> None:
    rows = {row.kind: row for row in ROWS}
    world.client.catalog.register(rows["weights"])
    with pytest.raises(CloudError):  # JumpStart is not here
        world.client.catalog.register(rows["jumpstart"])


@action("register a standard model")
def _(world: World) -> None:
    world.client.catalog.register(row_of("summarization", "pretrained-summarization"))


@action("see what everything costs")
def _(world: World) -> None:
    world.client.costs.statement()
    world.client.costs.idle()


@action("scale an endpoint down")
def _(world: World) -> None:
    world.client.costs.scale_down("mine")
    world.settled("mine")


@action("do what time and budget ask for")
def _(world: World) -> None:
    world.client.costs.sweep()


@action("delete an endpoint")
def _(world: World) -> None:
    world.client.delete("mine")


@action("remove a dataset")
def _(world: World) -> None:
    world.client.datasets.remove("people")


@action("install a shipped model in place of an older one")
def _(world: World) -> None:
    said: list[str] = []
    embedded.install(world.client, said.append, models=[SHIPPED])


@action("delete all resources")
def _(world: World) -> None:
    world.unwatched.deploy("first", endpoint="left")
    cleanup = world.client.costs.cleanup
    steps = list(cleanup.run(cleanup.plan(), confirmation=CONFIRMATION))
    assert not [step for step in steps if step.problem]
