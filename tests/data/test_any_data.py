"""Whatever people have written comes back as it was, in the formats that programs write."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from backend.data.contents import Contents
from backend.data.reading import SourceFile, read

TC, NER, QA = "text_classification", "named_entities", "question_answering"

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=50)
LABELS = st.sampled_from(["praise", "complaint", "C++", "-1", "none of these"])
WORDS = st.text(st.characters(categories=["L", "M", "N", "P", "S"]), min_size=1, max_size=9)
TAGS = st.lists(st.tuples(WORDS, st.sampled_from(["O", "B-PER", "B-LOC"])), min_size=2, max_size=8)


def look(text: str, name: str) -> Contents:
    return read([SourceFile(name, text.encode("utf-8"))])


@settings(max_examples=80, deadline=None)
@given(st.lists(st.tuples(TEXTS, LABELS), min_size=3, max_size=20), st.booleans())
def test_texts_with_labels_in_json(rows: list[tuple[str, str]], lines: bool) -> None:
    objects = [{"text": f"Text {text} .", "label": label} for text, label in rows]
    text = (
        "\n".join(map(json.dumps, objects)) if lines else json.dumps({"meta": 1, "rows": objects})
    )
    examples = look(text, "a.json").examples(TC)
    assert list(examples.parts[""]) == objects
    assert examples.left_out == ()


@settings(max_examples=80, deadline=None)
@given(st.lists(TAGS, min_size=3, max_size=10), st.sampled_from(["\t", " "]))
def test_words_with_tags(sentences: list[list[tuple[str, str]]], between: str) -> None:
    sentences = [*sentences, [("Anna", "B-PER"), ("left", "O")] * 9]
    text = "\n\n".join(
        "\n".join(f"w{word}{between}{tag}" for word, tag in sentence) for sentence in sentences
    )
    examples = look(f"{text}\n", "a.conll").examples(NER).parts[""]
    assert [e["text"] for e in examples] == [
        " ".join(f"w{word}" for word, _ in sentence) for sentence in sentences
    ]
    for example, sentence in zip(examples, sentences, strict=True):
        marked = [example["text"][s["start"] : s["end"]] for s in example["entities"]]
        assert marked == [f"w{word}" for word, tag in sentence if tag != "O"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(TEXTS, TEXTS), min_size=2, max_size=10))
def test_offsets_of_answers_count_code_points(rows: list[tuple[str, str]]) -> None:
    def paragraph(before: str, answer: str) -> dict[str, Any]:
        context = f"{before} {answer} end."
        answers = [{"text": answer, "answer_start": len(before) + 1}]
        return {"context": context, "qas": [{"question": "What?", "answers": answers}]}

    articles = [{"title": "T", "paragraphs": [paragraph(*row) for row in rows]}]
    text = json.dumps({"data": articles}, ensure_ascii=False)
    examples = look(text, "a.json").examples(QA).parts[""]
    for example in examples:
        for answer in example["answers"]:
            start = answer["start"]
            assert example["context"][start : start + len(answer["text"])] == answer["text"]
