"""A comparison as one HTML file that needs nothing else: to read, to print, to send.

Everything that comes from data or models is escaped; there are no scripts and no links.
"""

import html
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison, Difference
from backend.evaluation.examples import Entity, Examples, Value
from backend.evaluation.intervals import Interval
from backend.evaluation.record import Record
from backend.evaluation.scoring import title
from backend.evaluation.slices import CHANGES, Change, Changed, Slice
from backend.evaluation.table import comparison_data

_SHOWN: Final = 5
_CUT: Final = 400
_WIDTH: Final = 360
_HEADINGS: Final[Mapping[Change, str]] = {
    "fixed": "Fixed: wrong before, right now",
    "broken": "Broken: right before, wrong now",
    "both_wrong": "Both wrong",
    "both_right": "Both right",
}
_STYLE: Final = """
:root { color-scheme: light; }
body { font: 16px/1.5 system-ui, sans-serif; color: #10161a; background: #fff; max-width: 60rem;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
.verdict { font-size: 1.25rem; font-weight: 600; border-left: .3rem solid #0b6b66;
  padding-left: .8rem; }
.alarm { border-left: .3rem solid #972620; padding-left: .8rem; }
.note, .quiet { color: #5a6268; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .3rem .6rem .3rem 0; border-bottom: 1px solid #dfdbd2;
  vertical-align: top; }
td.number, th.number { text-align: right; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; }
svg { display: block; } code { overflow-wrap: anywhere; }
.first { color: #5a6268; } .second { color: #0b6b66; }
@media print { body { margin: 0; max-width: none; font-size: 11pt; } tr { break-inside: avoid; } }
"""


@dataclass(frozen=True)
class Contents:
    """What a report says beside the comparison; all of it may be missing.

    ``answers`` are the two models' answers in the order of ``examples``.
    """

    alarms: Mapping[str, Sequence[Alarm]] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    slices: tuple[Slice, ...] = ()
    changes: Mapping[Change, Sequence[Changed]] = field(default_factory=dict)
    examples: Examples | None = None
    answers: tuple[Sequence[Value], Sequence[Value]] = ((), ())


def report_data(comparison: Comparison, contents: Contents) -> dict[str, object]:
    """The same as plain data, for JSON."""
    return {
        **comparison_data(comparison, contents.alarms),
        "slices": [
            {
                "kind": part.kind,
                "name": part.name,
                "n": part.n,
                "first": part.first,
                "second": part.second,
                "difference": part.difference.value,
                "low": part.difference.low,
                "high": part.difference.high,
            }
            for part in contents.slices
        ],
        "changes": {name: len(found) for name, found in contents.changes.items()},
        "records": [
            {
                "address": record.address,
                "model": record.model.name,
                "model_sha256": record.model.sha256,
                "data_sha256": record.data.sha256,
                "seed": record.seed,
                "versions": dict(record.versions),
                "created": record.created,
            }
            for record in contents.records
        ],
    }


def report(comparison: Comparison, contents: Contents | None = None) -> str:
    """The HTML file."""
    given = contents or Contents()
    first, second = comparison.first.name, comparison.second.name
    heading = f"{second} against {first}"
    parts = [
        f"<h1>{_safe(heading)}</h1>",
        f'<p class="verdict">{_safe(comparison.verdict)}</p>',
        _how_to_read(comparison),
        *(_alarm(name, alarm) for name, found in given.alarms.items() for alarm in found),
        _section("Scores", _scores(comparison)),
        _section("Differences", _differences(comparison)),
        _section("Parts of the test data", _slices(given.slices, first, second)),
        _section("What changed", _changes(given, first, second)),
        _section("How this was measured", _provenance(comparison, given.records)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_safe(heading)}</title><style>{_STYLE}</style></head>\n"
        f"<body>{''.join(part for part in parts if part)}</body></html>\n"
    )


def _safe(text: str) -> str:
    return html.escape(text.encode("utf-8", "replace").decode(), quote=True)


def _section(heading: str, body: str) -> str:
    return f"<h2>{_safe(heading)}</h2>{body}" if body else ""


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """``head`` is plain text, cells are HTML."""
    top = "".join(f"<th>{_safe(cell)}</th>" for cell in head)
    body = "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _how_to_read(comparison: Comparison) -> str:
    return (
        f'<p class="quiet">Both models answered the same {comparison.n:,} examples. The numbers '
        "in brackets are 95 % intervals: other examples of the same kind would most likely give a "
        "value between them. A difference whose interval holds 0 may be chance.</p>"
    )


def _alarm(name: str, alarm: Alarm) -> str:
    kind = "Alarm" if alarm.level == "alarm" else "Note"
    about = f" ({_safe(name)})" if name else ""
    return f'<p class="{alarm.level}"><strong>{kind}{about}:</strong> {_safe(alarm.message)}</p>'


def _scores(comparison: Comparison) -> str:
    first, second = comparison.first, comparison.second
    shared = [name for name in comparison.differences if name in first.metrics]
    rows = []
    for name in shared:
        one, other = first.metrics[name], second.metrics.get(name)
        if other is None:
            continue
        written = (
            f'<span class="first">{_written(one)}</span>',
            f'<span class="second">{_written(other)}</span>',
        )
        rows.append((_safe(title(name)), *written, _dumbbell(one, other)))
    return _table(("", first.name, second.name, "0 to 1"), rows)


