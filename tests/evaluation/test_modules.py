"""The metrics as modules of the evaluate library: no download, the same numbers."""

import os
import subprocess
import sys
from pathlib import Path

from backend.settings import ROOT

PROGRAM = """
import evaluate
from pathlib import Path
from backend.evaluation.examples import TASKS
from backend.evaluation.modules import load

CASES = {
    "text_classification": (["a", "b"], ["a", "a"], "accuracy", 0.5),
    "relation_extraction": (["Other", "x(e1,e2)"], ["Other", "x(e2,e1)"], "f1_macro", 0.0),
    "named_entities": ([["B-X", "O"]], [["I-X", "O"]], "f1", 0.0),
    "question_answering": (["the cat", ""], [["cat"], []], "exact", 1.0),
    "summarization": (["a cat"], [["a cat", "b"]], "rouge1", 1.0),
}
for task in TASKS:
    found, wanted, name, value = CASES[task]
    module = load(task, cache=Path("cache"))
    assert isinstance(module, evaluate.Metric)
    assert module.compute(predictions=found, references=wanted)[name] == value, task
found, wanted, *_ = CASES["named_entities"]
module = load("named_entities", cache=Path("cache"))
assert module.compute(predictions=found, references=wanted, mode="default")["f1"] == 1.0
path = Path(evaluate.__file__)
by_path = evaluate.load(FOLDER)
assert by_path.compute(predictions=["x"], references=["x"])["accuracy"] == 1.0
"""


def test_every_module_computes_what_the_evaluation_does(tmp_path: Path) -> None:
    folder = ROOT / "backend" / "evaluation" / "modules" / "text_classification"
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM.replace("FOLDER", repr(str(folder)))],
        cwd=tmp_path,
        env={
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "HF_HOME": str(tmp_path / "hf"),
            "HF_HUB_OFFLINE": "1",
            "HF_EVALUATE_OFFLINE": "1",
            "USE_TORCH": "0",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
