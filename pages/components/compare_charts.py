"""The charts of a comparison, in the two colours of baseline and tuned."""

from collections.abc import Mapping

import streamlit as st

from backend.charts.dumbbells import draw_dumbbells, dumbbells_info
from backend.charts.forest import draw_forest, forest_info
from pages.components import colours
from pages.components.door import Comparison
from pages.components.frame import theme
from pages.components.job_charts import inks
from pages.components.plain import as_html, escaped

_CONFIG = {"displayModeBar": False}


def legend(first: str, second: str, n: int) -> None:
    """Whose the two colours are, and on how many examples all rests."""
    dots = "".join(
        f'<span style="display:inline-block;width:.7rem;height:.7rem;border-radius:50%;'
        f'background:{ink.css};margin:0 .35rem 0 0"></span>'
        f'<span style="margin-right:1.2rem;overflow-wrap:anywhere">{as_html(name)}</span>'
        for name, ink in ((first, colours.BASELINE), (second, colours.TUNED))
    )
    st.html(f'<div style="font-size:.9rem">{dots}n = {n:,}</div>')


def scores(comparison: Comparison, names: Mapping[str, str], *, key: str) -> None:
    """Every metric in ``names`` of both models, with intervals."""
    first, second = comparison.first, comparison.second
    legend(first.name, second.name, comparison.n)
    figure = draw_dumbbells(
        dumbbells_info(names, first.metrics, second.metrics),
        inks(),
        names=(first.name, second.name),
        colours=(colours.BASELINE.on(theme()), colours.TUNED.on(theme())),
    )
    st.plotly_chart(figure, config=_CONFIG, key=key, alt="Scores of both models with intervals")
    st.caption(
        "A dot is the score on these test examples; its line shows where the score would lie for "
        "95 of 100 such models on other examples of the same kind. Long lines: too few examples."
    )


def differences(comparison: Comparison, names: Mapping[str, str], *, key: str) -> None:
    """The differences in ``names`` around the line of no difference."""
    figure = draw_forest(
        forest_info(names, comparison.differences),
        inks(),
        better=colours.TUNED.on(theme()),
        worse=colours.NEGATIVE.on(theme()),
        unclear=colours.BASELINE.on(theme()),
    )
    st.html(f'<div style="font-size:.9rem">n = {comparison.n:,}</div>')
    st.plotly_chart(figure, config=_CONFIG, key=key, alt="Differences with intervals")
    st.caption(
        f"Right of the dotted line {escaped(comparison.second.name)} is better, left of it worse. "
        "Where a line crosses the dotted one, chance may be all there is."
    )
