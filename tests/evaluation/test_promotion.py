"""The promotion gate, and what endpoints served before."""

import pytest

from backend.errors import EndpointNotReady, InputError
from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison, compare
from backend.evaluation.promotion import Promotions, Rules, gate
from tests.data.fake_s3 import connections
from tests.evaluation.support import classified, noisy

GOLD = ["a", "b", "c"] * 60


def comparison(before: float, now: float) -> Comparison:
    """A model with a share of ``now`` wrong answers against one with ``before``."""
    one, other = (
        classified(GOLD, noisy(GOLD, share, seed=seed))[2]
        for seed, share in enumerate((before, now))
    )
    return compare(one, other, resamples=500)


@pytest.mark.parametrize(
    ("rules", "holds"),
    [
        (Rules(), True),
        (Rules(threshold=0.99), False),
        (Rules(gain=0.1), True),
        (Rules(gain=0.9), False),
    ],
)
def test_a_much_better_model_passes_unless_more_is_asked(rules: Rules, *, holds: bool) -> None:
    checks = gate(comparison(0.5, 0.1), (), rules)
    assert all(check.holds for check in checks) is holds


def test_what_chance_explains_does_not_pass_unless_that_is_allowed() -> None:
    same = comparison(0.2, 0.19)
    assert not all(check.holds for check in gate(same, (), Rules(gain=-1.0)))
    assert all(check.holds for check in gate(same, (), Rules(gain=-1.0, significant=False)))


def test_an_alarm_stops_a_promotion_and_a_note_does_not() -> None:
    better = comparison(0.5, 0.1)
    assert not all(c.holds for c in gate(better, [Alarm("x", "It is broken.")], Rules()))
    assert all(c.holds for c in gate(better, [Alarm("x", "Few.", "note")], Rules()))


def test_a_promotion_can_be_rolled_back_and_both_are_remembered() -> None:
    served: list[tuple[str, str]] = []
    promotions = Promotions(connections()[0], lambda name, model: served.append((name, model)))
    promotions.promote("live", "new", before="old", why="It is better.")
    promotions.roll_back("live")
    assert served == [("live", "new"), ("live", "old")]
    assert [(c.model, c.before) for c in promotions.history("live")] == [
        ("old", "new"),
        ("new", "old"),
    ]
    assert promotions.history("other") == ()


def test_what_was_not_done_is_not_remembered() -> None:
    def refuse(name: str, _model: str) -> None:
        raise EndpointNotReady(name, "Updating")

    promotions = Promotions(connections()[0], refuse)
    with pytest.raises(EndpointNotReady):
        promotions.promote("live", "new", before="old", why="")
    assert promotions.history("live") == ()


def test_without_a_history_there_is_nothing_to_roll_back() -> None:
    promotions = Promotions(connections()[0], lambda *_: None)
    with pytest.raises(InputError, match="Nothing is known"):
        promotions.roll_back("live")
    with pytest.raises(InputError, match="already"):
        promotions.promote("live", "new", before="new", why="")


def test_rolling_back_twice_goes_back_two_changes_and_never_forth() -> None:
    served: dict[str, str] = {}
    promotions = Promotions(connections()[0], served.__setitem__)
    promotions.promote("live", "b", before="a", why="")
    promotions.promote("live", "c", before="b", why="")
    promotions.roll_back("live")
    promotions.roll_back("live")
    assert served["live"] == "a"
    assert promotions.before("live", "a") is None
    promotions.promote("live", "d", before="a", why="")
    assert promotions.before("live", "d") == "a"


def test_what_was_deployed_by_other_means_is_not_rolled_back_over() -> None:
    promotions = Promotions(connections()[0], lambda _name, _model: None)
    promotions.promote("live", "b", before="a", why="")
    assert promotions.before("live", "elsewhere") is None
