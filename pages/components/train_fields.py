"""The fields of the Train page for a recipe's hyperparameters, made from their description."""

import math
from collections.abc import Container, Mapping

import streamlit as st

from pages.components.door import Hyperparameter, Recipe, Value


def hyperparameters(
    recipe: Recipe, defaults: Mapping[str, Value], settled: Container[str], key: str
) -> dict[str, Value]:
    """Every hyperparameter of the trainer that is not ``settled``, the usual ones first."""
    values: dict[str, Value] = {}
    open_ones = [item for item in recipe.hyperparameters if item.name not in settled]
    usual = [item for item in open_ones if not item.advanced]
    values |= _fields(recipe, usual, defaults, key)
    with st.expander("All settings", icon=":material/tune:", key=f"{key}_all"):
        rest = [item for item in open_ones if item.advanced]
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
            step=step_of(float(default)),
            format="%g",
            key=key,
            help=words,
        )
    )


def step_of(value: float) -> float:
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
