"""The HTML of a report: its style, tables and small drawings. Text goes in escaped."""

import html
from collections.abc import Iterable, Sequence
from typing import Final

from backend.evaluation.intervals import Interval

WIDTH: Final = 300
"""Pixels of a drawing in a table."""
_PANEL: Final = "#f3f1ec"
PAPER, INK, QUIET, RULE = "#fdfcfa", "#10161a", "#5a6268", "#dfdbd2"
FIRST, SECOND, WORSE = QUIET, "#0b6b66", "#972620"
STYLE: Final = f"""
:root {{ color-scheme: light; }}
* {{ box-sizing: border-box; print-color-adjust: exact; -webkit-print-color-adjust: exact; }}
body {{ font: 16px/1.55 Figtree, system-ui, sans-serif; color: {INK}; background: {PAPER};
  max-width: 62rem; margin: 2.5rem auto; padding: 0 1.25rem; }}
h1, h2, h3, .verdict {{ font-family: "Source Serif", Georgia, serif; line-height: 1.3; }}
h1 {{ font-size: 1.75rem; margin: .2rem 0 1rem; overflow-wrap: anywhere; }}
h2 {{ font-size: 1.25rem; margin: 2.25rem 0 .5rem; padding-top: .75rem;
  border-top: 1px solid {RULE}; }}
h3 {{ font-size: 1.05rem; margin: 1.25rem 0 .25rem; }}
.brand {{ color: {SECOND}; font-weight: 600; font-size: .9rem; margin: 0; }}
.verdict {{ font-size: 1.4rem; font-weight: 600; margin: 0; overflow-wrap: anywhere; }}
.better {{ color: #09672e; }} .worse {{ color: {WORSE}; }} .unclear {{ color: {QUIET}; }}
.cards {{ display: flex; flex-wrap: wrap; gap: .75rem; margin: 1.25rem 0; }}
.card {{ border: 1px solid {RULE}; border-radius: .5rem; padding: .6rem .9rem; min-width: 9rem;
  background: #fff; }}
.card b {{ display: block; font-size: 1.5rem; line-height: 1.3; }}
.alarm, .note {{ border-left: .3rem solid {RULE}; background: {_PANEL}; border-radius: .25rem;
  padding: .5rem .8rem; margin: .5rem 0; overflow-wrap: anywhere; }}
.alarm {{ border-color: {WORSE}; }}
.quiet {{ color: {QUIET}; font-size: .9rem; }}
table {{ border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .9rem;
  width: 100%; }}
th, td {{ text-align: left; padding: .35rem .8rem .35rem 0; vertical-align: top;
  border-bottom: 1px solid {RULE}; overflow-wrap: break-word; }}
th {{ color: {QUIET}; font-weight: 500; }}
.text {{ white-space: pre-wrap; }}
.wide {{ overflow-x: auto; }}
.first {{ color: {FIRST}; }} .second {{ color: {SECOND}; font-weight: 600; }}
.matrices {{ display: flex; flex-wrap: wrap; gap: 1.5rem; }}
.matrices table {{ width: auto; }}
.matrices th, .matrices td {{ border: 2px solid {PAPER}; padding: .3rem .4rem;
  text-align: center; vertical-align: middle; min-width: 2.2rem; font-size: .8rem;
  white-space: nowrap; }}
.matrices tbody th {{ text-align: right; }}
.matrices thead th {{ vertical-align: bottom; padding: .3rem 0; }}
.matrices thead span {{ writing-mode: vertical-rl; transform: rotate(180deg);
  max-height: 12rem; overflow: hidden; }}
.short {{ white-space: nowrap; }}
.text, code {{ overflow-wrap: anywhere; }}
svg {{ display: block; }}
code {{ font-size: .8rem; }}
@page {{ margin: 1.6cm; }}
@media print {{
  body {{ margin: 0; padding: 0; max-width: none; font-size: 10pt; background: #fff; }}
  table {{ font-size: 8.5pt; }}
  svg {{ width: 12rem; }}
  h2, h3 {{ break-after: avoid; }}
  tr, .card, .alarm, .note, .matrices > div {{ break-inside: avoid; }}
}}
"""


