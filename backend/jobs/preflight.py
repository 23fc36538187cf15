"""Everything that can be known to be wrong with a job before anyone pays for it.

``check`` is pure: what it needs to know beside the request (the findings of the dataset's lint, a
measured pace) is given.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from backend.jobs.estimates import Estimate
from backend.jobs.findings import Finding, duration, patience_findings, relative_size
from backend.jobs.machines import GIB, MACHINES
from backend.jobs.regexes import metric_read, misreadings
from backend.jobs.requests import Request, TrainingRequest, TuningRequest
from backend.jobs.search_checks import search
from backend.jobs.value_checks import training_values
from backend.tasks.recipes.base import Direction, MetricDefinition, Recipe, as_text

SMALLEST_TO_GO_ON: Final = 50
"""Training examples below which what an earlier model learns anew is luck."""
MINIMIZED: Final = ("loss", "error", "perplexity")
"""Names of metrics of which less is better."""
BYTES_PER_TOKEN: Final = 330_000
"""What training keeps for a token in MiniLM's six layers (float32), by its 10.6 M weights."""


def check(
    request: Request,
    recipe: Recipe,
    *,
    lint: Iterable[Finding] = (),
    estimated: Estimate | None = None,
    instance_type: str = "",
) -> tuple[Finding, ...]:
    """What is wrong or doubtful, errors first. ``lint`` is what is known of the dataset."""
    training = request.training if isinstance(request, TuningRequest) else request
    findings = [
        *_values(training, recipe),
        *patience_findings(training.hyperparameters),
        *_objective(training, recipe),
        *_regexes(training.metrics, recipe),
        *_data(training, recipe),
        *lint,
        *training_values(training, recipe),
        *_machine(training, recipe, instance_type),
    ]
    if isinstance(request, TuningRequest):
        findings += search(request, recipe)
    if estimated:
        findings += _time(training, estimated)
    order = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(findings, key=lambda finding: order[finding.level]))


def _values(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    known = {item.name: item for item in recipe.hyperparameters}
    for name, value in request.hyperparameters.items():
        if name not in known:
            yield Finding(
                "warning",
                f"{name} is not a hyperparameter of this task",
                "The trainer ignores names that it does not know.",
                "Remove it, or correct its name.",
            )
        elif fault := known[name].fault(value):
            yield Finding(
                "error",
                f"{known[name].title} is {as_text(value)}: {fault}",
                "The trainer cannot work with it.",
                f"Use {as_text(known[name].default)}, the default.",
                {name: known[name].default},
            )


def expected_direction(metric: str) -> Direction:
    """Which way a metric of that name gets better."""
    lowered = metric.lower()
    return "Minimize" if any(word in lowered for word in MINIMIZED) else "Maximize"


def _objective(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    goal, names = request.objective, [metric.name for metric in request.metrics]
    if goal.metric not in names:
        yield Finding(
            "error",
            f"The objective “{goal.metric}” is not among the metric definitions",
            "The service reads only the metrics that are defined, and would see no result.",
            f"Define it, or choose one of {', '.join(names) or 'none'}.",
        )
    if len(set(names)) < len(names):
        yield Finding(
            "error",
            "Two metric definitions have the same name",
            "Their values would be mixed.",
            "Rename or remove one of them.",
        )
    if goal.direction != expected_direction(goal.metric):
        yield Finding(
            "error",
            f"“{goal.metric}” is to be {goal.direction.lower()}d",
            "The worst model would win: the metric gets better the other way.",
            f"Choose {expected_direction(goal.metric)}.",
        )
    if goal.metric != recipe.objective.metric:
        yield Finding(
            "warning",
            f"The objective is “{goal.metric}”, the checkpoint is kept by "
            f"“{recipe.objective.metric}”",
            "The model that is kept need not be the one whose score is reported.",
            f"Use “{recipe.objective.metric}” as the objective.",
        )


def _regexes(metrics: Sequence[MetricDefinition], recipe: Recipe) -> Iterable[Finding]:
    names = [metric.name for metric in recipe.metrics]
    for definition in metrics:
        if recipe.program and definition in recipe.metrics:
            continue  # for lines that others print
        metric = metric_read(definition, names)
        wrong = misreadings(definition, metric)
        if not wrong:
            continue
        ours = MetricDefinition.ours(metric).regex
        misses = all("nothing" in text for text in wrong)
        yield Finding(
            "error",
            f"The pattern of “{definition.name}” "
            + ("misses our trainers' lines" if misses else f"misreads numbers: {wrong[0]}"),
            f"In the line that our trainers print, {'; '.join(wrong)}.",
            f"Use the pattern  {ours}",
        )


def _data(request: TrainingRequest, recipe: Recipe) -> Iterable[Finding]:
    train, validation = request.channels["train"], request.channels.get("validation")
    smallest = SMALLEST_TO_GO_ON if request.start else recipe.smallest
    if 0 < train.count < smallest:
        yield Finding(
            "warning",
            f"There are only {train.count} training examples",
            f"With fewer than {smallest:,} the result is mostly luck.",
            "Add examples, and compare only on a test split that is large enough."
            if request.start
            else "Start from an earlier model that has learned the task, or add examples.",
        )
    if validation is None:
        share = float(request.hyperparameters.get("validation_fraction", 0.1))
        yield Finding(
            "note",
            "There is no validation split",
            f"The job holds out {share:.0%} of the training examples, by document.",
            "Split the dataset once, so that all jobs validate on the same examples.",
        )
    elif 0 < validation.count < 30:
        yield Finding(
            "warning",
            f"There are only {validation.count} validation examples",
            "One example more or less right decides which model is kept.",
            "Give the validation split at least 100 examples.",
        )
    batch = int(request.hyperparameters.get("batch_size", 1))
    if train.count and batch > train.count:
        yield Finding(
            "warning",
            f"A step of {batch} examples is larger than the {train.count} there are",
            "There is one step an epoch, and the learning rate hardly gets anywhere.",
            "Lower the batch size.",
            {"batch_size": max(1, train.count // 10)},
        )


def _machine(request: TrainingRequest, recipe: Recipe, instance_type: str) -> Iterable[Finding]:
    values = request.hyperparameters
    name = request.instance_type or instance_type
    machine = MACHINES.get(name)
    if machine is None:
        return
    tokens = int(values.get("batch_size", 1)) * int(values.get("max_length", 256))
    need = tokens * BYTES_PER_TOKEN * relative_size(values, recipe) / GIB
    if not recipe.reads_once and need > 0.8 * machine.memory_gib:
        fitting = max(1, int(int(values.get("batch_size", 1)) * 0.6 * machine.memory_gib / need))
        yield Finding(
            "warning",
            f"A full batch may need {need:.0f} GiB, {name} has {machine.memory_gib}",
            "Steps with the longest sequences could end the job for want of memory.",
            f"Lower the batch size to about {fitting}, or the longest sequence.",
            {"batch_size": fitting},
        )
    if values.get("precision") == "bfloat16" and not machine.gpu:
        yield Finding(
            "warning",
            "bfloat16 on a processor",
            "It was slower than float32 where we measured it, and less exact.",
            "Use float32.",
            {"precision": "float32"},
        )


def _time(request: TrainingRequest, estimated: Estimate) -> Iterable[Finding]:
    if estimated.seconds > request.max_seconds:
        yield Finding(
            "error",
            f"It takes about {duration(estimated.seconds)} and is stopped after "
            f"{duration(request.max_seconds)}",
            f"{estimated.basis} The best so far would be kept.",
            "Raise the limit, or train on less.",
        )
