"""The training loop: batches, schedule, early stopping, resume."""

import json
import os
import random
import re
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from common import finetune
from common.data import read_channel
from common.hyperparameters import Hyperparameters, Paths, parse
from common.metrics import classification_metrics, relation_macro_f1, span_metrics
from common.optimization import bucketed, seed_everything, warmup_then_linear
from common.reporting import Reporter
from common.stopping import StopSignal
from common.training import Batch, Objective, Recipe, Trainer, TrainingError
from text_classification.train import TextClassification


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
        return {"score": -loss(trained, collate(rows())).item()}

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
    before = loss(made.model, collate(rows())).item()
    metrics = run.fit()
    assert loss(made.model, collate(rows())).item() < before / 5
    assert metrics["score"] == pytest.approx(-loss(made.model, collate(rows())).item())


def test_the_best_weights_are_restored_not_the_last(tmp_path: Path) -> None:
    made = recipe([0.1, 0.9, 0.2, 0.3])
    run = trainer(tmp_path, made)
    assert run.fit() == {"score": 0.9}
    assert run.step == 20


def test_early_stopping_fires(tmp_path: Path) -> None:
    run = trainer(tmp_path, recipe([0.5, 0.4, 0.3, 0.2]), early_stopping_patience=2)
    run.fit()
    assert run.step == 15


def test_the_last_value_in_the_log_is_that_of_the_weights_that_are_kept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer(tmp_path, recipe([0.1, 0.9, 0.2, 0.3])).fit()
    printed = capsys.readouterr().out
    assert re.findall(r"validation:score=([^;]+);", printed)[-1] == "0.9"
    assert printed.splitlines()[-1].startswith("[kept] step=10;")
    records = (tmp_path / "output" / "metrics.jsonl").read_text().splitlines()
    kept = json.loads(records[-1])
    assert (kept["kind"], kept["step"], kept["validation:score"]) == ("kept", 10, 0.9)


def test_progress_is_told_with_each_validation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer(tmp_path, recipe()).fit()
    printed = capsys.readouterr().out
    assert re.findall(r" progress=([^;]+);", printed) == ["0.25", "0.5", "0.75", "1.0"]
    assert set(re.findall(r" total_steps=([^;]+);", printed)) == {"20.0"}
    speeds = re.findall(r" train:tokens_per_second=([^;]+);", printed)
    assert all(float(speed) > 0 for speed in speeds)


def test_a_loss_that_is_not_a_number_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    run = trainer(tmp_path, recipe(), learning_rate=1e30, max_grad_norm=1e30)
    with pytest.raises(TrainingError, match="lower the learning rate"):
        run.fit()


def test_an_objective_that_is_never_a_number_ends_the_run_with_a_sentence(tmp_path: Path) -> None:
    run = trainer(tmp_path, recipe([float("nan")] * 4))
    with pytest.raises(TrainingError, match="score, was never a number"):
        run.fit()


@pytest.fixture
def terminable() -> Iterator[None]:
    """The process's own answer to SIGTERM is back when the test is over."""
    before = signal.getsignal(signal.SIGTERM)
    yield
    signal.signal(signal.SIGTERM, before)


def stopping(made: Recipe, at: int) -> Recipe:
    """The same recipe, which is stopped while it validates for the ``at``-th time."""
    count = iter(range(1, 100))

    def evaluate(model: nn.Module) -> dict[str, float]:
        if next(count) == at:
            os.kill(os.getpid(), signal.SIGTERM)
        return made.evaluate(model)

    return Recipe(made.model, made.train, made.collate, made.loss, evaluate, made.objective)


@pytest.mark.usefixtures("terminable")
def test_a_stopped_run_keeps_the_best_so_far(tmp_path: Path) -> None:
    run = trainer(tmp_path, stopping(recipe([0.9, 0.1, 0.5, 0.6]), at=3))
    assert run.fit() == {"score": 0.9}
    assert (run.stopped, run.step) == (True, 15)
    assert run.ended_early == "at step 15 of 20, kept is step 5"


