"""The datasets that come with the product, for a cloud that does not have them yet."""

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError
from pages.components.notes import act


def absent_samples() -> tuple[str, ...]:
    """Those that the cloud in use lacks, by name; none where it cannot be asked."""
    try:
        return door.sample_datasets()
    except DocumentInsightsError:
        return ()


def add_samples_button(label: str) -> None:
    """A button that puts them all there."""
    st.button(
        label,
        icon=":material/dataset:",
        key="add_samples",
        on_click=act,
        args=("The sample datasets are there.", door.add_sample_datasets),
    )
