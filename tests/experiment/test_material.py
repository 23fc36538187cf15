"""Public data as datasets: subsets held out by group, the same each time."""

import json
from pathlib import Path

import pytest

from backend.data.published import Data
from backend.data.schemas import Example, schema_of
from backend.errors import InputError
from backend.experiment.material import MATERIALS, Material, dataset, drawn, scitldr, squad, sst2
from backend.experiment.plan import Size
from tests.experiment.fake_cloud import FakeClient, made

SIZE = Size(train=60, validation=20, test=15, trials=2)


def question(number: int, *, article: str, paragraph: int) -> Example:
    return {
        "id": f"q{number}",
        "group": article,
        "question": f"Question {number}?",
        "context": f"Paragraph {paragraph} of {article}.",
        "answers": [],
    }


def questions() -> Data:
    train = [question(at, article=f"A{at % 20}", paragraph=at % 40) for at in range(200)]
    held = [question(at, article="B", paragraph=at % 5) for at in range(200, 230)]
    return Data([*train, *train], held)


@pytest.mark.parametrize("data", [made(Path()), questions()])
def test_splits_share_no_group_and_no_example_is_there_twice(data: Data) -> None:
    task = "text_classification" if "label" in data.train[0] else "question_answering"
    splits = drawn(task, data, SIZE)
    schema = schema_of(task)
    assert len(splits["test"]) == 15
    assert abs(len(splits["train"]) - 60) <= 5
    names = [{n for one in part for n in schema.groups(one)} for part in splits.values()]
    assert not names[0] & names[1]
    assert not (names[0] | names[1]) & names[2]
    keys = [schema.key(one) for part in splits.values() for one in part]
    assert len(keys) == len(set(keys))
    assert drawn(task, data, SIZE) == splits


def test_what_a_test_example_is_part_of_is_not_trained_on() -> None:
    rows = [{"text": f"Text {at} of many here.", "label": "ab"[at % 2]} for at in range(100)]
    shouted = [{**row, "text": row["text"].upper()} for row in rows[:10]]
    splits = drawn("text_classification", Data(rows, shouted), SIZE)
    texts = {row["text"] for row in (*splits["train"], *splits["validation"])}
    assert texts.isdisjoint(row["text"] for row in rows[:10])


def test_a_sentence_that_holds_a_test_example_is_not_trained_on() -> None:
    rows = [{"text": f"Text {at} of a great many here.", "label": "ab"[at % 2]} for at in range(79)]
    whole = {"text": "It is a film of great beauty , but far too long .", "label": "a"}
    part = {"text": "a film of great beauty , but far too long", "label": "a"}
    splits = drawn("text_classification", Data([*rows, whole], [], [part]), SIZE)
    assert splits["test"] == [part]
    others = [*splits["train"], *splits["validation"]]
    assert len(others) == len(rows)
    assert whole not in others


def test_papers_without_sentences_or_summary_are_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "scitldr"
    folder.mkdir()
    papers = [
        {"paper_id": "a", "source": ["One. ", " "], "target": [" Short. ", "Shorter."]},
        {"paper_id": "b", "source": ["One."], "target": [" "]},
        {"paper_id": "c", "source": [], "target": ["Short."]},
    ]
    lines = "\n".join(map(json.dumps, papers))
    (folder / "train.jsonl").write_text(lines)
    (folder / "dev.jsonl").write_text(lines)
    kept = [{"id": "a", "sentences": ["One."], "summary": "Short."}]
    assert scitldr(tmp_path) == Data(kept, kept)


def test_questions_are_half_of_the_second_squad_and_measured_on_its_other_articles(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = questions()
    monkeypatch.setattr("backend.data.published.squad", lambda _: data)
    second = data.train[:60] + data.validation
    monkeypatch.setattr("backend.data.formats.squad_json", lambda _: iter(second))
    found = squad(Path())
    assert found.held_out is not None
    assert len({row["group"] for row in found.held_out}) == 5
    names = {row["id"] for row in second}
    inside = [row["id"] in names for row in found.train]
    assert sum(inside) * 2 == len(inside)
    assert all(row["id"] in names for row in found.validation)
    articles = {row["group"] for row in found.validation}
    splits = drawn("question_answering", found, SIZE)
    assert articles.isdisjoint(row["group"] for row in splits["train"])
    assert {row["id"] for row in splits["validation"]} <= {row["id"] for row in found.validation}


def test_sentences_are_validated_and_tested_on(monkeypatch: pytest.MonkeyPatch) -> None:
    data = made(Path())
    monkeypatch.setattr("backend.data.published.sst2", lambda _: data)
    monkeypatch.setattr("backend.experiment.material.VALIDATED", 40)
    found = sst2(Path())
    splits = drawn("text_classification", found, SIZE)
    assert all(row in data.validation[:40] for row in splits["validation"])
    assert all(row in data.validation[40:] for row in splits["test"])
    assert {name: len(part) for name, part in splits.items()} == {
        "train": 60,
        "validation": 20,
        "test": 15,
    }


def test_a_missing_folder_is_said(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no folder “sst2”"):
        dataset(FakeClient().datasets, MATERIALS[0], tmp_path, SIZE)


def test_the_same_data_are_the_same_version() -> None:
    datasets = FakeClient().datasets
    material = Material("made-up", "text_classification", (), "Made up", "CC0", made)
    first = dataset(datasets, material, Path(), SIZE)
    assert dataset(datasets, material, Path(), SIZE) == first
    assert first.notes == ("subset and splits drawn with seed 13", "licence: CC0")
