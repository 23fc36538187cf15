"""Two models that do not speak of the same labels: which is which, said by a person."""

import streamlit as st

from pages.components import door
from pages.components.door import Compared, DatasetVersion, Record
from pages.components.frame import main_button
from pages.components.notes import act
from pages.components.plain import escaped

_NONE = "none of these"


def not_comparable(found: Compared, version: DatasetVersion) -> None:
    """Why there is no verdict, and a form for each model to say what its labels are called."""
    st.warning(
        "There is no verdict: a model that answers in other labels than the test data has looks "
        "as if it were always wrong. Say below which label is which; the answers are scored again "
        "at once, and the names are remembered for this dataset.",
        icon=":material/label_off:",
    )
    for place, record in enumerate(found.unfit):
        _form(record, version, place)


def _form(record: Record, version: DatasetVersion, place: int) -> None:
    answered, gold = door.client().evaluations.labels(version, record)
    st.markdown(f"**{escaped(record.model.name)}**")
    names: dict[str, str] = {}
    for label in answered:
        chosen = st.selectbox(
            f"“{escaped(label)}” is called",
            [_NONE, *gold],
            key=f"label_name_{place}_{label}",
            width=320,
        )
        if chosen in gold:
            names[label] = str(chosen)
    st.button(
        "Score again",
        icon=":material/refresh:",
        type=main_button(),
        key=f"label_names_{place}",
        disabled=not names,
        on_click=act,
        args=("Scored again with these names.", _score, version, record, names),
    )


def _score(version: DatasetVersion, record: Record, names: dict[str, str]) -> None:
    door.client().evaluations.name_labels(version, record, names)
