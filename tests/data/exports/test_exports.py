"""What annotation tools export: each shape is recognised, and read into the same few examples."""

import json
from typing import Any

import pytest

from backend.data.reading import Contents, SourceFile, read

TC, NER, QA = "text_classification", "named_entities", "question_answering"
RE, SUM = "relation_extraction", "summarization"

TEXT = "Berg leads Acme in Oslo"
WORDS = TEXT.split()
SPANS = [{"start": 0, "end": 4, "label": "PER"}, {"start": 11, "end": 15, "label": "ORG"}]
ENTITIES = {"text": TEXT, "entities": SPANS}
PRAISE = {"text": TEXT, "label": "praise"}
HEAD, TAIL = {"start": 0, "end": 4}, {"start": 11, "end": 15}
LEADS = {"text": TEXT, "head": HEAD, "tail": TAIL, "label": "leads"}
SHORT = "They will build a bridge there soon."
LONG = "The board has met and decided to build a bridge over the river next year."


def look(content: str | bytes, name: str = "data") -> Contents:
    data = content.encode() if isinstance(content, str) else content
    return read([SourceFile(name, data)])


def lines(*rows: Any) -> str:
    return "\n".join(json.dumps(row) for row in rows)


def studio(*result: dict[str, Any]) -> dict[str, Any]:
    return {"id": 1, "data": {"text": TEXT}, "annotations": [{"id": 2, "result": list(result)}]}


def mark(name: str, start: int, end: int, label: str) -> dict[str, Any]:
    value = {"start": start, "end": end, "text": TEXT[start:end], "labels": [label]}
    return {"id": name, "type": "labels", "from_name": "l", "to_name": "text", "value": value}


def prodigy(**more: Any) -> dict[str, Any]:
    return {"text": TEXT, "_input_hash": 1, "_task_hash": 2, "answer": "accept", **more}


MARKS = [mark("a", 0, 4, "PER"), mark("b", 11, 15, "ORG")]
STUDIO_ROW = {"text": TEXT, "id": 1, "annotator": 1, "annotation_id": 1, "created_at": "2024",
              "updated_at": "2024", "lead_time": 1.5}  # fmt: skip
TOKENS = [{"text": word, "start": 0, "end": 1, "id": at} for at, word in enumerate(WORDS)]


