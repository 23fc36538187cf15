"""Each task from ``train.py`` to its served answer, with a tiny encoder."""

import json
import os
import random
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.model_code.conftest import ROOT, Train, write

GOOD, BAD = ("good great film", "bad poor plot")
Examples = list[dict[str, Any]]


def classification() -> Examples:
    rng = random.Random(1)
    filler = ["the", "film", "and", "plot", "was"]
    return [
        {"text": " ".join([rng.choice(filler), word, rng.choice(filler)]), "label": label}
        for _ in range(60)
        for word, label in (("great", "positive"), ("poor", "negative"))
    ]


def entities() -> Examples:
    rng = random.Random(1)
    made = []
    for _ in range(120):
        person, place = rng.choice(["anna", "berg"]), rng.choice(["paris", "london"])
        text = f"{person} was in {place}"
        made.append(
            {
                "text": text,
                "entities": [
                    {"start": 0, "end": len(person), "label": "PER"},
                    {"start": len(text) - len(place), "end": len(text), "label": "LOC"},
                ],
            }
        )
    return made


def questions() -> Examples:
    rng = random.Random(1)
    made = []
    for number in range(120):
        person, place = rng.choice(["anna", "berg"]), rng.choice(["paris", "london"])
        context = f"{person} was in {place}"
        answers = [{"text": person, "start": 0}] if number % 3 else []
        asked = "who was in" if number % 3 else "when"
        made.append({"question": asked, "context": context, "answers": answers})
    return made


def relations() -> Examples:
    rng = random.Random(1)
    made = []
    for _ in range(60):
        one, two = rng.choice(["storm", "rose"]), rng.choice(["damage", "fell"])
        text = f"the {one} caused the {two}"
        spans = {
            "head": {"start": 4, "end": 4 + len(one)},
            "tail": {"start": len(text) - len(two), "end": len(text)},
        }
        made.append({"text": text, **spans, "label": "Cause-Effect(e1,e2)"})
        text = f"the {two} from {one}"
        made.append(
            {
                "text": text,
                "head": {"start": 4, "end": 4 + len(two)},
                "tail": {"start": len(text) - len(one), "end": len(text)},
                "label": "Cause-Effect(e2,e1)",
            }
        )
    return made


def summaries() -> Examples:
    best = "The revenue of acme rose."
    text = f"{best} The film was bad. The factory makes the engine. It was a plot."
    return [{"text": text, "summary": best, "group": str(number)} for number in range(20)]


CASES: dict[str, tuple[Examples, dict[str, Any], str]] = {
    "text_classification": (classification(), {"lora_rank": 4}, "accuracy"),
    "named_entities": (entities(), {}, "f1"),
    "question_answering": (questions(), {"frozen_layers": 1}, "f1"),
    "relation_extraction": (relations(), {"lora_rank": 4}, "f1_macro"),
    "summarization": (summaries(), {}, "rouge1"),
}


@pytest.fixture(scope="module", params=sorted(CASES))
def trained(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, train: Train
) -> tuple[str, Path, str]:
    task = str(request.param)
    examples, settings, _ = CASES[task]
    base = write(tmp_path_factory.mktemp(task), examples)
    epochs = {"epochs": 6, "learning_rate": 3e-3, "batch_size": 8}
    done = train(task, base, **{**epochs, **settings})
    assert done.returncode == 0, done.stderr
    return task, base, done.stdout


def test_training_reports_and_saves(trained: tuple[str, Path, str]) -> None:
    task, base, log = trained
    assert f"validation:{CASES[task][2]}=" in log
    saved = {path.name for path in (base / "model").iterdir()}
    assert {"model.json", "README.md", "code", "base"} <= saved
    assert not list(base.rglob("*.bin"))
    card = (base / "model" / "README.md").read_text()
    assert "sha256" in card
    assert CASES[task][2] in card
    bundle = {path.name for path in (base / "model" / "code").iterdir()}
    assert {"inference.py", "train.py", "entry.py", "common", task} <= bundle


REQUESTS: dict[str, tuple[str, Any]] = {
    "text_classification": ("application/x-text", "the great film"),
    "named_entities": ("application/json", {"text": "anna was in paris, berg was in london."}),
    "question_answering": (
        "application/json",
        {"question": "who was in", "context": "berg was in paris"},
    ),
    "relation_extraction": (
        "application/json",
        {
            "sequence": "the storm caused the damage",
            "entity_one_start": 4,
            "entity_one_end": 9,
            "entity_two_start": 21,
            "entity_two_end": 27,
        },
    ),
    "summarization": (
        "application/json",
        {"text": summaries()[0]["text"], "parameters": {"max_words": 5}},
    ),
}


