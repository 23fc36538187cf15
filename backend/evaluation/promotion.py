"""Whether a model may take an endpoint's place, and what was served there before."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Final

from backend.cloud.connections import Connections
from backend.errors import InputError
from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison
from backend.evaluation.objects import Objects
from backend.evaluation.scoring import title

_MOST: Final = 50


@dataclass(frozen=True)
class Rules:
    """What the second model of a comparison has to show: a score of at least ``threshold``, a
    gain of at least ``gain``, and one that chance does not explain where ``significant``.
    """

    threshold: float = 0.0
    gain: float = 0.0
    significant: bool = True


@dataclass(frozen=True)
class Check:
    """One condition, in words, and whether it holds."""

    words: str
    holds: bool


def gate(comparison: Comparison, alarms: Sequence[Alarm], rules: Rules) -> tuple[Check, ...]:
    """The conditions of a promotion; all of them have to hold. ``alarms`` are those of both
    models and of their comparison: a score that cannot be trusted is no bar to pass.
    """
    metric, name = comparison.metric, title(comparison.metric)
    value = comparison.second.metrics[metric].value
    gap = comparison.differences[metric]
    serious = [alarm for alarm in alarms if alarm.level == "alarm"]
    checks = [
        Check(f"{name} {value:.3f} is at least {rules.threshold:.3f}", value >= rules.threshold),
        Check(
            f"the gain of {gap.value:+.3f} is at least {rules.gain:.3f}", gap.value >= rules.gain
        ),
    ]
    if rules.significant:
        checks.append(
            Check("chance alone does not explain the gain", comparison.outcome == "better")
        )
    words = "no alarm was raised" if not serious else f"an alarm was raised: {serious[0].message}"
    return (*checks, Check(words, not serious))


@dataclass(frozen=True)
class Change:
    """``endpoint`` was given ``model`` instead of ``before``; ``why`` is a sentence; ``back`` says
    that the change before was taken back.
    """

    time: str
    endpoint: str
    model: str
    before: str
    why: str
    back: bool = False


class Promotions:
    """What endpoints served, newest first, in S3. ``update`` has an endpoint serve a model while
    the old one answers: ``backend.client.Client.update``.
    """

    def __init__(self, connections: Connections, update: Callable[[str, str], None]) -> None:
        self._objects = Objects(connections)
        self._update = update

    def history(self, endpoint: str) -> tuple[Change, ...]:
        """What was changed at ``endpoint``, the last change first."""
        try:
            return tuple(Change(**one) for one in self._objects.get_json(_key(endpoint)) or ())
        except TypeError:
            return ()

    def before(self, endpoint: str, model: str) -> str | None:
        """What ``endpoint``, which serves ``model``, goes back to; None where nothing is known of
        that, or something else than a promotion has changed it since.

        Going back twice goes back two changes: a change that was taken back is as if never made.
        """
        made: list[Change] = []
        for change in reversed(self.history(endpoint)):
            if not change.back:
                made.append(change)
            elif made:
                made.pop()
        last = made[-1] if made else None
        return last.before if last and last.model == model and last.before else None

    def promote(self, endpoint: str, model: str, *, before: str, why: str) -> Change:
        """Have ``endpoint`` serve ``model``; raises ``InputError`` where it does already."""
        if model == before:
            raise InputError(f"“{endpoint}” serves “{model}” already.")
        return self._change(endpoint, model, before=before, why=why)

    def roll_back(self, endpoint: str) -> Change:
        """Have ``endpoint`` serve what it served before the last change that stands; raises
        ``InputError`` where nothing is known of that.
        """
        last = next(iter(self.history(endpoint)), None)
        before = self.before(endpoint, last.model) if last else None
        if last is None or before is None:
            raise InputError(f"Nothing is known of what “{endpoint}” served before.")
        return self._change(endpoint, before, before=last.model, why="Rolled back.", back=True)

    def _change(
        self, endpoint: str, model: str, *, before: str, why: str, back: bool = False
    ) -> Change:
        """Written down first: what is not done after all is crossed out again."""
        history = self.history(endpoint)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        change = Change(now, endpoint, model, before, why, back)
        self._write(endpoint, (change, *history))
        try:
            self._update(endpoint, model)
        except BaseException:
            self._write(endpoint, history)
            raise
        return change

    def _write(self, endpoint: str, changes: Sequence[Change]) -> None:
        kept = [asdict(one) for one in changes[:_MOST]]
        self._objects.put(_key(endpoint), json.dumps(kept).encode())


def _key(endpoint: str) -> str:
    return f"evaluations/promotions/{endpoint}.json"
