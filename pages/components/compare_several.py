"""More than two models at once: each against the baseline, judged together."""

from collections.abc import Mapping, Sequence

import streamlit as st

from backend.charts.forest import draw_forest, forest_info
from pages.components import colours, door
from pages.components.compare_words import capital
from pages.components.door import Compared, Comparison, DatasetVersion, Record
from pages.components.frame import theme
from pages.components.job_charts import inks
from pages.components.plain import escaped

_WORDS = {"better": "better", "worse": "worse", "unclear": "no clear difference"}


def several(found: Compared, version: DatasetVersion, records: Sequence[Record]) -> None:
    """All ``records`` of one test set against the baseline of ``found``; nothing for two."""
    baseline = found.records[0]
    metric = found.comparison.metric
    others = [
        one
        for one in records
        if one.address != baseline.address
        and one.model.kind != door.TRIVIAL
        and metric in one.metrics
    ]
    if len(others) < 2:
        return
    st.header("All models against the baseline", anchor=False)
    all_found = door.client().evaluations.compare_all(version, baseline, others, metric=metric)
    rows = {
        record.address: one
        for record, one in sorted(
            zip(others, all_found, strict=True), key=lambda pair: -pair[1].differences[metric].value
        )
    }
    name = capital(door.metric_title(metric))
    st.html(f'<div style="font-size:.9rem">{name}, n = {found.comparison.n:,}</div>')
    _draw(rows, metric)
    _table(rows, metric, name, baseline.model.name)
    st.caption(
        f"Whoever compares {len(others)} models with {escaped(baseline.model.name)} finds a lucky "
        "one more easily; the p-values and the last column allow for that (Holm’s correction). "
        "The lines in the chart do not."
    )


def _draw(rows: Mapping[str, Comparison], metric: str) -> None:
    """The difference of each model to the baseline, with its interval."""
    figure = draw_forest(
        forest_info(
            {address: one.second.name for address, one in rows.items()},
            {address: one.differences[metric] for address, one in rows.items()},
        ),
        inks(),
        better=colours.TUNED.on(theme()),
        worse=colours.NEGATIVE.on(theme()),
        unclear=colours.BASELINE.on(theme()),
    )
    st.plotly_chart(
        figure, config={"displayModeBar": False}, key="several", alt="All models by difference"
    )


def _table(rows: Mapping[str, Comparison], metric: str, name: str, baseline: str) -> None:
    """The same as numbers; ``name`` is the metric's."""
    st.dataframe(
        [
            {
                "Model": one.second.name,
                name: one.second.metrics[metric].value,
                "Difference": one.differences[metric].value,
                "p-value": door.p_words(one.p_value),
                f"Against {baseline}": _WORDS[one.outcome],
            }
            for one in rows.values()
        ],
        key="several_table",
        alt="All models against the baseline",
        column_config={
            name: st.column_config.NumberColumn(format="%.3f"),
            "Difference": st.column_config.NumberColumn(format="%+.3f"),
        },
    )
