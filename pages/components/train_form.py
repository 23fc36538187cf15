"""The form of the Train page: from a task, a dataset and a preset to a request."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.door import (
    Choices,
    DatasetVersion,
    DocumentInsightsError,
    Hyperparameter,
    InputError,
    Range,
    Recipe,
    Row,
    TrainingRequest,
    TuningRequest,
    Value,
)
from pages.components.names import count
from pages.components.panels import facts, show_error

Space = Range | Choices
FINE_TUNING: Final = "Fine-tuning"
SEARCH: Final = "Search"
_STRATEGIES: Final = ("Bayesian", "Random", "Grid", "Hyperband")
_SCALES: Final = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")
_TITLES: Final = {task.slug: task.title for task in door.TASKS}
_HOUR: Final = 3600


@dataclass(frozen=True)
class Origin:
    """What the form starts from: nothing, or the request of an earlier job."""

    name: str = ""
    request: TrainingRequest | TuningRequest | None = None

    @property
    def training(self) -> TrainingRequest | None:
        """What its trainer gets."""
        return self.request.training if isinstance(self.request, TuningRequest) else self.request


def origin_of(name: str) -> Origin:
    """The earlier job that the link names; the form's first values are set from it once."""
    if not name:
        return Origin()
    jobs = door.client().jobs
    try:
        try:
            origin = Origin(name, jobs.again(jobs.training_job(name)))
        except door.NotFound:
            origin = Origin(name, jobs.again(jobs.tuning_job(name)))
    except DocumentInsightsError as error:
        show_error(error)
        return Origin()
    training = origin.training
    if training and st.session_state.get("train_origin") != name:
        st.session_state["train_origin"] = name
        st.session_state["train_task"] = training.task
        st.session_state[f"train_data_{training.task}"] = training.dataset
        st.session_state[f"train_model_{training.task}"] = _row_like(training).name
        tuned = isinstance(origin.request, TuningRequest)
        st.session_state["train_kind"] = SEARCH if tuned else FINE_TUNING
    return origin


def task_picker() -> Recipe:
    """Which task is trained."""
    slug = st.selectbox(
        "Task",
        list(_TITLES),
        format_func=lambda task: _TITLES[task],
        key="train_task",
        bind="query-params",
    )
    recipe = door.recipe_of(str(slug))
    assert recipe is not None  # every task has one
    return recipe


def model_picker(task: str) -> Row:
    """Which model is trained, and so by which program."""
    rows = {row.name: row for row in door.rows_for(task, "fine-tune")}
    name = st.selectbox(
        "Model to train",
        list(rows),
        format_func=lambda one: _row_title(rows[one]),
        key=f"train_model_{task}",
    )
    row = rows[str(name)]
    if row.kind == "jumpstart":
        st.caption(f"JumpStart's own program trains {row.name}, on Amazon SageMaker only.")
    return row


def _row_title(row: Row) -> str:
    kinds = {"hub": " (from the hub)", "jumpstart": " (JumpStart)"}
    return row.title + kinds.get(row.kind, "")


def _row_like(training: TrainingRequest) -> Row:
    """The row of an earlier request; our first where its base model is none of them."""
    rows = door.rows_for(training.task, "fine-tune")
    wanted = training.program or str(training.hyperparameters.get("base_model", ""))
    return next((row for row in rows if row.name == wanted), rows[0])


def dataset_picker(task: str) -> DatasetVersion | None:
    """Which data; says where to bring some where there are none."""
    try:
        versions = {version.id: version for version in door.client().datasets.list(task)}
    except DocumentInsightsError as error:
        show_error(error)
        return None
    if not versions:
        st.info("There is no dataset for this task yet: add one first.", icon=":material/dataset:")
        st.page_link("pages/admin/datasets.py", label="Add a dataset", icon=":material/dataset:")
        return None
    chosen = st.selectbox("Dataset", list(versions), key=f"train_data_{task}")
    version = versions.get(str(chosen))
    if version:
        facts([f"{name} {count(split.count, 'example')}" for name, split in version.splits.items()])
    return version


