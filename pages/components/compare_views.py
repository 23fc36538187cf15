"""A comparison in words, cards and tables."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pages.components import colours, compare_charts, door
from pages.components.compare_errors import explorer
from pages.components.door import Alarm, Compared, Comparison
from pages.components.names import count
from pages.components.panels import facts
from pages.components.plain import as_html, escaped

_MOST: Final = 12
_WITH_CLASSES: Final = frozenset({"text_classification", "relation_extraction"})


def show_comparison(found: Compared) -> None:
    """All of it, the verdict first."""
    comparison = found.comparison
    verdict(comparison)
    cards(found)
    alarms(found)
    st.header("Scores", anchor=False)
    overall, classes = metric_names(comparison)
    compare_charts.scores(found, overall, key="scores")
    if classes:
        with st.expander(f"By class ({len(classes)})", key="by_class"):
            compare_charts.scores(found, classes, key="class_scores")
    st.header("Differences", anchor=False)
    compare_charts.differences(found, overall, key="differences")
    if comparison.task in _WITH_CLASSES:
        st.header("What was taken for what", anchor=False)
        wanted = st.segmented_control(
            "Show",
            ["Counts", "Share of each class"],
            default="Counts",
            required=True,
            key="confusion_as",
            label_visibility="collapsed",
        )
        compare_charts.confusions(found, normalised=wanted != "Counts")
    explorer(found)
    parts(found)
    configurations(found)


def metric_names(comparison: Comparison) -> tuple[dict[str, str], dict[str, str]]:
    """The metrics by key with their titles: those of all examples, the verdict's first, and those
    of one class.
    """
    keys = [comparison.metric, *(k for k in comparison.differences if k != comparison.metric)]
    titles = {key: capital(door.metric_title(key)) for key in keys}
    overall = {key: title for key, title in titles.items() if "/" not in key}
    classes = {key: title for key, title in titles.items() if key.startswith("f1/")}
    return dict(list(overall.items())[:_MOST]), dict(list(classes.items())[:_MOST])


def capital(words: str) -> str:
    """``words`` as the beginning of a line."""
    return f"{words[:1].upper()}{words[1:]}"


def verdict(comparison: Comparison) -> None:
    """The sentence, and what it means to who never heard of a p-value."""
    ink = {"better": colours.POSITIVE, "worse": colours.NEGATIVE}.get(
        comparison.outcome, colours.QUIET
    )
    st.html(
        f'<div style="font:600 1.5rem/1.35 Source Serif,Georgia,serif;color:{ink.css};'
        f'overflow-wrap:anywhere">{as_html(comparison.verdict)}</div>'
        f'<div style="opacity:.85;margin-top:.35rem">{as_html(meaning(comparison))}</div>'
    )


def meaning(comparison: Comparison) -> str:
    """The p-value in words."""
    p = comparison.p_value
    often = (
        "in nearly all test sets"
        if p > 0.95
        else "in fewer than 1 of 1,000 test sets"
        if p < 0.001
        else f"in about {max(1, round(1000 * p)):,} of 1,000 test sets"
        if p < 0.01
        else f"in about {round(100 * p)} of 100 test sets"
    )
    said = f"Were the two equally good, a difference like this would come up {often} of this size"
    if comparison.outcome == "unclear":
        return f"{said}: chance may be all there is."
    return f"{said}: chance hardly explains it."


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


def alarms(found: Compared) -> None:
    """What makes the scores untrustworthy; that a trivial baseline is one is not told."""
    first, second = found.records
    raised: dict[Alarm, list[str]] = {}
    for record in (second, first):
        if record.model.kind != door.TRIVIAL or record is second:
            for alarm in record.alarms:
                raised.setdefault(alarm, []).append(record.model.name)
    for alarm, who in raised.items():
        words = f"**{escaped(' and '.join(who))}**: {escaped(alarm.message)}"
        if alarm.level == "alarm":
            st.error(words, icon=":material/warning:")
        else:
            st.info(words, icon=":material/info:")


def parts(found: Compared) -> None:
    """Slices with at least so many examples."""
    if not found.slices:
        return
    st.header("Parts of the test data", anchor=False)
    most = max(part.n for part in found.slices)
    smallest = int(
        st.number_input(
            "Examples that a part must have",
            min_value=5,
            max_value=max(most, 5),
            value=min(door.SMALLEST, most),
            key="smallest",
            width=280,
        )
    )
    shown = [part for part in found.slices if part.n >= smallest]
    compare_charts.parts(shown)
    left = len(found.slices) - len(shown)
    st.caption(
        "The difference in the mean score of an answer, from 0 (wrong) to 1 (right). "
        + (f"{count(left, 'smaller part')} left out: so few examples say little." if left else "")
    )


def configurations(found: Compared) -> None:
    """In what the two models differ, and how this was measured."""
    with st.expander("How this was measured", icon=":material/science:", key="measured"):
        first, second = found.records
        facts(
            [
                f"data {second.data.name}, hash {second.data.sha256[:8]}",
                f"{second.resamples:,} resamples, seed {second.seed}",
                *(f"{name} {version}" for name, version in second.versions.items()),
            ]
        )
        rows = [
            _row("name", first.model.name, second.model.name),
            _row("hash", first.model.sha256[:12], second.model.sha256[:12]),
            _row("kind", first.model.kind, second.model.kind),
            _row("scored", first.created, second.created),
            *(_row(*setting) for setting in found.settings),
        ]
        st.dataframe(rows, key="configurations", alt="In what the two models differ")


def _row(name: str, first: str, second: str) -> Mapping[str, str]:
    return {"What": name, "Baseline": first or "none", "Tuned": second or "none"}


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
