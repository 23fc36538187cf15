"""A comparison in words, cards and tables."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from pages.components import colours, compare_charts, door
from pages.components.compare_confusion import confusions
from pages.components.compare_errors import explorer
from pages.components.compare_parts import parts
from pages.components.compare_setup import configurations
from pages.components.compare_words import capital, metric_names
from pages.components.door import Alarm, Compared, Comparison, Interval, Record
from pages.components.export import export_buttons
from pages.components.plain import as_html, escaped

_WITH_CLASSES: Final = frozenset({"text_classification", "relation_extraction"})


def show_comparison(found: Compared, records: Sequence[Record]) -> None:
    """The two models against each other, the verdict first; ``records`` are those of all models
    on the same test data.
    """
    comparison = found.comparison
    verdict(comparison)
    cards(found)
    alarms(found, records)
    st.header("Scores", anchor=False)
    overall, classes = metric_names(comparison)
    compare_charts.scores(comparison, overall, key="scores")
    if classes:
        with st.expander(f"By class ({len(classes)})", key="by_class"):
            compare_charts.scores(comparison, classes, key="class_scores")
    st.header("Differences", anchor=False)
    compare_charts.differences(comparison, overall, key="differences")
    table(comparison)
    if comparison.task in _WITH_CLASSES:
        confusions(found)
    explorer(found)
    parts(found)
    configurations(found)


def table(comparison: Comparison) -> None:
    """The same in numbers."""
    first, second = comparison.first.metrics, comparison.second.metrics
    rows = [
        {
            "Metric": capital(door.metric_title(key)),
            "Baseline": _written(first.get(key)),
            "Tuned": _written(second.get(key)),
            "Difference": f"{gap.value:+.3f} [{gap.low:+.3f}, {gap.high:+.3f}]",
            "p-value": door.p_words(gap.p_value),
        }
        for key, gap in comparison.differences.items()
    ]
    with st.expander(f"All numbers ({len(rows)})", icon=":material/table:", key="all_numbers"):
        st.dataframe(rows, key="numbers", alt="All scores and differences with 95 % intervals")
        st.caption(f"In brackets: 95 % intervals. n = {comparison.n:,}.")
        export_buttons("comparison", rows, key="numbers")


def _written(found: Interval | None) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]" if found else "none"


def verdict(comparison: Comparison) -> None:
    """The sentence, and what it means to who never heard of a p-value."""
    ink = {"better": colours.POSITIVE, "worse": colours.NEGATIVE}.get(
        comparison.outcome, colours.QUIET
    )
    st.html(
        f'<div style="font:600 1.5rem/1.35 Source Serif,Georgia,serif;color:{ink.css};'
        f'overflow-wrap:anywhere">{as_html(comparison.verdict)}</div>'
        f'<div style="opacity:.85;margin-top:.35rem">{as_html(door.meaning(comparison))}</div>'
    )


def cards(found: Compared) -> None:
    """The score of either model, and what changed."""
    comparison = found.comparison
    metric = comparison.metric
    first, second = comparison.first.metrics[metric], comparison.second.metrics[metric]
    name = capital(door.metric_title(metric))
    fixed, broken = len(found.changes["fixed"]), len(found.changes["broken"])
    shown = (
        (f"{name}, baseline", f"{first.value:.3f}", f"{first.low:.2f} to {first.high:.2f}"),
        (f"{name}, tuned", f"{second.value:.3f}", f"{second.low:.2f} to {second.high:.2f}"),
        ("Fixed", f"{fixed:,}", f"of {comparison.n:,} examples"),
        ("Broken", f"{broken:,}", f"of {comparison.n:,} examples"),
    )
    with st.container(horizontal=True):
        for label, value, words in shown:
            st.metric(
                label, value, words, delta_color="off", delta_arrow="off", border=True, width=165
            )


def alarms(found: Compared, records: Sequence[Record]) -> None:
    """What makes the scores untrustworthy, and what is better for less."""
    first, second = found.records
    raised: dict[Alarm, list[str]] = {}
    for record in (second, first):
        for alarm in record.alarms:
            raised.setdefault(alarm, []).append(record.model.name)
    for alarm in (*found.alarms, *door.overlooked(found.comparison.metric, second, records)):
        raised.setdefault(alarm, []).append("This comparison")
    for alarm, who in raised.items():
        words = f"**{escaped(' and '.join(who))}**: {escaped(alarm.message)}"
        if alarm.level == "alarm":
            st.error(words, icon=":material/warning:")
        else:
            st.info(words, icon=":material/info:")


def downloads(found: Compared) -> None:
    """The report as one file, and as data."""
    name = f"{found.comparison.second.name}-against-{found.comparison.first.name}"
    name = "".join(char if char.isalnum() else "-" for char in name)
    with st.container(horizontal=True):
        st.download_button(
            "Report (HTML)",
            found.html,
            file_name=f"{name}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
            key="report_html",
        )
        st.download_button(
            "Data (JSON)",
            found.json,
            file_name=f"{name}.json",
            mime="application/json",
            icon=":material/data_object:",
            on_click="ignore",
            key="report_json",
        )
