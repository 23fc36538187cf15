"""Costs and clean-up from a shell."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from backend.costs import __main__ as program
from backend.costs.__main__ import main
from backend.endpoints.hosting import Hosting
from backend.settings import Settings
from tests.costs.fake_cloud import NOW, FakeCloud, refusal
from tests.costs.test_service import account

Output = pytest.CaptureFixture[str]


@pytest.fixture
def fake() -> Iterator[FakeCloud]:
    cloud = account()
    with (
        patch.object(program, "Connections", lambda _: cloud.connections),
        patch.object(Settings, "resolve", lambda _: cloud.cloud),
        patch("backend.costs.cleanup.time.sleep"),
    ):
        yield cloud


def test_it_shows_what_costs(fake: FakeCloud, capsys: Output) -> None:
    assert main(["show"]) == 0
    assert "mine-job" in (said := capsys.readouterr().out)
    assert "This month" in said


def test_sweep_deletes_what_is_over(fake: FakeCloud, capsys: Output) -> None:
    assert main(["sweep"]) == 0
    assert "Nothing was to be done." in capsys.readouterr().out
    fake.sagemaker.things["Endpoint", "mine"].tags |= Hosting(expires=NOW).tags
    assert main(["sweep"]) == 0
    assert "mine was deleted" in capsys.readouterr().out
    assert ("Endpoint", "mine") not in fake.sagemaker.things


def test_a_sweep_that_could_not_do_all_says_so_with_its_status(fake: FakeCloud) -> None:
    fake.sagemaker.things["Endpoint", "mine"].tags |= Hosting(expires=NOW).tags
    fake.sagemaker.faults["delete_endpoint"] = refusal("ThrottlingException")
    assert main(["sweep"]) == 1


def test_delete_lists_and_deletes_only_with_a_yes(fake: FakeCloud, capsys: Output) -> None:
    assert main(["list"]) == 0
    assert "endpoint mine (InService)" in capsys.readouterr().out
    assert main(["delete"]) == 0
    assert "Nothing was deleted" in capsys.readouterr().out
    assert ("Endpoint", "mine") in fake.sagemaker.things
    assert main(["delete", "--yes"]) == 0
    assert {name.partition("-")[0] for _, name in fake.sagemaker.things} == {"theirs"}


def test_what_is_left_is_named_with_its_status(fake: FakeCloud, capsys: Output) -> None:
    fake.sagemaker.faults["delete_endpoint"] = refusal("ThrottlingException")
    assert main(["delete", "--yes"]) == 1
    assert "Still there: endpoint mine" in capsys.readouterr().out


def test_a_cloud_that_does_not_answer_is_a_sentence(fake: FakeCloud, capsys: Output) -> None:
    fake.sagemaker.faults["list_endpoints"] = refusal("ExpiredTokenException")
    assert main(["show"]) == 2
    assert "sign in to AWS again" in capsys.readouterr().err
