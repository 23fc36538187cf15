"""How long 10,000 resamples of 100,000 examples take, for the kinds of metrics there are.

``python -m benchmarks.statistics`` prints the seconds of processor time for the intervals of one
model and for the comparison of two, and how many times the intervals' two peers would need: the
plain way (draw, gather, add up, one resample at a time), and ``scipy.stats.bootstrap`` for one
metric alone. It then times ROUGE itself against rouge-score.
"""

import argparse
import random
import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rouge_score.rouge_scorer import RougeScorer
from scipy.stats import bootstrap

from backend.evaluation.comparison import compare
from backend.evaluation.formulas import Array, class_columns
from backend.evaluation.metrics.rouge import KINDS, Reader, best
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
    print(f"{'':12}{'score':>8}{'compare':>9}{'plain / score':>15}{'scipy / score':>15}")
    for name, make in (("labels", _labels), ("entities", _entities), ("summaries", _summaries)):
        rng = np.random.default_rng(1)
        one, other = make(rng, options.examples), make(rng, options.examples)
        score = _seconds(partial(intervals, one, resamples=options.resamples))
        both = _seconds(partial(compare, one, other, resamples=options.resamples))
        plain = _plain(one.counts, rng) * options.resamples
        peer = _scipy(one) * options.resamples
        ratios = f"{plain / score:15.1f}{peer / score:15.1f}"
        print(f"{name:12}{score:8.1f}{both:9.1f}{ratios}", flush=True)
    print(f"ROUGE: rouge-score takes {_rouge():.1f} times as long")


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


def _scipy(scored: Scored) -> float:
    """Seconds for one resample of the first metric that is no plain share, by SciPy."""
    metric = next(metric for metric in scored.metrics if metric.share is None)

    def statistic(places: NDArray[np.int64]) -> float:
        return float(metric.of(scored.columns, scored.counts[places].sum(axis=0)))

    work = partial(
        bootstrap,
        (np.arange(scored.n),),
        statistic,
        n_resamples=_PLAIN,
        vectorized=False,
        method="percentile",
    )
    return _seconds(work) / _PLAIN


def _rouge() -> float:
    """How many times our processor time rouge-score needs for the same summaries."""
    rng = random.Random(1)
    words = [f"word{rng.paretovariate(0.7):.0f}s" for _ in range(5_000)]
    texts = ["\n".join(" ".join(rng.choices(words, k=20)) for _ in range(3)) for _ in range(200)]
    pairs = list(zip(texts[:100], texts[100:], strict=True))
    reader, scorer = Reader(), RougeScorer(list(KINDS), use_stemmer=True)
    ours = _seconds(lambda: [best([reader.read(one)], reader.read(two)) for one, two in pairs])
    theirs = _seconds(lambda: [scorer.score(one, two) for one, two in pairs])
    return theirs / ours


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
