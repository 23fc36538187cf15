"""Fixing all: step by step, the gravest first, and nothing that is right is lost."""

from typing import Any

from backend.data.repairs import apply_all

TC = "text_classification"


def texts(count: int, start: int = 0) -> list[dict[str, Any]]:
    return [
        {"text": f"Text {n} of these.", "label": "ab"[n % 2]} for n in range(start, start + count)
    ]


def test_all_findings_with_a_safe_fix_are_put_right() -> None:
    dirty = [*texts(60), texts(1)[0], {"text": "", "label": "a"}, {"text": "One.", "label": "A"}]
    repairs = apply_all(TC, {"train": dirty, "validation": texts(40, 60), "test": texts(40, 99)})
    assert [step.title for step in repairs.steps] == [
        "One label, several spellings", "The same text in two splits", "Empty texts", "Duplicates"
    ]  # fmt: skip
    assert (repairs.left.errors, repairs.left.warnings) == (0, 0)
    assert sum(map(len, repairs.splits.values())) == 140
    assert repairs.steps[-1].examples == 140


def test_examples_that_are_only_rare_or_long_stay() -> None:
    train = [*texts(60), {"text": "word " * 900, "label": "a"}, {"text": "One.", "label": "rare"}]
    repairs = apply_all(TC, {"train": train})
    assert repairs.steps == ()
    assert len(repairs.splits["train"]) == 62
    assert repairs.left.warnings == 2


def test_data_of_which_nothing_would_be_left_stays_as_it_is() -> None:
    splits = {"train": [{"text": "", "label": "a"}]}
    assert apply_all(TC, splits).splits == splits
