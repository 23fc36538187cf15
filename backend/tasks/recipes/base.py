"""What a recipe is: hyperparameters with their bounds and search ranges, an objective, presets.

The names, types and defaults are those of the dataclasses in ``model_code`` (a test compares them).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

Value = float | int | bool | str
"""The value of a hyperparameter; SageMaker sends all of them as text."""

Scaling = Literal["Auto", "Linear", "Logarithmic", "ReverseLogarithmic"]
Strategy = Literal["Bayesian", "Random", "Grid", "Hyperband"]
Direction = Literal["Maximize", "Minimize"]
Kind = Literal["float", "integer", "boolean", "text"]


@dataclass(frozen=True)
class Range:
    """The numbers from ``low`` to ``high`` that a search may try; whole ones if ``integer``.

    Raises ``ValueError`` where no search could use it.
    """

    low: float
    high: float
    scaling: Scaling = "Auto"
    integer: bool = False

    def __post_init__(self) -> None:
        if not self.low < self.high:
            raise ValueError(f"the range {self.low} to {self.high} is empty")
        if self.scaling == "Logarithmic" and self.low <= 0:
            raise ValueError("a logarithmic range starts above 0")
        if self.scaling == "ReverseLogarithmic" and not 0 <= self.low < self.high < 1:
            raise ValueError("a reverse logarithmic range lies within 0 and 1")

    def holds(self, value: Value) -> bool:
        """Whether the search could come to ``value``."""
        if isinstance(value, str | bool):
            return False
        return self.low <= value <= self.high and (not self.integer or float(value).is_integer())


@dataclass(frozen=True)
class Choices:
    """The values that a search may try, as SageMaker's categorical range."""

    values: tuple[Value, ...]

    def holds(self, value: Value) -> bool:
        """Whether ``value`` is among them, as text."""
        return as_text(value) in {as_text(choice) for choice in self.values}


Space = Range | Choices


@dataclass(frozen=True)
class Hyperparameter:
    """One argument of the trainer. ``low`` and ``high`` are what makes sense at all, ``choices``
    all that there is (of a text); ``space`` is what a search tries unless told otherwise.

    Raises ``ValueError`` where the default is outside its bounds or its own search range: the
    baseline is always one of the candidates.
    """

    name: str
    kind: Kind
    default: Value
    help: str
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()
    space: Space | None = None
    advanced: bool = False

    def __post_init__(self) -> None:
        if fault := self.fault(self.default):
            raise ValueError(f"the default of {self.name} is not allowed: {fault}")
        if self.space and not self.space.holds(self.default):
            raise ValueError(f"the default of {self.name} lies outside its own search range")

    @property
    def title(self) -> str:
        """The name as people read it."""
        return self.name.replace("_", " ").replace("-", " ").capitalize()

    def fault(self, value: Value) -> str:
        """What is wrong with ``value``, "" where nothing is."""
        if self.kind == "boolean":
            return "" if isinstance(value, bool) else "it is neither true nor false"
        if self.kind == "text":
            known = not self.choices or value in self.choices
            return "" if known and value else f"it is not one of {', '.join(self.choices)}"
        if isinstance(value, str | bool):
            return "it is not a number"
        if self.kind == "integer" and not float(value).is_integer():
            return "it is not a whole number"
        if self.low is not None and not value >= self.low:
            return f"it is below {self.low:g}"
        if self.high is not None and not value <= self.high:
            return f"it is above {self.high:g}"
        return ""

    def parse(self, text: str) -> Value:
        """The value that ``text`` stands for; raises ``ValueError`` with what is wrong with it."""
        value: Value = text
        if self.kind == "boolean":
            if text.lower() not in _BOOLEANS:
                raise ValueError("it is neither true nor false")
            value = _BOOLEANS[text.lower()]
        elif self.kind != "text":
            try:
                value = float(text)
            except ValueError:
                raise ValueError("it is not a number") from None
            if self.kind == "integer" and value.is_integer():
                value = int(value)
        if fault := self.fault(value):
            raise ValueError(fault)
        return value


_BOOLEANS: Final = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


def as_text(value: Value) -> str:
    """``value`` as SageMaker sends it."""
    return repr(value) if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Objective:
    """The metric that decides: which checkpoint is kept, which trial is best."""

    metric: str
    direction: Direction = "Maximize"

    def better(self, value: float, other: float) -> bool:
        """Whether ``value`` beats ``other``; NaN beats nothing."""
        return value > other if self.direction == "Maximize" else value < other


