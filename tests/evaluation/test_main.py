"""The command: what it prints, what it refuses, and how it ends."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from backend.evaluation.__main__ import main
from backend.evaluation.examples import TASKS
from tests.evaluation.test_examples import GOLD, PREDICTED

FAST = ["--resamples", "200"]


def write(path: Path, rows: list[dict[str, Any]]) -> str:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    return str(path)


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    gold = ["pos", "neg"] * 100
    answers = {
        "gold": gold,
        "weak": ["pos" if at % 3 == 0 else label for at, label in enumerate(gold)],
        "strong": ["pos" if at % 10 == 0 else label for at, label in enumerate(gold)],
        "constant": ["pos"] * 200,
    }
    return {
        name: write(
            tmp_path / f"{name}.jsonl",
            [{"id": at, "label": label} for at, label in enumerate(values)],
        )
        for name, values in answers.items()
    }


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


@pytest.mark.parametrize("task", TASKS)
def test_every_task_is_scored_from_files(
    task: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    gold = write(tmp_path / "g.jsonl", [{"id": at, **GOLD[task]} for at in range(25)])
    found = write(tmp_path / "p.jsonl", [{"id": at, **PREDICTED[task]} for at in range(25)])
    data = printed(capsys, "score", task, gold, found, *FAST)
    assert data["n"] == 25
    for one in data["metrics"].values():
        assert set(one) == {"value", "low", "high"}
        assert one["low"] <= one["value"] <= one["high"]
    assert isinstance(data["alarms"], list)


def test_a_constant_answer_is_scored_with_its_alarms(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("score", "text_classification", files["gold"], files["constant"])
    data = printed(capsys, *command)
    assert data["metrics"]["accuracy"]["value"] == 0.5
    assert {"constant_prediction", "no_true_negatives"} <= {one["name"] for one in data["alarms"]}
    assert main([*command]) == 0
    table = capsys.readouterr().out
    assert "ALARM: The model always answers “pos”" in table
    assert "n = 200" in table


def test_the_positive_class_can_be_chosen(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("score", "text_classification", files["gold"], files["constant"])
    assert printed(capsys, *command, "--positive", "neg")["metrics"]["f1"]["value"] == 0
    assert main([*command, "--positive", "other"]) == 2
    assert "choose one of neg, pos" in capsys.readouterr().err


def test_two_models_are_compared(files: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    command = (
        "compare",
        "text_classification",
        files["gold"],
        files["weak"],
        files["strong"],
        *FAST,
    )
    data = printed(capsys, *command)
    assert data["verdict"].startswith("strong is better: F1")
    gap = data["differences"]["accuracy"]
    assert set(gap) == {"value", "low", "high", "p_value"}
    assert gap["value"] > 0
    assert gap["p_value"] < 0.05
    assert data["metrics"]["f1"]["value"] > data["baseline"]["f1"]["value"]
    assert main([*command, "--names", "old", "new"]) == 0
    assert capsys.readouterr().out.startswith("new is better")


def test_several_models_are_compared_with_corrected_p_values(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    paths = [files[name] for name in ("gold", "constant", "weak", "strong")]
    command = ("compare", "text_classification", *paths, "--pairwise", *FAST)
    data = printed(capsys, *command)
    assert data["models"] == ["constant", "weak", "strong"]
    assert [one["models"] for one in data["comparisons"]] == [
        ["constant", "weak"],
        ["constant", "strong"],
        ["weak", "strong"],
    ]
    for one in data["comparisons"]:
        assert one["p_value"] >= one["differences"][one["metric"]]["p_value"]
        assert {"metrics", "differences", "verdict"} <= set(one)
    assert main([*command]) == 0
    assert "weak against constant" in capsys.readouterr().out


def test_the_same_seed_prints_the_same(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    command = ("score", "text_classification", files["gold"], files["weak"], *FAST)
    assert printed(capsys, *command) == printed(capsys, *command)


def test_the_articles_numbers_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    command = ("explain", "--accuracy", "0.579795", "--f1", "0.734013", "--n", "683")
    data = printed(capsys, *command)
    assert data["tables"] == [{"n": 683, "tp": 396, "tn": 0, "wrong": 287}]
    assert data["alarms"]
    assert data["metrics"]["accuracy"]["value"] == pytest.approx(396 / 683)
    assert main(list(command)) == 0
    assert "TP 396, TN 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"task": "ner"},
        {"gold": "no such file"},
        {"rows": [{"id": 0, "label": "pos"}]},
        {"rows": [{"id": at, "label": "pos"} for at in (*range(200), 0)]},
        {"rows": [{"id": at, "label": "pos"} for at in range(201)]},
        {"rows": [{"id": at} for at in range(200)]},
        {"options": ["--resamples", "1"]},
        {"options": ["--seed", "-1"]},
        {"task": "relation_extraction", "options": ["--positive", "pos"]},
    ],
)
def test_what_cannot_be_scored_ends_with_one_sentence(
    change: dict[str, Any],
    files: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = files["weak"]
    if "rows" in change:
        found = write(tmp_path / "bad.jsonl", change["rows"])
    task, gold = change.get("task", "text_classification"), change.get("gold", files["gold"])
    assert main(["score", task, gold, found, *change.get("options", [])]) == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert output.err.count("\n") == 1
    assert output.err.strip().endswith(".")


@pytest.mark.parametrize(
    "more", [[], ["weak", "--names", "one"], ["weak", "strong", "--names", "a", "b"]]
)
def test_a_comparison_of_too_few_files_or_names_is_refused(
    more: list[str], files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    named = [files.get(word, word) for word in ["gold", "constant", *more]]
    assert main(["compare", "text_classification", *named]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_free_text_instead_of_classes_is_refused_before_it_fills_the_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path / "g.jsonl", [{"id": at, "label": f"text {at}"} for at in range(5_000)])
    assert main(["score", "text_classification", path, path]) == 2
    assert "5,000 different labels" in capsys.readouterr().err


def test_labels_do_nothing_to_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [{"id": at, "label": "\x1b[31mred\ud800\n"} for at in range(3)]
    path = write(tmp_path / "gold.jsonl", rows)
    assert main(["score", "text_classification", path, path, *FAST]) == 0
    assert "\x1b" not in capsys.readouterr().out
    bad = write(tmp_path / "bad.jsonl", [{**row, "id": "\x1b\n"} for row in rows])
    assert main(["score", "text_classification", path, bad, *FAST]) == 2
    error = capsys.readouterr().err
    assert "\x1b" not in error
    assert error.count("\n") == 1


def test_the_command_runs_as_a_program_without_heavy_libraries(files: dict[str, str]) -> None:
    program = (
        "import sys, runpy; sys.argv = ['x', 'score', 'text_classification', *sys.argv[1:]];"
        "import backend.evaluation.__main__ as m; code = m.main();"
        "heavy = {'torch', 'transformers', 'datasets', 'evaluate', 'sklearn', 'nltk', 'pandas',"
        " 'scipy'} & set(sys.modules); sys.exit(code or bool(heavy))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, files["gold"], files["weak"], *FAST],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "accuracy" in done.stdout