def answer(task: str, model_dir: Path, content_type: str, body: Any) -> Any:
    hooks = import_module(f"{task}.inference")
    model = hooks.model_fn(str(model_dir))
    raw = body if isinstance(body, str) else json.dumps(body)
    return json.loads(
        hooks.output_fn(
            hooks.predict_fn(hooks.input_fn(raw.encode(), content_type), model), "application/json"
        )
    )


def test_the_trained_model_answers(
    trained: tuple[str, Path, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, base, _ = trained
    monkeypatch.setenv("DOCINSIGHTS_CACHE", str(base / "cache"))
    result = answer(task, base / "model", *REQUESTS[task])
    if task == "text_classification":
        assert result["predicted_label"] == "positive"
        assert sum(result["probabilities"]) == pytest.approx(1.0)
    elif task == "named_entities":
        found = {(item["text"], item["label"]) for item in result["entities"]}
        assert {("anna", "PER"), ("paris", "LOC")} <= found
    elif task == "question_answering":
        best = max(result["answers"], key=lambda item: item["score"])
        assert best["answer"] == "berg"
    elif task == "relation_extraction":
        assert result["str"] == "Cause-Effect(e1,e2)"
    else:
        assert result["summary"] == "The revenue of acme rose."


def test_a_summary_is_as_long_as_those_that_the_model_learned_from(
    tmp_path: Path, train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, summaries())
    done = train("summarization", tmp_path, epochs=6, learning_rate=3e-3, batch_size=8)
    assert done.returncode == 0, done.stderr
    monkeypatch.setenv("DOCINSIGHTS_CACHE", str(tmp_path / "cache"))
    text = summaries()[0]["text"]
    usual = answer("summarization", tmp_path / "model", "application/json", {"text": text})
    assert usual["summary"] == summaries()[0]["summary"]
    request = {"text": text, "parameters": {"max_words": 17, "min_words": 9}}
    longer = answer("summarization", tmp_path / "model", "application/json", request)
    assert longer["words"] >= 9


def test_json_lines_are_answered_line_by_line(
    trained: tuple[str, Path, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    task, base, _ = trained
    monkeypatch.setenv("DOCINSIGHTS_CACHE", str(base / "cache"))
    hooks = import_module(f"{task}.inference")
    model = hooks.model_fn(str(base / "model"))
    body = REQUESTS[task][1]
    records = [{"text": body} if isinstance(body, str) else body] * 2
    lines = "\n".join(json.dumps(record) for record in records).encode()
    kind = "application/jsonlines"
    answered = hooks.output_fn(hooks.predict_fn(hooks.input_fn(lines, kind), model), kind)
    alone = answer(task, base / "model", "application/json", records[0])
    for line in answered.split("\n"):
        assert set(json.loads(line)) == set(alone)


def test_the_bundle_beside_the_weights_serves_on_its_own(trained: tuple[str, Path, str]) -> None:
    task, base, _ = trained
    content_type, body = REQUESTS[task]
    raw = body if isinstance(body, str) else json.dumps(body)
    script = (
        "import inference as i, sys;"
        "m = i.model_fn(sys.argv[1]);"
        "print(i.output_fn(i.predict_fn(i.input_fn(sys.argv[2].encode(), sys.argv[3]), m), ''))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(base / "model"), raw, content_type],
        cwd=base / "model" / "code",
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "DOCINSIGHTS_CACHE": str(base / "cache"), "PYTHONPATH": ""},
    )
    assert done.returncode == 0, done.stderr
    assert isinstance(json.loads(done.stdout.strip().splitlines()[-1]), dict)


def test_serving_imports_no_torch() -> None:
    script = (
        "import sys;"
        "import text_classification.inference, question_answering.inference,"
        " named_entities.inference, relation_extraction.inference, summarization.inference;"
        "print([name for name in ('torch', 'transformers') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "PYTHONPATH": str(ROOT / "model_code")},
    )
    assert done.stdout.strip() == "[]"


def test_a_base_model_that_cannot_be_had_ends_the_job_with_a_sentence(
    tmp_path: Path, train: Train, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "train").mkdir()
    lines = '{"text": "x", "label": 1}\n{"text": "y", "label": 0}\n'
    (tmp_path / "train" / "a.jsonl").write_text(lines)
    done = train("text_classification", tmp_path, base_model="nobody/nothing")
    assert done.returncode != 0
    assert "hub cannot be reached" in done.stderr
    assert "Traceback" not in done.stderr


def test_abstractive_summaries_of_a_t5_keep_their_length(tiny_t5: Path) -> None:
    request = {
        "text": "The revenue rose. " * 300,
        "parameters": {"max_words": 7, "do_sample": "true", "seed": 3},
    }
    first = answer("summarization", tiny_t5, "application/json", request)
    again = answer("summarization", tiny_t5, "application/json", request)
    assert first == again
    assert first["windows"] > 1
    assert first["words"] <= 7 * first["windows"]