NUMBER: Final = r"[-+]?(?:[0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|inf|nan)"
"""Every float as Python's ``repr`` prints it, and every integer."""


@dataclass(frozen=True)
class MetricDefinition:
    """What SageMaker looks for in a job's log: its first group is the value."""

    name: str
    regex: str

    @classmethod
    def ours(cls, name: str) -> "MetricDefinition":
        """For the lines that ``model_code`` prints: ``[metrics] step=12; name=0.5;``."""
        return cls(name, rf" {re.escape(name)}=({NUMBER});")


@dataclass(frozen=True)
class Preset:
    """Values and search ranges under a name; what is not said is the recipe's default.

    ``published`` ones repeat what somebody else reported; ``note`` says how and what of it is
    known to be a mistake (which the pre-flight check finds too).
    """

    name: str
    title: str
    help: str
    values: Mapping[str, Value] = field(default_factory=dict)
    tuned_values: Mapping[str, Value] = field(default_factory=dict)
    """Where the trials of a search differ from ``values``."""
    spaces: Mapping[str, Space] = field(default_factory=dict)
    max_jobs: int = 6
    parallel_jobs: int = 2
    strategy: Strategy = "Bayesian"
    published: bool = False
    note: str = ""


@dataclass(frozen=True)
class Published:
    """What the original solution optimised and how it read its log, as a warning example."""

    objective: Objective
    regex: str


@dataclass(frozen=True)
class BaseModel:
    """A model to start from. ``parameters`` and ``layer_parameters`` count weights, all of them
    and those of the layers (what a step costs goes with the second); ``hub`` says whether it has
    to be fetched from the hub.
    """

    name: str
    title: str
    parameters: int
    layer_parameters: int
    hub: bool = True


@dataclass(frozen=True)
class Recipe:
    """How one task is trained. ``pace`` is the rule of thumb for what 2 cores train on with the
    default base model, in tokens a second, ``tokens_per_example`` what is usual of them;
    ``smallest`` are the training examples below which a result is luck; ``reads_once`` says that
    the encoder reads every example once and is not trained: epochs cost next to nothing.

    Raises ``ValueError`` where a preset does not fit the hyperparameters, or the objective is not
    among the metrics.
    """

    task: str
    hyperparameters: tuple[Hyperparameter, ...]
    objective: Objective
    metrics: tuple[MetricDefinition, ...]
    presets: tuple[Preset, ...]
    base_models: tuple[BaseModel, ...]
    pace: float
    tokens_per_example: float
    smallest: int
    original: Published | None = None
    reads_once: bool = False
    program: str = ""
    """JumpStart's model id where its program trains, "" for ours."""

    def __post_init__(self) -> None:
        if self.objective.metric not in {metric.name for metric in self.metrics}:
            raise ValueError(f"{self.task}: the objective is not among the metrics")
        for preset in self.presets:
            for values in (preset.values, preset.tuned_values):
                for name, value in values.items():
                    if fault := self.hyperparameter(name).fault(value):
                        raise ValueError(f"{self.task}, {preset.name}: {name}: {fault}")

    def hyperparameter(self, name: str) -> Hyperparameter:
        """The one of that name; raises ``KeyError`` where there is none."""
        for item in self.hyperparameters:
            if item.name == name:
                return item
        raise KeyError(name)

    def preset(self, name: str) -> Preset:
        """The one of that name; raises ``KeyError`` where there is none."""
        for preset in self.presets:
            if preset.name == name:
                return preset
        raise KeyError(name)

    def values(self, preset: str = "balanced", **overrides: Value) -> dict[str, Value]:
        """All hyperparameters with the values that a job gets: default, preset, override."""
        defaults = {item.name: item.default for item in self.hyperparameters}
        return defaults | dict(self.preset(preset).values) | overrides

    def tuned_values(self, preset: str = "balanced", **overrides: Value) -> dict[str, Value]:
        """The same for the trials of a search."""
        return self.values(preset) | dict(self.preset(preset).tuned_values) | overrides

    def spaces(self, preset: str = "balanced") -> dict[str, Space]:
        """What a search tries: the preset's ranges, or those of the hyperparameters."""
        own = {item.name: item.space for item in self.hyperparameters if item.space}
        return dict(self.preset(preset).spaces) or own
