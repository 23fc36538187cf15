"""The settings page: what is set, what is missing, and how to get it."""

import json
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from backend.checks import Check
from backend.data.store import Datasets
from backend.errors import CloudUnreachable, DocumentInsightsError
from backend.settings import Cloud
from pages.components import door
from tests.app.fake_client import FakeClient
from tests.app.support import open_app, words_on
from tests.data.fake_s3 import connections

MISSING = Check(
    "Role",
    "missing",
    "There is no role <b>mine</b>.",
    "Create it.",
    "aws iam create-role --role-name mine",
    "https://console.aws.amazon.com/iam",
)


CLOUD = Cloud(
    title="This computer",
    region="us-east-1",
    bucket="b",
    prefix="p",
    role_arn="arn:aws:iam::000000000000:role/mine",
    image="i",
    instance_type="ml.m5.large",
    access_key="AKIAVERYLONGKEY",
    secret_key="very secret",
)


@dataclass
class CheckedClient(FakeClient):
    """A client whose checks find what was laid down."""

    found: tuple[Check, ...] = (Check("Credentials", "ok", "Signed in as ada."),)
    error: DocumentInsightsError | None = None
    cloud: Cloud = CLOUD
    asked_for: list[str] = field(default_factory=list)
    datasets: Datasets = field(default_factory=lambda: Datasets(connections()[0]))

    def checks(self) -> tuple[Check, ...]:
        """Them, or an error."""
        self.asked_for.append("checks")
        if self.error:
            raise self.error
        return self.found


def test_everything_is_checked_at_the_first_look() -> None:
    client = CheckedClient()
    app = open_app("settings", client)
    assert client.asked_for
    assert app.success[0].value == "Everything is there."
    assert "Signed in as ada" in words_on(app)


def test_what_is_missing_comes_first_with_the_way_to_get_it() -> None:
    client = CheckedClient()
    client.found = (*client.found, MISSING)
    app = open_app("settings", client)
    assert "1 thing is missing" in app.error[0].value
    assert app.code[0].value == "aws iam create-role --role-name mine"
    words = words_on(app)
    assert words.index("Role") < words.index("Credentials")
    assert any("<b>mine" in text.value for text in app.text)


def test_what_could_not_be_checked_is_no_fault() -> None:
    client = CheckedClient(found=(Check("Quota", "unknown", "It may not be read."),))
    app = open_app("settings", client)
    assert not app.error
    assert "not everything could be checked" in app.warning[0].value


def test_checks_are_made_again_on_demand() -> None:
    client = CheckedClient()
    app = open_app("settings", client)
    client.found = (MISSING,)
    app.button(key="check_again").click().run()
    assert "1 thing is missing" in app.error[0].value


def test_a_cloud_that_does_not_answer_leaves_the_settings_readable() -> None:
    app = open_app("settings", CheckedClient(error=CloudUnreachable()))
    assert "cannot be reached" in app.error[0].value
    assert "DOCINSIGHTS_CLOUD" in list(app.dataframe[0].value["Variable"])


def test_settings_say_where_they_come_from_and_keep_secrets(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOCINSIGHTS_TAGS", "owner=nlp")
    table = open_app("settings", CheckedClient()).dataframe[0].value.set_index("Variable")
    assert list(table.loc["DOCINSIGHTS_TAGS"]) == [
        "Tags on all that is created",
        "owner=nlp",
        "environment",
    ]
    assert table.loc["DOCINSIGHTS_PREFIX"]["From"] == "default"
    assert table.loc["AWS_ACCESS_KEY_ID"]["Value"] == "…GKEY"
    assert "very secret" not in json.dumps(table.to_dict())


def test_without_another_cloud_it_is_said_how_to_have_one() -> None:
    words = words_on(open_app("settings", CheckedClient()))
    assert r"DOCINSIGHTS\_OTHER\_CLOUD" in words


def test_what_is_here_is_sent_to_the_other_cloud(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[tuple[str, str]] = []
    fake = SimpleNamespace(
        names=lambda kind: (f"my-{kind}",), send=lambda kind, name: sent.append((kind, name))
    )
    monkeypatch.setattr(door, "transfer", lambda direction: fake)
    app = open_app("settings", CheckedClient())
    app.segmented_control(key="kind").set_value("model").run()
    app.button(key="transfer_now").click().run()
    assert sent == [("model", "my-model")]
    assert r"my\-model is there" in app.success[0].value


def test_datasets_of_the_product_that_the_cloud_lacks_are_added() -> None:
    client = CheckedClient()
    app = open_app("settings", client)
    assert "support-requests" in words_on(app)
    app.button(key="add_samples").click().run()
    assert "support-requests" in {version.name for version in client.datasets.list()}
    assert "add_samples" not in [button.key for button in app.button]
