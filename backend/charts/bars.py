"""Horizontal bars: probabilities of classes, counts of kinds."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from backend.charts.layout import BAR_HEIGHT, harmless, plain


class Bar(NamedTuple):
    """One bar: what it stands for, its value, the value as written, and its colour."""

    name: str
    value: float
    written: str
    colour: str


class BarsInfo(NamedTuple):
    """Bars from top to bottom, and where the axis ends; it starts at zero."""

    bars: tuple[Bar, ...]
    end: float


def probability_info(ranked: Sequence[tuple[str, float]], colours: Mapping[str, str]) -> BarsInfo:
    """Classes with their probabilities, the first on top; the axis is all of 0 to 1."""
    bars = (Bar(name, p, f"{p:.1%}", colours[name]) for name, p in ranked)
    return BarsInfo(tuple(bars), 1.0)


def count_info(counts: Sequence[tuple[str, int]], colours: Mapping[str, str]) -> BarsInfo:
    """Kinds with their counts, the first on top."""
    bars = tuple(Bar(name, float(n), f"{n:,}", colours[name]) for name, n in counts)
    return BarsInfo(bars, max((bar.value for bar in bars), default=1.0))


def draw_bars(info: BarsInfo, *, track: str, text: str) -> go.Figure:
    """``info`` as bars on a ``track``, with the name above each and the value at its end."""
    names = [str(place) for place in range(len(info.bars))]
    figure = go.Figure()
    figure.add_bar(
        y=names, x=[info.end] * len(names), orientation="h", marker_color=track, hoverinfo="skip"
    )
    figure.add_bar(
        y=names,
        x=[bar.value for bar in info.bars],
        orientation="h",
        marker_color=[bar.colour for bar in info.bars],
        hovertext=[f"{harmless(bar.name)}: {bar.written}" for bar in info.bars],
        hoverinfo="text",
    )
    for place, bar in enumerate(info.bars):
        for x, anchor, words in (
            (0, "left", harmless(bar.name)),
            (info.end, "right", bar.written),
        ):
            figure.add_annotation(
                x=x,
                y=place,
                text=words,
                showarrow=False,
                xanchor=anchor,
                yanchor="bottom",
                yshift=5,
                font={"color": text, "size": 14},
            )
    return plain(
        figure,
        height=BAR_HEIGHT * max(len(names), 1) + 24,
        barmode="overlay",
        bargap=0.8,
        barcornerradius=4,
        xaxis={"visible": False, "range": [0, info.end], "fixedrange": True},
        yaxis={"visible": False, "autorange": "reversed", "fixedrange": True, "type": "category"},
        margin={"l": 0, "r": 0, "t": 24, "b": 0},
    )
