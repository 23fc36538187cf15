"""Train: fine-tune a model or search for its best hyperparameters, checked before it starts."""

from dataclasses import replace

import streamlit as st

from pages.components import door
from pages.components.door import (
    DatasetVersion,
    DocumentInsightsError,
    Row,
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
    task_picker,
)
from pages.components.train_search import search_settings, spaces


def request_of(
    row: Row, dataset: DatasetVersion, kind: str, preset: str, origin: Origin, key: str
) -> TrainingRequest | TuningRequest:
    """What the form asks for. Raises ``InputError`` for what cannot be asked."""
    recipe, searching = row.recipe, kind == SEARCH
    defaults = recipe.tuned_values(preset) if searching else recipe.values(preset)
    if row.kind == "hub":
        defaults["base_model"] = row.name
    if origin.training and _same(origin.training, row):
        defaults |= dict(origin.training.hyperparameters)
    values = hyperparameters(recipe, defaults, key)
    if not searching:
        name, most = limits(key)
        return door.training_request(
            recipe, dataset, preset=preset, values=values, name=name, max_seconds=most
        )
    before = origin.request if isinstance(origin.request, TuningRequest) else None
    wanted = spaces(recipe, dict(before.spaces) if before else recipe.spaces(preset), key)
    name, most = limits(key)
    request = door.tuning_request(
        recipe, dataset, preset=preset, values=values, spaces=wanted, name=name, max_seconds=most
    )
    if before:
        request = replace(
            request,
            strategy=before.strategy,
            max_jobs=before.max_jobs,
            parallel_jobs=before.parallel_jobs,
            early_stopping=before.early_stopping,
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
if data is not None:
    other = "" if model.kind == "ours" else f"_{model.name}"
    form = f"train_{task}_{wanted_kind}_{wanted_preset}_{start.name}{other}"
    try:
        made = request_of(model, data, wanted_kind, wanted_preset, start, form)
        made = spare_machines(made, form)
    except DocumentInsightsError as problem:
        show_error(problem)
    else:
        preflight(made, data, key=form)
        programs(made)
regex_tester(chosen)