@pytest.mark.parametrize(
    ("content", "task", "example"),
    [
        (json.dumps([studio(*MARKS)]), NER, ENTITIES),
        (json.dumps([studio({"type": "choices", "value": {"choices": ["praise"]}})]), TC, PRAISE),
        (json.dumps([studio(*MARKS, {"type": "relation", "from_id": "a", "to_id": "b",
                                     "direction": "right", "labels": ["leads"]})]), RE, LEADS),
        (json.dumps([STUDIO_ROW | {"label": MARKS and [
            {"start": 0, "end": 4, "text": "Berg", "labels": ["PER"]},
            {"start": 11, "end": 15, "text": "Acme", "labels": ["ORG"]}]}]), NER, ENTITIES),
        (json.dumps([STUDIO_ROW | {"sentiment": "praise"}]), TC, PRAISE),
        (("text,id,sentiment,annotator,annotation_id,created_at,updated_at,lead_time\n"
         f"{TEXT},1,praise,1,1,2024,2024,1.5\n"), TC, PRAISE),
        (lines(prodigy(tokens=TOKENS, spans=SPANS)), NER, ENTITIES),
        (lines({"text": TEXT, "tokens": TOKENS, "spans": SPANS}), NER, ENTITIES),
        (lines({"text": TEXT, "tokens": TOKENS, "ner": ["B-PER", "O", "B-ORG", "O", "O"]}),
         NER, ENTITIES),
        (lines(prodigy(label="praise")), TC, PRAISE),
        (lines(prodigy(options=[{"id": "praise", "text": "Praise"}], accept=["praise"])),
         TC, PRAISE),
        (lines(prodigy(spans=SPANS, relations=[
            {"head_span": SPANS[0], "child_span": SPANS[1], "label": "leads"}])), RE, LEADS),
        (lines({"id": 1, "text": TEXT, "label": ["praise"]}), TC, PRAISE),
        (lines({"id": 1, "data": TEXT, "label": [[0, 4, "PER"], [11, 15, "ORG"]]}), NER, ENTITIES),
        (lines({"id": 1, "text": TEXT, "entities": [
            {"id": 7, "label": "PER", "start_offset": 0, "end_offset": 4},
            {"id": 8, "label": "ORG", "start_offset": 11, "end_offset": 15}],
            "relations": [{"id": 1, "from_id": 7, "to_id": 8, "type": "leads"}]}), RE, LEADS),
        (lines({"id": 1, "text": TEXT, "label": [LONG]}), SUM, {"text": TEXT, "summary": LONG}),
        (json.dumps([[TEXT, {"entities": [[0, 4, "PER"], [11, 15, "ORG"]]}]]), NER, ENTITIES),
        (json.dumps({"classes": ["PER"], "annotations": [
            [TEXT, {"entities": [[0, 4, "PER"], [11, 15, "ORG"]]}]]}), NER, ENTITIES),
        (lines({"text": TEXT, "cats": {"praise": 1.0, "complaint": 0.0}}), TC, PRAISE),
        (json.dumps([{"id": 0, "paragraphs": [{"raw": TEXT, "sentences": [{"tokens": [
            {"orth": word, "ner": tag} for word, tag in
            zip(WORDS, ["U-PER", "O", "U-ORG", "O", "O"], strict=True)]}]}]}]), NER, ENTITIES),
        (lines({"source": TEXT, "job": 1, "job-metadata": {
            "class-name": "praise", "type": "groundtruth/text-classification"}}), TC, PRAISE),
        (lines({"source": TEXT, "job": {"annotations": {"entities": [
            {"label": "PER", "startOffset": 0, "endOffset": 4},
            {"label": "ORG", "startOffset": 11, "endOffset": 15}]}},
            "job-metadata": {"type": "groundtruth/text-span"}}), NER, ENTITIES),
        (lines({"classificationAnnotation": {"displayName": "praise"}, "textContent": TEXT}),
         TC, PRAISE),
        (lines({"textSegmentAnnotations": [
            {"startOffset": 0, "endOffset": 4, "displayName": "PER"},
            {"startOffset": 11, "endOffset": 15, "displayName": "ORG"}], "textContent": TEXT}),
         NER, ENTITIES),
        (lines({"annotations": [{"display_name": "PER", "text_extraction": {
            "text_segment": {"start_offset": 0, "end_offset": 4}}}, {"display_name": "ORG",
            "text_extraction": {"text_segment": {"start_offset": 11, "end_offset": 15}}}],
            "text_snippet": {"content": TEXT}}), NER, ENTITIES),
        (json.dumps([{"id": "1", "token": WORDS, "subj_start": 0, "subj_end": 0, "obj_start": 2,
                      "obj_end": 2, "relation": "leads"}]), RE, LEADS),
        (lines({"text": TEXT, "h": {"name": "Berg", "pos": [0, 4]},
                "t": {"name": "Acme", "pos": [11, 15]}, "relation": "leads"}), RE, LEADS),
        (lines({"token": WORDS, "h": {"name": "Berg", "pos": [0, 1]},
                "t": {"name": "Acme", "pos": [2, 3]}, "relation": "leads"}), RE, LEADS),
        (json.dumps([{"tokens": WORDS, "entities": [{"type": "PER", "start": 0, "end": 1},
                                                    {"type": "ORG", "start": 2, "end": 3}],
                      "relations": [{"type": "leads", "head": 0, "tail": 1}]}]), RE, LEADS),
        (lines({"sentences": [["So", "."], WORDS], "ner": [[], [[2, 2, "PER"], [4, 4, "ORG"]]],
                "relations": [[], [[2, 2, 4, 4, "leads"]]]}), RE, LEADS),
        (f"DESC:manner {TEXT}\nENTY:animal What ate it ?\n", TC,
         {"text": TEXT, "label": "DESC:manner"}),
        (f"__label__praise {TEXT}\n__label__complaint Too late\n", TC, PRAISE),
        (json.dumps({"rasa_nlu_data": {"common_examples": [
            {"text": TEXT, "intent": "praise", "entities": []}]}}), TC, PRAISE),
        (("version: '3.1'\nnlu:\n- intent: praise\n  examples: |\n"
         f"    - {TEXT}\n    - Thanks to [Acme](org)\n"), TC, PRAISE),
        (f"## intent:praise\n- {TEXT}\n- Thanks\n## intent:bye\n- Bye\n", TC, PRAISE),
        (json.dumps({"luis_schema_version": "3.2", "name": "x", "culture": "en-us", "utterances": [
            {"text": TEXT, "intent": "praise", "entities": []},
            {"text": "Bye", "intent": "bye", "entities": []}]}), TC, PRAISE),
        (lines({"messages": [{"role": "system", "content": "Classify."},
                             {"role": "user", "content": TEXT},
                             {"role": "assistant", "content": "praise"}]}), TC, PRAISE),
        (lines({"conversations": [{"from": "human", "value": LONG},
                                  {"from": "gpt", "value": SHORT}]}),
         SUM, {"text": LONG, "summary": SHORT}),
        (json.dumps([{"instruction": "Sum up.", "input": LONG,
                      "output": SHORT}]),
         SUM, {"text": LONG, "summary": SHORT}),
        (json.dumps([{"id": "1", "dialogue": "Ann: Lunch?\nBo: At noon.",
                      "summary": "They meet for lunch."}]),
         SUM, {"id": "1", "text": "Ann: Lunch?\nBo: At noon.", "summary": "They meet for lunch."}),
        (("Sentence #,Word,POS,Tag\nSentence: 1,Berg,NNP,B-PER\n,leads,VBZ,O\n,Acme,NNP,B-ORG\n"
         ",in,IN,O\n,Oslo,NNP,O\nSentence: 2,Thanks,NN,O\n"), NER, ENTITIES),
    ],
)  # fmt: skip
def test_an_export_is_recognised_and_read(content: str, task: str, example: Any) -> None:
    contents = look(content)
    assert contents.tasks[0] == task
    assert contents.reasons[task], "says why"
    examples = contents.examples(task)
    assert next(one for part in examples.parts.values() for one in part) == example or example in [
        {name: value for name, value in one.items() if name in example}
        for part in examples.parts.values()
        for one in part
    ]


