"""Quality against what it takes: time, size and money, for all models of one test set."""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import streamlit as st

from backend.charts.quality import QualityPoint, draw_quality, quality_info
from pages.components import colours, door
from pages.components.colours import Ink
from pages.components.compare_words import capital
from pages.components.door import Compared, Footprint, Record
from pages.components.frame import theme
from pages.components.job_charts import inks

_MEGABYTE: Final = 1_000_000
_AXES: Final[Mapping[str, Callable[[Footprint], float | None]]] = {
    "Seconds for an example": lambda it: it.seconds,
    "Size of the model in MB": lambda it: it.size / _MEGABYTE if it.size else None,
    "US dollars for 1,000 examples": lambda it: it.dollars,
}
_TIME, _SIZE, _COST = _AXES


def quality(found: Compared, records: Sequence[Record]) -> None:
    """``records`` are all models that answered the same test data."""
    st.header("Quality against time, size and cost", anchor=False)
    across = st.segmented_control(
        "Across",
        list(_AXES),
        default=_TIME,
        required=True,
        key="quality_across",
        label_visibility="collapsed",
    )
    if across == _COST and not door.client().cloud.charged:
        st.info("Running models is free here: nothing is charged.", icon=":material/savings:")
        return
    metric = found.comparison.metric
    models = _points(found, [one for one in records if metric in one.metrics], str(across))
    if all(model.x is None for model in models):
        st.caption("This is not known of any of these models.")
        return
    up = capital(door.metric_title(metric))
    st.html(f'<div style="font-size:.9rem">n = {found.comparison.n:,}</div>')
    figure = draw_quality(quality_info(models), inks(), across=str(across), up=up)
    st.plotly_chart(
        figure, config={"displayModeBar": False}, key="quality", alt=f"{up} against {across}"
    )
    st.caption(_words(str(across), models))


def _points(found: Compared, records: Sequence[Record], across: str) -> list[QualityPoint]:
    client = door.client()
    inked: dict[str, Ink] = {
        found.records[0].address: colours.BASELINE,
        found.records[1].address: colours.TUNED,
    }
    points = []
    for record in records:
        score = record.metrics[found.comparison.metric]
        ink = inked.get(record.address, colours.TEXT)
        x = _AXES[across](client.footprints.of(record))
        points.append(
            QualityPoint(record.model.name, x, score.value, score.low, score.high, ink.on(theme()))
        )
    return points


def _words(across: str, models: Sequence[QualityPoint]) -> str:
    words = "Best is the upper left: a high score for little. A dot’s line is its 95 % interval."
    if across == _TIME:
        words += " The time is that of the batch job, with loading the model."
    if any(model.x is None for model in models):
        words += " Dotted: models of which this is not known, or that need no model at all."
    return words
