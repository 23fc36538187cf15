"""Payloads of the original solution and of JumpStart, as they were published, read and written."""

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from backend.errors import InputError, ModelError
from backend.tasks.base import Payload, Span, Task
from backend.tasks.dialects import entities, relations
from backend.tasks.dialects.registry import DIALECTS, by_tags, dialect_of, recognise
from backend.tasks.named_entities import NamedEntitiesRequest
from backend.tasks.question_answering import QuestionAnsweringRequest
from backend.tasks.registry import TASKS
from backend.tasks.relation_extraction import RelationExtractionRequest
from backend.tasks.summarization import SummarizationRequest
from backend.tasks.text_classification import TextClassificationRequest

Asked = Callable[[Payload], bytes]


def codec(task: str, name: str) -> Task[Any, Any]:
    dialect = dialect_of(task, name)
    assert dialect is not None
    return dialect.task


def answering(expected: str, answer: object) -> Asked:
    """An endpoint that takes one content type and refuses the rest, as containers do."""

    def ask(payload: Payload) -> bytes:
        if payload.content_type != expected:
            raise ModelError("This container does not read that.", status=415)
        return json.dumps(answer).encode()

    return ask


def test_a_jumpstart_classifier_takes_text_and_answers_probabilities() -> None:
    task = codec("text_classification", "jumpstart")
    request = TextClassificationRequest("simply stupid , irrelevant")
    payload = task.encode(request)
    assert payload.body == b"simply stupid , irrelevant"
    assert payload.content_type == "application/x-text"
    assert payload.accept == "application/json;verbose"
    answer = {
        "probabilities": [0.999702, 0.000298],
        "labels": ["negative", "positive"],
        "predicted_label": "negative",
    }
    result = task.decode(json.dumps(answer).encode(), request)
    assert (result.label, result.score) == ("negative", 0.999702)


def test_the_classes_of_a_tuned_jumpstart_classifier_may_be_numbers() -> None:
    task = codec("text_classification", "jumpstart")
    answer = b'{"probabilities": [0.2, 0.8], "labels": [0, 1], "predicted_label": 1}'
    assert task.decode(answer, TextClassificationRequest("good")).label == "1"


def test_a_long_text_goes_to_a_jumpstart_classifier_in_what_bert_reads() -> None:
    task = codec("text_classification", "jumpstart")
    request = TextClassificationRequest("A sentence like many others. " * 200)
    parts = task.parts(request)
    assert max(len(part.request.text) for part in parts) <= 1_500
    body = b'{"probabilities": [0.25, 0.75], "labels": ["no", "yes"], "predicted_label": "yes"}'
    whole = task.join(request, [(p.offset, task.decode(body, p.request)) for p in parts])
    assert whole.probabilities == pytest.approx((0.25, 0.75))
    assert [s.span.start for s in whole.sections] == [part.offset for part in parts]
    assert "".join(s.span.text for s in whole.sections) == request.text


def test_a_summarizer_of_the_original_gets_lengths_in_tokens_and_does_not_sample() -> None:
    task = codec("summarization", "solution")
    payload = task.encode(SummarizationRequest(text="Long.", max_words=90))
    assert json.loads(payload.body) == {
        "text": "Long.",
        "parameters": {"max_length": 120, "min_length": 30, "do_sample": "false"},
    }
    plain = json.loads(task.encode(SummarizationRequest(text="Long.")).body)
    assert plain["parameters"] == {"do_sample": "false"}
    result = task.decode(b'{"summary": "Short."}', SummarizationRequest(text="Long text."))
    assert (result.summary, result.sentences, result.source_words) == ("Short.", (), 2)


@pytest.mark.parametrize("answer", ['{"summary_text": "Short."}', '[{"generated_text": "Short."}]'])
def test_a_jumpstart_summarizer_takes_text_and_answers_text(answer: str) -> None:
    task = codec("summarization", "jumpstart")
    request = SummarizationRequest(text="Long.")
    assert task.encode(request).content_type == "application/x-text"
    assert task.decode(answer.encode(), request).summary == "Short."
    with pytest.raises(ModelError, match="summary_text"):
        task.decode(b'{"probabilities": [1]}', request)


