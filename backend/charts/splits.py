"""How labels are spread over the splits of a dataset: bars side by side."""

from collections.abc import Mapping, Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from backend.charts.layout import harmless, plain

MOST: Final = 20
"""Labels that are drawn; the rarer ones are added up."""

_BAR: Final = 17
_NAME: Final = 34
"""Pixels of one bar, and of a label's name with the gap above it."""

_ROOM: Final = 0.6
"""How far the longest bar goes; the numbers have the rest."""


class Share(NamedTuple):
    """One bar: the split, the number of this label in it, their share (0..1), its colour."""

    split: str
    number: int
    share: float
    colour: str


class SharesInfo(NamedTuple):
    """Labels from top to bottom with a bar for each split, and where the axis ends."""

    rows: tuple[tuple[str, tuple[Share, ...]], ...]
    end: float


def shares_info(
    counts: Mapping[str, Mapping[str, int]], colours: Mapping[str, str], *, most: int = MOST
) -> SharesInfo:
    """``counts`` of labels by split; shares are of all labels in the split, so that splits of any
    size can be compared. The most frequent labels come first.
    """
    totals: dict[str, int] = {}
    for labels in counts.values():
        for label, count in labels.items():
            totals[label] = totals.get(label, 0) + count
    ordered = sorted(totals, key=lambda label: (-totals[label], label))
    shown, rest = ordered[:most], ordered[most:]
    rows: list[tuple[str, tuple[str, ...]]] = [(label, (label,)) for label in shown]
    if rest:
        rows.append((f"{len(rest)} more", tuple(rest)))
    drawn = tuple((name, _bars(labels, counts, colours)) for name, labels in rows)
    return SharesInfo(drawn, max((bar.share for _, bars in drawn for bar in bars), default=1.0))


def _bars(
    labels: Sequence[str], counts: Mapping[str, Mapping[str, int]], colours: Mapping[str, str]
) -> tuple[Share, ...]:
    bars = []
    for split, found in counts.items():
        count = sum(found.get(label, 0) for label in labels)
        bars.append(Share(split, count, count / max(sum(found.values()), 1), colours[split]))
    return tuple(bars)


def draw_shares(info: SharesInfo, *, track: str, text: str) -> go.Figure:
    """``info`` as thin bars on a ``track``: a label's name above them, the numbers at their end."""
    figure = go.Figure()
    places: list[tuple[float, Share]] = []
    at = 0.0
    for name, bars in info.rows:
        at += _NAME
        _write(figure, at, f"<b>{harmless(name)}</b>", "left", 0, text)
        for bar in bars:
            at += _BAR
            _write(figure, at, f"{bar.split} {bar.number:,} · {bar.share:.1%}", "right", 1, text)
            places.append((at, bar))
    end = info.end or 1.0
    _draw(figure, places, [_ROOM] * len(places), [track] * len(places))
    _draw(figure, places, [_ROOM * b.share / end for _, b in places], [b.colour for _, b in places])
    return plain(
        figure,
        height=int(at) + 24,
        barmode="overlay",
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "range": [at + 12, 0], "fixedrange": True},
    )


def _draw(
    figure: go.Figure,
    places: Sequence[tuple[float, Share]],
    lengths: Sequence[float],
    colours: Sequence[str],
) -> None:
    figure.add_bar(
        x=lengths,
        y=[at for at, _ in places],
        width=[8.0] * len(places),
        orientation="h",
        marker_color=colours,
        hovertext=[f"{bar.split}: {bar.number:,}, {bar.share:.1%}" for _, bar in places],
        hoverinfo="text",
    )


def _write(figure: go.Figure, at: float, words: str, side: str, x: float, colour: str) -> None:
    figure.add_annotation(
        x=x,
        y=at,
        text=words,
        showarrow=False,
        xanchor=side,
        yanchor="middle",
        font={"color": colour, "size": 14 if side == "left" else 12},
    )
