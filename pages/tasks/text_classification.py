"""Text classification: kind, topic, urgency, labels of one's own, and tone where there is one."""

from typing import Final

import streamlit as st

from pages.components.aspect_views import aspect_marks, show_aspects
from pages.components.columns import confidence_column
from pages.components.door import (
    ASPECTS,
    KIND,
    OWN_LABELS,
    TEXT_CLASSIFICATION,
    TOPIC,
    URGENCY,
    Answer,
    Document,
    Span,
    TextClassificationRequest,
    TextClassificationResult,
    agreement,
    label_sets,
    tone_by_aspect,
)
from pages.components.export import export_buttons
from pages.components.focus import chosen_rows, focus_of, go_to
from pages.components.frame import (
    Controls,
    answer_of,
    other_answers,
    sides,
    source_head,
    task_controls,
)
from pages.components.label_views import show_headline, show_probabilities
from pages.components.link import from_link, to_link
from pages.components.names import TONE, class_heading, class_name, percent
from pages.components.own_labels import own_labels
from pages.components.panels import answer_facts, developer_panel
from pages.components.reader import Mark, reader
from pages.components.side_by_side import Reading, show_side_by_side
from pages.components.strip import section_strip
from pages.components.verdict import is_sober, show_sober, show_verdict
from pages.components.views import section_marks, section_rows, section_table

PAGE: Final = "text_classification"
TABLE: Final = "section_table"
VIEW: Final = "class_view"
MODELS: Final = "class_models"  # that were chosen when the page was drawn last
OWN, MODEL = "own", "model"
SETS: Final = (KIND, TOPIC, URGENCY)
READING: Final = Reading[Span](
    says=lambda span: f"{class_name(span.label)} {percent(span.score or 0.0)}",
    places=lambda span: [(span.start, span.end, class_name(span.label))],
    one="part",
    many="parts",
)


def pick_view(controls: Controls) -> str:
    """Which question about the text is asked; whoever chooses another model sees its classes."""
    trained = controls.endpoint not in (TEXT_CLASSIFICATION.default_endpoint, OWN_LABELS)
    titles = {name: label_sets()[name].title for name in SETS} | {
        OWN: "Own labels",
        MODEL: "Classes of the model" if trained else TONE,
    }
    chosen = trained or bool(controls.others)
    first = MODEL if chosen else KIND
    from_link(VIEW, titles, first)
    models = (controls.endpoint, controls.others)
    if st.session_state.get(MODELS, models) != models and chosen:
        st.session_state[VIEW] = MODEL
    st.session_state[MODELS] = models
    view = st.segmented_control(
        "What to tell",
        list(titles),
        format_func=lambda name: titles[name],
        required=True,
        key=VIEW,
        persist_state="session",
        wrap=True,
        label_visibility="collapsed",
    )
    view = str(view or st.session_state[VIEW] or first)
    to_link(VIEW, None if view == first else view)
    return view


def show_sections(result: TextClassificationResult, document: Document) -> None:
    """A text that was read in several sections, as strip and as table; a click goes there."""
    if len(result.sections) < 2:
        return
    st.header("Part by part", anchor=False)
    place = section_strip(result, len(document.text), key="section_strip")
    if place is not None:
        go_to(PAGE, [f"section:{place}"])
    st.dataframe(
        section_table(result.sections),
        column_config={
            "Confidence": confidence_column(),
            "Part": st.column_config.NumberColumn(width="small"),
        },
        height=min(320, 38 + 36 * len(result.sections)),
        on_select=_go_to_row,
        selection_mode="single-cell",
        key=TABLE,
        alt="Sections with their class and confidence",
    )


def _go_to_row() -> None:
    rows = chosen_rows(TABLE)
    if rows:
        go_to(PAGE, [f"section:{rows[0]}"])


def show_details(
    request: TextClassificationRequest,
    answer: Answer[TextClassificationResult],
    document: Document,
) -> None:
    """What every view has below its headline."""
    result = answer.result
    show_probabilities(result)
    answer_facts(answer)
    show_sections(result, document)
    export_buttons(
        "classification",
        section_rows(result.sections, result.labels)
        or [{"class": label, "probability": p} for label, p in result.ranked],
        key=PAGE,
    )
    developer_panel(TEXT_CLASSIFICATION, request, answer, key=PAGE)


