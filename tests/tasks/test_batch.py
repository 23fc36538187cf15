"""Examples of datasets as lines of a batch job, and answers as what is scored."""

import json
from typing import Any

import pytest

from backend.errors import InputError, ModelError
from backend.tasks.batch import batch_of

TEXT = "Ada met Bob\nin Rome."
ASKED: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], dict[str, Any]]] = {
    "text_classification": (
        {"text": TEXT, "label": "news"},
        {"probabilities": [0.2, 0.8], "labels": ["sport", "news"], "predicted_label": "news"},
        {"text": TEXT, "label": "news"},
        {"label": "news"},
    ),
    "named_entities": (
        {"text": TEXT, "entities": [{"start": 0, "end": 3, "label": "PER"}]},
        {"entities": [{"start_char": 8, "end_char": 11, "text": "Bob", "label": "PER"}]},
        {"text": TEXT, "entities": [{"start": 0, "end": 3, "label": "PER"}]},
        {"entities": [{"start": 8, "end": 11, "label": "PER"}]},
    ),
    "question_answering": (
        {"question": "Where?", "context": TEXT, "answers": [{"text": "Rome", "start": 15}]},
        {"answers": [{"answer": "Rome", "start": 15, "end": 19, "score": 0.9}]},
        {"context": TEXT, "answers": ["Rome"]},
        {"answer": "Rome"},
    ),
    "relation_extraction": (
        {
            "text": TEXT,
            "head": {"start": 0, "end": 3},
            "tail": {"start": 8, "end": 11},
            "label": "Effect-Cause",
        },
        {"id": 0, "str": "Effect-Cause", "score": 0.7},
        {"text": TEXT, "label": "Cause-Effect(e2,e1)"},
        {"label": "Cause-Effect(e2,e1)"},
    ),
    "summarization": (
        {"sentences": ["Ada met Bob.", "It rained."], "labels": [1, 0]},
        {"summary": "It rained."},
        {"text": "Ada met Bob. It rained.", "summaries": ["Ada met Bob."]},
        {"summary": "It rained."},
    ),
}


@pytest.mark.parametrize("task", ASKED)
def test_an_example_is_one_line_and_its_answer_a_row(task: str) -> None:
    example, answer, gold, predicted = ASKED[task]
    batch = batch_of(task)
    line = batch.line(example)
    assert b"\n" not in line
    assert isinstance(json.loads(line), dict)
    assert batch.gold(example) == gold
    assert batch.answer(json.dumps(answer).encode(), example) == predicted


def test_no_answer_is_the_empty_answer() -> None:
    example = ASKED["question_answering"][0]
    answer = {
        "answers": [{"answer": "", "start": 0, "end": 0}, {"answer": "Ada", "start": 0, "end": 3}]
    }
    found = batch_of("question_answering").answer(json.dumps(answer).encode(), example)
    assert found == {"answer": ""}


def test_an_example_without_text_cannot_be_sent() -> None:
    with pytest.raises(InputError, match="empty"):
        batch_of("text_classification").line({"text": " ", "label": "a"})


def test_the_answer_of_another_task_is_refused() -> None:
    with pytest.raises(ModelError):
        batch_of("text_classification").answer(b'{"summary": "x"}', {"text": "x", "label": "a"})
