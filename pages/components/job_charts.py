"""The charts of jobs, in the colours of the theme."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

import streamlit as st

from backend.charts.curves import Curve, curve, draw_curves
from backend.charts.curves import Inks as ChartInks
from backend.charts.search import (
    HistoryInfo,
    TrialPoint,
    dimensions,
    draw_history,
    draw_parallel,
    draw_slices,
    draw_timeline,
    history_info,
    measured,
)
from pages.components import colours
from pages.components.door import JobReading, Objective
from pages.components.frame import theme
from pages.components.job_views import metric_name, status_ink

_STATUSES = ("Completed", "InProgress", "Stopped", "Stopping", "Failed")


def inks() -> ChartInks:
    """The colours of words and rules on this theme."""
    on = theme()
    return ChartInks(colours.TEXT.on(on), colours.RULE.on(on))


def show_curves(lines: Sequence[Curve], *, key: str, alt: str, named: bool = True) -> None:
    """Lines over steps."""
    figure = draw_curves(lines, inks(), named=named)
    st.plotly_chart(figure, config={"displayModeBar": False}, key=key, alt=alt)


def training_curves(reading: JobReading, objective: Objective | None, *, key: str) -> None:
    """The loss, and the validation metrics with the best point of the objective marked."""
    on = theme()
    series = {name: [(p.step, p.value) for p in points] for name, points in reading.series.items()}
    left, right = st.columns(2, gap="medium")
    with left:
        st.subheader("Loss", anchor=False)
        losses = [
            curve(metric_name(name), colours.class_ink(name, tuple(losses_of(series))).on(on), p)
            for name, p in losses_of(series).items()
        ]
        if losses:
            show_curves(losses, key=f"{key}_loss", alt="Training loss by step")
            st.caption("Lower is better.")
        else:
            st.caption("No loss has been reported yet.")
    with right:
        st.subheader("On the validation data", anchor=False)
        scores = {
            name: points
            for name, points in series.items()
            if name.startswith("validation:") and name not in losses_of(series)
        }
        best = reading.best(objective) if objective else None
        drawn = [
            curve(
                metric_name(name),
                colours.class_ink(name, tuple(scores)).on(on),
                points,
                best=best.step if best and objective and name == objective.metric else None,
            )
            for name, points in scores.items()
        ]
        if drawn:
            show_curves(drawn, key=f"{key}_scores", alt="Validation metrics by step")
            if best and objective:
                st.caption(
                    f"Best {metric_name(objective.metric)} {best.value:.4f} at step {best.step:,}: "
                    "these weights are kept."
                )
        else:
            st.caption("Nothing has been validated yet.")


def losses_of(
    series: Mapping[str, Sequence[tuple[float, float]]],
) -> dict[str, list[tuple[float, float]]]:
    """The series that are losses."""
    return {name: list(points) for name, points in series.items() if name.endswith("loss")}


def trial_curves(
    readings: Mapping[int, JobReading],
    objective: Objective,
    *,
    best: int | None,
    stopped: set[int],
    key: str,
) -> None:
    """The objective of every trial while it trained: the ``best`` one (by number) in colour, those
    ``stopped`` early faint.
    """
    on = theme()

    def name(number: int) -> str:
        note = ", the best" if number == best else ", stopped early" if number in stopped else ""
        return f"trial {number}{note}"

    lines = [
        curve(
            name(number),
            (colours.TUNED if number == best else colours.QUIET).on(on),
            [(point.step, point.value) for point in reading.series.get(objective.metric, ())],
            faint=number in stopped,
        )
        for number, reading in sorted(readings.items(), key=lambda one: one[0] == best)
    ]
    drawn = [line for line in lines if line.steps]
    if drawn:
        show_curves(drawn, key=key, alt="The objective of each trial by step", named=False)
        st.caption(_curves_words(best, stopped))
    else:
        st.caption("No trial has been validated yet.")


def _curves_words(best: int | None, stopped: set[int]) -> str:
    words = [f"In colour: trial {best}, the best."] if best else []
    return " ".join([*words, *(["Faint: stopped early."] if stopped else [])])


def search_charts(
    points: Sequence[TrialPoint], objective: Objective, baseline: float | None, *, key: str
) -> None:
    """History, parallel coordinates, slices and timeline of a search."""
    on, drawn = theme(), inks()
    name = metric_name(objective.metric)
    info = history_info(points, maximize=objective.direction == "Maximize", baseline=baseline)
    if info.numbers:
        _history(info, name, key=key)
    if len(measured(points)) > 1 and dimensions(points):
        _dimension_charts(points, name, key=key)
    st.subheader("When each trial ran", anchor=False)
    st.plotly_chart(
        draw_timeline(
            points,
            drawn,
            colours={status: status_ink(status).on(on) for status in _STATUSES},
            now=datetime.now(UTC),
        ),
        config={"displayModeBar": False},
        key=f"{key}_timeline",
        alt="When each trial ran, in minutes since the first began",
    )


def _history(info: HistoryInfo, name: str, *, key: str) -> None:
    on = theme()
    st.subheader("History", anchor=False)
    st.plotly_chart(
        draw_history(info, inks(), trial=colours.TUNED.on(on), baseline=colours.BASELINE.on(on)),
        config={"displayModeBar": False},
        key=f"{key}_history",
        alt=f"{name} of {len(info.numbers)} trials, and the best so far",
    )
    if info.baseline is not None:
        st.caption("The dashed line is the latest fine-tuning on the same data with fixed values.")


def _dimension_charts(points: Sequence[TrialPoint], name: str, *, key: str) -> None:
    on, drawn = theme(), inks()
    st.subheader("What was tried", anchor=False)
    scale = (colours.RULE.on(on), colours.TUNED.on(on))
    st.plotly_chart(
        draw_parallel(points, name, drawn, scale=scale),
        config={"displayModeBar": False},
        key=f"{key}_parallel",
        alt="Each trial as a line through its hyperparameters and its score",
    )
    st.plotly_chart(
        draw_slices(points, drawn, colour=colours.TUNED.on(on)),
        config={"displayModeBar": False},
        key=f"{key}_slices",
        alt=f"{name} over each hyperparameter",
    )
