"""Train: fine-tune a model or search for its best hyperparameters, checked before it starts."""

from dataclasses import dataclass, replace

import streamlit as st

from pages.components import door
from pages.components.door import (
    DatasetVersion,
    DocumentInsightsError,
    Row,
    Start,
    TrainingRequest,
    TuningRequest,
)
from pages.components.notes import show_note
from pages.components.panels import page_title, show_error
from pages.components.preflight import preflight, programs
from pages.components.regex_tester import regex_tester
from pages.components.spot_form import spare_machines
from pages.components.train_fields import hyperparameters
from pages.components.train_form import (
    SEARCH,
    Origin,
    dataset_picker,
    kind_picker,
    limits,
    model_picker,
    origin_of,
    preset_picker,
    start_picker,
    task_picker,
)
from pages.components.train_search import search_settings, spaces


@dataclass(frozen=True)
class Choice:
    """What was chosen above the fields."""

    row: Row
    dataset: DatasetVersion
    begin: Start | None
    kind: str
    preset: str
    origin: Origin


def request_of(choice: Choice, key: str) -> TrainingRequest | TuningRequest:
    """What the form asks for. Raises ``InputError`` for what cannot be asked."""
    recipe, preset, origin = choice.row.recipe, choice.preset, choice.origin
    searching = choice.kind == SEARCH
    defaults = recipe.tuned_values(preset) if searching else recipe.values(preset)
    if choice.row.kind == "hub":
        defaults["base_model"] = choice.row.name
    if origin.training and _same(origin.training, choice.row):
        defaults |= dict(origin.training.hyperparameters)
    settled = choice.begin.settled if choice.begin else {}
    values = hyperparameters(recipe, defaults, settled, key)
    if not searching:
        name, most = limits(key)
        return door.training_request(
            recipe,
            choice.dataset,
            preset=preset,
            values=values,
            start=choice.begin,
            name=name,
            max_seconds=most,
        )
    before = origin.request if isinstance(origin.request, TuningRequest) else None
    known = dict(before.spaces) if before else recipe.spaces(preset)
    wanted = spaces(recipe, known, settled, key)
    name, most = limits(key)
    request = door.tuning_request(
        recipe,
        choice.dataset,
        preset=preset,
        values=values,
        spaces=wanted,
        start=choice.begin,
        name=name,
        max_seconds=most,
    )
    if before:
        request = replace(
            request,
            strategy=before.strategy,
            max_jobs=before.max_jobs,
            parallel_jobs=before.parallel_jobs,
            early_stopping=before.early_stopping,
            target=before.target,
            patience=before.patience,
            seed=before.seed,
            parents=before.parents,
            training=replace(
                request.training,
                objective=before.training.objective,
                metrics=before.training.metrics,
            ),
        )
    return search_settings(request, key)


def _same(training: TrainingRequest, row: Row) -> bool:
    """Whether the earlier job was of this row: of another one, its values say nothing."""
    base = training.hyperparameters.get("base_model")
    return (training.task, training.program) == (row.task, row.program) and (
        row.kind != "hub" or base == row.name
    )


page_title("Train", "Fit a model to your own examples, and see beforehand what speaks against it.")
show_note()
start = origin_of(str(st.query_params.get("from", "")))
if start.name:
    st.caption(f"Starting from {start.name}.")
left, right = st.columns(2, gap="medium")
with left:
    task = task_picker().task
    model = model_picker(task)
    chosen = model.recipe
    data = dataset_picker(task)
with right:
    wanted_kind = kind_picker()
    wanted_preset = preset_picker(chosen)
    begin = start_picker(model, data) if data else None
if data is not None:
    other = "" if model.kind == "ours" else f"_{model.name}"
    form = f"train_{task}_{wanted_kind}_{wanted_preset}_{start.name}{other}"
    try:
        choice = Choice(model, data, begin, wanted_kind, wanted_preset, start)
        made = request_of(choice, form)
        made = spare_machines(made, form)
    except DocumentInsightsError as problem:
        show_error(problem)
    else:
        preflight(made, data, key=form)
        programs(made)
regex_tester(chosen)
