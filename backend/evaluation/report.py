"""A comparison as one HTML file that needs nothing else: to read, to print, to send.

Everything that comes from data or models is escaped; there are no scripts and no links.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import Comparison
from backend.evaluation.confusions import Confusions, confusions, matrices
from backend.evaluation.examples import Entity, Examples, Value
from backend.evaluation.intervals import Interval
from backend.evaluation.markup import (
    STYLE,
    card,
    dumbbell,
    forest,
    number,
    safe,
    section,
    table,
)
from backend.evaluation.record import Record
from backend.evaluation.scoring import title
from backend.evaluation.slices import CHANGES, Change, Changed, Slice
from backend.evaluation.table import comparison_data
from backend.evaluation.words import meaning, p_words

_SHOWN: Final = 5
_CUT: Final = 400
_HEADINGS: Final[Mapping[Change, str]] = {
    "fixed": "Fixed: wrong before, right now",
    "broken": "Broken: right before, wrong now",
    "both_wrong": "Both wrong",
    "both_right": "Both right",
}


@dataclass(frozen=True)
class Contents:
    """What a report says beside the comparison; all of it may be missing.

    ``answers`` are the two models' answers in the order of ``examples``; ``settings`` are the
    names and values of what the two were trained with differently.
    """

    alarms: Mapping[str, Sequence[Alarm]] = field(default_factory=dict)
    records: tuple[Record, ...] = ()
    slices: tuple[Slice, ...] = ()
    changes: Mapping[Change, Sequence[Changed]] = field(default_factory=dict)
    examples: Examples | None = None
    answers: tuple[Sequence[Value], Sequence[Value]] = ((), ())
    settings: tuple[tuple[str, str, str], ...] = ()


def report_data(comparison: Comparison, contents: Contents) -> dict[str, object]:
    """The same as plain data, for JSON."""
    return {
        **comparison_data(comparison, contents.alarms),
        "meaning": meaning(comparison),
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
        "confusion": _confusion_data(contents),
        "settings": {name: [first, second] for name, first, second in contents.settings},
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


def _confusion_data(given: Contents) -> dict[str, object] | None:
    found = _confusion(given)
    if found is None:
        return None
    return {"classes": list(found.names), "first": found.first, "second": found.second}


def _confusion(given: Contents) -> Confusions | None:
    return confusions(given.examples, given.answers) if given.examples else None


def report(comparison: Comparison, contents: Contents | None = None) -> str:
    """The HTML file."""
    given = contents or Contents()
    first, second = comparison.first.name, comparison.second.name
    heading = f"{second} against {first}"
    parts = [
        '<p class="brand">Document Insights · comparison of two models</p>',
        f"<h1>{safe(heading)}</h1>",
        f'<p class="verdict {comparison.outcome}">{safe(comparison.verdict)}</p>',
        f"<p>{safe(meaning(comparison))}</p>",
        _cards(comparison, given),
        _alarms(given.alarms),
        section("Scores", _scores(comparison)),
        section("Differences", _differences(comparison)),
        section("What was taken for what", _confusions(comparison, given)),
        section("Parts of the test data", _slices(given.slices, first, second)),
        section("What changed", _changes(given, first, second)),
        section("What else is different", _settings(given, first, second)),
        section("How this was measured", _provenance(comparison, given.records)),
    ]
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{safe(heading)}</title><style>{STYLE}</style></head>\n"
        f"<body>{''.join(part for part in parts if part)}</body></html>\n"
    )


def _cards(comparison: Comparison, given: Contents) -> str:
    name = title(comparison.metric)
    sides = [
        (f"{name[:1].upper()}{name[1:]}, {which}", side.metrics[comparison.metric])
        for which, side in (("baseline", comparison.first), ("tuned", comparison.second))
    ]
    shown = [(label, f"{at.value:.3f}", f"{at.low:.2f} to {at.high:.2f}") for label, at in sides]
    shown.append(("Test examples", f"{comparison.n:,}", "the same for both"))
    words: dict[Change, str] = {"fixed": "wrong before, right now", "broken": "the reverse"}
    shown += [
        (_HEADINGS[kind].split(":")[0], f"{len(given.changes[kind]):,}", about)
        for kind, about in words.items()
        if kind in given.changes
    ]
    return f'<div class="cards">{"".join(card(*one) for one in shown)}</div>'


def _alarms(given: Mapping[str, Sequence[Alarm]]) -> str:
    """Each alarm once, with all whom it is about."""
    raised: dict[Alarm, list[str]] = {}
    for name, found in given.items():
        for alarm in found:
            raised.setdefault(alarm, []).append(name)
    return "".join(
        f'<p class="{alarm.level}"><strong>{"Alarm" if alarm.level == "alarm" else "Note"}'
        f" ({safe(' and '.join(names))}):</strong> {safe(alarm.message)}</p>"
        for alarm, names in raised.items()
    )


def _scores(comparison: Comparison) -> str:
    first, second = comparison.first, comparison.second
    rows = []
    for name in comparison.differences:
        one, other = first.metrics.get(name), second.metrics.get(name)
        if one is None or other is None:
            continue
        written = (
            f'<span class="first">{number(_written(one))}</span>',
            f'<span class="second">{number(_written(other))}</span>',
        )
        rows.append((safe(title(name)), *written, dumbbell(one, other)))
    note = (
        f'<p class="quiet">Both models answered the same {comparison.n:,} examples; more is '
        "better. In brackets are 95 % intervals: other examples of the same kind would most "
        "likely give a value between them.</p>"
    )
    return note + table(("", first.name, second.name, "0 to 1"), rows)


def _written(found: Interval) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _differences(comparison: Comparison) -> str:
    gaps = comparison.differences
    reach = max((max(abs(gap.low), abs(gap.high)) for gap in gaps.values()), default=0) or 1.0
    rows = (
        (
            safe(title(name)),
            number(_signed(gap.value, gap.low, gap.high)),
            number(p_words(gap.p_value)),
            forest(gap.value, gap.low, gap.high, reach),
        )
        for name, gap in gaps.items()
    )
    note = (
        '<p class="quiet">Right of the dotted line the second model is better, left of it worse. '
        f"A line that crosses it may be chance. n = {comparison.n:,}.</p>"
    )
    return note + table(("", "difference", "p-value", f"{-reach:.2f} to {reach:+.2f}"), rows)


def _signed(value: float, low: float, high: float) -> str:
    return f"{value:+.3f} [{low:+.3f}, {high:+.3f}]".replace("-", "−")


def _confusions(comparison: Comparison, given: Contents) -> str:
    found = _confusion(given)
    if found is None:
        return ""
    return (
        '<p class="quiet">Each row is a right answer, each column what the model answered: what '
        f"lies on the diagonal is right. n = {comparison.n:,}.</p>"
        f"{matrices(found, (comparison.first.name, comparison.second.name))}"
    )


def _slices(found: Sequence[Slice], first: str, second: str) -> str:
    if not found:
        return ""
    rows = (
        (
            safe(f"{part.kind}: {part.name}"),
            number(f"{part.n:,}"),
            number(f"{part.first:.3f}"),
            number(f"{part.second:.3f}"),
            number(_signed(part.difference.value, part.difference.low, part.difference.high)),
        )
        for part in found
    )
    head = ("mean score of an answer", "n", first, second, "difference")
    return table(head, rows)


def _changes(given: Contents, first: str, second: str) -> str:
    if not given.changes:
        return ""
    counts = ", ".join(
        f"{_HEADINGS[name]}: {len(given.changes.get(name, ())):,}" for name in CHANGES
    )
    parts = [f"<p>{safe(counts)}.</p>"]
    if given.examples is not None:
        for name in CHANGES[:2]:
            rows = [_example(given, one) for one in given.changes.get(name, ())[:_SHOWN]]
            if rows:
                head = ("example", "right answer", first, second)
                parts.append(f"<h3>{safe(_HEADINGS[name])}</h3>{table(head, rows)}")
    return "".join(parts)


def _example(given: Contents, one: Changed) -> tuple[str, ...]:
    assert given.examples is not None
    text = given.examples.texts[one.place]
    values = (
        given.examples.gold[one.place],
        *(found[one.place] if found else "" for found in given.answers),
    )
    shown = (text or one.id, *(_value(value, text) for value in values))
    return tuple(f'<span class="text">{safe(_cut(cell))}</span>' for cell in shown)


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


def _settings(given: Contents, first: str, second: str) -> str:
    rows = [tuple(safe(cell or "none") for cell in row) for row in given.settings]
    return table(("", first, second), rows) if rows else ""


def _provenance(comparison: Comparison, records: Sequence[Record]) -> str:
    tests = {gap.test for gap in comparison.differences.values()}
    text = (
        "Intervals: Wilson's for shares of examples, the bias-corrected accelerated bootstrap "
        "over examples for the rest. p-values: "
        f"{' and '.join(sorted(tests))} test of the two models on the same examples."
    )
    rows = (
        (
            safe(record.model.name),
            number(record.model.kind),
            f"<code>{safe(record.model.sha256)}</code>",
            f"<code>{safe(record.data.sha256)}</code>",
            safe(f"seed {record.seed}, {record.resamples:,} resamples"),
            number(record.created[:16].replace("T", " ")),
        )
        for record in records
    )
    head = ("model", "kind", "SHA-256 of the model", "of the test data", "drawn with", "made (UTC)")
    return f"<p>{safe(text)}</p>{table(head, rows) if records else ''}"
