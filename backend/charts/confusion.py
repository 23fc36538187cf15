"""Confusion matrices: what was taken for what, as counts or as shares of each true class."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from backend.charts.curves import Inks
from backend.charts.layout import harmless, plain

MOST: Final = 12
"""Classes that are drawn; the rarer ones are added up."""


class ConfusionInfo(NamedTuple):
    """Classes in order; ``counts`` and ``shares`` have a row for each true class and a column for
    each that was answered. A row of shares adds up to 1, or is 0 where the class is never true.
    """

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]


def confusion_info(
    gold: Sequence[str], predicted: Sequence[str], *, classes: Sequence[str]
) -> ConfusionInfo:
    """Of ``classes`` the first ``MOST``, the others added up behind them."""
    shown = list(classes[:MOST])
    rest = f"{len(classes) - MOST} more"
    names = [*shown, rest] if len(classes) > MOST else shown
    place = {name: at for at, name in enumerate(shown)}
    counts = [[0] * len(names) for _ in names]
    for one, other in zip(gold, predicted, strict=True):
        counts[place.get(one, -1)][place.get(other, -1)] += 1
    shares = tuple(tuple(count / max(sum(row), 1) for count in row) for row in counts)
    return ConfusionInfo(tuple(names), tuple(map(tuple, counts)), shares)


def classes_of(gold: Sequence[str], *predicted: Sequence[str]) -> tuple[str, ...]:
    """All classes, the most frequent of the gold first."""
    found = dict.fromkeys(name for one in (gold, *predicted) for name in one)
    counts = dict.fromkeys(found, 0)
    for name in gold:
        counts[name] += 1
    return tuple(sorted(counts, key=lambda name: (-counts[name], name)))


def draw_confusion(
    info: ConfusionInfo, inks: Inks, *, colour: str, page: str, normalised: bool
) -> go.Figure:
    """A square of cells, the deeper coloured the more of their row they hold."""
    names = [harmless(name, longest=25) for name in info.names]
    written = (
        [
            [f"{share:.0%}" if count else "" for share, count in zip(*rows, strict=True)]
            for rows in zip(info.shares, info.counts, strict=True)
        ]
        if normalised
        else [[f"{count:,}" if count else "" for count in row] for row in info.counts]
    )
    hover = [
        [
            f"{names[at]} taken for {names[to]}: {count:,} ({info.shares[at][to]:.0%})"
            for to, count in enumerate(row)
        ]
        for at, row in enumerate(info.counts)
    ]
    places = list(range(len(names)))
    figure = go.Figure(
        go.Heatmap(
            x=places,
            y=places,
            z=info.shares,
            zmin=0,
            zmax=1.6,  # so that words can be read on the fullest cell
            text=written,
            texttemplate="%{text}",
            textfont={"color": inks.text, "size": 13},
            hovertext=hover,
            hoverinfo="text",
            colorscale=[[0, page], [1, colour]],
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )
    axis = {"color": inks.text, "tickvals": places, "ticktext": names, "fixedrange": True}
    quiet = {**axis, "showgrid": False, "zeroline": False, "tickfont": {"size": 12}}
    title = {"font": {"size": 12}, "standoff": 6}
    return plain(
        figure,
        height=min(120 + 44 * len(names), 640),
        xaxis={**quiet, "title": {**title, "text": "Answered"}, "automargin": True},
        yaxis={
            **quiet,
            "title": {**title, "text": "True"},
            "autorange": "reversed",
            "automargin": True,
        },
    )
