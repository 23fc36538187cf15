"""The regex tester: what metric definitions read in a log."""

import streamlit as st

from pages.components import door
from pages.components.door import MetricDefinition, Recipe
from pages.components.plain import escaped

_SAMPLE = (
    "[metrics] step=40; train:loss=0.6931; progress=0.25;\n"
    "[metrics] step=80; {metric}=0.8125;\n"
    "[metrics] step=160; {metric}=5.97e-05;\n"
    "[metrics] step=240; {metric}=nan;\n"
)


def regex_tester(recipe: Recipe) -> None:
    """A log, patterns, and what these read in it."""
    panel = st.expander(
        "Try a pattern on a log",
        icon=":material/regular_expression:",
        key="regex",
        on_change="rerun",
    )
    if not panel.open:
        return
    with panel:
        st.caption(
            "The service finds metrics in the log by patterns. Paste lines of a log to see what "
            "a pattern reads, and what it misses or misreads."
        )
        goal = recipe.objective.metric
        log = st.text_area(
            "Log", _SAMPLE.format(metric=goal), key=f"regex_log_{recipe.task}", height=140
        )
        kept = [m for m in recipe.metrics if m.name == goal]
        if recipe.original:
            kept.append(MetricDefinition("as published", recipe.original.regex))
        edited = st.data_editor(
            [{"Metric": m.name, "Pattern": m.regex} for m in kept],
            num_rows="dynamic",
            key=f"regex_patterns_{recipe.task}",
        )
        definitions = [
            MetricDefinition(str(row["Metric"]), str(row["Pattern"]))
            for row in edited
            if row.get("Metric") and row.get("Pattern")
        ]
        _report(log, definitions)


def _report(log: str, definitions: list[MetricDefinition]) -> None:
    report = door.read_log(log, definitions)
    for warning in report.warnings:
        st.warning(escaped(warning), icon=":material/warning:")
    if report.matches:
        st.dataframe(
            [
                {
                    "Line": match.line,
                    "Metric": match.metric,
                    "Read": match.raw,
                    "Value": match.value,
                    "Text": match.text[:200],
                }
                for match in report.matches[:500]
            ],
            key="regex_matches",
            alt="What the patterns read, line by line",
        )
    elif not report.warnings:
        st.caption("Nothing was read.")