def test_the_original_question_answerer_is_read_as_it_was_published() -> None:
    task = codec("question_answering", "solution")
    answer = "Spanish, Portuguese, French, German, and Italian."
    context = "x" * 768 + answer
    request = QuestionAnsweringRequest("Which languages?", context)
    assert json.loads(task.encode(request).body) == {
        "question": "Which languages?",
        "context": context,
        "parameters": {"topk": 3},
    }
    found = {"score": 0.9566398820782922, "start": 768, "end": 817, "answer": answer}
    for body in ({"answers": [found]}, {"answers": found}, found, [found]):
        result = task.decode(json.dumps(body).encode(), request)
        assert result.best == Span(768, 817, answer, score=0.9566398820782922)


def test_a_jumpstart_question_answerer_takes_a_list_of_two() -> None:
    task = codec("question_answering", "jumpstart")
    request = QuestionAnsweringRequest("Who?", "Maria Lopez wrote it.")
    payload = task.encode(request)
    assert json.loads(payload.body) == ["Who?", "Maria Lopez wrote it."]
    assert (payload.content_type, payload.accept) == (
        "application/list-text",
        "application/json;verbose",
    )
    assert task.decode(b'{"answer": "maria lopez"}', request).best == Span(0, 11, "Maria Lopez")


TAGGED = {
    "predict_label": [["O", "B-PER", "I-PER", "I-PER", "O", "B-LOC", "O", "O"]],
    "predict_probabilites": [[[2.0, 0.0], *[[0.0, 2.0]] * 5, [2.0, 0.0], [2.0, 0.0]]],
    "token": [["[CLS]", "R", "Saun", "##ders", "lives", "Rome", ".", "[SEP]"]],
    "word_id": [[None, 0, 1, 1, 2, 3, 4, None]],
}


def test_a_tagger_of_the_original_gets_words_and_its_pieces_become_entities() -> None:
    task = codec("named_entities", "solution-words")
    request = NamedEntitiesRequest("R.H Saunders lives  Rome.")
    payload = task.encode(request)
    assert json.loads(payload.body) == [["R.H", "Saunders", "lives", "Rome", "."]]
    assert payload.content_type == "application/list-text"
    result = task.decode(json.dumps(TAGGED).encode(), request)
    assert [(e.start, e.end, e.text, e.label) for e in result.entities] == [
        (0, 12, "R.H Saunders", "PER"),
        (20, 24, "Rome", "LOC"),
    ]
    assert result.entities[0].score == pytest.approx(0.8808, abs=1e-4)  # of the logits


@pytest.mark.parametrize(
    "change",
    [
        {"predict_label": []},
        {"predict_label": [["O"]]},
        {"word_id": [[0]]},
        {"predict_label": "none"},
    ],
)
def test_labels_that_do_not_belong_to_the_words_are_refused(change: Mapping[str, Any]) -> None:
    task = codec("named_entities", "solution-words")
    body = json.dumps(TAGGED | dict(change)).encode()
    with pytest.raises(ModelError):
        task.decode(body, NamedEntitiesRequest("R.H Saunders lives  Rome."))


def test_a_document_goes_to_the_tagger_ten_sentences_at_a_time() -> None:
    text = "The firm moved to Rome in May. " * 23 + "\n\n" + "word " * 300
    parts = entities.parts(NamedEntitiesRequest(text))
    assert len(parts) > 2
    for part in parts:
        inside = entities.sentences(part.request.text)
        assert len(inside) <= entities.MOST_SENTENCES
        assert max(map(len, inside)) <= entities.MOST_WORDS
        assert text[part.offset :].startswith(part.request.text)
    words = sum(len(s) for p in parts for s in entities.sentences(p.request.text))
    assert words == sum(map(len, entities.sentences(text)))


@pytest.mark.parametrize(
    ("answer", "label"),
    [
        ({"id": 5, "str": "Entity-Destination(e1,e2)"}, "Entity-Destination(e1,e2)"),
        ({"Label_id": 5, "Label": "Destination-Entity"}, "Entity-Destination(e2,e1)"),
    ],
)
def test_relations_of_both_versions_of_the_original_are_read(
    answer: Mapping[str, Any], label: str
) -> None:
    task = codec("relation_extraction", "solution-pairs")
    text = "The book went into the software."
    pair = (Span(4, 8, "book"), Span(23, 31, "software"))
    request = RelationExtractionRequest(text, pair=pair)
    assert json.loads(task.encode(request).body) == {
        "sequence": text,
        "entity_one_start": 4,
        "entity_one_end": 8,
        "entity_two_start": 23,
        "entity_two_end": 31,
    }
    (found,) = task.decode(json.dumps(answer).encode(), request).relations
    assert found.label == label
    assert found.head.text == ("book" if label.endswith("(e1,e2)") else "software")


