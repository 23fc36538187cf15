"""How long 10,000 resamples of 100,000 examples take, for the kinds of metrics there are.

``python -m benchmarks.statistics`` prints the seconds of processor time for the intervals of one
model and for the comparison of two, and how many times the intervals' the plain way (draw, gather,
add up, one resample at a time) would need.
"""

import argparse
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from backend.evaluation.comparison import compare
from backend.evaluation.formulas import Array, class_columns
from backend.evaluation.resampling import RESAMPLES
from backend.evaluation.scoring import Scored, intervals

_PLAIN = 20
"""Resamples that the plain way is timed on."""


def main() -> None:
    """Time every kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--resamples", type=int, default=RESAMPLES)
    options = parser.parse_args()
    size = f"{options.examples:,} examples, {options.resamples:,} resamples"
    print(f"{size}, seconds of processor time")
    print(f"{'':22}{'score':>8}{'compare':>9}{'plain way / score':>19}")
    for name, make in (("labels", _labels), ("entities", _entities), ("summaries", _summaries)):
        rng = np.random.default_rng(1)
        one, other = make(rng, options.examples), make(rng, options.examples)
        score = _seconds(partial(intervals, one, resamples=options.resamples))
        both = _seconds(partial(compare, one, other, resamples=options.resamples))
        plain = _plain(one.counts, rng) * options.resamples
        print(f"{name:22}{score:8.1f}{both:9.1f}{plain / score:19.1f}", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    start = time.process_time()
    work()
    return time.process_time() - start


def _plain(counts: Array, rng: np.random.Generator) -> float:
    """Seconds for one resample of ``counts`` by indexing."""
    n = len(counts)
    start = time.process_time()
    for _ in range(_PLAIN):
        counts[rng.integers(0, n, size=n)].sum(axis=0)
    return (time.process_time() - start) / _PLAIN


def _scored(task: str, columns: list[str], rows: list[Any]) -> Scored:
    n = len(rows[0])
    ids = tuple(map(str, range(n)))
    counts = np.column_stack(rows).astype(float)
    return Scored(task, ids, tuple(columns), counts, np.zeros(n))  # type: ignore[arg-type]


def _labels(rng: np.random.Generator, n: int) -> Scored:
    gold = rng.integers(0, 5, n)
    found = np.where(rng.random(n) < 0.8, gold, rng.integers(0, 5, n))
    columns = ["n", "right"]
    rows: list[Any] = [np.ones(n), gold == found]
    for label in range(5):
        columns += class_columns(str(label))
        rows += [(gold == label) & (found == label), found == label, gold == label]
    return _scored("text_classification", columns, rows)


def _entities(rng: np.random.Generator, n: int) -> Scored:
    columns = ["n"]
    rows: list[Any] = [np.ones(n)]
    for label in ("", "PER", "ORG", "LOC"):
        gold = rng.poisson(1.5, n)
        hit = rng.binomial(gold, 0.8)
        columns += class_columns(label)
        rows += [hit, hit + rng.poisson(0.3, n), gold]
    columns += [f"words{name}" for name in class_columns("")]
    return _scored("named_entities", columns, [*rows, *rows[1:4]])


def _summaries(rng: np.random.Generator, n: int) -> Scored:
    kinds = ["rouge1", "rouge2", "rougeL", "rougeLsum"]
    return _scored("summarization", ["n", *kinds], [np.ones(n), *rng.random((4, n))])


if __name__ == "__main__":
    main()