@pytest.mark.usefixtures("terminable")
def test_a_run_stopped_before_its_first_validation_keeps_what_it_has(tmp_path: Path) -> None:
    run = trainer(tmp_path, stopping(recipe([0.9]), at=1))
    assert run.fit() == {}
    assert run.ended_early == "at step 5 of 20, nothing was validated"


@pytest.mark.usefixtures("terminable")
def test_a_run_stopped_before_its_first_step_has_no_model(tmp_path: Path) -> None:
    stop = StopSignal()
    stop.asked = True
    made = recipe()
    hp = Hyperparameters(epochs=4, batch_size=8)
    reporter = Reporter(tmp_path / "output" / "metrics.jsonl")
    run = Trainer(made, hp, checkpoints=tmp_path / "c", reporter=reporter, stop=stop)
    with pytest.raises(TrainingError, match="no model"):
        run.fit()


@pytest.mark.usefixtures("terminable")
def test_a_checkpoint_of_other_settings_is_not_gone_on_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    trainer(tmp_path, recipe([0.9, 0.8, 0.7, 0.6])).fit()
    assert trainer(tmp_path, recipe([0.1, 0.2, 0.3, 0.4]), learning_rate=0.1).fit() == {
        "score": 0.4
    }
    assert "starting afresh" in capsys.readouterr().out


def test_a_checkpoint_from_before_runs_had_names_is_gone_on_from(tmp_path: Path) -> None:
    from safetensors import safe_open
    from safetensors.torch import load_file, save_file

    trainer(tmp_path, recipe([0.9, 0.8, 0.7, 0.6])).fit()
    path = tmp_path / "checkpoints" / "last.safetensors"
    tensors = load_file(str(path))
    with safe_open(str(path), framework="pt") as file:
        step = file.metadata()["step"]
    save_file(tensors, str(path), metadata={"step": step})
    state = tmp_path / "checkpoints" / "state.json"
    old = json.loads(state.read_text())
    del old["best_step"]
    state.write_text(json.dumps(old))
    assert trainer(tmp_path, recipe([])).fit() == {"score": 0.9}


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
    reporter = Reporter(tmp_path / "metrics.jsonl")
    values = [5.97e-05, 2.0, float("nan"), float("inf"), 0.1 + 0.2]
    for value in values:
        reporter.report(1, **{"validation:f1": value})
    found = re.findall(r"validation:f1=([^;]+);", capsys.readouterr().out)
    assert [repr(float(text)) for text in found] == [repr(value) for value in values]
    lines = (tmp_path / "metrics.jsonl").read_text().splitlines()
    read = [json.loads(line)["validation:f1"] for line in lines]
    assert read == [5.97e-05, 2.0, None, None, 0.1 + 0.2]


def test_numbers_of_numpy_are_printed_as_numbers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Reporter(tmp_path / "metrics.jsonl").report(1, score=np.float64(0.25))
    assert capsys.readouterr().out == "[metrics] step=1; score=0.25;\n"


def test_hyperparameters_come_with_hyphens_or_underscores() -> None:
    hp = parse(Hyperparameters, ["--learning-rate", "0.5", "--batch_size", "4", "--unknown", "1"])
    assert (hp.learning_rate, hp.batch_size) == (0.5, 4)
    assert parse(Hyperparameters, ["--class-weights", "True"]).class_weights is True


