"""Each published format becomes canonical examples whose offsets hold."""

import json
from pathlib import Path

import pytest

from backend.data import formats
from backend.data.formats import FormatError


def write(folder: Path, text: str) -> Path:
    path = folder / "file"
    path.write_text(text, encoding="utf-8")
    return path


def test_glue_keeps_quotes_as_they_are(tmp_path: Path) -> None:
    path = write(tmp_path, "sentence\tlabel\na \"fine film \t1\n`` no ''\t0\n")
    assert list(formats.glue_tsv(path)) == [
        {"text": 'a "fine film', "label": "1"},
        {"text": "`` no ''", "label": "0"},
    ]


def test_glue_names_the_line_that_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 2"):
        list(formats.glue_tsv(write(tmp_path, "sentence\tlabel\nonly one cell\n")))


@pytest.mark.parametrize(
    "text",
    [
        "en:Anna\tB-PER\nen:Berg\tI-PER\nen:left\tO\nen:Paris\tB-LOC\n\n",  # WikiANN, IOB2
        "Anna NNP I-PER\nBerg NNP I-PER\nleft VBD O\nParis NNP I-LOC\n",  # CoNLL-2003, IOB1
        "# text = …\n1\tAnna\tB-PER\t-\n2\tBerg\tI-PER\t-\n3\tleft\tO\t-\n4\tParis\tB-LOC\t-\n",
    ],
)
def test_tagged_words_become_spans(tmp_path: Path, text: str) -> None:
    (example,) = formats.tagged_words(write(tmp_path, text))
    assert example["text"] == "Anna Berg left Paris"
    assert [
        (example["text"][item["start"] : item["end"]], item["label"])
        for item in example["entities"]
    ] == [("Anna Berg", "PER"), ("Paris", "LOC")]


def test_a_new_begin_tag_starts_a_new_entity(tmp_path: Path) -> None:
    (example,) = formats.tagged_words(write(tmp_path, "Paris\tB-LOC\nOslo\tB-LOC\n"))
    assert [(item["start"], item["end"]) for item in example["entities"]] == [(0, 5), (6, 10)]


def test_a_line_without_a_tag_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 1"):
        list(formats.tagged_words(write(tmp_path, "Paris\n")))


def test_squad_knows_unanswerable_questions(tmp_path: Path) -> None:
    questions = [
        {"id": "1", "question": " Who? ", "answers": [{"text": "Anna", "answer_start": 0}]},
        {"id": "2", "question": "When?", "is_impossible": True, "answers": []},
    ]
    content = {
        "data": [{"title": "T", "paragraphs": [{"context": "Anna left.", "qas": questions}]}]
    }
    first, second = formats.squad_json(write(tmp_path, json.dumps(content)))
    assert first == {
        "id": "1",
        "group": "T",
        "question": "Who?",
        "context": "Anna left.",
        "answers": [{"text": "Anna", "start": 0}],
    }
    assert second["answers"] == []


@pytest.mark.parametrize("text", ["{", "{}", "[]"])
def test_what_is_not_squad_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(FormatError, match="not SQuAD"):
        list(formats.squad_json(write(tmp_path, text)))


SEMEVAL = (
    '1\t"The <e1>storm</e1> caused <e2>heavy damage</e2>."\r\n'
    "Cause-Effect(e1,e2)\r\nComment: not <e1>this</e1>\r\n\r\n"
)


def test_semeval_marks_become_spans(tmp_path: Path) -> None:
    (example,) = formats.semeval_relations(write(tmp_path, SEMEVAL))
    text = example["text"]
    assert text == "The storm caused heavy damage."
    assert text[example["head"]["start"] : example["head"]["end"]] == "storm"
    assert text[example["tail"]["start"] : example["tail"]["end"]] == "heavy damage"
    assert example["label"] == "Cause-Effect(e1,e2)"


def test_a_sentence_without_marks_is_named(tmp_path: Path) -> None:
    with pytest.raises(FormatError, match="line 1"):
        list(formats.semeval_relations(write(tmp_path, '1\t"No marks."\nOther\nComment:\n\n')))
