"""The heat strip: the sections of a document from its start to its end."""

from collections.abc import Sequence
from typing import NamedTuple

import plotly.graph_objects as go

from backend.charts.layout import harmless, plain


class Cell(NamedTuple):
    """One section: where it is in the document (0..1), its class, its score and its colour."""

    start: float
    width: float
    name: str
    score: float
    colour: str


def strip_info(
    sections: Sequence[tuple[int, int, str, float, str]], length: int
) -> tuple[Cell, ...]:
    """Cells from ``(start, end, class, score, colour)``, offsets in a text of ``length``."""
    return tuple(
        Cell(start / length, (end - start) / length, name, score, colour)
        for start, end, name, score, colour in sections
        if length
    )


def draw_strip(cells: Sequence[Cell]) -> go.Figure:
    """``cells`` side by side; the surer the class, the stronger the colour."""
    figure = go.Figure(
        go.Bar(
            x=[cell.width for cell in cells],
            base=[cell.start for cell in cells],
            y=["document"] * len(cells),
            orientation="h",
            marker={
                "color": [cell.colour for cell in cells],
                "opacity": [0.25 + 0.75 * max(0.0, 2 * cell.score - 1) for cell in cells],
            },
            hovertext=[
                f"Section {place}: {harmless(cell.name)}, {cell.score:.0%}"
                for place, cell in enumerate(cells, 1)
            ],
            hoverinfo="text",
        )
    )
    return plain(
        figure,
        height=56,
        bargap=0,
        xaxis={"visible": False, "range": [0, 1], "fixedrange": True},
        yaxis={"visible": False, "fixedrange": True},
    )