def kind_picker() -> str:
    """Fine-tuning with fixed values, or a search for better ones."""
    return str(
        st.segmented_control(
            "What to do",
            [FINE_TUNING, SEARCH],
            default=FINE_TUNING,
            required=True,
            key="train_kind",
            help="Fine-tuning trains one model with the values below. A search trains several with "
            "different values and keeps the best.",
        )
    )


def preset_picker(recipe: Recipe) -> str:
    """How much effort."""
    titles = {preset.name: preset.title for preset in recipe.presets}
    name = str(
        st.segmented_control(
            "Preset",
            list(titles),
            format_func=lambda one: titles[one],
            default="balanced",
            required=True,
            key=f"train_preset_{recipe.task}{recipe.program}",
        )
    )
    preset = recipe.preset(name)
    st.caption(f"{preset.help} {preset.note}".strip())
    return name


def hyperparameters(recipe: Recipe, defaults: Mapping[str, Value], key: str) -> dict[str, Value]:
    """Every hyperparameter of the trainer, the usual ones first."""
    values: dict[str, Value] = {}
    usual = [item for item in recipe.hyperparameters if not item.advanced]
    values |= _fields(recipe, usual, defaults, key)
    with st.expander("All settings", icon=":material/tune:", key=f"{key}_all"):
        rest = [item for item in recipe.hyperparameters if item.advanced]
        values |= _fields(recipe, rest, defaults, key)
    return values


