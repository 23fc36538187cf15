"""The training loop: batches, schedule, early stopping, resume."""

import json
import random
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from common.hyperparameters import Hyperparameters, Paths, parse
from common.metrics import classification_metrics, relation_macro_f1, span_metrics
from common.training import (
    Batch,
    Objective,
    Recipe,
    Reporter,
    Trainer,
    bucketed,
    seed_everything,
    warmup_then_linear,
)


class Row(list[float]):
    """A training example: numbers."""


def rows() -> list[Row]:
    rng = random.Random(3)
    return [Row(rng.random() for _ in range(4)) for _ in range(40)]


def collate(batch: list[Row]) -> Batch:
    return {"x": torch.tensor([list(row) for row in batch])}


def loss(model: nn.Module, batch: Batch) -> Tensor:
    result: Tensor = (model(batch["x"]).sum(1) - batch["x"].sum(1)).pow(2).mean()
    return result


def recipe(scores: list[float] | None = None) -> Recipe:
    seed_everything(5)
    model = nn.Sequential(nn.Linear(4, 2))
    given = iter(scores or [])

    def evaluate(trained: nn.Module) -> dict[str, float]:
        if scores is not None:
            return {"score": next(given)}
        return {"score": -float(loss(trained, collate(rows())))}

    return Recipe(model, rows(), collate, loss, evaluate, Objective("score"))


def trainer(tmp_path: Path, made: Recipe, **settings: object) -> Trainer:
    hp = Hyperparameters(**{"epochs": 4, "batch_size": 8, **settings})  # type: ignore[arg-type]
    reporter = Reporter(tmp_path / "output" / "metrics.jsonl")
    return Trainer(made, hp, checkpoints=tmp_path / "checkpoints", reporter=reporter)


def weights(made: Recipe) -> list[Tensor]:
    return [value.detach().clone() for value in made.model.parameters()]


def test_batches_hold_every_example_once_and_are_reproducible() -> None:
    lengths = [random.Random(index).randint(1, 50) for index in range(103)]
    batches = bucketed(lengths, 8, random.Random(1))
    assert sorted(index for batch in batches for index in batch) == list(range(103))
    assert batches == bucketed(lengths, 8, random.Random(1))
    assert batches != bucketed(lengths, 8, random.Random(2))


def test_batches_hold_examples_of_like_length() -> None:
    lengths = [random.Random(index).randint(1, 500) for index in range(400)]
    batches = bucketed(lengths, 8, random.Random(1))
    spread = [max(lengths[i] for i in b) - min(lengths[i] for i in b) for b in batches]
    assert sum(spread) / len(spread) < 25


def test_the_rate_rises_and_falls() -> None:
    factors = [warmup_then_linear(step, 100, 0.1) for step in range(100)]
    assert factors[0] == pytest.approx(0.1)
    assert max(factors) == 1.0
    assert factors.index(1.0) == 9
    assert factors[-1] == pytest.approx(1 / 90)


def test_training_learns_and_keeps_the_best(tmp_path: Path) -> None:
    made = recipe()
    run = trainer(tmp_path, made, epochs=20, learning_rate=0.05)
    before = float(loss(made.model, collate(rows())))
    metrics = run.fit()
    assert float(loss(made.model, collate(rows()))) < before / 5
    assert metrics["score"] == pytest.approx(-float(loss(made.model, collate(rows()))))


def test_the_best_weights_are_restored_not_the_last(tmp_path: Path) -> None:
    made = recipe([0.1, 0.9, 0.2, 0.3])
    run = trainer(tmp_path, made)
    assert run.fit() == {"score": 0.9}
    assert run.step == 20


def test_early_stopping_fires(tmp_path: Path) -> None:
    run = trainer(tmp_path, recipe([0.5, 0.4, 0.3, 0.2]), early_stopping_patience=2)
    run.fit()
    assert run.step == 15


def test_a_metric_that_is_not_a_number_is_never_the_best(tmp_path: Path) -> None:
    run = trainer(tmp_path, recipe([float("nan"), 0.4, float("nan"), 0.3]))
    assert run.fit() == {"score": 0.4}


def test_an_interrupted_run_ends_as_an_uninterrupted_one(tmp_path: Path) -> None:
    whole = recipe()
    trainer(tmp_path / "whole", whole).fit()
    first = recipe()
    stopped = trainer(tmp_path / "parts", first)
    stopped.total_steps = 7  # it is killed here, in the middle of an epoch
    schedule = stopped.total_steps
    assert schedule == 7
    del stopped
    killed = recipe()
    run = trainer(tmp_path / "parts", killed)
    for batch in run._batches_left()[:3]:
        run._train_step(batch)
    (tmp_path / "parts" / "checkpoints").mkdir(parents=True, exist_ok=True)
    run._checkpoint()
    again = recipe()
    resumed = trainer(tmp_path / "parts", again)
    resumed.fit()
    assert resumed.step == 20
    for one, other in zip(weights(whole), weights(again), strict=True):
        assert torch.equal(one, other)


def test_metric_lines_can_be_read_back_for_every_float(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import re

    reporter = Reporter(tmp_path / "metrics.jsonl")
    values = [5.97e-05, 2.0, float("nan"), float("inf"), 0.1 + 0.2]
    for value in values:
        reporter.report(1, **{"validation:f1": value})
    found = re.findall(r"validation:f1=([^;]+);", capsys.readouterr().out)
    assert [repr(float(text)) for text in found] == [repr(value) for value in values]
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    assert json.loads(lines[0])["validation:f1"] == 5.97e-05


def test_hyperparameters_come_with_hyphens_or_underscores() -> None:
    hp = parse(Hyperparameters, ["--learning-rate", "0.5", "--batch_size", "4", "--unknown", "1"])
    assert (hp.learning_rate, hp.batch_size) == (0.5, 4)
    assert parse(Hyperparameters, ["--class-weights", "True"]).class_weights is True


def test_patience_that_cannot_fire_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        Hyperparameters(epochs=2, early_stopping_patience=2)


def test_a_job_without_data_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SM_CHANNEL_TRAIN", "SM_CHANNEL_TRAINING"):
        monkeypatch.delenv(name, raising=False)
    with pytest.raises(SystemExit, match="no training data"):
        Paths.from_environment()


def test_the_relation_score_leaves_out_other_and_minds_the_direction() -> None:
    gold = ["A-B(e1,e2)", "A-B(e2,e1)", "C-D(e1,e2)", "Other"]
    assert relation_macro_f1(gold, gold) == 1.0
    wrong_way = ["A-B(e2,e1)", "A-B(e2,e1)", "C-D(e1,e2)", "Other"]
    assert relation_macro_f1(gold, wrong_way) == pytest.approx((0.5 + 1.0) / 2)
    assert relation_macro_f1(gold, ["Other"] * 4) == 0.0


def test_span_scores_count_exact_spans() -> None:
    scores = span_metrics([[(0, 1, "A"), (2, 3, "B")]], [[(0, 1, "A"), (2, 3, "A")]])
    assert scores == {"precision": 0.5, "recall": 0.5, "f1": 0.5}
    assert span_metrics([[]], [[]])["f1"] == 0.0


def test_classification_scores() -> None:
    scores = classification_metrics([0, 0, 1, 1], [0, 1, 1, 1])
    assert scores["accuracy"] == 0.75
    assert scores["f1_macro"] == pytest.approx((2 / 3 + 0.8) / 2)
