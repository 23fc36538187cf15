"""Where the two models differ: parts of the test data by class, length and source."""

from collections.abc import Mapping, Sequence
from typing import Final

import streamlit as st

from backend.charts.forest import draw_forest, forest_info
from pages.components import colours, door
from pages.components.door import Compared, Slice
from pages.components.frame import theme
from pages.components.job_charts import inks
from pages.components.names import count

_KINDS: Final[Mapping[str, str]] = {
    "class": "By class",
    "length": "By length",
    "source": "By source",
}


def parts(found: Compared) -> None:
    """Parts with at least so many examples, those that say little left out."""
    if not found.slices:
        return
    st.header("Parts of the test data", anchor=False)
    st.caption(
        "The difference in the mean score of an answer, from 0 (wrong) to 1 (right). Right of the "
        "dotted line the tuned model is better. A grey line may be chance."
    )
    most = max(part.n for part in found.slices)
    smallest = int(
        st.number_input(
            "Examples that a part must have",
            min_value=5,
            max_value=max(most, 5),
            value=min(door.SMALLEST, max(most, 5)),
            key="smallest",
            width=280,
        )
    )
    for kind, title in _KINDS.items():
        mine = [part for part in found.slices if part.kind == kind]
        if mine:
            st.subheader(title, anchor=False)
            _kind(kind, mine, smallest)


def _kind(kind: str, mine: Sequence[Slice], smallest: int) -> None:
    shown = [part for part in mine if part.n >= smallest]
    left = len(mine) - len(shown)
    if shown:
        figure = draw_forest(
            forest_info(
                {part.name: f"{part.name} (n = {part.n:,})" for part in shown},
                {part.name: part.difference for part in shown},
            ),
            inks(),
            better=colours.TUNED.on(theme()),
            worse=colours.NEGATIVE.on(theme()),
            unclear=colours.BASELINE.on(theme()),
        )
        st.plotly_chart(
            figure,
            config={"displayModeBar": False},
            key=f"parts_{kind}",
            alt=f"Differences {_KINDS[kind].lower()}",
        )
    if left:
        st.caption(f"{count(left, 'smaller part')} left out: so few examples say little.")
