"""Clean-up: all of ours goes, nothing else does, and what fails does not stop the rest."""

import copy
from collections.abc import Iterable
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backend.costs.cleanup import CONFIRMATION, Cleanup, Outcome, Step
from backend.costs.inventory import Inventory
from backend.errors import CredentialsRejected, InputError
from tests.costs.fake_cloud import CLOUD, FakeCloud, refusal

KINDS = (
    "Endpoint",
    "EndpointConfig",
    "Model",
    "TrainingJob",
    "TransformJob",
    "HyperParameterTuningJob",
)
STAMP = "20260310120000000000"


def cleanup_of(cloud: FakeCloud) -> Cleanup:
    return Cleanup(cloud.connections, Inventory(cloud.connections), wait=lambda seconds: None)


def clean(cloud: FakeCloud) -> tuple[list[Step], Outcome]:
    cleanup = cleanup_of(cloud)
    steps = list(cleanup.run(cleanup.plan(), confirmation=CONFIRMATION))
    return steps, cleanup.look(steps)


def used() -> FakeCloud:
    """An account in which this project has worked, and others."""
    cloud = FakeCloud()
    for kind in KINDS:
        cloud.sagemaker.add(kind, "mine")
        cloud.sagemaker.add(kind, "theirs", ours=False)
    cloud.sagemaker.add("EndpointConfig", f"gone-{STAMP}")
    for name in ("mine", "theirs", "gone", "other"):
        cloud.logs.groups[f"/aws/sagemaker/Endpoints/{name}"] = {"AllTraffic/i-1"}
    cloud.logs.groups["/aws/sagemaker/TrainingJobs"] = {"mine/algo-1", "theirs/algo-1"}
    for key in ("ours/jobs/mine/model.tar.gz", "ours/datasets/d/v1/x", "theirs/jobs/x", "x"):
        cloud.s3.objects[key] = b"1"
    return cloud


def named(resources: Iterable[object]) -> set[str]:
    return {str(getattr(one, "name", one)) for one in resources}


def test_the_plan_names_everything_of_ours_and_deletes_nothing() -> None:
    cloud = used()
    before = copy.deepcopy((cloud.sagemaker.things, cloud.logs.groups, cloud.s3.objects))
    plan = cleanup_of(cloud).plan()
    assert {(one.kind, one.name) for one in plan} == {
        ("search", "mine"),
        ("training job", "mine"),
        ("endpoint", "mine"),
        ("endpoint configuration", "mine"),
        ("endpoint configuration", f"gone-{STAMP}"),
        ("model", "mine"),
        ("log group", "/aws/sagemaker/Endpoints/mine"),
        ("log group", "/aws/sagemaker/Endpoints/gone"),
        ("log stream", "/aws/sagemaker/TrainingJobs:mine/algo-1"),
        ("objects", "s3://bucket/ours/jobs/"),
        ("objects", "s3://bucket/ours/datasets/"),
    }
    assert before == (cloud.sagemaker.things, cloud.logs.groups, cloud.s3.objects)


def test_what_is_left_of_something_gone_is_told_to_be_an_orphan() -> None:
    orphans = {one.name for one in cleanup_of(used()).plan() if one.orphan}
    assert orphans == {f"gone-{STAMP}", "/aws/sagemaker/Endpoints/gone"}


def test_all_of_ours_is_deleted_and_the_last_look_finds_nothing() -> None:
    cloud = used()
    steps, outcome = clean(cloud)
    assert outcome.clean
    assert not any(step.problem for step in steps)
    assert set(cloud.sagemaker.things) - {("TransformJob", "mine")} == {
        (kind, "theirs") for kind in KINDS
    }
    assert set(cloud.s3.objects) == {"theirs/jobs/x", "x"}
    assert cloud.logs.groups["/aws/sagemaker/TrainingJobs"] == {"theirs/algo-1"}


names = st.sampled_from(["a", "b", f"a-{STAMP}", f"c-{STAMP}", "c"])
things = st.sets(st.tuples(st.sampled_from(KINDS), names, st.booleans()))
keys = st.sets(
    st.sampled_from(
        ["ours/jobs/a/x", "ours/private/x", "ours2/jobs/x", "jobs/a/x", "other/models/m"]
    )
)


@settings(max_examples=60, deadline=None)
@given(things, keys, st.sets(names), st.booleans())
def test_nothing_without_our_tag_is_ever_touched(
    given: set[tuple[str, str, bool]], objects: set[str], groups: set[str], prefixed: bool
) -> None:
    cloud = FakeCloud(CLOUD if prefixed else replace(CLOUD, prefix="", title="document-insights"))
    for kind, name, ours in sorted(given, key=lambda one: one[2]):
        cloud.sagemaker.add(kind, name, ours=ours and prefixed)
    cloud.s3.objects = dict.fromkeys(objects, b"1")
    cloud.logs.groups = {f"/aws/sagemaker/Endpoints/{name}": {"s"} for name in groups}
    foreign = {key: t for key, t in cloud.sagemaker.things.items() if "theirs" in t.tags.values()}
    theirs = {name for kind, name in foreign if kind == "Endpoint"}
    clean(cloud)
    assert {key: t for key, t in cloud.sagemaker.things.items() if key in foreign} == foreign
    assert {n for _, n in cloud.sagemaker.called if _.startswith(("delete", "stop"))} <= {
        name for kind, name, ours in given if ours
    }
    assert objects - set(cloud.s3.objects) <= ({"ours/jobs/a/x"} if prefixed else set())
    kept = {name.rpartition("/")[2] for name in cloud.logs.groups}
    assert theirs & groups <= kept


