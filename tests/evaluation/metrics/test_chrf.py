"""chrF: runs of characters, in any script."""

import pytest

from backend.evaluation.metrics.chrf import chrf


@pytest.mark.parametrize(
    "text", ["Привет, мир", "今日は会議があります。", "हिन्दी में लिखा", "Plain words."]
)
def test_a_text_is_like_itself_in_any_script(text: str) -> None:
    assert chrf(text, text) == 1.0


def test_nothing_in_common_is_zero() -> None:
    assert chrf("abc", "xyz") == chrf("abc", "") == chrf("", "abc") == 0.0


def test_more_in_common_is_more_alike_and_recall_counts_for_more() -> None:
    reference = "The parcel came late"
    assert chrf(reference, "The parcel came") > chrf(reference, "The") > 0
    assert chrf("abcdef", "abcdefghijkl") > chrf("abcdefghijkl", "abcdef")
