"""Differences between two models with their intervals, around the line of no difference."""

from collections.abc import Mapping
from typing import NamedTuple

import plotly.graph_objects as go

from backend.charts.curves import Inks
from backend.charts.dumbbells import Interval, rows_layout, write
from backend.charts.layout import harmless, signed


class Gap(NamedTuple):
    """One difference: what of, how large, its interval, and whether that is away from zero."""

    name: str
    value: float
    low: float
    high: float
    clear: bool


class ForestInfo(NamedTuple):
    """Differences from top to bottom, and how far the axis reaches on both sides of zero."""

    rows: tuple[Gap, ...]
    reach: float


def forest_info(names: Mapping[str, str], differences: Mapping[str, Interval]) -> ForestInfo:
    """The differences in ``names`` (key to title), in that order."""
    rows = tuple(
        Gap(title, gap.value, gap.low, gap.high, gap.low > 0 or gap.high < 0)
        for key, title in names.items()
        if (gap := differences.get(key)) is not None
    )
    reach = max((abs(end) for row in rows for end in (row.low, row.high, row.value)), default=0.0)
    return ForestInfo(rows, max(1.12 * reach, 0.01))


def draw_forest(
    info: ForestInfo, inks: Inks, *, better: str, unclear: str, worse: str
) -> go.Figure:
    """``info`` in three colours: differences above zero, around it, and below it."""
    figure = go.Figure()
    figure.add_vline(x=0, line={"color": inks.text, "width": 1, "dash": "dot"})
    for place, row in enumerate(info.rows):
        colour = (better if row.value > 0 else worse) if row.clear else unclear
        figure.add_scatter(
            x=[row.low, row.high],
            y=[place, place],
            mode="lines",
            line={"color": colour, "width": 3},
            hoverinfo="skip",
        )
        figure.add_scatter(
            x=[row.value],
            y=[place],
            mode="markers",
            marker={"color": colour, "size": 11, "symbol": "diamond"},
            hovertemplate=(
                f"{harmless(row.name)} {signed(row.value, digits=3)} "
                f"[{signed(row.low, digits=3)}, {signed(row.high, digits=3)}]<extra></extra>"
            ),
        )
        write(figure, -info.reach, place, harmless(row.name, longest=28), "left", inks.text)
        words = f"<b>{signed(row.value)}</b> [{signed(row.low)}, {signed(row.high)}]"
        write(figure, info.reach, place, words, "right", inks.text)
    return rows_layout(figure, inks, len(info.rows), (-info.reach, info.reach), "+.2f")
