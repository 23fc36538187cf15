"""The quality of models against what they take: time, size or money."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from backend.charts.curves import Inks
from backend.charts.layout import harmless, plain


class QualityPoint(NamedTuple):
    """One model: what it takes (None where that is not known), its score with the interval, and
    its colour.
    """

    name: str
    x: float | None
    value: float
    low: float
    high: float
    colour: str


class QualityInfo(NamedTuple):
    """``points`` have an ``x``, ``lines`` have none; ``end`` is where the horizontal axis, which
    starts at 0, ends; ``low`` and ``high`` are the ends of the vertical one.
    """

    points: tuple[QualityPoint, ...]
    lines: tuple[QualityPoint, ...]
    end: float
    low: float
    high: float


def quality_info(models: Sequence[QualityPoint]) -> QualityInfo:
    """Models from the quickest, smallest or cheapest on; room for all intervals."""
    points = tuple(sorted((m for m in models if m.x is not None), key=lambda m: m.x or 0.0))
    lines = tuple(m for m in models if m.x is None)
    low = min((m.low for m in points), default=0.0)
    high = max((m.high for m in points), default=1.0)
    low, high = (min([low, *(m.value for m in lines)]), max([high, *(m.value for m in lines)]))
    margin = 0.08 * max(high - low, 0.05)
    end = 1.25 * max((m.x or 0.0 for m in points), default=0.0) or 1.0
    return QualityInfo(points, lines, end, low - margin, high + margin)


def draw_quality(info: QualityInfo, inks: Inks, *, across: str, up: str) -> go.Figure:
    """A dot with its interval for each model, a dotted line for those that take nothing known;
    ``across`` and ``up`` say what the axes are.
    """
    figure = go.Figure()
    for line in info.lines:
        figure.add_hline(y=line.value, line={"color": line.colour, "width": 1, "dash": "dot"})
        _write(figure, info.end, line.value, line.name, "right", line.colour)
    for point in info.points:
        figure.add_scatter(
            x=[point.x],
            y=[point.value],
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [point.high - point.value],
                "arrayminus": [point.value - point.low],
                "color": point.colour,
                "thickness": 2,
                "width": 0,
            },
            mode="markers",
            marker={"color": point.colour, "size": 12},
            hovertemplate=(
                f"{harmless(point.name)}<br>{harmless(up)} {point.value:.3f} "
                f"[{point.low:.3f}, {point.high:.3f}]<br>%{{x:.3g}}<extra></extra>"
            ),
        )
        side = "right" if (point.x or 0.0) > info.end / 2 else "left"
        _write(figure, point.x or 0.0, point.value, point.name, side, point.colour)
    axis = {
        "color": inks.text,
        "gridcolor": inks.rule,
        "zeroline": False,
        "fixedrange": True,
        "tickfont": {"size": 12},
        "automargin": True,
    }
    return plain(
        figure,
        height=340,
        xaxis={**axis, "title": _title(across), "range": [0, info.end], "nticks": 6},
        yaxis={**axis, "title": _title(up), "range": [info.low, info.high], "tickformat": ".2f"},
        margin={"l": 8, "r": 8, "t": 8, "b": 4},
        hovermode="closest",
    )


def _title(words: str) -> dict[str, object]:
    return {"text": harmless(words), "font": {"size": 12}, "standoff": 16}


def _write(figure: go.Figure, x: float, y: float, words: str, anchor: str, colour: str) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=harmless(words, longest=30),
        showarrow=False,
        xanchor=anchor,
        yanchor="bottom",
        xshift=-9 if anchor == "right" else 9,
        font={"color": colour, "size": 13},
    )
