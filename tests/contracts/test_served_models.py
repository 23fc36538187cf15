"""The shipped endpoints, asked over the wire: documented forms, known answers, bad input."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.conftest import Live

HARD_TEXTS = {
    "emoji": "Anna Berg 👩‍👩‍👧‍👦 flew to Paris 🙂 and liked it. The storm caused 🌊 damage.",
    "combining": "Rene\u0301 Mu\u0308ller of Zu\u0308rich likes cafe\u0301s. The storm did damage.",
    "right to left": "שלום לכם, Anna Berg of Paris said. مرحبا بالعالم The storm caused damage.",
    "no blanks": "東京は日本の首都です。ニューヨークはアメリカの都市です。",
    "long word": "x" * 20_000,
    "control": "Revenue\x00 rose\x1b[31m in Paris.\r\nThe storm caused damage.",
}
JSON, TEXT = "application/json", "application/x-text"


def invoke(live: Live, endpoint: str, body: Any, content_type: str = JSON) -> Any:
    raw = body if isinstance(body, str | bytes) else json.dumps(body)
    response = live.client.connections.runtime.invoke_endpoint(
        EndpointName=endpoint, Body=raw, ContentType=content_type, Accept=JSON
    )
    return json.loads(response["Body"].read())


def refused(live: Live, endpoint: str, body: Any, content_type: str = JSON) -> ClientError:
    with pytest.raises(ClientError) as caught:
        invoke(live, endpoint, body, content_type)
    return caught.value


def test_all_endpoints_are_in_service(live: Live) -> None:
    ready = {endpoint.name for endpoint in live.client.endpoints() if endpoint.ready}
    assert ready == {
        "pretrained-summarization",
        "pretrained-text-classification",
        "pretrained-question-answering",
        "pretrained-document-entities",
        "pretrained-business-relations",
        "pretrained-named-entities",
        "pretrained-relation-extraction",
        "pretrained-own-labels",
    }


def test_the_fine_tuned_entity_model_is_registered(live: Live) -> None:
    assert "finetuned-named-entities" in {model.name for model in live.client.models()}


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("a thoughtful, moving and beautifully acted film", "positive"),
        ("simply stupid, dull and irrelevant", "negative"),
    ],
)
def test_a_sentence_is_classified(live: Live, text: str, label: str) -> None:
    answer = invoke(live, "pretrained-text-classification", text, TEXT)
    assert answer["labels"] == ["negative", "positive"]
    assert answer["predicted_label"] == label
    assert sum(answer["probabilities"]) == pytest.approx(1.0)
    assert len(answer["sections"]) == 1
    assert invoke(live, "pretrained-text-classification", {"text": text}) == answer


def test_a_sentence_is_classified_by_labels_that_the_request_brings(live: Live) -> None:
    labels = [
        {"name": "sport", "description": "matches, players and results"},
        {"name": "cooking", "description": "food, recipes and kitchens"},
    ]
    text = "The striker scored twice before half-time."
    answer = invoke(live, "pretrained-own-labels", {"text": text, "labels": labels})
    assert answer["labels"] == ["sport", "cooking"]
    assert answer["predicted_label"] == "sport"
    assert not answer["none"]
    assert (answer["sections"][0]["start"], answer["sections"][0]["end"]) == (0, len(text))


def test_a_text_without_labels_is_refused_where_there_are_none(live: Live) -> None:
    error = refused(live, "pretrained-own-labels", "The striker scored twice.", TEXT)
    assert error.response["OriginalStatusCode"] == 400
    assert "labels of your own" in str(error)


def test_a_long_text_is_classified_by_section(live: Live) -> None:
    text = "It was a great success. " * 60 + "\n\n" + "It was a terrible failure. " * 60
    answer = invoke(live, "pretrained-text-classification", text, TEXT)
    sections = answer["sections"]
    assert len(sections) > 2
    assert sections[0]["predicted_label"] == "positive"
    assert sections[-1]["predicted_label"] == "negative"
    covered = " ".join(text[part["start"] : part["end"]] for part in sections)
    assert covered.split() == text.split()


ARTICLE = (
    "The museum was founded in 1921 by the chemist Clara Vogt. "
    "It stands in Lisbon, beside the river. "
    "In 2019 it bought a painting for three million euros."
)


def test_answers_are_spans_of_the_context(live: Live) -> None:
    request = {"question": "Who founded the museum?", "context": ARTICLE}
    answer = invoke(live, "pretrained-question-answering", request)
    assert len([item for item in answer["answers"] if item["answer"]]) == 3
    for item in answer["answers"]:
        assert ARTICLE[item["start"] : item["end"]] == item["answer"]
    best = max(answer["answers"], key=lambda item: bool(item["answer"]) * item["score"])
    assert "Clara Vogt" in best["answer"]


def test_an_answer_is_found_far_into_a_long_context(live: Live) -> None:
    context = "The weather stayed mild that week, and little happened. " * 150 + ARTICLE
    request = {"question": "Who founded the museum?", "context": context, "parameters": {"topk": 1}}
    answer = invoke(live, "pretrained-question-answering", request)
    assert answer["windows"] > 4
    spans = [item for item in answer["answers"] if item["answer"]]
    assert len(spans) == 1
    assert "Clara Vogt" in spans[0]["answer"]
    assert context[spans[0]["start"] : spans[0]["end"]] == spans[0]["answer"]


def test_a_list_of_two_texts_is_answered_as_jumpstart_does(live: Live) -> None:
    answer = invoke(
        live,
        "pretrained-question-answering",
        ["Who founded the museum?", ARTICLE],
        "application/list-text",
    )
    assert list(answer) == ["answer"]


def test_names_of_a_document_have_one_type_and_no_noise(live: Live) -> None:
    text = "Ann Lee joined Acme Corp. in Paris on 3 May 2024 for $5 million.\n\n• Lee wrote a.csv."
    answer = invoke(live, "pretrained-document-entities", {"text": text})
    found = {(item["text"], item["label"]) for item in answer["entities"]}
    assert {("Ann Lee", "PERSON"), ("Paris", "GPE"), ("$5 million", "MONEY")} <= found
    assert not any("csv" in words or "•" in words for words, _ in found)
    for item in answer["entities"]:
        assert text[item["start_char"] : item["end_char"]] == item["text"]


def test_a_pair_of_named_things_has_a_business_relation_or_none(live: Live) -> None:
    text = "Ann Lee is the chief executive of Acme Corp in Paris."
    request = {
        "sequence": text,
        "entity_one_start": 0,
        "entity_one_end": 7,
        "entity_two_start": text.index("Acme"),
        "entity_two_end": text.index(" in"),
    }
    scores = invoke(live, "pretrained-business-relations", request)["scores"]
    assert "no_relation" in scores
    assert "org:founded_by(e1,e2)" in scores
    assert sum(scores.values()) == pytest.approx(1.0, abs=1e-6)


def test_a_documents_business_relations_are_between_fitting_types(live: Live) -> None:
    text = "Ann Lee, chief executive of Acme Corp, met Bob May, Eve Fox and Tom Ash."
    answer = invoke(live, "pretrained-business-relations", {"text": text})
    people = {"Ann Lee", "Bob May", "Eve Fox", "Tom Ash"}
    for relation in answer["relations"]:
        assert not {relation["head"]["text"], relation["tail"]["text"]} <= people
        assert relation["score"] >= 0.6


def test_the_solutions_own_example_of_a_relation(live: Live) -> None:
    request = {
        "sequence": "I have imported an audio book into the software",
        "entity_one_start": 25,
        "entity_one_end": 29,
        "entity_two_start": 39,
        "entity_two_end": 47,
    }
    answer = invoke(live, "pretrained-relation-extraction", request)
    assert (answer["id"], answer["str"]) == (5, "Entity-Destination(e1,e2)")
    assert (answer["Label_id"], answer["Label"]) == (5, "Entity-Destination")
    assert len(answer["scores"]) == 19
    assert sum(answer["scores"].values()) == pytest.approx(1.0)
    swapped = {
        "sequence": request["sequence"],
        "entity_one_start": 39,
        "entity_one_end": 47,
        "entity_two_start": 25,
        "entity_two_end": 29,
    }
    assert invoke(live, "pretrained-relation-extraction", swapped)["Label"] == "Destination-Entity"


def test_relations_of_a_document_join_its_entities(live: Live) -> None:
    text = "The flood caused heavy damage. The letter describes the merger. Nothing else."
    entities = [
        {"start": text.index(word), "end": text.index(word) + len(word)}
        for word in ("flood", "damage", "letter", "merger")
    ]
    answer = invoke(live, "pretrained-relation-extraction", {"text": text, "entities": entities})
    assert answer["pairs"] == 2
    found = {(r["head"]["text"], r["relation"], r["tail"]["text"]) for r in answer["relations"]}
    assert ("flood", "Cause-Effect", "damage") in found
    assert ("letter", "Message-Topic", "merger") in found
    alone = invoke(live, "pretrained-relation-extraction", {"text": text})
    assert ("flood", "Cause-Effect", "damage") in {
        (r["head"]["text"], r["relation"], r["tail"]["text"]) for r in alone["relations"]
    }


def test_a_summary_quotes_its_source(live: Live) -> None:
    text = " ".join(f"The company sold {number} pumps in that year." for number in range(40))
    request = {"text": text, "parameters": {"max_words": 30, "min_words": 10}}
    answer = invoke(live, "pretrained-summarization", request)
    assert 10 <= answer["words"] <= 30
    for sentence in answer["sentences"]:
        assert text[sentence["start"] : sentence["end"]] == sentence["text"]
    assert answer["summary"] == " ".join(item["text"] for item in answer["sentences"])


def test_the_solutions_own_parameters_are_understood(live: Live) -> None:
    parameters = {"max_length": 40, "min_length": 5, "do_sample": "true", "anything": 1}
    answer = invoke(
        live, "pretrained-summarization", {"text": ARTICLE, "parameters": parameters, "more": 0}
    )
    assert answer["summary"]


@pytest.mark.parametrize("kind", sorted(HARD_TEXTS))
def test_every_span_equals_its_text(live: Live, kind: str) -> None:
    text = HARD_TEXTS[kind]
    entities = invoke(live, "pretrained-named-entities", {"text": text})
    for item in entities["entities"] + entities["noun_chunks"]:
        assert text[item["start_char"] : item["end_char"]] == item["text"]
    answers = invoke(live, "pretrained-question-answering", {"question": "Who?", "context": text})
    for item in answers["answers"]:
        assert text[item["start"] : item["end"]] == item["answer"]
    summary = invoke(live, "pretrained-summarization", {"text": text})
    for item in summary["sentences"]:
        assert text[item["start"] : item["end"]] == item["text"]
    relations = invoke(live, "pretrained-relation-extraction", {"text": text})
    for relation in relations["relations"]:
        for item in (relation["head"], relation["tail"], relation["sentence"]):
            assert text[item["start"] : item["end"]] == item["text"]
    sections = invoke(live, "pretrained-text-classification", text.encode(), TEXT)["sections"]
    assert "".join("".join(text[s["start"] : s["end"]].split()) for s in sections) == "".join(
        text.split()
    )


def test_entities_are_the_pipelines_own(live: Live) -> None:
    from backend.documents.samples import samples
    from common import spacy_model

    pipeline = spacy_model.load()
    for text in [sample.text for sample in samples()[:4]] + list(HARD_TEXTS.values()):
        doc = pipeline(text)
        answer = invoke(live, "pretrained-named-entities", {"text": text})
        assert [(e["start_char"], e["end_char"], e["label"]) for e in answer["entities"]] == [
            (e.start_char, e.end_char, e.label_) for e in doc.ents
        ]
        assert [(c["start_char"], c["end_char"]) for c in answer["noun_chunks"]] == [
            (c.start_char, c.end_char) for c in doc.noun_chunks
        ]


EMPTY: dict[str, Any] = {
    "pretrained-summarization": {"text": "  "},
    "pretrained-text-classification": {"text": ""},
    "pretrained-question-answering": {"question": "Who?", "context": "\n"},
    "pretrained-named-entities": {"text": ""},
    "pretrained-relation-extraction": {"text": ""},
}


@pytest.mark.parametrize("endpoint", sorted(EMPTY))
def test_bad_input_is_refused_in_one_sentence_and_harms_nothing(live: Live, endpoint: str) -> None:
    bodies: list[tuple[Any, str]] = [
        (EMPTY[endpoint], JSON),
        ({}, JSON),
        (b"\xff\xfe\x00binary", JSON),
        (b"{", JSON),
        ([1, 2], JSON),
        ({"text": 5, "question": 5, "context": 5}, JSON),
        (b"a,b", "text/csv"),
    ]
    for body, content_type in bodies:
        error = refused(live, endpoint, body, content_type)
        assert error.response["Error"]["Code"] == "ModelError"
        assert error.response["OriginalStatusCode"] in {400, 415}
        message = error.response["OriginalMessage"]
        assert "Traceback" not in message
        assert message.strip().endswith(".")
    assert live.client.endpoint(endpoint).ready


def test_a_request_over_the_payload_limit_is_refused(live: Live) -> None:
    error = refused(live, "pretrained-summarization", {"text": "word " * 2_000_000})
    assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 413 or (
        error.response["Error"]["Code"] == "ValidationError"
    )


def test_a_question_needs_a_context(live: Live) -> None:
    error = refused(live, "pretrained-question-answering", {"question": "Who?"})
    assert "'context'" in error.response["OriginalMessage"]


def test_spans_out_of_range_are_refused(live: Live) -> None:
    request = {
        "sequence": "a book",
        "entity_one_start": 2,
        "entity_one_end": 60,
        "entity_two_start": 0,
        "entity_two_end": 1,
    }
    error = refused(live, "pretrained-relation-extraction", request)
    assert "not a span" in error.response["OriginalMessage"]
