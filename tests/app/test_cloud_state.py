"""The state of the cloud in the sidebar, and how often it is asked."""

from dataclasses import replace
from typing import Any

import pytest
import streamlit as st

from backend.errors import CloudUnreachable
from pages.components import door
from tests.app.fake_client import FakeClient, endpoint_of
from tests.app.support import open_app

CREATING = endpoint_of("mine", "summarization", "Creating")


def charged(*, on: bool, **options: Any) -> FakeClient:
    """A client of AWS, or of this computer."""
    client = FakeClient(**options)
    title = "Amazon SageMaker" if on else "This computer"
    client.cloud = replace(client.cloud, title=title, charged=on)
    return client


@pytest.fixture
def paces(monkeypatch: pytest.MonkeyPatch) -> list[float | None]:
    """How often the sidebar was told to look again, None for never."""
    monkeypatch.setattr(door, "shipped", dict)
    found: list[float | None] = []
    fragment = st.fragment

    def watched(*parts: Any, run_every: float | None = None) -> Any:
        found.append(run_every)
        return fragment(*parts, run_every=run_every)

    monkeypatch.setattr(st, "fragment", watched)
    return found


def words(client: FakeClient) -> str:
    app = open_app("costs", client)
    return " ".join(caption.value for caption in app.sidebar.caption)


@pytest.mark.parametrize(("on", "seconds"), [(False, 1.5), (True, 15)])
def test_what_is_coming_is_waited_for_and_less_often_where_asking_costs(
    paces: list[float | None], *, on: bool, seconds: float
) -> None:
    assert "0 of 1 ready" in words(charged(on=on, fleet={"mine": CREATING}))
    assert paces == [seconds]


@pytest.mark.parametrize("fleet", [{}, {"mine": replace(CREATING, state="InService")}])
def test_where_nothing_is_coming_nothing_is_asked(
    paces: list[float | None], fleet: dict[str, Any]
) -> None:
    told = words(charged(on=True, fleet=fleet))
    assert ("1 model ready" if fleet else "no models are deployed") in told
    assert paces == [None]


@pytest.mark.parametrize(("on", "told"), [(False, "starting"), (True, "cannot be asked")])
def test_a_cloud_that_does_not_answer_is_asked_again(
    paces: list[float | None], *, on: bool, told: str
) -> None:
    assert told in words(charged(on=on, down=CloudUnreachable()))
    assert None not in paces
