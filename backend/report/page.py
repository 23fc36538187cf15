"""What was found in a document as one HTML file that needs nothing else: to read, print, send.

Everything that comes from the document or a model is escaped; there are no scripts and no links.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from backend.evaluation.markup import STYLE, number, safe, section, table
from backend.report.finding import Finding

_MOST_ROWS: Final = 60
"""Of one insight; the workbook has all."""
_MARKED: Final = (
    ("Summary", "m-summary"),
    ("Names", "m-name"),
    ("Key facts", "m-fact"),
    ("Answer", "m-answer"),
)
_STYLE: Final = """
.document { white-space: pre-wrap; overflow-wrap: anywhere; }
.document p, .key { margin: 0 0 .6rem; }
mark { color: inherit; background: none; border-radius: .15rem; }
.m-summary { background: #d9e8e4; } .m-name { border-bottom: 2px solid #0c54a0; }
.m-fact { border-bottom: 2px dotted #972620; } .m-answer { background: #f3e2bd; }
.key mark { margin-right: .8rem; padding: 0 .2rem; }
"""


@dataclass(frozen=True)
class Insight:
    """One part of the report: its findings, the ``model`` behind them, and a ``note`` on top."""

    heading: str
    model: str
    findings: tuple[Finding, ...]
    note: str = ""


def report_page(name: str, text: str, insights: Sequence[Insight], *, about: str = "") -> str:
    """The report of the document ``name``; ``about`` is a line on its kind and size."""
    parts = "".join(section(insight.heading, _insight(insight)) for insight in insights)
    findings = [finding for insight in insights for finding in insight.findings]
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        f"<title>{safe(name)}</title><style>{STYLE}{_STYLE}</style></head><body>"
        f'<p class="brand">Document Insights</p><h1>{safe(name)}</h1>'
        f'<p class="quiet">{safe(about)}</p>{parts}'
        f"{section('The document, marked', _key(findings) + _document(text, findings))}"
        '<p class="quiet">Models found this; check what you rely on at its place in the '
        "document.</p></body></html>"
    )


def _insight(insight: Insight) -> str:
    note = f"<p>{safe(insight.note)}</p>" if insight.note else ""
    shown = insight.findings[:_MOST_ROWS]
    head = ("", "What", "Details", "Confidence", "Sentence", "Place")
    used = [at for at in range(len(head)) if any(_cells(finding)[at] for finding in shown)]
    rows = [[_cells(finding)[at] for at in used] for finding in shown]
    body = table([head[at] for at in used], rows) if rows else ""
    left = len(insight.findings) - len(shown)
    more = f'<p class="quiet">And {left:,} more: the workbook lists them all.</p>' if left else ""
    empty = "" if rows or note else "<p>Nothing was found in this document.</p>"
    model = f'<p class="quiet">Found by {safe(insight.model)}.</p>' if insight.model else ""
    return f"{note}{body}{more}{empty}{model}"


def _cells(finding: Finding) -> tuple[str, ...]:
    sure = "" if finding.confidence is None else number(f"{finding.confidence:.0%}")
    sentence = "" if finding.sentence == finding.value else finding.sentence
    texts = (finding.kind, finding.value, finding.detail)
    return (*map(safe, texts), sure, safe(sentence), safe(finding.place))


def _key(findings: Sequence[Finding]) -> str:
    marked = {finding.insight for finding in findings}
    shown = [f'<mark class="{css}">{name}</mark>' for name, css in _MARKED if name in marked]
    return f'<p class="key">{"".join(shown)}</p>' if shown else ""


def _document(text: str, findings: Sequence[Finding]) -> str:
    """``text`` with its findings marked; where several lie on the same words, all of them are."""
    css = dict(_MARKED)
    spans = [(one.start, one.end, css[one.insight]) for one in findings if one.insight in css]
    spans = [span for span in spans if 0 <= span[0] < span[1] <= len(text)]
    opening: dict[int, list[str]] = {}
    closing: dict[int, list[str]] = {}
    for start, end, name in spans:
        opening.setdefault(start, []).append(name)
        closing.setdefault(end, []).append(name)
    borders = sorted({0, len(text), *opening, *closing})
    drawn, on = [], list[str]()
    for start, end in pairwise(borders):
        for name in closing.get(start, []):
            on.remove(name)
        on += opening.get(start, [])
        words, classes = safe(text[start:end]), " ".join(sorted(set(on)))
        drawn.append(f'<mark class="{classes}">{words}</mark>' if classes else words)
    return f'<div class="document">{"".join(drawn)}</div>'
