"""Columns that several tables share."""

from typing import Any

import streamlit as st


def narrow_confidence_column() -> Any:
    """Whole percentages alone, where there is no room for bars."""
    return st.column_config.NumberColumn(format="%.0f%%", width="small")


def confidence_column() -> Any:
    """Whole percentages, each with a bar."""
    return st.column_config.ProgressColumn(min_value=0, max_value=100, format="%.0f%%")
