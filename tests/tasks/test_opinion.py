"""Whether a text has an opinion."""

import doctest

import pytest

from backend.documents.samples import samples
from backend.tasks import opinion
from backend.tasks.opinion import has_opinion

JUDGING = {"guest-feedback", "software-reviews", "support-case", "tablet-review", "theatre-letters"}


@pytest.mark.parametrize("sample", samples(), ids=lambda sample: sample.slug)
def test_reviews_and_letters_have_an_opinion_and_sober_prose_has_none(sample: object) -> None:
    slug, text = getattr(sample, "slug"), getattr(sample, "text")  # noqa: B009
    assert has_opinion(text) is (slug in JUDGING)


def test_a_single_sentence_is_taken_as_it_comes() -> None:
    assert has_opinion("A film about a bridge.")
    assert not has_opinion(" ")


def test_the_example_in_the_docstring_is_true() -> None:
    assert doctest.testmod(opinion).failed == 0
