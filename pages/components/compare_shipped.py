"""A comparison that comes with the product, for as long as there is none of one's own."""

from collections.abc import Mapping
from typing import Final

import streamlit as st

from pages.components import compare_charts, door
from pages.components.compare_views import verdict
from pages.components.compare_words import capital, metric_names
from pages.components.door import Experiment, Role
from pages.components.job_views import span
from pages.components.plain import escaped

_SOURCES: Final[Mapping[Role, str]] = {
    "trivial": "needs no model",
    "pretrained": "as it comes",
    "finetuned": "trained once",
    "random": "best of random trials",
    "tuned": "best of guided trials",
}


def shipped_example(task: str) -> None:
    """The experiment of ``task``, if one came along."""
    found = next((one for one in door.experiments() if one.task == task), None)
    if found is None or found.headline is None:
        return
    st.header("An example that comes along", anchor=False)
    st.caption(
        f"Trained and scored on public data ({escaped(found.source)}, "
        f"{escaped(found.licence)}): {found.sizes.get('train', 0):,} examples to learn from, "
        f"{found.data.n:,} to be tested on. Yours will look like this, with the texts."
    )
    finding = found.headline
    verdict(finding.comparison)
    for alarm in finding.alarms:
        st.info(escaped(alarm.message), icon=":material/info:")
    _models(found)
    overall, _ = metric_names(finding.comparison)
    compare_charts.scores(finding.comparison, overall, key="shipped_scores")
    compare_charts.differences(finding.comparison, overall, key="shipped_differences")


def _models(found: Experiment) -> None:
    name = capital(door.metric_title(found.metric))
    rows = []
    for one in found.models:
        score = one.metrics.get(found.metric)
        if score is not None:
            rows.append(
                {
                    "Model": door.ROLE_TITLES[one.role],
                    "What it is": _SOURCES[one.role],
                    name: f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]",
                    "Trials": f"{one.trials:,}" if one.trials else "",
                    "Trained for": span(one.seconds) if one.seconds else "",
                }
            )
    st.dataframe(rows, key="shipped_models", alt="All models of the example with their scores")
