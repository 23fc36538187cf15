"""Amazon's price list as a table that the app reads."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import boto3
import pytest
from botocore.stub import Stubber

from backend.cloud.connections import Connections
from backend.costs.price_list import fetched
from backend.costs.prices import Prices
from backend.errors import InputError, NotPermitted
from tests.costs.fake_cloud import CLOUD


def product(name: str, amount: str, *, unit: str = "Hrs", term: str = "OnDemand") -> str:
    """One product as the API sends it: JSON in a text."""
    price = {"unit": unit, "pricePerUnit": {"USD": amount}}
    return json.dumps(
        {
            "product": {"attributes": {"instanceName": name, "regionCode": CLOUD.region}},
            "terms": {term: {"A.B": {"priceDimensions": {"A.B.C": price}}}},
        }
    )


def asked(component: str) -> dict[str, Any]:
    """The request for one component."""
    wanted = (("regionCode", CLOUD.region), ("component", component))
    filters = [{"Type": "TERM_MATCH", "Field": name, "Value": value} for name, value in wanted]
    return {"ServiceCode": "AmazonSageMaker", "Filters": filters}


@pytest.fixture
def stubs() -> Iterator[Stubber]:
    client = boto3.client(
        "pricing", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def connections(stubs: Stubber) -> Connections:
    return cast(Connections, SimpleNamespace(cloud=CLOUD, pricing=stubs.client))


def test_the_dearer_of_training_and_inference_counts(stubs: Stubber, tmp_path: Path) -> None:
    training = [product("ml.m5.large", "0.115"), product("ml.g5.xlarge", "1.5")]
    page = {"PriceList": training[:1], "NextToken": "more"}
    stubs.add_response("get_products", page, asked("Training"))
    more = {"PriceList": training[1:]}
    stubs.add_response("get_products", more, {**asked("Training"), "NextToken": "more"})
    hosting = [
        product("ml.m5.large", "0.134"),
        product("ml.m5.large", "0.0"),
        product("ml.c5.large", "9", unit="GB-Mo"),
        product("ml.c5.xlarge", "9", term="Reserved"),
        product("notebook", "9"),
        "{}",
    ]
    stubs.add_response("get_products", {"PriceList": hosting}, asked("Hosting"))
    table = fetched(connections(stubs))
    assert table["hourly"] == {CLOUD.region: {"ml.g5.xlarge": 1.5, "ml.m5.large": 0.134}}
    path = tmp_path / "prices.json"
    path.write_text(json.dumps(table))
    price = Prices.load(path).machine(CLOUD, "ml.m5.large")
    assert price is not None
    assert (price.amount, price.as_of) == (0.134, table["as_of"])


def test_a_region_without_prices_is_told_in_a_sentence(stubs: Stubber) -> None:
    for component in ("Training", "Hosting"):
        stubs.add_response("get_products", {"PriceList": []}, asked(component))
    with pytest.raises(InputError, match="says nothing about us-east-1"):
        fetched(connections(stubs))


def test_a_missing_right_is_told_as_such(stubs: Stubber) -> None:
    stubs.add_client_error("get_products", "AccessDeniedException", http_status_code=400)
    with pytest.raises(NotPermitted):
        fetched(connections(stubs))
