"""Long documents in parts: nothing is lost, every offset is that of the whole document."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.endpoints.answers import InParts
from backend.errors import InputError, ModelError
from backend.tasks import question_answering as qa
from backend.tasks import relation_extraction as relations
from backend.tasks import summarization, text_classification
from backend.tasks.base import Span
from backend.tasks.named_entities import NamedEntitiesRequest
from backend.tasks.parts import split
from backend.tasks.question_answering import (
    QuestionAnsweringRequest,
    QuestionAnsweringResult,
    State,
)
from backend.tasks.registry import TASKS, task_of
from backend.tasks.relation_extraction import Relation, RelationExtractionRequest, clearest, passage
from backend.tasks.summarization import SummarizationRequest, SummarizationResult
from backend.tasks.text_classification import TextClassificationRequest, TextClassificationResult
from tests.app.fake_client import FakeClient

TEXTS = st.text(alphabet=st.sampled_from("ab. \nשé👩"), max_size=300)
LONG = "Ann met Bob in Rome. 👩‍🔬 Eve left.\n\n" * 4_000
REQUESTS: dict[str, Any] = {
    "summarization": SummarizationRequest(text=LONG, max_words=40),
    "text_classification": TextClassificationRequest(LONG),
    "question_answering": QuestionAnsweringRequest("Who left?", LONG),
    "named_entities": NamedEntitiesRequest(LONG),
    "relation_extraction": RelationExtractionRequest(LONG),
}


@given(TEXTS, st.integers(1, 50))
def test_parts_follow_each_other_and_are_the_whole_text(text: str, size: int) -> None:
    parts = split(text, size)
    assert "".join(text[start:end] for start, end in parts) == text
    assert all(0 <= end - start <= size for start, end in parts)


def test_a_part_ends_with_a_paragraph_where_it_can() -> None:
    text = "One.\n\nTwo words.\n\nThree more words here.\n\nFour."
    assert [text[a:b] for a, b in split(text, 30)] == [
        "One.\n\nTwo words.\n\n",
        "Three more words here.\n\nFour.",
    ]


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.slug)
def test_a_short_document_is_one_request_and_its_result_stays_as_it_is(task: Any) -> None:
    field = "context" if task.slug == "question_answering" else "text"
    request = replace(REQUESTS[task.slug], **{field: "Ann met Bob. Eve left Rome."})
    work = InParts(lambda part: FakeClient().run(task, part), task, request)
    work.step()
    assert (work.total, work.done) == (1, 1)
    assert work.answer is not None
    assert work.answer.result == FakeClient().run(task, request).result


@pytest.mark.parametrize("task", TASKS, ids=lambda task: task.slug)
def test_a_long_document_goes_in_parts_and_every_span_is_exact(task: Any) -> None:
    client = FakeClient()
    work = client.in_parts(task, REQUESTS[task.slug])
    assert work.done == 0
    work.step()
    while work.done < work.total:
        work.step()
    assert work.total > 1
    assert work.answer is not None
    assert work.answer.requests == work.total
    spans = spans_of(work.answer.result)
    assert spans
    assert all(LONG[span.start : span.end] == span.text for span in spans)
    sent = "".join(getattr(r, "text", getattr(r, "context", "")) for _, r, _ in client.asked)
    assert sent == LONG


def spans_of(result: Any) -> list[Span]:
    if hasattr(result, "relations"):
        return [s for r in result.relations for s in (r.head, r.tail, r.sentence)]
    if hasattr(result, "sections"):
        return [section.span for section in result.sections]
    for name in ("entities", "sentences", "answers"):
        if hasattr(result, name):
            return list(getattr(result, name))
    raise AssertionError(result)


def test_work_that_was_stopped_has_what_it_found() -> None:
    work = FakeClient().in_parts(task_of("named_entities"), REQUESTS["named_entities"])
    work.step()
    assert work.answer is not None
    assert 0 < len(work.answer.result.entities) < 16_000


def summary(*sentences: tuple[int, str, float]) -> SummarizationResult:
    spans = tuple(Span(at, at + len(text), text, "", score) for at, text, score in sentences)
    return SummarizationResult(" ".join(s.text for s in spans), spans, 4, 50, 2)


def test_the_best_sentences_of_all_parts_fill_the_length_wanted_once() -> None:
    request = SummarizationRequest(text=LONG, max_words=4)
    result = summarization.join(
        request,
        [
            (0, summary((0, "One two.", 0.5), (9, "Three four.", 0.4))),
            (100, summary((7, "Five six.", 0.9), (20, "one two.", 0.8))),
        ],
    )
    assert [(s.start, s.text) for s in result.sentences] == [(107, "Five six."), (120, "one two.")]
    assert (result.words, result.source_words, result.windows) == (4, 100, 4)


def test_summaries_in_a_models_own_words_follow_each_other() -> None:
    own = SummarizationResult("In short.", (), 2, 50, None)
    result = summarization.join(SummarizationRequest(text=LONG), [(0, own), (100, own)])
    assert result.summary == "In short.\nIn short."
    assert (result.sentences, result.windows) == ((), None)


def test_classes_are_averaged_by_length_and_a_part_without_sections_is_one() -> None:
    first, second = (
        text_classification.parts(TextClassificationRequest(LONG))[at] for at in (0, 1)
    )
    results = [
        (part.offset, TextClassificationResult("a", ("a", "b"), (p, 1 - p), ()))
        for part, p in ((first, 0.9), (second, 0.1))
    ]
    joined = text_classification.join(TextClassificationRequest(LONG), results)
    assert joined.score == pytest.approx(0.5, abs=0.02)
    assert [s.span.start for s in joined.sections] == [first.offset, second.offset]
    other = replace(results[1][1], labels=("x", "y"), label="x")
    with pytest.raises(ModelError):
        text_classification.join(
            TextClassificationRequest(LONG), [results[0], (second.offset, other)]
        )


def found(
    *scores: float, state: State = "answered", none: float | None = 0.5
) -> QuestionAnsweringResult:
    spans = tuple(Span(at, at + 1, "x", "", score) for at, score in enumerate(scores))
    return QuestionAnsweringResult(spans, state, none, 3)


def test_answers_of_all_parts_are_ranked_by_how_likely_they_are_right() -> None:
    request = QuestionAnsweringRequest("?", LONG, top_k=2)
    joined = qa.join(request, [(0, found(0.2, 0.1, state="probably")), (50, found(0.6, none=0.4))])
    assert [a.start for a in joined.answers] == [50, 0]
    assert joined.state == "answered"
    assert (joined.no_answer_score, joined.windows) == (0.4, 6)


def test_what_only_comes_closest_in_one_part_stands_behind_an_answer_of_another() -> None:
    request = QuestionAnsweringRequest("?", LONG)
    joined = qa.join(request, [(0, found(0.4, state="none")), (50, found(0.3, state="probably"))])
    assert [a.start for a in joined.answers] == [50, 0]
    assert joined.state == "probably"


def test_no_part_with_an_answer_leaves_none() -> None:
    request = QuestionAnsweringRequest("?", LONG)
    joined = qa.join(request, [(0, found(0.2, state="none")), (50, found(0.1, state="none"))])
    assert joined.best is None


def test_answers_without_a_score_for_no_answer_are_ranked_by_their_own() -> None:
    request = QuestionAnsweringRequest("?", LONG)
    joined = qa.join(request, [(0, found(0.2, none=None)), (50, found(0.6, none=None))])
    assert [a.start for a in joined.answers] == [50, 0]
    assert (joined.answered, joined.no_answer_score) == (True, None)


PAIR_TEXT = "Intro. Ann met Bob in Rome. Eve left.\n\nHeading\n\nBob died."


def at(word: str, text: str = PAIR_TEXT, *, last: bool = False) -> Span:
    start = text.rindex(word) if last else text.index(word)
    return Span(start, start + len(word), word)


def test_a_pair_is_asked_in_its_own_sentences_and_found_at_its_place() -> None:
    assert PAIR_TEXT[slice(*passage(PAIR_TEXT, at("Ann"), at("Bob")))] == "Ann met Bob in Rome."
    assert PAIR_TEXT[slice(*passage(PAIR_TEXT, at("Eve"), at("left")))] == "Eve left."
    client = FakeClient()
    request = RelationExtractionRequest(PAIR_TEXT, pair=(at("Bob"), at("Ann")))
    work = client.in_parts(task_of("relation_extraction"), request)
    work.step()
    assert work.answer is not None
    relation = work.answer.result.relations[0]
    for span in (relation.head, relation.tail, relation.sentence):
        assert PAIR_TEXT[span.start : span.end] == span.text
    assert relation.sentence.text == "Ann met Bob in Rome."


def test_a_pair_that_stands_too_far_apart_is_refused() -> None:
    text = "Ann. " + "word " * 1_000 + "Bob."
    with pytest.raises(InputError, match="too far apart"):
        relations.parts(RelationExtractionRequest(text, pair=(at("Ann", text), at("Bob", text))))


def relation(head: tuple[int, int], tail: tuple[int, int], score: float, name: str) -> Relation:
    one, two = (Span(a, b, LONG[a:b]) for a, b in (head, tail))
    return Relation(one, two, name, name, score, Span(0, 20, LONG[:20]))


def test_the_clearest_relations_are_sure_close_and_use_no_mention_twice() -> None:
    close = relation((0, 3), (8, 11), 0.9, "Cause-Effect")
    star = relation((0, 3), (80, 84), 0.95, "Cause-Effect")
    far = relation((30, 33), (900, 903), 0.99, "Cause-Effect")
    none = relation((40, 43), (45, 48), 0.99, "Other")
    unsure = relation((50, 53), (55, 58), 0.3, "Cause-Effect")
    everything = [far, none, star, close, unsure]
    assert clearest(everything, most=9, threshold=0.5) == (close, far)
    assert clearest(everything, most=1) == (close,)


def test_nothing_relates_to_itself() -> None:
    text = "Soups come from Tessaline, a firm of firms."
    ends = Span(26, 30, "firm"), Span(34, 38, "firm")
    itself = Relation(*ends, "Entity-Origin", "Entity-Origin", 0.9, Span(0, len(text), text))
    assert clearest([itself], most=1) == ()


def test_a_name_may_have_several_business_relations() -> None:
    boss = relation((0, 3), (8, 11), 0.9, "per:title")
    firm = relation((0, 3), (15, 19), 0.8, "per:employee_of")
    none = relation((0, 3), (20, 24), 0.9, "no_relation")
    assert clearest([firm, none, boss], most=9) == (boss, firm)
