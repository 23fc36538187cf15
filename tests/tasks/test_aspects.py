"""The tone of a review by what its sentences are about."""

from backend.tasks.aspects import tone_by_aspect
from backend.tasks.base import Span
from backend.tasks.text_classification import Section, TextClassificationResult


def result(*sections: tuple[str, float, bool]) -> TextClassificationResult:
    """Sentences of one character each: label, probability, and whether none fits."""
    read = tuple(
        Section(Span(at, at + 1, ".", label, score), (score, 1 - score), none)
        for at, (label, score, none) in enumerate(sections)
    )
    return TextClassificationResult("a", ("a", "b"), (0.5, 0.5), read)


def test_sentences_are_grouped_by_what_they_judge_the_most_judged_first() -> None:
    about = result(("staff", 0.9, False), ("price", 0.8, False), ("staff", 0.6, False))
    tone = result(("positive", 0.98, False), ("negative", 0.97, False), ("negative", 1.0, False))
    staff, price = tone_by_aspect(about, tone)
    assert (staff.name, len(staff.praise), len(staff.complaints)) == ("staff", 1, 1)
    assert (price.name, len(price.praise), len(price.complaints)) == ("price", 0, 1)
    assert staff.complaints[0].span.start == 2


def test_what_is_about_nothing_known_or_not_clearly_judged_does_not_count() -> None:
    about = result(("staff", 0.9, True), ("staff", 0.3, False), ("staff", 0.9, False))
    tone = result(("positive", 0.98, False), ("positive", 0.98, False), ("positive", 0.9, False))
    assert tone_by_aspect(about, tone) == ()


def test_a_heading_judges_nothing() -> None:
    heading = Section(Span(0, 9, "Feedback\n", "positive", 0.99), (0.99, 0.01))
    told = TextClassificationResult("positive", ("positive", "b"), (0.9, 0.1), (heading,))
    about = Section(Span(0, 9, "Feedback\n", "staff", 0.9), (0.9, 0.1))
    by = TextClassificationResult("staff", ("staff", "b"), (0.9, 0.1), (about,))
    assert tone_by_aspect(by, told) == ()
