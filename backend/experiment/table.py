"""Experiments as Markdown, for a README."""

from collections.abc import Iterator, Sequence
from typing import Final

from backend.evaluation.scoring import title
from backend.evaluation.shipped import ROLES, TITLES, Experiment, Measured, Role
from backend.tasks.registry import TASK_TITLES

_VERDICTS: Final[tuple[tuple[Role, Role], ...]] = (
    ("pretrained", "tuned"),
    ("finetuned", "tuned"),
    ("random", "tuned"),
)


def markdown(experiments: Sequence[Experiment]) -> str:
    """A table of scores with their intervals, the verdicts, and what was measured on what."""
    names = [TITLES[role] for role in ROLES]
    lines = [
        f"| task, metric | {' | '.join(names)} |",
        f"| --- {'| ---: ' * len(names)}|",
        *(_row(TASK_TITLES[one.task], one) for one in experiments),
        "",
        *(line for one in experiments for line in _verdicts(TASK_TITLES[one.task], one)),
        "",
        "| data | train | validation | test | epochs | trials | training |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: |",
        *map(_sizes, experiments),
    ]
    return "\n".join(lines) + "\n"


def _row(name: str, experiment: Experiment) -> str:
    cells = [_cell(experiment.model(role), experiment.metric) for role in ROLES]
    return f"| {name}, {title(experiment.metric)} | {' | '.join(cells)} |"


def _cell(model: Measured | None, metric: str) -> str:
    if model is None or metric not in model.metrics:
        return "–"
    found = model.metrics[metric]
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _verdicts(name: str, experiment: Experiment) -> Iterator[str]:
    for baseline, model in _VERDICTS:
        if found := experiment.finding(baseline, model):
            yield f"- {name}, {TITLES[baseline].lower()} and {TITLES[model].lower()}: " + (
                found.comparison.verdict
            )


def _sizes(experiment: Experiment) -> str:
    sizes = experiment.sizes
    splits = [f"{sizes.get(name, 0):,}" for name in ("train", "validation", "test")]
    minutes = sum(model.seconds for model in experiment.models) / 60
    cells = [*splits, str(sizes["epochs"]), str(sizes["trials"]), f"{minutes:.0f} min"]
    return f"| {experiment.source} | {' | '.join(cells)} |"
