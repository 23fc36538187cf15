"""What the Train page begins with: an earlier job, a task, a model, a dataset and a preset."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import (
    DatasetVersion,
    DocumentInsightsError,
    Recipe,
    Row,
    Start,
    TrainingRequest,
    TuningRequest,
)
from pages.components.link import from_link, to_link
from pages.components.names import count
from pages.components.panels import facts, show_error

FINE_TUNING: Final = "Fine-tuning"
SEARCH: Final = "Search"
_HOUR: Final = 3600
_BASE: Final = "The base model"


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
        st.session_state[_start_key(training.dataset)] = _start_like(training)
        st.session_state["train_kind"] = SEARCH if tuned else FINE_TUNING
    return origin


def task_picker() -> Recipe:
    """Which task is trained."""
    first = next(iter(door.TASK_TITLES))
    from_link("train_task", door.TASK_TITLES, first)
    slug = st.selectbox(
        "Task",
        list(door.TASK_TITLES),
        format_func=lambda task: door.TASK_TITLES[task],
        key="train_task",
    )
    to_link("train_task", None if slug == first else str(slug))
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


def _start_key(dataset: str) -> str:
    return f"train_start_{dataset}"


def _start_like(training: TrainingRequest) -> str:
    """The start of an earlier request; the base model where it is none that is left."""
    if not training.start:
        return _BASE
    try:
        found = door.starts(training.task)
    except DocumentInsightsError:
        return _BASE  # the picker asks again, and says why it cannot be had
    return next((name for name, archive in found.items() if archive == training.start), _BASE)


def start_picker(row: Row, dataset: DatasetVersion) -> Start | None:
    """Which model is gone on from, None for the base model; not asked where there is no other."""
    task = row.task
    if row.kind != "ours":
        return None
    try:
        found = door.starts(task)
        if not found:
            return None
        names = [_BASE, *found]
        name = st.selectbox(
            "Start from",
            names,
            index=names.index(door.suggested_start(row.recipe, dataset, found) or _BASE),
            key=_start_key(dataset.id),
            help="The base model knows the language and learns the task from your examples. An "
            "earlier model has learned the task already, and goes on with your examples.",
        )
        if name not in found:
            return None
        start = door.start_from(task, name, found[name])
    except DocumentInsightsError as error:
        show_error(error)
        return None
    if start.labels:
        known = len(set(start.labels) & set(dataset.labels))
        st.caption(
            f"It knows {known} of the {count(len(dataset.labels), 'label')} of these examples and "
            "keeps what it has learned of them; others begin afresh."
            if known
            else "It has learned the task with other labels: a comparison with the base model "
            "shows whether that helps."
        )
    return start


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
