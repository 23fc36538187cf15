"""What the user wants to spend: settings of ``backend.costs``, in US dollars."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Period = Literal["month", "total"]
Action = Literal["refuse", "stop"]


@dataclass(frozen=True)
class Spending:
    """``budget`` is the most that may be spent in a calendar month (UTC) or in total on what this
    project has created, None without a ceiling. At the ceiling nothing new is started, and what
    runs as a job is stopped as well where ``action`` is "stop". An endpoint that nobody has asked
    for ``idle_hours`` is idle. ``prices`` is a file with prices of the user's own.
    """

    budget: float | None = None
    period: Period = "month"
    action: Action = "refuse"
    idle_hours: int = 24
    prices: Path | None = None
