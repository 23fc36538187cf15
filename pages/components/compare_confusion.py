"""What was taken for what: the matrices of both models, their difference, and a cell's texts."""

from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from backend.charts.confusion import (
    Cell,
    ConfusionInfo,
    classes_of,
    confusion_info,
    draw_confusion,
    draw_difference,
)
from pages.components import colours, door
from pages.components.compare_errors import browse
from pages.components.door import Changed, Compared
from pages.components.frame import theme
from pages.components.job_charts import inks
from pages.components.names import count
from pages.components.plain import escaped

_CONFIG: Final = {"displayModeBar": False}
_SIDES: Final = ("first", "second", "change")
_TRUE, _ANSWERED, _WHO = "cell_true", "cell_answered", "cell_who"


def confusions(found: Compared) -> None:
    """The three matrices, and the texts of the cell that was clicked or chosen."""
    st.header("What was taken for what", anchor=False)
    st.caption(
        "Each row is a right answer, each column what the model answered: what lies on the "
        "diagonal is right. Click on a cell, or choose one, to read its examples."
    )
    wanted = st.segmented_control(
        "Show",
        ["Counts", "Share of each class"],
        default="Counts",
        required=True,
        key="confusion_as",
        label_visibility="collapsed",
    )
    normalised = wanted != "Counts"
    gold = door.labels(found.examples.gold)
    answers = [door.labels(one) for one in found.answers]
    classes = classes_of(gold, *answers)
    first, second = (confusion_info(gold, one, classes=classes) for one in answers)
    _prepare_choice(first.names)
    upper = st.columns(2, gap="medium")
    for column, side, info in zip(upper, _SIDES[:2], (first, second), strict=True):
        with column:
            _matrix(found, side, info, normalised=normalised)
    left, right = st.columns(2, gap="medium")
    with left:
        _difference(first, second, len(gold), normalised=normalised)
    with right:
        _choice(found, first.names)
    _texts(found, first, gold, answers)


def _prepare_choice(names: tuple[str, ...]) -> None:
    """What was chosen for another comparison is not among its classes."""
    st.session_state.setdefault(_WHO, "second")
    for key in (_TRUE, _ANSWERED):
        if st.session_state.get(key) not in (None, *names):
            st.session_state[key] = None


def _chosen(info: ConfusionInfo, side: str) -> Cell | None:
    true, answered = st.session_state.get(_TRUE), st.session_state.get(_ANSWERED)
    if None in (true, answered) or st.session_state[_WHO] != side:
        return None
    return info.place(str(true)), info.place(str(answered))


def _matrix(found: Compared, side: str, info: ConfusionInfo, *, normalised: bool) -> None:
    name = (found.comparison.first if side == "first" else found.comparison.second).name
    ink = colours.BASELINE if side == "first" else colours.TUNED
    st.markdown(f"**{escaped(name)}** (n = {found.comparison.n:,})")
    figure = draw_confusion(
        info,
        inks(),
        colour=ink.on(theme()),
        page=colours.PANEL.on(theme()),
        normalised=normalised,
        chosen=_chosen(info, side),
    )
    _chart(figure, side, info.names, alt=f"What {name} took for what")


def _difference(first: ConfusionInfo, second: ConfusionInfo, n: int, *, normalised: bool) -> None:
    unit = ", in percentage points" if normalised else ""
    st.markdown(f"**Difference: tuned less baseline{unit}** (n = {n:,})")
    figure = draw_difference(
        first,
        second,
        inks(),
        better=colours.TUNED.on(theme()),
        worse=colours.NEGATIVE.on(theme()),
        page=colours.PANEL.on(theme()),
        normalised=normalised,
        chosen=_chosen(first, "change"),
    )
    _chart(figure, "change", first.names, alt="How the two matrices differ")


def _chart(figure: Any, side: str, names: tuple[str, ...], *, alt: str) -> None:
    key = f"confusion_{side}"
    st.plotly_chart(
        figure,
        config=_CONFIG,
        key=key,
        alt=alt,
        on_select=lambda: clicked(st.session_state[key], side, names),
        selection_mode="points",
    )


def clicked(event: Any, side: str, names: tuple[str, ...]) -> None:
    """Take over the cell that was clicked in the matrix of ``side``."""
    for point in event["selection"]["points"][:1]:
        row, column = point["customdata"]
        st.session_state[_TRUE], st.session_state[_ANSWERED] = names[int(row)], names[int(column)]
        st.session_state[_WHO] = side


def _choice(found: Compared, names: tuple[str, ...]) -> None:
    """The cell in words; whoever has no mouse chooses here."""
    st.markdown("**Examples of a cell**")
    words = {
        "first": found.comparison.first.name,
        "second": found.comparison.second.name,
        "change": "only one of the two",
    }
    st.selectbox("Right answer", names, index=None, key=_TRUE, placeholder="Choose a class")
    st.selectbox("Was answered", names, index=None, key=_ANSWERED, placeholder="Choose a class")
    st.selectbox("By", _SIDES, key=_WHO, format_func=words.__getitem__)
    st.caption(
        "Colours of the difference: the tuned model’s where it is better (more on the diagonal, "
        "less beside it), red where it is worse."
    )


def _texts(
    found: Compared, info: ConfusionInfo, gold: Sequence[str], answers: Sequence[Sequence[str]]
) -> None:
    side = str(st.session_state[_WHO])
    cell = _chosen(info, side)
    if cell is None:
        return
    by_place = {one.place: one for members in found.changes.values() for one in members}
    members: list[Changed] = []
    for place, (right, *given) in enumerate(zip(gold, *answers, strict=True)):
        hits = [(info.place(right), info.place(one)) == cell for one in given]
        wanted = hits[0] != hits[1] if side == "change" else hits[_SIDES.index(side)]
        if wanted:
            members.append(by_place[place])
    true, answered = (info.names[at] for at in cell)
    st.markdown(
        f"**{count(len(members), 'example')}** of “{escaped(true)}” answered with "
        f"“{escaped(answered)}”"
    )
    browse(found, members, key="cell")
