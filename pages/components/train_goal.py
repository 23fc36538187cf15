"""What a search is for, when it ends, and what it begins with: the less usual fields."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.door import (
    DocumentInsightsError,
    MetricDefinition,
    Objective,
    TuningRequest,
)
from pages.components.plain import escaped

_OWN: Final = "a metric of my own…"
_DIRECTIONS: Final = ("Maximize", "Minimize")


def goal(request: TuningRequest, key: str) -> TuningRequest:
    """``request`` with what its objective is, and with what else is set in the panel."""
    with st.expander(
        "Objective, end and earlier searches", icon=":material/flag:", key=f"{key}_goal"
    ):
        key = f"{key}_goal"
        return _earlier(_end(_objective(request, key), key), key)


def _objective(request: TuningRequest, key: str) -> TuningRequest:
    training = request.training
    names = [metric.name for metric in training.metrics]
    left, right = st.columns([2, 1], gap="small")
    with left:
        chosen = str(
            st.selectbox(
                "Objective",
                [*names, _OWN],
                _index(names, training.objective.metric),
                key=f"{key}_objective",
                help="The metric that decides which trial is best.",
            )
        )
    metrics = training.metrics
    if chosen == _OWN:
        own = _own_metric(key)
        if own is None:
            return request
        metrics, chosen = (*metrics, own), own.name
    with right:
        direction: Any = st.selectbox(
            "Direction",
            _DIRECTIONS,
            _DIRECTIONS.index(
                training.objective.direction
                if chosen == training.objective.metric
                else door.expected_direction(chosen)
            ),
            key=f"{key}_direction_{chosen}",
        )
    made = replace(training, metrics=metrics, objective=Objective(chosen, direction))
    return replace(request, training=made)


def _own_metric(key: str) -> MetricDefinition | None:
    """A name and a pattern, None until both are there."""
    left, right = st.columns([1, 2], gap="small")
    with left:
        name = st.text_input("Its name", key=f"{key}_own_name", max_chars=255)
    with right:
        pattern = st.text_input(
            "Pattern that finds its value in the log",
            key=f"{key}_own_pattern",
            max_chars=500,
            placeholder=MetricDefinition.ours("validation:f1").regex,
            help="A regular expression whose first group is the number. Try it on a log below.",
        )
    if not (name.strip() and pattern.strip()):
        st.caption("Give both; until then the objective stays what it was.")
        return None
    return MetricDefinition(name.strip(), pattern)


def _end(request: TuningRequest, key: str) -> TuningRequest:
    one, two, three = st.columns(3, gap="small")
    with one:
        target = st.number_input(
            "Stop at a value of",
            value=request.target,
            format="%g",
            key=f"{key}_target",
            placeholder="never",
            help="The search ends as soon as a trial reaches it.",
        )
    with two:
        patience = st.number_input(
            "Stop after trials without gain",
            3,
            500,
            request.patience,
            key=f"{key}_patience",
            placeholder="never",
        )
    with three:
        seed = st.number_input(
            "Seed",
            0,
            2**31 - 1,
            request.seed,
            key=f"{key}_seed",
            placeholder="any",
            help="The same seed tries the same values again.",
        )
    return replace(
        request,
        target=None if target is None else float(target),
        patience=None if patience is None else int(patience),
        seed=None if seed is None else int(seed),
    )


def _earlier(request: TuningRequest, key: str) -> TuningRequest:
    """Searches on the same data whose trials this one learns from (a warm start)."""
    try:
        names = [
            job.name
            for job in door.client().jobs.tuning_jobs()
            if job.finished
            and job.task == request.training.task
            and job.dataset_sha256 == request.training.dataset_sha256 != ""
        ]
    except DocumentInsightsError:
        return request
    if not names:
        return request
    chosen: Sequence[str] = st.multiselect(
        "Learn from earlier searches",
        names,
        [name for name in request.parents if name in names],
        format_func=escaped,
        key=f"{key}_parents",
        max_selections=5,
        help="A warm start: what their trials found is known from the beginning.",
    )
    return replace(request, parents=tuple(chosen))


def _index(names: Sequence[str], name: str) -> int:
    return list(names).index(name) if name in names else 0
