"""A search over hyperparameters: its history, what was tried, when each trial ran."""

import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from backend.charts.curves import Inks, with_axes
from backend.charts.layout import BAR_HEIGHT, harmless, plain

_LOGARITHMIC = 10.0
"""A hyperparameter whose largest value is this many times its smallest is drawn by its log."""
_NUMBERS = ".2~g"
"""D3's format of numbers without words: 0.0005, never 500µ."""


class TrialPoint(NamedTuple):
    """One trial: its number from 1, its state, objective (None without one), and what it tried."""

    number: int
    status: str
    objective: float | None
    values: Mapping[str, str]
    started: datetime | None = None
    ended: datetime | None = None


class Dimension(NamedTuple):
    """One hyperparameter over the trials that have an objective.

    ``places`` are numbers to draw at; ``ticks`` are (place, text) where the numbers need words.
    """

    name: str
    places: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]


class HistoryInfo(NamedTuple):
    """Objectives by trial number, the best so far, and the baseline (None without one)."""

    numbers: tuple[int, ...]
    objectives: tuple[float, ...]
    best: tuple[float, ...]
    baseline: float | None


def measured(trials: Sequence[TrialPoint]) -> list[TrialPoint]:
    """The trials that have a finite objective."""
    return [t for t in trials if t.objective is not None and math.isfinite(t.objective)]


def history_info(
    trials: Sequence[TrialPoint], *, maximize: bool, baseline: float | None = None
) -> HistoryInfo:
    """The objectives in the order of the trials, and the best up to each."""
    done = measured(trials)
    objectives = [t.objective or 0.0 for t in done]
    choose = max if maximize else min
    best = [choose(objectives[: at + 1]) for at in range(len(objectives))]
    return HistoryInfo(tuple(t.number for t in done), tuple(objectives), tuple(best), baseline)


def draw_history(info: HistoryInfo, inks: Inks, *, trial: str, baseline: str) -> go.Figure:
    """Trials as points, the best so far as a line, the baseline as a dashed one."""
    figure = go.Figure()
    figure.add_scatter(
        x=info.numbers,
        y=info.best,
        mode="lines",
        line={"color": trial, "width": 2, "shape": "hv"},
        hovertemplate="best up to trial %{x}: %{y:.4g}<extra></extra>",
    )
    figure.add_scatter(
        x=info.numbers,
        y=info.objectives,
        mode="markers",
        marker={"color": trial, "size": 9},
        hovertemplate="trial %{x}: %{y:.4g}<extra></extra>",
    )
    if info.baseline is not None:
        figure.add_hline(
            y=info.baseline,
            line={"color": baseline, "dash": "dash", "width": 2},
            annotation={"text": "baseline", "font": {"color": baseline, "size": 13}},
            annotation_position="bottom right",
        )
    return with_axes(
        figure, inks, height=280, x="Trial", xaxis_dtick=1 if len(info.numbers) < 15 else None
    )


def dimensions(trials: Sequence[TrialPoint]) -> tuple[Dimension, ...]:
    """The hyperparameters that differ between the measured trials."""
    done = measured(trials)
    names = list(dict.fromkeys(name for trial in done for name in trial.values))
    found = [_dimension(name, [trial.values.get(name, "") for trial in done]) for name in names]
    return tuple(dimension for dimension in found if len(set(dimension.places)) > 1)


def _dimension(name: str, texts: Sequence[str]) -> Dimension:
    numbers = [_number(text) for text in texts]
    values = [number for number in numbers if number is not None]
    if len(values) < len(texts):
        order = {text: float(at) for at, text in enumerate(sorted(set(texts)))}
        ticks = tuple((place, text) for text, place in order.items())
        return Dimension(name, tuple(order[text] for text in texts), ticks)
    if min(values) > 0 and max(values) / min(values) >= _LOGARITHMIC:
        return Dimension(name, tuple(map(math.log10, values)), _log_ticks(min(values), max(values)))
    return Dimension(name, tuple(values), ())


