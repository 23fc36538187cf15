"""Search by tag and by what a job is described with."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from typing import Any

import pytest
from botocore.exceptions import ClientError
from sqlalchemy.orm import Session

from backend.local.jobs.training_records import TrainingJob
from backend.local.sagemaker.search_filters import SearchError, compile_expression
from backend.local.store import Store, Tag
from tests.local.running import running_service

ARN = "arn:aws:sagemaker:us-east-1:000000000000:training-job"
RECORD = {
    "Name": "a",
    "Status": "Completed",
    "Created": datetime(2026, 1, 2, tzinfo=UTC),
    "Spot": False,
    "HyperParameters": {"learning.rate": "2e-5", "epochs": "3"},
    "Tags": [{"Key": "team", "Value": "red"}],
    "FinalMetricDataList": [{"MetricName": "validation:f1", "Value": 0.75}],
    "Channels": [{"Name": "train", "Uri": "s3://a"}, {"Name": "test", "Uri": "s3://b"}],
}


def matches(*filters: tuple[str, ...], **more: Any) -> bool:
    """Whether ``RECORD`` satisfies filters of (name, operator, value)."""
    keys = ("Name", "Operator", "Value")
    found = [dict(zip(keys, item, strict=False)) for item in filters]
    return compile_expression({"Filters": found, **more}, RECORD.keys())(RECORD)


@pytest.mark.parametrize(
    "condition",
    [
        ("Name", "Equals", "a"),
        ("Name", "NotEquals", "b"),
        ("Name", "In", "b, a"),
        ("Status", "Contains", "plete"),
        ("Spot", "Equals", "false"),
        ("Created", "GreaterThan", "2026-01-01T00:00:00"),
        ("Created", "LessThanOrEqualTo", "2026-01-02T00:00:00Z"),
        ("Tags.team", "Equals", "red"),
        ("Tags.other", "NotExists"),
        ("HyperParameters.learning.rate", "LessThan", "0.001"),
        ("Metrics.validation:f1", "GreaterThanOrEqualTo", "0.75"),
        ("Channels.Uri", "Equals", "s3://b"),
    ],
)
def test_a_filter_that_holds(condition: tuple[str, ...]) -> None:
    assert matches(condition)


@pytest.mark.parametrize(
    "condition",
    [
        ("Name", "Equals", "A"),
        ("Name", "NotEquals", "a"),
        ("Name", "GreaterThan", "1"),
        ("Created", "LessThan", "2026-01-02T00:00:00"),
        ("Tags.team", "NotExists"),
        ("Tags.other", "Equals", "red"),
        ("Metrics.validation:f1", "LessThan", "0.75"),
    ],
)
def test_a_filter_that_does_not_hold(condition: tuple[str, ...]) -> None:
    assert not matches(condition)


def test_filters_are_joined_by_and_or_or_and_may_be_nested() -> None:
    good, bad = ("Name", "Equals", "a"), ("Name", "Equals", "b")
    assert not matches(good, bad)
    assert matches(good, bad, Operator="Or")
    inner = [{"Filters": [{"Name": "Name", "Value": "b"}]}]
    assert not matches(good, SubExpressions=inner)
    uri = {"Name": "Channels.Uri", "Value": "s3://a"}
    for name, found in (("train", True), ("test", False)):
        nested = [uri, {"Name": "Channels.Name", "Value": name}]
        expression = [{"NestedPropertyName": "Channels", "Filters": nested}]
        assert matches(NestedFilters=expression) is found


@pytest.mark.parametrize("condition", [("Unknown", "Exists"), ("Name", "LessThan", "b"), ("Name",)])
def test_what_means_nothing_is_refused(condition: tuple[str, ...]) -> None:
    with pytest.raises(SearchError):
        matches(condition)


@pytest.fixture(scope="module")
def sagemaker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Five training jobs that have ended, of two teams."""
    home = tmp_path_factory.mktemp("search") / "home"
    store = Store(home / "service.db")
    for number in range(5):
        arn = f"{ARN}/job-{number}"
        moment = datetime(2026, 1, 1 + number, tzinfo=UTC)
        job = TrainingJob(
            name=f"job-{number}",
            arn=arn,
            creation_time=moment,
            last_modified_time=moment,
            status="Failed" if number == 4 else "Completed",
            secondary_status="Completed",
            definition={
                "TrainingJobName": f"job-{number}",
                "HyperParameters": {"epochs": str(number)},
                "OutputDataConfig": {"S3OutputPath": "s3://b/out"},
            },
        )
        tag = Tag(arn=arn, key="team", value="red" if number % 2 else "blue")
        store.transaction(partial(Session.add_all, instances=[job, tag]))
    store.close()
    with running_service(home) as running:
        yield running.client("sagemaker")


def names(answer: dict[str, Any]) -> list[str]:
    return [item["TrainingJob"]["TrainingJobName"] for item in answer["Results"]]


def search(sagemaker: Any, *filters: dict[str, str], **more: Any) -> dict[str, Any]:
    if filters:
        more["SearchExpression"] = {"Filters": list(filters)}
    found: dict[str, Any] = sagemaker.search(Resource="TrainingJob", **more)
    return found


def test_jobs_are_found_by_tag_with_the_last_changed_first(sagemaker: Any) -> None:
    answer = search(sagemaker, {"Name": "Tags.team", "Value": "blue"})
    assert names(answer) == ["job-4", "job-2", "job-0"]
    assert answer["TotalHits"] == {"Value": 3, "Relation": "EqualTo"}
    assert answer["Results"][0]["TrainingJob"]["Tags"] == [{"Key": "team", "Value": "blue"}]


def test_jobs_are_found_by_what_they_are_described_with(sagemaker: Any) -> None:
    status = {"Name": "TrainingJobStatus", "Operator": "NotEquals", "Value": "Failed"}
    epochs = {"Name": "HyperParameters.epochs", "Operator": "GreaterThan", "Value": "1"}
    assert names(search(sagemaker, status, epochs)) == ["job-3", "job-2"]


def test_results_are_sorted_and_come_in_pages(sagemaker: Any) -> None:
    order = {"SortBy": "TrainingJobName", "SortOrder": "Ascending", "MaxResults": 2}
    first = search(sagemaker, **order)
    second = search(sagemaker, NextToken=first["NextToken"], **order)
    third = search(sagemaker, NextToken=second["NextToken"], **order)
    pages = [names(page) for page in (first, second, third)]
    assert pages == [["job-0", "job-1"], ["job-2", "job-3"], ["job-4"]]
    assert "NextToken" not in third


def test_other_resources_are_searched_or_refused(sagemaker: Any) -> None:
    sagemaker.create_model(
        ModelName="mine",
        PrimaryContainer={"Image": "i", "ModelDataUrl": "s3://b/m"},
        Tags=[{"Key": "team", "Value": "red"}],
    )
    expression = {"Filters": [{"Name": "Tags.team", "Value": "red"}]}
    (found,) = sagemaker.search(Resource="Model", SearchExpression=expression)["Results"]
    assert found["Model"]["Model"]["ModelName"] == "mine"
    for resource in ("HyperParameterTuningJob", "Endpoint"):
        assert sagemaker.search(Resource=resource)["Results"] == []
    calls = ({"Resource": "Project"}, {"Resource": "Model", "NextToken": "x"})
    for arguments in calls:
        with pytest.raises(ClientError, match="ValidationException"):
            sagemaker.search(**arguments)
