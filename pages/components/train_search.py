"""The fields of the Train page for a search: what it tries, and how it goes about it."""

from collections.abc import Container, Mapping
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from pages.components.door import (
    Choices,
    Hyperparameter,
    InputError,
    Range,
    Recipe,
    TuningRequest,
    Value,
)
from pages.components.train_fields import step_of
from pages.components.train_goal import goal

Space = Range | Choices
_STRATEGIES: Final = ("Bayesian", "Random", "Grid", "Hyperband")
_SCALES: Final = ("Auto", "Linear", "Logarithmic", "ReverseLogarithmic")


def spaces(
    recipe: Recipe, defaults: Mapping[str, Space], settled: Container[str], key: str
) -> dict[str, Space]:
    """What a search tries, of what is not ``settled``. Raises ``InputError`` for a range that no
    search could use.
    """
    known = {
        item.name: item
        for item in recipe.hyperparameters
        if item.kind != "text" and item.name not in settled
    }
    wanted = st.pills(
        "What to search",
        list(known),
        selection_mode="multi",
        default=[name for name in defaults if name in known],
        format_func=lambda name: known[name].title,
        key=f"{key}_spaces",
        wrap=True,
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
            step=step_of(low),
            key=f"{key}_{item.name}_low",
        )
    with middle:
        high = st.number_input(
            f"{item.title} to",
            value=high,
            format="%g",
            step=step_of(high),
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
    return goal(
        replace(
            request,
            strategy=strategy,
            max_jobs=int(most),
            parallel_jobs=int(parallel),
            early_stopping=early,
        ),
        key,
    )