def test_a_pair_model_is_asked_about_the_given_names_of_each_sentence() -> None:
    text = "Acme bought Beta from Gamma. Delta sold Omega."
    names = tuple(
        Span(text.index(name), text.index(name) + len(name), name)
        for name in ("Acme", "Beta", "Gamma", "Delta", "Omega")
    )
    parts = relations.parts(RelationExtractionRequest(text, names))
    asked = [tuple(p.request.text[s.start : s.end] for s in p.request.pair or ()) for p in parts]
    assert asked == [("Acme", "Beta"), ("Acme", "Gamma"), ("Beta", "Gamma"), ("Delta", "Omega")]


def test_a_pair_model_says_that_it_finds_no_names_itself() -> None:
    with pytest.raises(InputError, match="Ask about two names"):
        relations.encode_pair(RelationExtractionRequest("Acme bought Beta."))


LIST, TEXT, JSON = "application/list-text", "application/x-text", "application/json"
SPAN = {"score": 0.9, "start": 0, "end": 11, "answer": "Maria Lopez"}
OURS_CLASSES = {"probabilities": [1.0], "labels": ["a"], "predicted_label": "a"}


@pytest.mark.parametrize(
    ("task", "kind", "answer", "name"),
    [
        ("text_classification", TEXT, OURS_CLASSES, "jumpstart"),
        ("text_classification", TEXT, OURS_CLASSES | {"sections": []}, "document-insights"),
        ("summarization", JSON, {"summary": "s", "windows": 1}, "document-insights"),
        ("summarization", JSON, {"summary": "s"}, "solution"),
        ("summarization", TEXT, {"summary_text": "s"}, "jumpstart"),
        ("question_answering", JSON, {"answers": [SPAN], "windows": 1}, "document-insights"),
        ("question_answering", JSON, SPAN, "solution"),
        ("question_answering", LIST, {"answer": "Maria Lopez"}, "jumpstart"),
        ("named_entities", JSON, {"entities": [], "noun_chunks": []}, "document-insights"),
        ("relation_extraction", JSON, {"Label_id": 1, "Label": "Other"}, "solution-pairs"),
        ("relation_extraction", JSON, {"str": "Other", "score": 0.5}, "document-insights"),
    ],
)
def test_a_dialect_is_recognised_by_its_answer(
    task: str, kind: str, answer: object, name: str
) -> None:
    found = recognise(task, answering(kind, answer))
    assert found is not None
    assert found.name == name


def test_the_tagger_is_recognised_by_its_labels() -> None:
    def ask(payload: Payload) -> bytes:
        if payload.content_type != LIST:
            raise ModelError("no")
        size = len(json.loads(payload.body)[0])
        return json.dumps(
            {"predict_label": [["O"] * size], "word_id": [list(range(size))]}
        ).encode()

    found = recognise("named_entities", ask)
    assert found is not None
    assert found.name == "solution-words"


@pytest.mark.parametrize("task", [task.slug for task in TASKS])
def test_an_endpoint_that_answers_something_else_is_not_recognised(task: str) -> None:
    asked: list[Payload] = []

    def ask(payload: Payload) -> bytes:
        asked.append(payload)
        return b'{"predictions": [[1, 2]]}'

    assert recognise(task, ask) is None
    assert len(asked) == len(set(asked)) <= 3
    assert DIALECTS[task][0].task is next(t for t in TASKS if t.slug == task)


@pytest.mark.parametrize(
    ("endpoint", "tags", "told"),
    [
        (
            "any",
            {"sagemaker-sdk:jumpstart-model-id": "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"},
            ("text_classification", "jumpstart"),
        ),
        (
            "any",
            {"sm-jumpstart-id": "huggingface-eqa-bert-base-uncased"},
            ("question_answering", "jumpstart"),
        ),
        (
            "sagemaker-soln-documents-x-ner-hpo-endpoint",
            {"sagemaker-soln": "sagemaker-soln-documents-x"},
            ("named_entities", "solution-words"),
        ),
        (
            "sagemaker-soln-documents-x-summarization",
            {"sagemaker-soln": "sagemaker-soln-documents-x"},
            ("summarization", "solution"),
        ),
        ("my-ner-endpoint", {}, None),
        ("any", {"sm-jumpstart-id": "pytorch-ic-mobilenet-v2"}, None),
    ],
)
def test_tags_tell_the_dialect_where_they_are_known(
    endpoint: str, tags: Mapping[str, str], told: tuple[str, str] | None
) -> None:
    assert by_tags(endpoint, tags) == told
    if told:
        assert dialect_of(*told)
