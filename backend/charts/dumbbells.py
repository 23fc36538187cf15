"""Scores of two models on one axis: two dots with their intervals, joined."""

from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

import plotly.graph_objects as go

from backend.charts.curves import Inks
from backend.charts.layout import harmless, plain

_ROW: Final = 58
_APART: Final = 0.11
_DOT: Final = 0.02
"""What the axis has beyond 0 and 1, so that a dot there is whole."""


class Interval(Protocol):
    """A score with its 95 % interval."""

    @property
    def value(self) -> float: ...
    @property
    def low(self) -> float: ...
    @property
    def high(self) -> float: ...


class Dumbbell(NamedTuple):
    """One metric: its name, and (value, low, high) of either model."""

    name: str
    first: tuple[float, float, float]
    second: tuple[float, float, float]


class DumbbellsInfo(NamedTuple):
    """Metrics from top to bottom, and where the axis begins and ends."""

    rows: tuple[Dumbbell, ...]
    start: float
    end: float


def dumbbells_info(
    names: Mapping[str, str], first: Mapping[str, Interval], second: Mapping[str, Interval]
) -> DumbbellsInfo:
    """The metrics in ``names`` (key to title) that both have; the axis holds all intervals, and
    all of 0 to 1 where they need most of it.
    """
    rows = tuple(
        Dumbbell(
            title,
            (first[key].value, first[key].low, first[key].high),
            (second[key].value, second[key].low, second[key].high),
        )
        for key, title in names.items()
        if key in first and key in second
    )
    ends = [end for row in rows for end in (*row.first, *row.second)] or [0.0, 1.0]
    low, high = min(ends), max(ends)
    if high - low > 0.6 and low >= 0:
        return DumbbellsInfo(rows, -_DOT, 1.0 + _DOT)
    margin = 0.08 * max(high - low, 0.05)
    return DumbbellsInfo(rows, low - margin, high + margin)


def draw_dumbbells(
    info: DumbbellsInfo, inks: Inks, *, names: tuple[str, str], colours: tuple[str, str]
) -> go.Figure:
    """``info`` with each metric's name above its line and both values at its end."""
    figure = go.Figure()
    for place, row in enumerate(info.rows):
        figure.add_scatter(
            x=[row.first[0], row.second[0]],
            y=[place - _APART, place + _APART],
            mode="lines",
            line={"color": inks.rule, "width": 5},
            hoverinfo="skip",
        )
        for side, (value, low, high) in enumerate((row.first, row.second)):
            _draw_one(figure, place + (_APART if side else -_APART), value, low, high)
            figure.data[-2].update(line_color=colours[side])
            figure.data[-1].update(
                marker_color=colours[side],
                hovertemplate=(
                    f"{harmless(names[side])}<br>{harmless(row.name)} {value:.3f} "
                    f"[{low:.3f}, {high:.3f}]<extra></extra>"
                ),
            )
        write(figure, info.start, place, harmless(row.name), "left", inks.text)
        values = f"{row.first[0]:.2f} → <b>{row.second[0]:.2f}</b>"
        write(figure, info.end, place, values, "right", inks.text)
    return rows_layout(figure, inks, len(info.rows), (info.start, info.end), ".2f")


def _draw_one(figure: go.Figure, y: float, value: float, low: float, high: float) -> None:
    figure.add_scatter(x=[low, high], y=[y, y], mode="lines", line={"width": 2}, hoverinfo="skip")
    figure.add_scatter(x=[value], y=[y], mode="markers", marker={"size": 11})


def write(figure: go.Figure, x: float, y: float, words: str, anchor: str, colour: str) -> None:
    """``words`` above the row at ``y``."""
    figure.add_annotation(
        x=x,
        y=y - 0.22,
        text=words,
        showarrow=False,
        xanchor=anchor,
        yanchor="bottom",
        font={"color": colour, "size": 13},
    )


def rows_layout(
    figure: go.Figure, inks: Inks, rows: int, ends: tuple[float, float], ticks: str
) -> go.Figure:
    """``figure`` with ``rows`` rows from top to bottom and one axis below them."""
    return plain(
        figure,
        height=_ROW * max(rows, 1) + 34,
        xaxis={
            "range": list(ends),
            "fixedrange": True,
            "color": inks.text,
            "gridcolor": inks.rule,
            "zeroline": False,
            "tickformat": ticks,
            "nticks": 6,
            "tickfont": {"size": 12},
        },
        yaxis={"visible": False, "range": [rows - 0.5, -0.75], "fixedrange": True},
        margin={"l": 8, "r": 8, "t": 4, "b": 4},
        hovermode="closest",
    )
