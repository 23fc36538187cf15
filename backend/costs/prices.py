"""What an hour of a machine costs: a table with its date, never a guess.

``assets/prices.json`` holds what is known of Amazon's public prices; a file of the same shape,
named by ``DOCINSIGHTS_PRICES``, adds to it or replaces it price by price. Whatever neither has is
not known, and everything computed from it is not known either.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Self

from backend.errors import SettingsError
from backend.settings import ROOT, Cloud

TABLE: Final = ROOT / "assets" / "prices.json"
UNKNOWN: Final = "price not known"
FREE: Final = "free"


@dataclass(frozen=True)
class Price:
    """US dollars an hour (or a GB and second), on demand; since when, and who says so."""

    amount: float
    as_of: str
    source: str


@dataclass(frozen=True)
class Prices:
    """Prices by region and instance type, of serverless memory by region, and the range of what
    managed spot training takes off, each 0 to 1 (AWS says "up to 90 %" and promises no minimum).
    """

    hourly: Mapping[tuple[str, str], Price] = field(default_factory=dict)
    gb_second: Mapping[str, Price] = field(default_factory=dict)
    spot_discount: tuple[float, float] = (0.0, 0.9)

    @classmethod
    def load(cls, own: Path | None = None) -> Self:
        """The table with the prices in ``own`` over it; raises ``SettingsError`` for a bad file."""
        tables = [_table(path) for path in (TABLE, own) if path is not None]
        return cls(
            hourly={key: price for table in tables for key, price in table.hourly.items()},
            gb_second={key: price for table in tables for key, price in table.gb_second.items()},
            spot_discount=tables[-1].spot_discount,
        )

    def machine(self, cloud: Cloud, instance_type: str) -> Price | None:
        """What an hour of ``instance_type`` costs in ``cloud``; None where that is not known."""
        return self._of(cloud, self.hourly.get((cloud.region, instance_type)))

    def serverless(self, cloud: Cloud) -> Price | None:
        """What a GB costs for a second of work; None where that is not known."""
        return self._of(cloud, self.gb_second.get(cloud.region))

    def _of(self, cloud: Cloud, price: Price | None) -> Price | None:
        return price if cloud.charged else Price(0.0, "", "this computer")

    def spot(self, amount: float) -> tuple[float, float]:
        """The least and the most that ``amount`` on demand may be with managed spot training."""
        least, most = self.spot_discount
        return amount * (1 - most), amount * (1 - least)


def dollars(amount: float | None) -> str:
    """An amount in words: "free", "$0.02", "less than $0.01", or that it is not known."""
    if amount is None:
        return UNKNOWN
    if amount == 0:
        return FREE
    return "less than $0.01" if amount < 0.005 else f"${amount:,.2f}"


def _table(path: Path) -> Prices:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return _prices(content)
    except FileNotFoundError:
        raise SettingsError(
            f"The price table {path} is not there: correct DOCINSIGHTS_PRICES."
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SettingsError(
            f"The price table {path} cannot be read: make it like assets/prices.json."
        ) from None


def _prices(content: Mapping[str, Any]) -> Prices:
    as_of, source = str(content["as_of"]), str(content["source"])

    def price(amount: Any) -> Price:
        value = float(amount)
        if not 0 <= value < float("inf"):
            raise ValueError("not a price")
        return Price(value, as_of, source)

    least, most = content.get("spot_discount", Prices.spot_discount)
    if not 0 <= least <= most <= 1:
        raise ValueError("not a range of discounts")
    return Prices(
        hourly={
            (region, name): price(amount)
            for region, machines in content.get("hourly", {}).items()
            for name, amount in machines.items()
        },
        gb_second={
            region: price(amount)
            for region, amount in content.get("serverless_gb_second", {}).items()
        },
        spot_discount=(float(least), float(most)),
    )