@pytest.mark.parametrize(("epochs", "patience"), [(2, 2), (2, 1), (3, 2)])
def test_patience_that_cannot_fire_is_refused(epochs: int, patience: int) -> None:
    with pytest.raises(ValueError, match="cannot happen"):
        Hyperparameters(epochs=epochs, early_stopping_patience=patience)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--epochs", "many"], "epochs"),
        (["--epochs", "2.5"], "not a whole number"),
        (["--learning-rate", "nan"], "learning_rate must be above 0"),
        (["--precision", "int8"], "float32 or bfloat16"),
        (["--half-weights", "maybe"], "neither true nor false"),
        (["--epochs", "0"], "at least 1"),
    ],
)
def test_a_value_that_is_none_of_its_type_is_refused(arguments: list[str], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        parse(Hyperparameters, arguments)


def test_a_whole_number_may_be_written_as_a_float() -> None:
    assert parse(Hyperparameters, ["--epochs", "4.0"]).epochs == 4


def test_an_example_without_its_label_is_named(tmp_path: Path) -> None:
    (tmp_path / "train.jsonl").write_text('{"text": "a", "label": 0}\n{"text": "b"}\n')
    with pytest.raises(ValueError, match=r"train\.jsonl, line 2 has no 'label'"):
        read_channel(tmp_path, ("text", "label"))


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


# A whole job, in this process.


def sentences() -> str:
    examples = [
        {"text": f"{word} film number {number}", "label": label}
        for number in range(20)
        for word, label in (("great", "positive"), ("poor", "negative"))
    ]
    return "".join(json.dumps(example) + "\n" for example in examples)


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A job's folders with data in them, and the environment that says where they are."""
    for name in (
        "SM_MODEL_DIR",
        "SM_OUTPUT_DATA_DIR",
        "SM_CHECKPOINT_DIR",
        "SM_CHANNEL_VALIDATION",
    ):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "data.jsonl").write_text(sentences())
    monkeypatch.setenv("SM_CHANNEL_TRAIN", str(tmp_path / "train"))
    monkeypatch.setenv("SAGEMAKER_BASE_DIR", str(tmp_path))
    return tmp_path


def arguments(monkeypatch: pytest.MonkeyPatch, base: Path, *more: str) -> None:
    given = ["--base_model", str(base), "--max_length", "16", "--batch_size", "8", *more]
    monkeypatch.setattr("sys.argv", ["train.py", *given])


class StoppedAtItsSecondValidation(TextClassification):
    count = 0

    def evaluate(self, *args: Any) -> dict[str, float]:
        self.count += 1
        if self.count == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        return super().evaluate(*args)


@pytest.mark.usefixtures("terminable")
def test_a_stopped_job_leaves_a_model_that_says_so(
    folders: Path, tiny_base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments(monkeypatch, tiny_base, "--epochs", "5")
    finetune.job(Hyperparameters, partial(finetune.run, StoppedAtItsSecondValidation()))
    card = (folders / "model" / "README.md").read_text()
    assert "- Stopped: at step 10 of 25, kept is step 5" in card
    assert "| accuracy |" in card
    assert (folders / "model" / "code" / "inference.py").exists()
    assert (folders / "model" / "weights.safetensors").exists()


def test_a_job_that_diverges_ends_with_one_sentence(
    folders: Path,
    tiny_base: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    arguments(monkeypatch, tiny_base, "--learning_rate", "1e30", "--max_grad_norm", "1e30")
    with pytest.raises(SystemExit) as ended:
        finetune.job(Hyperparameters, partial(finetune.run, TextClassification()))
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("The training failed: the loss became")
    assert line.endswith("lower the learning rate (it is 1e+30).")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--epochs", "few"), "The job cannot run: argument --epochs"),
        (("--epochs", "2", "--early_stopping_patience", "5"), "cannot happen in a run of 2"),
        (("--base_model", "no/such-model"), "The job cannot run: The model 'no/such-model'"),
    ],
)
@pytest.mark.usefixtures("folders")
def test_a_job_that_cannot_run_ends_with_one_sentence(
    more: tuple[str, ...],
    says: str,
    tiny_base: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # The environment is read once, when the hub's library is imported.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    arguments(monkeypatch, tiny_base, *more)
    with pytest.raises(SystemExit) as ended:
        finetune.job(Hyperparameters, partial(finetune.run, TextClassification()))
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line


def test_an_example_that_lacks_something_ends_the_job_with_one_sentence(
    folders: Path,
    tiny_base: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (folders / "train" / "data.jsonl").write_text(sentences() + '{"text": "no label"}\n')
    arguments(monkeypatch, tiny_base)
    with pytest.raises(SystemExit):
        finetune.job(Hyperparameters, partial(finetune.run, TextClassification()))
    assert "data.jsonl, line 41 has no 'label'." in capsys.readouterr().err


def test_class_weights_give_every_class_the_same_say() -> None:
    weights = finetune.class_weights([0, 0, 0, 1], 2)
    assert weights.tolist() == pytest.approx([2 / 3, 2.0])
    assert finetune.class_weights([0, 0], 2).tolist() == [0.5, 1.0]
