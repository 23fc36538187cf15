"""What launching asks of whoever watches the money; ``backend.costs`` does."""

from typing import Protocol

from backend.jobs.records import TrainingJob


class Account(Protocol):
    """Prices and the budget."""

    def hourly(self, instance_type: str) -> float | None:
        """US dollars an hour: 0 where it is free, None where it is not known."""
        ...

    def allow(self, what: str, cost: float | None) -> None:
        """Raise ``OverBudget`` where ``what`` may not be started, which may cost ``cost``."""
        ...

    def settle_job(self, job: TrainingJob) -> None:
        """Take note of a job that was deleted."""
        ...


class Unlimited:
    """Nothing has a price, and everything is allowed."""

    def hourly(self, instance_type: str) -> float | None:  # noqa: ARG002 - the protocol's
        """Not known."""
        return None

    def allow(self, what: str, cost: float | None) -> None:
        """Allowed."""

    def settle_job(self, job: TrainingJob) -> None:
        """Nothing to note."""
