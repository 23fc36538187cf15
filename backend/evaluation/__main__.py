"""Scores, comparisons and explanations from a shell.

    python -m backend.evaluation score TASK GOLD PRED
    python -m backend.evaluation compare TASK GOLD PRED_A PRED_B [PRED_C …]
    python -m backend.evaluation explain --accuracy 0.579795 --f1 0.734013 --n 683

A table by default, ``--json`` for all of it. Exit status 0, or 2 with one sentence on standard
error for input that cannot be scored.
"""

import argparse
import json
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from backend.errors import DocumentInsightsError, InputError
from backend.evaluation.alarms import Alarm, alarms_of
from backend.evaluation.comparison import compare, compare_all
from backend.evaluation.examples import (
    TASKS,
    Examples,
    read_examples,
    read_predictions,
    require_task,
)
from backend.evaluation.explain import Explanation, explain
from backend.evaluation.intervals import Interval, wilson, wilson_f1
from backend.evaluation.resampling import RESAMPLES, SEED
from backend.evaluation.scoring import Scored, intervals, score
from backend.evaluation.table import (
    comparison_data,
    comparison_table,
    family_data,
    family_table,
    score_data,
    score_table,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; answers the exit status."""
    options = _parser().parse_args(arguments)
    try:
        data, text = options.run(options)
    except DocumentInsightsError as error:
        print(_harmless(str(error)), file=sys.stderr)  # noqa: T201 - a command's output
        return 2
    if options.json:
        print(json.dumps(data, indent=2))  # noqa: T201
    else:
        print("\n".join(map(_harmless, text.split("\n"))))  # noqa: T201
    return 0


def _harmless(line: str) -> str:
    """``line`` without what a label or an id could do to a terminal."""
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in line)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m backend.evaluation", description="Honest scores of models on test data."
    )
    commands = parser.add_subparsers(required=True, metavar="score | compare | explain")
    one = commands.add_parser("score", help="one model's predictions against gold")
    two = commands.add_parser("compare", help="models' predictions on the same gold")
    for command in (one, two):
        command.add_argument("task", metavar="TASK", help=", ".join(TASKS))
        command.add_argument("gold", metavar="GOLD", type=Path, help="JSON Lines with the gold")
    one.add_argument("predictions", metavar="PRED", type=Path, nargs=1)
    two.add_argument(
        "predictions",
        metavar="PRED",
        type=Path,
        nargs="+",
        help="the baseline's, then one or more models'; p-values of several are corrected (Holm)",
    )
    two.add_argument("--names", nargs="+", metavar="NAME", help="what to call the models")
    two.add_argument("--metric", help="the metric that the verdict is about")
    two.add_argument(
        "--pairwise", action="store_true", help="compare each two models, not just with the first"
    )
    for command in (one, two):
        command.add_argument("--positive", help="the class that a binary f1 is about")
        command.add_argument(
            "--by-group",
            action="store_true",
            help="examples with the same “group” depend on each other: resample whole groups",
        )
        command.add_argument("--resamples", type=int, default=RESAMPLES)
        command.add_argument("--seed", type=int, default=SEED)
        command.add_argument("--json", action="store_true", help="all of it, as JSON")
    one.set_defaults(run=_score)
    two.set_defaults(run=_compare)
    three = commands.add_parser("explain", help="what a published accuracy and F1 really say")
    three.add_argument("--accuracy", required=True)
    three.add_argument("--f1", required=True)
    three.add_argument("--n", type=int, help="test examples; searched for where not given")
    three.add_argument("--json", action="store_true", help="all of it, as JSON")
    three.set_defaults(run=_explain)
    return parser


def _read(
    options: argparse.Namespace,
) -> tuple[Examples, list[Scored], list[tuple[Alarm, ...]]]:
    if not 100 <= options.resamples <= 1_000_000:
        raise InputError("The number of resamples must lie between 100 and 1,000,000.")
    if options.seed < 0:
        raise InputError("The seed must not be negative.")
    task = require_task(options.task)
    if options.positive is not None and task != "text_classification":
        raise InputError("Only text_classification has a --positive class: leave it out.")
    examples = read_examples(task, options.gold)
    scored, alarms = [], []
    for path in options.predictions:
        found = read_predictions(examples, path)
        one = score(examples, found, positive=options.positive, by_group=options.by_group)
        scored.append(one)
        alarms.append(alarms_of(examples, found, one))
    return examples, scored, alarms


def _score(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    examples, (scored,), (alarms,) = _read(options)
    metrics = intervals(scored, resamples=options.resamples, seed=options.seed)
    about = {
        "task": examples.task,
        "data_sha256": examples.sha256,
        "positive": scored.positive,
        "seed": options.seed,
    }
    errors = _errors(scored)
    data = score_data(scored.n, metrics, alarms) | about | ({"errors": errors} if errors else {})
    return data, score_table(scored.n, metrics, alarms, errors)


def _errors(scored: Scored) -> dict[str, int]:
    """How many mistakes of each kind, where the task knows kinds."""
    totals = zip(scored.columns, scored.counts.sum(axis=0), strict=True)
    return {
        name.removeprefix("error/"): int(total) for name, total in totals if "error/" in name[:6]
    }


def _compare(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    if len(options.predictions) < 2:
        raise InputError("A comparison needs two files of predictions: the baseline's comes first.")
    names = _names(options)
    examples, scored, found = _read(options)
    chosen = {"metric": options.metric, "resamples": options.resamples, "seed": options.seed}
    about = {"data_sha256": examples.sha256, "seed": options.seed}
    alarms = dict(zip(names, found, strict=True))
    if len(scored) == 2:
        comparison = compare(scored[0], scored[1], names=(names[0], names[1]), **chosen)
        data = comparison_data(comparison, alarms) | about
        return data, comparison_table(comparison, alarms)
    others = dict(zip(names[1:], scored[1:], strict=True))
    several = compare_all(scored[0], others, name=names[0], pairwise=options.pairwise, **chosen)
    return family_data(several, alarms) | about, family_table(several, alarms)


def _names(options: argparse.Namespace) -> list[str]:
    """What the models are called: as told, or as their files; equal names get a letter."""
    names = options.names or [path.stem for path in options.predictions]
    if len(names) != len(options.predictions):
        raise InputError(
            f"There are {len(names)} names for {len(options.predictions)} files of predictions: "
            "give one for each."
        )
    if len(set(names)) < len(names):
        letters = (chr(ord("A") + place % 26) * (place // 26 + 1) for place in range(len(names)))
        names = [f"{name} ({letter})" for name, letter in zip(names, letters, strict=True)]
    return list(names)


def _explain(options: argparse.Namespace) -> tuple[dict[str, Any], str]:
    found = explain(options.accuracy, options.f1, options.n)
    data = score_data(options.n or 0, _explained_metrics(found), _explained_alarms(found))
    tables = [
        {
            "n": table.n,
            "tp": table.true_positives,
            "tn": table.true_negatives,
            "wrong": table.wrong,
        }
        for table in found.tables
    ]
    sizes = list(found.sizes)
    data |= {"count": found.count, "tables": tables, "sizes": sizes, "explanation": found.sentence}
    if options.n is None:
        data["n"] = sizes[0] if len(sizes) == 1 else None
    return data, found.sentence


def _explained_alarms(found: Explanation) -> tuple[Alarm, ...]:
    if not found.warning:
        return ()
    message = f"{found.warning[:1].upper()}{found.warning[1:]}."
    positive = any(table.true_positives for table in found.tables)
    return (Alarm("no_true_negatives" if positive else "no_true_positives", message),)


def _explained_metrics(found: Explanation) -> dict[str, Interval]:
    """The two metrics of the only table that fits, exactly and with intervals."""
    if found.count != 1:
        return {}
    (table,) = found.tables
    return {
        "accuracy": wilson(table.right, table.n),
        "f1": wilson_f1(table.true_positives, table.true_positives + table.wrong),
    }


if __name__ == "__main__":
    # Who reads only the first lines (`| head`) wants no stack trace.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())