def safe(text: str) -> str:
    """``text`` as HTML that shows exactly ``text``."""
    return html.escape(text.encode("utf-8", "replace").decode(), quote=True)


def section(heading: str, body: str) -> str:
    """``body`` under its heading; nothing where there is no body."""
    return f"<h2>{safe(heading)}</h2>{body}" if body else ""


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """``head`` is plain text, cells are HTML."""
    top = "".join(f"<th>{safe(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def number(written: str) -> str:
    """Numbers that belong on one line."""
    return f'<span class="short">{safe(written)}</span>'


def card(label: str, value: str, words: str) -> str:
    """One number in large type."""
    return (
        f'<div class="card"><span class="quiet">{safe(label)}</span><b>{safe(value)}</b>'
        f'<span class="quiet">{safe(words)}</span></div>'
    )


def dumbbell(one: Interval, other: Interval) -> str:
    """Both values with their intervals on an axis from 0 (for correlations: -1) to 1."""
    start = -1.0 if min(one.low, other.low) < 0 else 0.0

    def place(value: float) -> float:
        return 6 + (WIDTH - 12) * (value - start) / (1 - start)

    body = f'<line x1="6" x2="{WIDTH - 6}" y1="11" y2="11" stroke="{RULE}"/>'
    for found, colour, height in ((one, FIRST, 7), (other, SECOND, 15)):
        body += (
            f'<line x1="{place(found.low):.1f}" x2="{place(found.high):.1f}" y1="{height}" '
            f'y2="{height}" stroke="{colour}" stroke-width="2"/>'
            f'<circle cx="{place(found.value):.1f}" cy="{height}" r="4" fill="{colour}"/>'
        )
    return _svg(body, f"{one.value:.3f} and {other.value:.3f}")


def forest(value: float, low: float, high: float, reach: float) -> str:
    """A difference with its interval around the line of no difference, in the second model's
    colour where it is clear.
    """

    def place(at: float) -> float:
        return WIDTH / 2 + (WIDTH / 2 - 6) * at / reach

    colour = SECOND if low > 0 else WORSE if high < 0 else FIRST
    body = (
        f'<line x1="{place(0)}" x2="{place(0)}" y1="0" y2="22" stroke="{QUIET}" '
        'stroke-dasharray="2 2"/>'
        f'<line x1="{place(low):.1f}" x2="{place(high):.1f}" y1="11" y2="11" '
        f'stroke="{colour}" stroke-width="2"/>'
        f'<rect x="{place(value) - 4:.1f}" y="7" width="8" height="8" fill="{colour}"/>'
    )
    return _svg(body, f"{value:+.3f}, from {low:+.3f} to {high:+.3f}")


def _svg(body: str, label: str) -> str:
    return (
        f'<svg width="{WIDTH}" height="22" viewBox="0 0 {WIDTH} 22" role="img" '
        f'aria-label="{safe(label)}">{body}</svg>'
    )


def matrix(
    title: str,
    names: Sequence[str],
    written: Sequence[Sequence[str]],
    colours: Sequence[Sequence[str]],
) -> str:
    """A square table of counts under ``title``, each cell in its CSS colour."""
    head = "".join(f"<th><span>{safe(name)}</span></th>" for name in names)
    rows = "".join(
        f"<tr><th>{safe(name)}</th>"
        + "".join(
            f'<td style="background:{colour}">{safe(words)}</td>'
            for words, colour in zip(cells, inks, strict=True)
        )
        + "</tr>"
        for name, cells, inks in zip(names, written, colours, strict=True)
    )
    return (
        f'<div class="wide"><h3>{safe(title)}</h3><table><thead><tr>'
        f"<th>true ↓ answered →</th>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def tint(colour: str, share: float) -> str:
    """``share`` (0..1) of ``colour`` (``#rrggbb``) over an empty cell."""
    channels = ((int(colour[at : at + 2], 16), int(_PANEL[at : at + 2], 16)) for at in (1, 3, 5))
    return "#" + "".join(f"{round(share * a + (1 - share) * b):02x}" for a, b in channels)
