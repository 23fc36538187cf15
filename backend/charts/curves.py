"""Lines over steps: losses and scores while a model trains, with the best point marked."""

import math
from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from backend.charts.layout import harmless, plain

_HEIGHT = 260
_MOST_POINTS = 400
_MOST_NAMED = 6


class Curve(NamedTuple):
    """One line: its name, colour, points by step, and the number of the point to mark (or None)."""

    name: str
    colour: str
    steps: tuple[float, ...]
    values: tuple[float, ...]
    marked: int | None = None
    faint: bool = False


class Inks(NamedTuple):
    """The colours of words and of lines behind the data."""

    text: str
    rule: str


def curve(
    name: str,
    colour: str,
    points: Sequence[tuple[float, float]],
    *,
    best: float | None = None,
    faint: bool = False,
) -> Curve:
    """A line through ``(step, value)`` points, less those that are no numbers.

    Of very many every n-th is kept, and the last; ``best`` is the step of the point to mark.
    """
    finite = [(step, value) for step, value in points if math.isfinite(value)]
    every = max(1, math.ceil(len(finite) / _MOST_POINTS))
    last = len(finite) - 1
    kept = [p for at, p in enumerate(finite) if at % every == 0 or at == last or p[0] == best]
    marked = next((at for at, (step, _) in enumerate(kept) if step == best), None)
    return Curve(
        name,
        colour,
        tuple(step for step, _ in kept),
        tuple(value for _, value in kept),
        marked,
        faint,
    )


def draw_curves(curves: Sequence[Curve], inks: Inks, *, named: bool = True) -> go.Figure:
    """The lines, where ``named`` with a legend if they are few; a single point is drawn as one."""
    figure = go.Figure()
    for line in curves:
        name = harmless(line.name)
        figure.add_scatter(
            x=line.steps,
            y=line.values,
            mode="lines+markers" if len(line.steps) == 1 else "lines",
            line={"color": line.colour, "width": 1 if line.faint else 2},
            opacity=0.55 if line.faint else 1.0,
            name=name,
            showlegend=named and 1 < len(curves) <= _MOST_NAMED,
            hovertemplate=f"{name}<br>step %{{x:,}}: %{{y:.4g}}<extra></extra>",
        )
        if line.marked is not None:
            _mark(figure, line, inks)
    legend = {"orientation": "h", "y": 1.02, "yanchor": "bottom", "font": {"color": inks.text}}
    return with_axes(figure, inks, height=_HEIGHT, x="Step", showlegend=True, legend=legend)


def _mark(figure: go.Figure, line: Curve, inks: Inks) -> None:
    at = line.marked
    assert at is not None
    figure.add_scatter(
        x=[line.steps[at]],
        y=[line.values[at]],
        mode="markers",
        showlegend=False,
        marker={"color": line.colour, "size": 10, "line": {"color": inks.text, "width": 1.5}},
        hovertemplate=(f"{harmless(line.name)}, best<br>step %{{x:,}}: %{{y:.4g}}<extra></extra>"),
    )


def with_axes(
    figure: go.Figure, inks: Inks, *, height: int, x: str, y: str = "", **layout: object
) -> go.Figure:
    """``figure`` with quiet axes, titled where a title is given."""
    title = {"font": {"size": 13}, "standoff": 8}
    axis = {
        "color": inks.text,
        "gridcolor": inks.rule,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12},
    }
    settings: dict[str, object] = {
        "xaxis": {**axis, "showgrid": False, "title": {**title, "text": x}},
        "yaxis": {**axis, "title": {**title, "text": y}},
        "margin": {"l": 4, "r": 8, "t": 8, "b": 4},
        "hovermode": "closest",
    }
    return plain(figure, height=height, **(settings | layout))
