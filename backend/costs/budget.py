"""Whether something more may be started: what was spent, what it will cost, and the ceiling."""

from dataclasses import dataclass

from backend.costs.meter import Sum
from backend.costs.prices import dollars
from backend.errors import OverBudget
from backend.settings.spending import Spending


@dataclass(frozen=True)
class Verdict:
    """What was ``spent`` of the ``ceiling`` (None: there is none) in the period."""

    spending: Spending
    spent: Sum

    @property
    def ceiling(self) -> float | None:
        """The budget in US dollars, None without one."""
        return self.spending.budget

    @property
    def left(self) -> float | None:
        """What may still be spent, None without a ceiling."""
        return None if self.ceiling is None else max(0.0, self.ceiling - self.spent.amount)

    @property
    def reached(self) -> bool:
        """Whether nothing is left."""
        return self.ceiling is not None and self.spent.amount >= self.ceiling

    @property
    def period(self) -> str:
        """In words: "this month" or "so far"."""
        return "this month" if self.spending.period == "month" else "so far"

    def require(self, what: str, cost: float | None) -> None:
        """Raise ``OverBudget`` where ``what`` (a name, quoted in the sentence) may not be started,
        which will cost ``cost`` (None where that is not known, which a ceiling does not allow).
        """
        if self.ceiling is None:
            return
        if self.reached:
            raise OverBudget(
                f"{what} is not started, because {self._of_ceiling()} {self.period} are spent"
            )
        if cost is None:
            raise OverBudget(
                f"{what} is not started, because its price is not known and a budget of "
                f"{dollars(self.ceiling)} is set (add the price to the file DOCINSIGHTS_PRICES)"
            )
        if self.spent.amount + cost > self.ceiling:
            raise OverBudget(
                f"{what} is not started, because it may cost {dollars(cost)} and "
                f"{self._of_ceiling()} {self.period} are spent"
            )

    def _of_ceiling(self) -> str:
        spent = "none" if self.spent.amount == 0 else dollars(self.spent.amount)
        return f"{spent} of the budget of {dollars(self.ceiling)}"
