"""What the shipped adapters are trained on, and what is held out of it."""

import random
from pathlib import Path
from typing import Any

import pytest

from backend.data import published
from backend.data.published.answers import WINDOW, widened


def question(number: int, group: str) -> dict[str, Any]:
    context = f"In {group} number{number} was built by Anna{number} of {group}."
    return {
        "id": str(number),
        "group": group,
        "question": f"Who built number{number} in {group}?",
        "context": context,
        "answers": [{"text": f"Anna{number}", "start": context.index("Anna")}],
    }


def test_a_made_unanswerable_question_lacks_its_answer() -> None:
    examples = [question(number, group) for group in ("Paris", "Oslo") for number in range(8)]
    made = published.made_unanswerable(examples, 6, random.Random(1))
    assert len(made) == 6
    by_id = {example["id"] + example["group"]: example for example in examples}
    for example in made:
        original = by_id[example["id"].removesuffix("-no") + example["group"]]
        assert example["answers"] == []
        assert example["context"] != original["context"]
        assert example["group"] in example["context"]
        assert original["answers"][0]["text"] not in example["context"]


@pytest.mark.parametrize("place", [0, 3, 7])
def test_a_question_on_a_stretch_of_its_article_keeps_the_place_of_its_answer(place: int) -> None:
    examples = [question(number, "Oslo") for number in range(8)]
    paragraphs = {"Oslo": [example["context"] * 9 for example in examples]}
    asked = {**examples[place], "context": paragraphs["Oslo"][place]}
    wide = widened(asked, paragraphs, random.Random(place))
    answer = wide["answers"][0]
    assert len(asked["context"]) < len(wide["context"]) <= WINDOW
    assert wide["context"][answer["start"] :].startswith(answer["text"])
    assert asked["context"] in wide["context"]


def test_a_stretch_for_an_unanswerable_question_is_without_what_would_answer_it() -> None:
    examples = [question(number, "Oslo") for number in range(8)]
    contexts = {"Oslo": [example["context"] for example in examples]}
    asked = {**examples[3], "answers": [], "context": contexts["Oslo"][4], "lacks": "anna3"}
    wide = widened(asked, contexts, random.Random(1))
    assert "Anna2" in wide["context"]
    assert "Anna3" not in wide["context"]


def test_phrases_of_held_out_sentences_are_not_trained_on(tmp_path: Path) -> None:
    (tmp_path / "sst2").mkdir()
    words = [f"w{number}" for number in range(20)]
    rows = [f"{' '.join(words[start:end])} \t1" for start in range(3) for end in (14, 17, 20)]
    rows += [f"other{number} text \t0" for number in range(5)]
    rows += [f"{' '.join(f'v{row}x{n}' for n in range(13))} \t0" for row in range(1000)]
    (tmp_path / "sst2" / "train.tsv").write_text("sentence\tlabel\n" + "\n".join(rows) + "\n")
    found = published.sst2(tmp_path)
    held = [example["text"] for example in found.validation]
    assert held
    assert not [example for example in found.train if any(example["text"] in text for text in held)]
    assert {example["label"] for example in found.train} <= {"negative", "positive"}