def _written(found: Interval) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _svg(body: str, label: str) -> str:
    return (
        f'<svg width="{_WIDTH}" height="22" viewBox="0 0 {_WIDTH} 22" role="img" '
        f'aria-label="{_safe(label)}">{body}</svg>'
    )


def _dumbbell(one: Interval, other: Interval) -> str:
    """Both values with their intervals on an axis from 0 (for correlations: -1) to 1."""
    start = -1.0 if min(one.low, other.low) < 0 else 0.0

    def place(value: float) -> float:
        return 6 + (_WIDTH - 12) * (value - start) / (1 - start)

    body = f'<line x1="6" x2="{_WIDTH - 6}" y1="11" y2="11" stroke="#dfdbd2"/>'
    for found, colour, height in ((one, "#5a6268", 7), (other, "#0b6b66", 15)):
        body += (
            f'<line x1="{place(found.low):.1f}" x2="{place(found.high):.1f}" y1="{height}" '
            f'y2="{height}" stroke="{colour}" stroke-width="2"/>'
            f'<circle cx="{place(found.value):.1f}" cy="{height}" r="4" fill="{colour}"/>'
        )
    return _svg(body, f"{one.value:.3f} and {other.value:.3f}")


def _differences(comparison: Comparison) -> str:
    gaps = comparison.differences
    reach = max((max(abs(gap.low), abs(gap.high)) for gap in gaps.values()), default=0) or 1.0
    rows = (
        (
            _safe(title(name)),
            _signed(gap),
            f"{gap.p_value:.4f}",
            _forest(gap, reach),
        )
        for name, gap in gaps.items()
    )
    return _table(("", "difference", "p-value", f"{-reach:.2f} to {reach:+.2f}"), rows)


def _signed(gap: Difference | Interval) -> str:
    return f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]"


def _forest(gap: Difference, reach: float) -> str:
    def place(value: float) -> float:
        return _WIDTH / 2 + (_WIDTH / 2 - 6) * value / reach

    middle = place(0)
    body = (
        f'<line x1="{middle}" x2="{middle}" y1="0" y2="22" stroke="#5a6268" '
        'stroke-dasharray="2 2"/>'
        f'<line x1="{place(gap.low):.1f}" x2="{place(gap.high):.1f}" y1="11" y2="11" '
        'stroke="#0b6b66" stroke-width="2"/>'
        f'<rect x="{place(gap.value) - 4:.1f}" y="7" width="8" height="8" fill="#0b6b66"/>'
    )
    return _svg(body, f"{gap.value:+.3f}, from {gap.low:+.3f} to {gap.high:+.3f}")


def _slices(found: Sequence[Slice], first: str, second: str) -> str:
    if not found:
        return ""
    rows = (
        (
            _safe(f"{part.kind}: {part.name}"),
            f"{part.n:,}",
            f"{part.first:.3f}",
            f"{part.second:.3f}",
            _signed(part.difference),
        )
        for part in found
    )
    head = ("mean score of an answer", "n", first, second, "difference")
    return _table(head, rows)


def _changes(given: Contents, first: str, second: str) -> str:
    if not given.changes:
        return ""
    counts = ", ".join(
        f"{_HEADINGS[name]}: {len(given.changes.get(name, ())):,}" for name in CHANGES
    )
    parts = [f"<p>{_safe(counts)}.</p>"]
    if given.examples is not None:
        for name in CHANGES[:2]:
            rows = [_example(given, one) for one in given.changes.get(name, ())[:_SHOWN]]
            if rows:
                head = ("example", "gold", first, second)
                parts.append(f"<h3>{_safe(_HEADINGS[name])}</h3>{_table(head, rows)}")
    return "".join(parts)


def _example(given: Contents, one: Changed) -> tuple[str, ...]:
    assert given.examples is not None
    text = given.examples.texts[one.place]
    values = (
        given.examples.gold[one.place],
        *(found[one.place] if found else "" for found in given.answers),
    )
    shown = (text or one.id, *(_value(value, text) for value in values))
    return tuple(f'<span class="text">{_safe(_cut(cell))}</span>' for cell in shown)


def _value(value: Value, text: str) -> str:
    if isinstance(value, str):
        return value or "(no answer)"
    shown = [
        f"{text[one.start : one.end] or f'{one.start} to {one.end}'} ({one.label})"
        if isinstance(one, Entity)
        else one
        for one in value
    ]
    return "\n".join(shown) or "(nothing)"


def _cut(text: str) -> str:
    return text if len(text) <= _CUT else f"{text[: _CUT - 1]}…"


def _provenance(comparison: Comparison, records: Sequence[Record]) -> str:
    tests = {gap.test for gap in comparison.differences.values()}
    text = (
        "Intervals: Wilson's for shares of examples, the bias-corrected accelerated bootstrap "
        "over examples for the rest. p-values: "
        f"{' and '.join(sorted(tests))} test of the two models on the same examples."
    )
    rows = (
        (
            _safe(record.model.name),
            _safe(record.model.kind),
            f"<code>{_safe(record.model.sha256)}</code>",
            f"<code>{_safe(record.data.sha256)}</code>",
            _safe(f"seed {record.seed}, {record.resamples:,} resamples"),
            _safe(record.created),
        )
        for record in records
    )
    head = ("model", "kind", "SHA-256 of the model", "of the test data", "drawn with", "made")
    return f"<p>{_safe(text)}</p>{_table(head, rows) if records else ''}"
