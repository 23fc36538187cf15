"""Prices: a table with its date, and a file of the user's own over it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backend.costs.prices import TABLE, Prices
from backend.errors import SettingsError
from tests.costs.fake_cloud import CLOUD


def test_every_price_says_from_when_it_is() -> None:
    prices = Prices.load()
    assert prices.hourly
    assert all(price.as_of and price.source for price in prices.hourly.values())
    assert all(0 < price.amount < 200 for price in prices.hourly.values())


def test_what_is_not_in_the_table_is_not_known() -> None:
    prices = Prices.load()
    assert prices.machine(CLOUD, "ml.m5.large") is not None
    assert prices.machine(CLOUD, "ml.unheard.large") is None
    assert prices.machine(replace(CLOUD, region="mars-north-1"), "ml.m5.large") is None
    assert prices.serverless(replace(CLOUD, region="mars-north-1")) is None


def test_where_nothing_is_charged_everything_is_free() -> None:
    price = Prices.load().machine(replace(CLOUD, charged=False), "ml.unheard.large")
    assert price is not None
    assert price.amount == 0


def test_a_file_of_ones_own_adds_and_replaces_with_its_own_date(tmp_path: Path) -> None:
    own = tmp_path / "own.json"
    hourly = {"us-east-1": {"ml.m5.large": 0.1}, "eu-west-1": {"ml.m5.large": 0.2}}
    own.write_text(json.dumps({"as_of": "2026-11", "source": "our contract", "hourly": hourly}))
    prices = Prices.load(own)
    price = prices.machine(CLOUD, "ml.m5.large")
    assert price is not None
    assert (price.amount, price.as_of, price.source) == (0.1, "2026-11", "our contract")
    assert prices.machine(replace(CLOUD, region="eu-west-1"), "ml.m5.large") is not None
    assert prices.machine(CLOUD, "ml.g5.xlarge") == Prices.load().machine(CLOUD, "ml.g5.xlarge")


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        "{}",
        '{"as_of": "x", "source": "y", "hourly": {"r": {"t": "much"}}}',
        '{"as_of": "x", "source": "y", "hourly": {"r": {"t": -1}}}',
        '{"as_of": "x", "source": "y", "spot_discount": [0.9, 0.1]}',
    ],
)
def test_a_file_that_is_no_price_table_is_refused_in_a_sentence(
    tmp_path: Path, content: str
) -> None:
    own = tmp_path / "own.json"
    own.write_text(content)
    with pytest.raises(SettingsError, match=r"make it like assets/prices.json"):
        Prices.load(own)
    with pytest.raises(SettingsError, match="is not there"):
        Prices.load(tmp_path / "none.json")


def test_spare_machines_cost_a_stated_range() -> None:
    assert Prices.load().spot(10.0) == pytest.approx((1.0, 10.0))
    assert json.loads(TABLE.read_text())["spot_discount"] == [0.0, 0.9]
