"""Verdicts: clear where the data are clear, and silent where they are not."""

import re
from dataclasses import replace

import numpy as np
import pytest

from backend.errors import InputError
from backend.evaluation.comparison import compare, compare_all
from backend.evaluation.scoring import intervals
from backend.evaluation.words import meaning
from tests.evaluation.support import classified, given, noisy

GOLD = ["pos", "neg"] * 200


def test_a_clearly_better_model_is_called_better_with_all_numbers() -> None:
    _, _, weak = classified(GOLD, noisy(GOLD, 0.3, seed=1))
    _, _, strong = classified(GOLD, noisy(GOLD, 0.1, seed=2))
    found = compare(weak, strong)
    assert found.outcome == "better"
    numbers = r"0\.\d\d against 0\.\d\d, \+0\.\d\d \[0\.\d\d, 0\.\d\d\], n = 400\."
    pattern = f"Tuned is better: F1 of pos {numbers}"
    assert re.fullmatch(pattern, found.verdict), found.verdict
    assert found.differences["accuracy"].test == "McNemar"
    assert found.differences["f1"].test == "permutation"
    reverse = compare(strong, weak)
    assert reverse.outcome == "worse"
    assert reverse.verdict.startswith("Tuned is worse: F1")


def test_the_same_answers_differ_by_nothing() -> None:
    _, _, one = classified(GOLD, noisy(GOLD, 0.2, seed=1))
    found = compare(one, one)
    assert found.outcome == "unclear"
    assert found.needed is None
    for gap in found.differences.values():
        assert (gap.value, gap.low, gap.high, gap.p_value) == (0, 0, 0, 1)


def test_a_small_difference_is_unclear_and_says_what_would_show_it() -> None:
    _, _, one = classified(GOLD, noisy(GOLD, 0.20, seed=1))
    _, _, other = classified(GOLD, noisy(GOLD, 0.18, seed=2))
    found = compare(one, other)
    assert found.outcome == "unclear"
    assert found.needed is not None
    assert found.needed > 400
    assert "No clear difference" in found.verdict
    assert "examples would be needed" in found.verdict