def marks_of(result: TextClassificationResult) -> list[Mark]:
    """The sections, where there are several."""
    return section_marks(result.sections, result.labels) if len(result.sections) > 1 else []


def show_labelled(view: str, document: Document) -> list[Mark]:
    """The text by a ready set of labels, or by the user's own."""
    labels = own_labels(document) if view == OWN else label_sets()[view].labels
    if len(labels) < 2:
        st.info("Name two labels or more, and the text is sorted by them.", icon=":material/label:")
        return []
    short = view == URGENCY or (
        view == OWN and not st.toggle("In longer parts", key="own_sections", bind="query-params")
    )
    request = TextClassificationRequest(
        document.text, labels, by="sentence" if short else "section"
    )
    answer = answer_of(
        TEXT_CLASSIFICATION, request, OWN_LABELS, what="Reading part by part", key=PAGE
    )
    if answer is None:
        return []
    show_headline(answer.result)
    show_details(request, answer, document)
    return marks_of(answer.result)


def show_model(controls: Controls) -> list[Mark]:
    """The classes of the chosen model: the standard one's tone, where the text has one."""
    document = controls.document
    tone = TEXT_CLASSIFICATION.default_endpoint
    if controls.endpoint == OWN_LABELS:  # it has no classes of its own
        rest = tuple(name for name in controls.others if name != tone)
        controls = controls._replace(endpoint=tone, others=rest)
    endpoint = controls.endpoint
    request = TextClassificationRequest(document.text)
    what = "Reading part by part"
    answer = answer_of(TEXT_CLASSIFICATION, request, endpoint, what=what, key=PAGE)
    if answer is None:
        return []
    compared: list[Mark] = []
    others = other_answers(TEXT_CLASSIFICATION, request, controls, what=what, key=PAGE)
    if others:
        every = [one.result for one in (answer, *others)]
        places = agreement.sections(every, document.text)
        compared = show_side_by_side(places, READING, controls, page=PAGE)
    sober = is_sober(answer.result, document.text)
    if sober:
        show_sober()
        if not st.toggle("Show its tone all the same", key="tone_anyway", bind="query-params"):
            developer_panel(TEXT_CLASSIFICATION, request, answer, key=PAGE)
            return compared
    show_verdict(answer)
    judged: list[Mark] = []
    if class_heading(answer.result.labels) == TONE and not sober:
        judged = show_by_aspect(document, endpoint)
    show_details(request, answer, document)
    return compared or [*marks_of(answer.result), *judged]


def show_by_aspect(document: Document, endpoint: str) -> list[Mark]:
    """What is praised and what people complain of, once both are known sentence by sentence; the
    marks of these sentences.
    """
    aspects = label_sets()[ASPECTS].labels
    tone = answer_of(
        TEXT_CLASSIFICATION,
        TextClassificationRequest(document.text, by="sentence"),
        endpoint,
        what="Reading sentence by sentence",
        key=f"{PAGE}_sentences",
    )
    about = answer_of(
        TEXT_CLASSIFICATION,
        TextClassificationRequest(document.text, aspects, by="sentence"),
        OWN_LABELS,
        what="Looking for what is judged",
        key=f"{PAGE}_aspects",
    )
    if tone is None or about is None:
        return []
    found = tone_by_aspect(about.result, tone.result)
    if not found:
        return []
    st.header("By what is judged", anchor=False)
    clicked = show_aspects(found, key="aspects")
    if clicked:
        go_to(PAGE, [clicked])
    return aspect_marks(found)


controls = task_controls(TEXT_CLASSIFICATION)
document = controls.document
results, source = sides()
with results:
    view = pick_view(controls)
    marks = show_model(controls) if view == MODEL else show_labelled(view, document)
with source:
    source_head(document)
    reader(
        document.text,
        marks,
        key="classification_reader",
        focus=focus_of(PAGE),
        clickable=False,
    )
