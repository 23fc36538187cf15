"""What a pre-flight check says, and what its parts share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from backend.tasks.recipes.base import Choices, Range, Recipe, Value, as_text

Level = Literal["error", "warning", "note"]
_HOUR: Final = 3600


@dataclass(frozen=True)
class Finding:
    """One line of the pre-flight table. An ``error`` will fail or mislead, a ``warning`` may, a
    ``note`` is worth knowing. ``change`` holds hyperparameters that mend it, where such do.
    """

    level: Level
    what: str
    why: str
    fix: str
    change: Mapping[str, Value] = field(default_factory=dict)


def evaluations(values: Mapping[str, Value]) -> int:
    """How often a run with these hyperparameters is validated."""
    return int(values.get("epochs", 1)) * int(values.get("evaluations_per_epoch", 1))


def can_stop_early(patience: int, checks: int) -> bool:
    """Whether a run of ``checks`` validations can end early: the first one is always the best so
    far, and a stop at the last one saves nothing.
    """
    return 1 + patience < checks


def patience_findings(values: Mapping[str, Value]) -> Iterable[Finding]:
    """An error where early stopping is asked for and cannot happen."""
    patience, checks = int(values.get("early_stopping_patience", 0)), evaluations(values)
    if patience and not can_stop_early(patience, checks):
        yield Finding(
            "error",
            f"A patience of {patience} cannot stop a run of {checks} validations",
            "The first validation is always the best so far, so the run is over before the "
            "patience is.",
            f"Lower the patience to {max(0, checks - 2)}, or train for more epochs.",
            {"early_stopping_patience": max(0, checks - 2)},
        )


def relative_size(values: Mapping[str, Value], recipe: Recipe) -> float:
    """The layers of the chosen base model over those of the default one."""
    known = {model.name: model.layer_parameters for model in recipe.base_models}
    default = recipe.base_models[0].layer_parameters
    return known.get(str(values.get("base_model", "")), default) / default


def shown(space: Range | Choices) -> str:
    """A range or choices, as people read them."""
    if isinstance(space, Choices):
        return ", ".join(as_text(value) for value in space.values)
    return f"{space.low:g} to {space.high:g}"


def duration(seconds: float) -> str:
    """Seconds as people say them."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / _HOUR:.1f} h"
