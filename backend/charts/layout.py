"""What all figures share."""

from typing import Any, Final

import plotly.graph_objects as go

BAR_HEIGHT: Final = 46
"""Pixels for one bar of a bar chart, with its gap."""


def plain(figure: go.Figure, *, height: int, **layout: Any) -> go.Figure:
    """``figure`` without frames, legends and tools: a drawing in the text, ``height`` pixels."""
    settings: dict[str, Any] = {
        "height": height,
        "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
        "showlegend": False,
        "dragmode": False,
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
    }
    return figure.update_layout(**(settings | layout))


def harmless(text: str, *, longest: int = 40) -> str:
    """``text`` for a figure, where Plotly would read some HTML and long labels take the room."""
    line = " ".join(text.split())
    if len(line) > longest:
        line = f"{line[: longest - 1]}…"
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def signed(value: float, *, digits: int = 2) -> str:
    """A difference with its sign and a true minus; what rounds to zero has no sign."""
    written = f"{value:+.{digits}f}"
    return written[1:] if float(written) == 0 else written.replace("-", "−")