def _log_ticks(low: float, high: float) -> tuple[tuple[float, str], ...]:
    """Powers of ten between two values; also 2 and 5 times these where they are few."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    steps = (1, 2, 5) if high / low < 1000 else (1,)
    ticks = (step * 10.0**decade for decade in decades for step in steps)
    return tuple((math.log10(tick), f"{tick:g}") for tick in ticks if low <= tick <= high)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def draw_parallel(
    trials: Sequence[TrialPoint], objective: str, inks: Inks, *, scale: Sequence[str]
) -> go.Figure:
    """Each trial as a line through its hyperparameters and its objective, coloured by that."""
    done = measured(trials)
    scores = [trial.objective or 0.0 for trial in done]
    axes = [
        {
            "label": harmless(d.name.replace("_", " "), longest=18),
            "values": d.places,
            "tickvals": [place for place, _ in d.ticks] or None,
            "ticktext": [harmless(text, longest=12) for _, text in d.ticks] or None,
            "tickformat": _NUMBERS,
        }
        for d in dimensions(trials)
    ]
    axes.append({"label": harmless(objective, longest=18), "values": scores})
    figure = go.Figure(
        go.Parcoords(
            dimensions=axes,
            line={"color": scores, "colorscale": list(scale)},
            labelfont={"color": inks.text, "size": 13},
            tickfont={"color": inks.text, "size": 12},
            rangefont={"color": inks.text, "size": 12},
        )
    )
    return plain(figure, height=320, margin={"l": 48, "r": 48, "t": 56, "b": 28})


def draw_slices(trials: Sequence[TrialPoint], inks: Inks, *, colour: str) -> go.Figure:
    """The objective over each hyperparameter, side by side."""
    found = dimensions(trials)
    scores = [trial.objective for trial in measured(trials)]
    figure = make_subplots(
        rows=1, cols=max(1, len(found)), shared_yaxes=True, horizontal_spacing=0.03
    )
    axis = {"color": inks.text, "gridcolor": inks.rule, "zeroline": False, "fixedrange": True}
    for column, dimension in enumerate(found, start=1):
        name = harmless(dimension.name.replace("_", " "), longest=20)
        figure.add_scatter(
            x=dimension.places,
            y=scores,
            mode="markers",
            marker={"color": colour, "size": 9, "opacity": 0.8},
            hovertemplate=f"{name}<br>%{{y:.4g}}<extra></extra>",
            row=1,
            col=column,
        )
        ticks = (
            {
                "tickvals": [p for p, _ in dimension.ticks],
                "ticktext": [t for _, t in dimension.ticks],
            }
            if dimension.ticks
            else {"nticks": 4, "tickformat": _NUMBERS}
        )
        figure.update_xaxes({**axis, **ticks, "title": name}, row=1, col=column)
        figure.update_yaxes(axis, row=1, col=column)
    return plain(figure, height=280, margin={"l": 4, "r": 4, "t": 8, "b": 4})


def draw_timeline(
    trials: Sequence[TrialPoint], inks: Inks, *, colours: Mapping[str, str], now: datetime
) -> go.Figure:
    """When each trial ran, in minutes since the first began (seconds where all of it took less than
    two minutes); its colour says how it ended.
    """
    begun = [trial for trial in trials if trial.started]
    first = min((t.started for t in begun if t.started), default=now)
    last = max((t.ended or now for t in begun), default=now)
    short = last - first < timedelta(minutes=2)

    def since(moment: datetime) -> float:
        return (moment - first) / timedelta(seconds=1 if short else 60)

    figure = go.Figure()
    figure.add_bar(
        y=[f"{trial.number}" for trial in begun],
        base=[since(trial.started or now) for trial in begun],
        x=[since(trial.ended or now) - since(trial.started or now) for trial in begun],
        orientation="h",
        marker_color=[colours.get(trial.status, inks.rule) for trial in begun],
        hovertext=[f"trial {trial.number}: {harmless(trial.status)}" for trial in begun],
        hoverinfo="text",
    )
    height = BAR_HEIGHT // 2 * max(3, len(begun)) + 48
    unit = "Seconds" if short else "Minutes"
    figure = with_axes(figure, inks, height=height, x=unit, y="Trial")
    return figure.update_layout(bargap=0.35, barcornerradius=3).update_yaxes(
        autorange="reversed", type="category", showgrid=False
    )