def _fields(
    recipe: Recipe, items: list[Hyperparameter], defaults: Mapping[str, Value], key: str
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    for first in range(0, len(items), 3):
        columns = st.columns(3, gap="small", vertical_alignment="bottom")
        for column, item in zip(columns, items[first : first + 3], strict=False):
            with column:
                default = defaults.get(item.name, item.default)
                values[item.name] = _field(recipe, item, default, field_key(key, item.name))
    return values


def field_key(key: str, name: str) -> str:
    """The key of one hyperparameter's field."""
    return f"{key}_{name}"


def _field(recipe: Recipe, item: Hyperparameter, default: Value, key: str) -> Value:
    words = f"{item.help[:1].upper()}{item.help[1:]}."
    if item.name == "base_model":
        return _base_model(recipe, str(default), key)
    if item.kind == "boolean":
        return bool(st.checkbox(item.title, bool(default), key=key, help=words))
    if item.kind == "text":
        if item.choices:
            at = item.choices.index(str(default)) if str(default) in item.choices else 0
            return str(st.selectbox(item.title, item.choices, at, key=key, help=words))
        return str(st.text_input(item.title, str(default), key=key, help=words, max_chars=200))
    if item.kind == "integer":
        return int(
            st.number_input(
                item.title,
                None if item.low is None else int(item.low),
                None if item.high is None else int(item.high),
                int(default),
                step=1,
                key=key,
                help=words,
            )
        )
    return float(
        st.number_input(
            item.title,
            None if item.low is None else float(item.low),
            None if item.high is None else float(item.high),
            float(default),
            step=_step(float(default)),
            format="%g",
            key=key,
            help=words,
        )
    )


def _step(value: float) -> float:
    """One in the first digit of ``value``, in the second where the first is a one."""
    return float(10.0 ** math.floor(math.log10(abs(value) / 2))) if value else 0.01


def _base_model(recipe: Recipe, default: str, key: str) -> str:
    titles = {model.name: model for model in recipe.base_models}
    names = list(dict.fromkeys([*titles, default]))

    def title(name: str) -> str:
        model = titles.get(name)
        if model is None:
            return name
        return f"{model.title} (from the hub)" if model.hub else model.title

    return str(
        st.selectbox(
            "Base model",
            names,
            names.index(default),
            format_func=title,
            accept_new_options=True,
            key=key,
            help="The model to start from: one of these, or the hub id or folder of another.",
        )
        or default
    )


def spaces(recipe: Recipe, defaults: Mapping[str, Space], key: str) -> dict[str, Space]:
    """What a search tries. Raises ``InputError`` for a range that no search could use."""
    known = {item.name: item for item in recipe.hyperparameters if item.kind != "text"}
    wanted = st.multiselect(
        "What to search",
        list(known),
        default=[name for name in defaults if name in known],
        format_func=lambda name: known[name].title,
        key=f"{key}_spaces",
    )
    return {
        name: _space(known[name], defaults.get(name) or known[name].space, f"{key}_space")
        for name in wanted
    }


def _space(item: Hyperparameter, default: Space | None, key: str) -> Space:
    if item.kind == "boolean" or isinstance(default, Choices):
        given = default.values if isinstance(default, Choices) else (True, False)
        text = st.text_input(
            f"{item.title}: values, with commas between them",
            ", ".join(str(value) for value in given),
            key=f"{key}_{item.name}",
            max_chars=500,
        )
        return Choices(tuple(_parsed(item, part.strip()) for part in text.split(",")))
    low, high = _ends(item, default)
    left, middle, right = st.columns(3, gap="small")
    with left:
        low = st.number_input(
            f"{item.title} from",
            value=low,
            format="%g",
            step=_step(low),
            key=f"{key}_{item.name}_low",
        )
    with middle:
        high = st.number_input(
            f"{item.title} to",
            value=high,
            format="%g",
            step=_step(high),
            key=f"{key}_{item.name}_high",
        )
    with right:
        scale: Any = st.selectbox(
            "Scale",
            _SCALES,
            _SCALES.index(default.scaling) if isinstance(default, Range) else 0,
            key=f"{key}_{item.name}_scale",
        )
    try:
        return Range(float(low), float(high), scale, integer=item.kind == "integer")
    except ValueError as error:
        raise InputError(f"{item.title}: {error}: change it.") from None


def _ends(item: Hyperparameter, default: Space | None) -> tuple[float, float]:
    if isinstance(default, Range):
        return float(default.low), float(default.high)
    start = float(item.default)
    return (start / 10, start * 10) if start else (0.0, 1.0)


def _parsed(item: Hyperparameter, text: str) -> Value:
    try:
        return item.parse(text)
    except ValueError as error:
        raise InputError(f"{item.title}: “{text}”: {error}: change it.") from None


def search_settings(request: TuningRequest, key: str) -> TuningRequest:
    """How the search goes about it."""
    one, two, three = st.columns(3, gap="small", vertical_alignment="bottom")
    with one:
        strategy: Any = st.selectbox(
            "Strategy", _STRATEGIES, _STRATEGIES.index(request.strategy), key=f"{key}_strategy"
        )
    with two:
        most = st.number_input("Trials", 1, 500, request.max_jobs, key=f"{key}_trials")
    with three:
        parallel = st.number_input(
            "At a time", 1, 100, request.parallel_jobs, key=f"{key}_parallel"
        )
    early = st.checkbox(
        "Stop trials early that do worse than half of the others",
        request.early_stopping,
        key=f"{key}_early",
    )
    return replace(
        request,
        strategy=strategy,
        max_jobs=int(most),
        parallel_jobs=int(parallel),
        early_stopping=early,
    )


def limits(key: str) -> tuple[str, int]:
    """The job's name ("" for one that is made) and the seconds after which it is stopped."""
    left, right = st.columns(2, gap="small")
    with left:
        name = st.text_input(
            "Name", key=f"{key}_name", placeholder="made from task and time", max_chars=63
        )
    with right:
        hours = st.number_input(
            "Stop after hours", 0.05, 120.0, 2.0, step=0.5, format="%g", key=f"{key}_hours"
        )
    return name.strip(), round(hours * _HOUR)