def test_without_a_prefix_no_object_is_taken_for_ours() -> None:
    cloud = FakeCloud(replace(CLOUD, prefix=""))
    cloud.s3.objects = {"jobs/x": b"1"}
    assert cleanup_of(cloud).plan() == ()


def test_what_fails_is_told_and_the_rest_goes_on() -> None:
    cloud = used()
    cloud.sagemaker.faults["delete_model"] = refusal("AccessDeniedException", "no DeleteModel")
    cloud.s3.locked = frozenset({"ours/datasets/d/v1/x"})
    steps, outcome = clean(cloud)
    problems = {step.resource.kind: step.problem for step in steps if step.problem}
    assert "may not do this (no DeleteModel)" in problems["model"]
    assert (
        "1 objects could not be deleted (ours/datasets/d/v1/x: Access Denied)"
        in (problems["objects"])
    )
    assert named(outcome.remaining) == {"mine", "s3://bucket/ours/datasets/"}
    assert ("Endpoint", "mine") not in cloud.sagemaker.things
    assert "ours/jobs/mine/model.tar.gz" not in cloud.s3.objects


def test_a_second_run_deletes_what_the_first_could_not() -> None:
    cloud = used()
    cloud.sagemaker.faults["delete_model"] = refusal("ThrottlingException")
    assert not clean(cloud)[1].clean
    cloud.sagemaker.faults.clear()
    assert clean(cloud)[1].clean


def test_receipts_stay_until_everything_else_is_deleted() -> None:
    cloud = used()
    cloud.s3.objects["ours/costs/receipts/endpoint-1.json"] = b"{}"
    cloud.logs.faults["delete_log_group"] = refusal("ThrottlingException")
    steps, _ = clean(cloud)
    assert "Kept until the rest is deleted" in steps[-1].problem
    assert "ours/costs/receipts/endpoint-1.json" in cloud.s3.objects


def test_credentials_that_expire_on_the_way_end_it_at_once() -> None:
    cloud = used()
    cloud.sagemaker.faults["delete_endpoint"] = refusal("ExpiredTokenException")
    cleanup = cleanup_of(cloud)
    with pytest.raises(CredentialsRejected, match="sign in to AWS again"):
        list(cleanup.run(cleanup.plan(), confirmation=CONFIRMATION))
    assert ("Model", "mine") in cloud.sagemaker.things


def test_running_jobs_are_stopped_before_anything_is_deleted() -> None:
    cloud = used()
    cloud.sagemaker.things["TrainingJob", "mine"].facts["TrainingJobStatus"] = "InProgress"
    cloud.sagemaker.things["TransformJob", "mine"].facts["TransformJobStatus"] = "InProgress"
    assert clean(cloud)[1].clean
    deeds = [one for one in cloud.sagemaker.called if not one[0].startswith("describe")]
    assert deeds[:2] == [("stop_training_job", "mine"), ("stop_transform_job", "mine")]


def test_what_somebody_else_has_deleted_meanwhile_is_no_problem() -> None:
    cloud = used()
    cleanup = cleanup_of(cloud)
    plan = cleanup.plan()
    del cloud.sagemaker.things["Model", "mine"]
    steps = list(cleanup.run(plan, confirmation=CONFIRMATION))
    assert not any(step.problem for step in steps)


def test_what_lost_our_tag_since_the_plan_was_made_stays() -> None:
    cloud = used()
    cleanup = cleanup_of(cloud)
    plan = cleanup.plan()
    cloud.sagemaker.things["Endpoint", "mine"].tags.clear()
    list(cleanup.run(plan, confirmation=CONFIRMATION))
    assert ("Endpoint", "mine") in cloud.sagemaker.things
    assert "/aws/sagemaker/Endpoints/mine" in cloud.logs.groups


def test_trials_without_tags_go_with_their_search() -> None:
    cloud = FakeCloud()
    cloud.sagemaker.add("HyperParameterTuningJob", "search")
    cloud.sagemaker.add("TrainingJob", "search-001", search="search").tags.clear()
    assert named(cleanup_of(cloud).plan()) == {"search", "search-001"}
    assert clean(cloud)[1].clean


@pytest.mark.parametrize("typed", ["", "yes", "delete"])
def test_nothing_happens_without_the_words(typed: str) -> None:
    cloud = used()
    cleanup = cleanup_of(cloud)
    with pytest.raises(InputError, match="type “delete everything”"):
        cleanup.run(cleanup.plan(), confirmation=typed)
    assert not [one for one in cloud.sagemaker.called if one[0].startswith(("delete", "stop"))]