SQUAD_QA = {"question": "Who leads Acme?", "answers": [{"text": "Berg", "answer_start": 0}]}
PARAGRAPH = {"context": TEXT, "qas": [SQUAD_QA]}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps({"data": [{"title": "T", "paragraphs": [PARAGRAPH]}]}),
        json.dumps([{"title": "T", "paragraphs": [PARAGRAPH]}]),
        json.dumps([PARAGRAPH]),
        json.dumps({"version": "1", "data": [{"id": "1", "context": TEXT, **SQUAD_QA}]}),
        lines({"context": TEXT, "question": "Who leads Acme?",
               "answers": {"text": ["Berg"], "answer_start": [0]}}),
        ("question,context,answers\n"
        f"Who leads Acme?,{TEXT},\"{{'text': ['Berg'], 'answer_start': [0]}}\"\n"),
        ("question,context,answers\n"
        f"Who leads Acme?,{TEXT},\"{{'text': array(['Berg'], dtype=object), "
        "'answer_start': array([0], dtype=int32)}\"\n"),
    ],
)  # fmt: skip
def test_squad_is_read_in_every_shape(content: str) -> None:
    contents = look(content)
    assert contents.tasks[0] == QA
    ((example,),) = contents.examples(QA).parts.values()
    assert example["question"] == "Who leads Acme?"
    assert example["answers"] == [{"text": "Berg", "start": 0}]


def test_answers_without_a_text_are_none() -> None:
    null = {"question": "When?", "answers": [{"text": None, "answer_start": None}]}
    missing = {"question": "Where?", "is_impossible": True}
    nothing = {"question": "Why?", "answers": [None]}
    paragraph = {"context": TEXT, "qas": [SQUAD_QA, null, missing, nothing]}
    contents = look(json.dumps({"data": [{"paragraphs": [paragraph]}]}))
    ((*examples,),) = contents.examples(QA).parts.values()
    assert [len(example["answers"]) for example in examples] == [1, 0, 0, 0]


def test_what_people_rejected_is_no_example_and_is_counted() -> None:
    rows = [prodigy(label="praise"), prodigy(label="praise") | {"answer": "reject"}]
    examples = look(lines(*rows * 10)).examples(TC)
    assert len(examples.parts[""]) == 10
    assert len(examples.left_out) == 10
    assert examples.notes == ("10 rows were left out, the first is row 2: it was rejected.",)


def test_offsets_of_browsers_become_code_points() -> None:
    text = "😀 Berg leads"
    value = {"start": 3, "end": 7, "text": "Berg", "labels": ["PER"]}
    task = {"data": {"text": text}, "annotations": [{"result": [
        {"id": "a", "type": "labels", "value": value}]}]}  # fmt: skip
    ((example,),) = look(json.dumps([task])).examples(NER).parts.values()
    (span,) = example["entities"]
    assert text[span["start"] : span["end"]] == "Berg"


def test_a_relation_drawn_from_right_to_left_has_its_head_there() -> None:
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "direction": "left",
                "labels": ["led by"]}  # fmt: skip
    ((example,),) = look(json.dumps([studio(*MARKS, relation)])).examples(RE).parts.values()
    assert (example["head"], example["tail"]) == (TAIL, HEAD)


def test_splits_that_an_export_names_are_kept() -> None:
    rows = [{"classificationAnnotation": {"displayName": "praise"}, "textContent": TEXT,
             "dataItemResourceLabels": {"aiplatform.googleapis.com/ml_use": use}}
            for use in ("training", "validation", "test")]  # fmt: skip
    assert look(lines(*rows)).counts == {"train": 1, "validation": 1, "test": 1}


def test_both_tasks_of_a_file_can_be_chosen() -> None:
    relation = {"type": "relation", "from_id": "a", "to_id": "b", "labels": ["leads"]}
    contents = look(json.dumps([studio(*MARKS, relation)]))
    assert contents.tasks == (RE, NER)
    assert contents.examples(NER).parts == {"": [ENTITIES]}
