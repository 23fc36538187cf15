"""The class of a text in large type, or that the model is not confident."""

import streamlit as st

from pages.components import colours
from pages.components.door import TextClassificationResult
from pages.components.names import class_name, percent
from pages.components.plain import as_html
from pages.components.views import UNSURE


def show_verdict(result: TextClassificationResult, *, size: str = "2.25rem") -> None:
    """The class with how sure the model is; ``size`` is a CSS length."""
    sure = result.score >= UNSURE
    ink = colours.class_ink(result.label, result.labels) if sure else colours.QUIET
    word = class_name(result.label) if sure else "Not confident"
    how = "confident" if sure else f"for {as_html(class_name(result.label))}"
    st.html(
        f'<div style="font:600 {size}/1.25 Source Serif,Georgia,serif;color:{ink.css};'
        f'overflow-wrap:anywhere">{as_html(word)}</div>'
        f'<div style="opacity:.85">{percent(result.score)} {how}</div>'
    )
