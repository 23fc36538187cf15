"""Confusion matrices: what was taken for what, as counts or as shares of each true class."""

from collections.abc import Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from backend.charts.curves import Inks
from backend.charts.layout import harmless, plain, signed

MOST: Final = 12
"""Classes that are drawn; the rarer ones are added up."""
_CELL: Final = 44
"""Pixels."""

Numbers = Sequence[Sequence[float]]
Words = Sequence[Sequence[str]]
Cell = tuple[int, int]
"""The row (true class) and the column (answered class) of a cell, by their place."""


class ConfusionInfo(NamedTuple):
    """Classes in order; ``counts`` and ``shares`` have a row for each true class and a column for
    each that was answered. A row of shares adds up to 1, or is 0 where the class is never true.
    """

    names: tuple[str, ...]
    counts: tuple[tuple[int, ...], ...]
    shares: tuple[tuple[float, ...], ...]

    def place(self, label: str) -> int:
        """The row and column of ``label``: that of the rest where it has none of its own."""
        return self.names.index(label) if label in self.names else len(self.names) - 1


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
    info: ConfusionInfo,
    inks: Inks,
    *,
    colour: str,
    page: str,
    normalised: bool,
    chosen: Cell | None = None,
) -> go.Figure:
    """A square of cells, the deeper coloured the more of their row they hold; ``chosen`` has a
    frame. A click selects a point whose ``customdata`` is the ``Cell``.
    """
    written = [
        [f"{share:.0%}" if normalised else f"{count:,}" for share, count in zip(*rows, strict=True)]
        for rows in zip(info.shares, info.counts, strict=True)
    ]
    hover = [
        [f"{count:,} ({share:.0%})" for share, count in zip(*rows, strict=True)]
        for rows in zip(info.shares, info.counts, strict=True)
    ]
    # The scale ends above 1, so that words can be read on the fullest cell.
    colours = [(0.0, page), (1.0, colour)]
    figure = _cells(_visible(written, info.counts), info.shares, (0, 1.6), colours, inks)
    return _square(figure, info.names, hover, inks, chosen)


def draw_difference(
    first: ConfusionInfo,
    second: ConfusionInfo,
    inks: Inks,
    *,
    better: str,
    worse: str,
    page: str,
    normalised: bool,
    chosen: Cell | None = None,
) -> go.Figure:
    """``second`` less ``first``, of the same gold and classes: more of what is right and less of
    what is wrong in the colour ``better``, the reverse in ``worse``.
    """
    counts = _less(second.counts, first.counts)
    shares = _less(second.shares, first.shares)
    good = [
        [change if at == to else -change for to, change in enumerate(row)]
        for at, row in enumerate(shares)
    ]
    written = [
        [
            signed(100 * share if normalised else count, digits=0)
            for share, count in zip(*rows, strict=True)
        ]
        for rows in zip(shares, counts, strict=True)
    ]
    hover = [
        [
            f"{was:,} before, {now:,} now ({signed(now - was, digits=0)})"
            for was, now in zip(*rows, strict=True)
        ]
        for rows in zip(first.counts, second.counts, strict=True)
    ]
    reach = 1.6 * max((abs(change) for row in good for change in row), default=0.0) or 1.0
    colours = [(0.0, worse), (0.5, page), (1.0, better)]
    figure = _cells(_visible(written, counts), good, (-reach, reach), colours, inks)
    return _square(figure, first.names, hover, inks, chosen)


def _less(one: Numbers, other: Numbers) -> list[list[float]]:
    return [[a - b for a, b in zip(*rows, strict=True)] for rows in zip(one, other, strict=True)]


def _visible(written: Words, counts: Numbers) -> list[list[str]]:
    """``written`` without what is zero."""
    return [
        [words if count else "" for words, count in zip(*rows, strict=True)]
        for rows in zip(written, counts, strict=True)
    ]


def _cells(
    written: Words,
    depths: Numbers,
    ends: tuple[float, float],
    colours: Sequence[tuple[float, str]],
    inks: Inks,
) -> go.Figure:
    """Cells with words on them, coloured by how ``depths`` lie between ``ends``."""
    places = list(range(len(written)))
    return go.Figure(
        go.Heatmap(
            x=places,
            y=places,
            z=depths,
            zmin=ends[0],
            zmax=ends[1],
            text=written,
            texttemplate="%{text}",
            textfont={"color": inks.text, "size": 13 if len(written) <= 8 else 11},
            hoverinfo="skip",
            colorscale=[list(stop) for stop in colours],
            showscale=False,
            xgap=2,
            ygap=2,
        )
    )


def _square(
    figure: go.Figure, names: Sequence[str], hover: Words, inks: Inks, chosen: Cell | None
) -> go.Figure:
    """``figure`` with the axes of classes, and over its cells what can be clicked."""
    shown = [harmless(name, longest=25) for name in names]
    _clickable(figure, shown, hover)
    if chosen is not None:
        row, column = chosen
        figure.add_shape(
            type="rect",
            x0=column - 0.5,
            x1=column + 0.5,
            y0=row - 0.5,
            y1=row + 0.5,
            line={"color": inks.text, "width": 2},
        )
    places = list(range(len(shown)))
    axis = {
        "color": inks.text,
        "tickvals": places,
        "ticktext": shown,
        "fixedrange": True,
        "showgrid": False,
        "zeroline": False,
        "tickfont": {"size": 12},
        "automargin": True,
    }
    ends = [-0.5, len(shown) - 0.5]
    title = {"font": {"size": 12}, "standoff": 14}
    return plain(
        figure,
        height=min(120 + _CELL * len(shown), 640),
        xaxis={**axis, "title": {**title, "text": "Answered"}, "range": ends, "tickangle": -40},
        yaxis={**axis, "title": {**title, "text": "True"}, "range": ends[::-1]},
        hovermode="closest",
        clickmode="event+select",
    )


def _clickable(figure: go.Figure, names: Sequence[str], hover: Words) -> None:
    """A point over each cell: Plotly selects points, not cells."""
    cells = [(row, column) for row in range(len(names)) for column in range(len(names))]
    unseen = {"marker": {"opacity": 0}}
    figure.add_scatter(
        x=[column for _, column in cells],
        y=[row for row, _ in cells],
        customdata=cells,
        mode="markers",
        marker={"symbol": "square", "size": _CELL - 6, "opacity": 0},
        selected=unseen,
        unselected=unseen,
        hovertext=[
            f"{names[row]} taken for {names[column]}: {hover[row][column]}"
            if row != column
            else f"{names[row]} recognised: {hover[row][column]}"
            for row, column in cells
        ],
        hoverinfo="text",
    )