@pytest.mark.parametrize(("documents", "told"), [(5, False), (6, True)])
def test_no_difference_over_very_few_documents_can_be_told_from_chance(
    documents: int, *, told: bool
) -> None:
    groups = tuple(str(documents * place // len(GOLD)) for place in range(len(GOLD)))
    weak, strong = (
        replace(classified(GOLD, noisy(GOLD, share, seed=1))[2], groups=groups)
        for share in (0.5, 0.05)
    )
    found = compare(weak, strong)
    assert (found.outcome == "better") is told
    assert found.verdict.startswith("Too few documents to tell") is not told
    assert ("from 5 documents; use a test set of 6 or more." in found.verdict) is not told
    assert ("any difference may be chance" in meaning(found)) is not told


def test_a_comparison_shows_the_scores_that_each_has_alone() -> None:
    _, _, one = classified(GOLD, noisy(GOLD, 0.3, seed=1))
    _, _, other = classified(GOLD, noisy(GOLD, 0.1, seed=2))
    found = compare(one, other)
    assert found.first.metrics == intervals(one)
    assert found.second.metrics == intervals(other)
    for name, gap in found.differences.items():
        wanted = found.second.metrics[name].value - found.first.metrics[name].value
        assert gap.value == pytest.approx(wanted, abs=1e-12)
        assert gap.low <= gap.value <= gap.high


def test_a_class_that_only_one_model_answers_is_no_obstacle() -> None:
    _, _, one = classified(["a", "b", "c"] * 20, ["a", "b", "x"] * 20)
    _, _, other = classified(["a", "b", "c"] * 20, ["a", "b", "c"] * 20)
    found = compare(one, other)
    assert found.first.metrics["f1_macro"].value == pytest.approx(0.5)
    assert found.differences["f1_macro"].value == pytest.approx(0.5)


def test_one_class_more_in_one_models_answers_still_gives_a_verdict() -> None:
    _, _, one = classified(["a"] * 40, ["a"] * 40)
    _, _, other = classified(["a"] * 40, ["a", "b"] * 20)
    found = compare(one, other)
    assert found.metric == "f1_macro"
    assert found.outcome == "worse"


def test_examples_are_matched_by_id() -> None:
    _, _, one = classified(GOLD, noisy(GOLD, 0.2, seed=1))
    order = np.random.default_rng(0).permutation(one.n)
    shuffled = replace(
        one,
        ids=tuple(one.ids[place] for place in order),
        counts=one.counts[order],
        scores=one.scores[order],
    )
    assert compare(one, shuffled).differences["accuracy"].p_value == 1


def test_other_examples_and_unknown_metrics_are_refused() -> None:
    _, _, one = classified(GOLD, GOLD)
    _, _, other = classified(GOLD[:10], GOLD[:10])
    with pytest.raises(InputError, match="different test examples"):
        compare(one, other)
    with pytest.raises(InputError, match="accuracy"):
        compare(one, one, metric="bleu")


def test_several_models_are_judged_with_corrected_p_values() -> None:
    _, _, base = classified(GOLD, noisy(GOLD, 0.25, seed=1))
    others = {
        f"model {seed}": classified(GOLD, noisy(GOLD, 0.2, seed=seed))[2] for seed in range(2, 6)
    }
    corrected = compare_all(base, others, resamples=1_000)
    for found in corrected:
        assert found.p_value >= found.differences[found.metric].p_value
    assert any(found.p_value > found.differences[found.metric].p_value for found in corrected)


def test_each_pair_is_compared_and_corrected_for_their_number_on_request() -> None:
    _, _, base = classified(GOLD, noisy(GOLD, 0.30, seed=1))
    others = {name: classified(GOLD, noisy(GOLD, 0.15, seed=at))[2] for at, name in enumerate("ab")}
    found = compare_all(base, others, resamples=500, pairwise=True)
    pairs = [(one.first.name, one.second.name) for one in found]
    assert pairs == [("Baseline", "a"), ("Baseline", "b"), ("a", "b")]
    assert {one.family for one in found} == {3}
    assert "corrected for 3 comparisons" in found[0].verdict


def test_a_comparison_says_what_it_could_detect_and_how_many_examples_more_would_take() -> None:
    _, _, one = classified(GOLD, noisy(GOLD, 0.20, seed=1))
    _, _, other = classified(GOLD, noisy(GOLD, 0.18, seed=2))
    found = compare(one, other, resamples=500)
    assert 0.03 < found.detectable < 0.15
    assert found.examples_for(found.detectable) == pytest.approx(found.n, abs=1)
    assert found.examples_for(found.detectable / 2) == pytest.approx(4 * found.n, abs=4)
    assert compare(one, one, resamples=500).examples_for(0.1) is None


def test_one_example_shows_no_certain_difference() -> None:
    found = compare(classified(["a"], ["b"])[2], classified(["a"], ["a"])[2], resamples=200)
    gap = found.differences["accuracy"]
    assert (gap.value, gap.p_value, found.outcome) == (1.0, 1.0, "unclear")
    assert gap.low < 0.5


def test_an_example_without_a_group_is_one_of_its_own() -> None:
    from backend.evaluation.examples import answers_of, examples_of
    from backend.evaluation.scoring import score

    rows = [{"id": at, "label": "ab"[at % 2], "group": "g" if at < 2 else ""} for at in range(50)]
    examples = examples_of("text_classification", rows)
    scored = score(examples, answers_of(examples, rows), by_group=True)
    assert len(scored.units()) == 49


def test_groups_of_examples_are_drawn_as_a_whole() -> None:
    from backend.evaluation.examples import answers_of, examples_of
    from backend.evaluation.scoring import score

    gold = ["pos", "neg"] * 100
    rows = [{"id": at, "label": one, "group": str(at // 20)} for at, one in enumerate(gold)]
    examples = examples_of("text_classification", rows)
    # Whole groups are right or wrong together: 200 examples say no more than 10 would.
    wrong = [
        label if at // 20 % 2 else ("neg" if label == "pos" else "pos")
        for at, label in enumerate(gold)
    ]
    answers = answers_of(examples, [{"id": at, "label": one} for at, one in enumerate(wrong)])
    alone, together = (
        intervals(score(examples, answers, by_group=by_group))["accuracy"]
        for by_group in (False, True)
    )
    assert together.high - together.low > 3 * (alone.high - alone.low)


def test_summaries_are_compared_by_rouge() -> None:
    gold = [{"summaries": [f"the cat number {place} sat down"]} for place in range(40)]
    weak = [{"summary": f"a dog {place}"} for place in range(40)]
    strong = [{"summary": f"the cat number {place}"} for place in range(40)]
    one, other = (given("summarization", gold, found)[2] for found in (weak, strong))
    assert compare(one, other).verdict.startswith("Tuned is better: ROUGE-L")
