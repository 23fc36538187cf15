"""What a summary should look like: a paragraph, points, or what a document says about something."""

from typing import Final

import streamlit as st

from pages.components.door import SummarizationRequest, longest_summary
from pages.components.link import from_link, to_link

PARAGRAPH, THREE, FIVE, FOCUS = "Paragraph", "3 points", "5 points", "About …"
FORMS: Final = {PARAGRAPH: "paragraph", THREE: "3", FIVE: "5", FOCUS: "about"}
"""The forms, and how links write them."""
POINTS: Final = {THREE: 3, FIVE: 5}
SUBJECTS: Final = ("the decision", "money", "deadlines", "risks", "what must be done")
"""Offered to those who do not want to type."""
_FORM: Final = "summary_form"
_LINK: Final = "summary"
_BOX: Final = "summary_about"
_PILLS: Final = "summary_subjects"


def summary_request(text: str) -> SummarizationRequest:
    """What is to be asked of ``text``, as chosen in the controls that this draws."""
    form = _form()
    if form in POINTS:
        return SummarizationRequest(text=text, style="bullets", bullets=POINTS[form])
    focus = _focus() if form == FOCUS else ""
    most = _longest()
    words = None if most is None else longest_summary(text, most)
    if not focus:
        return SummarizationRequest(text=text, max_words=words)
    return SummarizationRequest(text=text, max_words=words, style="focus", focus=focus)


def _form() -> str:
    if _FORM not in st.session_state:
        from_link(_LINK, FORMS.values(), FORMS[PARAGRAPH])
        names = {written: form for form, written in FORMS.items()}
        st.session_state[_FORM] = names[st.session_state[_LINK]]
    form = st.segmented_control(
        "Form of the summary",
        list(FORMS),
        required=True,
        key=_FORM,
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    form = str(form or PARAGRAPH)
    to_link(_LINK, None if form == PARAGRAPH else FORMS[form])
    return form


def _focus() -> str:
    """What the summary is to be about: typed or picked; "" while neither."""
    st.text_input(
        "What the summary should be about",
        key=_BOX,
        bind="query-params",
        placeholder="For example: the decision, or what it costs",
        icon=":material/center_focus_strong:",
        label_visibility="collapsed",
    )
    st.pills(
        "Suggested subjects",
        SUBJECTS,
        key=_PILLS,
        on_change=_take,
        wrap=True,
        label_visibility="collapsed",
    )
    focus = str(st.session_state.get(_BOX) or "").strip()
    if not focus:
        st.caption("Until you write or pick a subject, this is a summary of everything.")
    return focus


def _take() -> None:
    if st.session_state.get(_PILLS):
        st.session_state[_BOX] = st.session_state[_PILLS]


def _longest() -> int | None:
    """The longest length in words; None leaves it to the model."""
    left = st.empty()
    own = st.checkbox(
        "As long as the model has learned",
        key="summary_own",
        bind="query-params",
        help="A model that was fine-tuned on your summaries knows how long they are. The one that "
        "ships takes about a hundred words.",
    )
    most = left.slider(
        "Longest length, in words",
        min_value=40,
        max_value=400,
        value=100,
        step=20,
        key="summary_words",
        bind="query-params",
        disabled=own,
        help="A summary is never more than a third of its document.",
    )
    return None if own else most
