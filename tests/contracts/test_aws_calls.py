"""Every call to AWS, by what a user does, and that our policy allows these and no others.

The recorded list is ``aws_calls.json``; ``DOCINSIGHTS_RECORD=1`` writes it anew.
"""

import json
import os
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import pytest

from backend.client import Client
from backend.local.jobs.training_settings import TrainingSettings
from backend.settings import Settings
from backend.settings.policies import Policy, policy
from tests.contracts.aws_actions import ACTIONS, World
from tests.iam import ACCOUNT, REGION, Call, Right, actions_of, allowing, arn_of, rights, tags_of
from tests.local.running import running_service

RECORD: Final = Path(__file__).with_name("aws_calls.json")
KEY: Final = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SETTINGS: Final = Settings(
    cloud="sagemaker",
    region=REGION,
    bucket="mine",
    prefix="team/documents",
    role_arn=f"arn:aws:iam::{ACCOUNT}:role/mine",
    subnets="subnet-0a1b2c3d",
    security_groups="sg-0a1b2c3d",
    kms_key=KEY,
    tags="owner=nlp",
    training_instance_type="ml.m5.large",
)
CLOUD: Final = SETTINGS.resolve()
ON_ITS_OWN: Final = {
    "s3:AbortMultipartUpload": "an upload in parts that fails, which none does here",
}
"""Actions of the policy that no recording shows, and when they are needed."""


@dataclass
class Recording:
    """The calls of each action, the rights that each needs, and hosts that were asked."""

    calls: dict[str, set[str]] = field(default_factory=dict)
    needed: dict[str, tuple[Right, str]] = field(default_factory=dict)
    hosts: set[str] = field(default_factory=set)
    doing: str = ""
    _tags: dict[str, dict[str, str]] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.Lock)

    def watch(self, world: World) -> None:
        """Record every request of the client that is watched, and what both create."""
        for client in (world.client, world.unwatched):
            events = client.connections._session.events
            events.register_last("before-parameter-build.*.*", self._created)
            events.register_last("before-send.*.*", self._sent)
        events = world.client.connections._session.events
        events.register("before-parameter-build.*.*", self._request)

    def _created(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        if model.name.startswith("Create"):
            call = Call(model.service_model.service_name, model.name, dict(params))
            self._tags[arn_of(call)] = tags_of(call.members)

    def _request(self, params: dict[str, Any], model: Any, **_: Any) -> None:
        call = Call(model.service_model.service_name, model.name, dict(params))
        with self._lock:
            self.calls.setdefault(self.doing, set()).add(str(call))
            for right in rights(call, self._tags):
                self.needed.setdefault(repr(right), (right, f"{self.doing}: {call}"))

    def _sent(self, request: Any, **_: Any) -> None:
        self.hosts.add(request.url.split("/")[2])


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """All actions, played at a local service that plays AWS."""
    training = TrainingSettings(cores=1, slots=0, poll_seconds=0.02, stop_seconds=1)
    with (
        running_service(tmp_path_factory.mktemp("aws"), training=training) as service,
        pytest.MonkeyPatch.context() as patch,
    ):
        for name, value in service.environment.items():
            patch.setenv(name, value)
        made = Recording(hosts=set())
        world = World(Client(SETTINGS), Client(SETTINGS))
        made.watch(world)
        for name, act in ACTIONS.items():
            made.doing = name
            act(world)
        assert made.hosts == {service.url.removeprefix("http://")}
        yield made


def test_the_calls_of_every_action_are_the_recorded_ones(recording: Recording) -> None:
    found = {name: sorted(calls) for name, calls in recording.calls.items()}
    if os.environ.get("DOCINSIGHTS_RECORD"):
        RECORD.write_text(json.dumps(found, indent=1) + "\n")
    assert found == json.loads(RECORD.read_text())


def refused(allowed: Policy, recording: Recording) -> dict[str, str]:
    """What ``allowed`` refuses of the recorded calls, and who wanted it."""
    return {
        f"{right.action} {right.resource}": doing
        for right, doing in recording.needed.values()
        if not allowing(allowed, right)
    }


def idle(allowed: Policy, recording: Recording) -> set[tuple[str, str]]:
    """What ``allowed`` allows and nothing needs, with the Sid of its statement."""
    needed = [right for right, _ in recording.needed.values()]
    used = {(sid, right.action) for right in needed for sid in allowing(allowed, right)}
    return set(actions_of(allowed)) - used


def test_the_users_policy_allows_every_call(recording: Recording) -> None:
    assert not refused(policy("user", CLOUD), recording)


def test_the_users_policy_allows_nothing_that_no_action_needs(recording: Recording) -> None:
    found = idle(policy("user", CLOUD), recording)
    assert {action for _, action in found} == ON_ITS_OWN.keys()


def test_a_policy_that_lacks_any_one_action_is_noticed(recording: Recording) -> None:
    for sid, action in actions_of(policy("user", CLOUD)):
        poorer = policy("user", CLOUD)
        statement = next(one for one in poorer["Statement"] if one["Sid"] == sid)
        statement["Action"].remove(action)
        assert refused(poorer, recording) or action in ON_ITS_OWN, action


@pytest.mark.parametrize(
    "action", ["sagemaker:CreateNotebookInstance", "s3:DeleteBucket", "sagemaker:*"]
)
def test_a_policy_that_allows_more_is_noticed(recording: Recording, action: str) -> None:
    richer = policy("user", CLOUD)
    richer["Statement"][0]["Action"].append(action)
    assert ("List", action) in idle(richer, recording)


def test_what_lacks_our_tag_may_be_neither_made_nor_deleted() -> None:
    allowed = policy("user", CLOUD)
    arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:endpoint/theirs"
    ours = {"aws:ResourceTag/docinsights:project": CLOUD.prefix}
    assert allowing(allowed, Right("sagemaker:DeleteEndpoint", arn, ours))
    assert not allowing(allowed, Right("sagemaker:DeleteEndpoint", arn))
    assert not allowing(allowed, Right("sagemaker:CreateEndpoint", arn))
    assert allowing(allowed, Right("sagemaker:InvokeEndpoint", arn))


def test_other_objects_and_roles_are_out_of_reach() -> None:
    allowed = policy("user", CLOUD)
    elsewhere = "arn:aws:s3:::mine/team/other/data.jsonl"
    assert not allowing(allowed, Right("s3:GetObject", elsewhere))
    passed = {"iam:PassedToService": "sagemaker.amazonaws.com"}
    assert not allowing(allowed, Right("iam:PassRole", f"{CLOUD.role_arn}2", passed))
    assert not allowing(allowed, Right("iam:PassRole", CLOUD.role_arn))
