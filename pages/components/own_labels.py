"""A user's own labels: two small tables, of labels and of examples, and training on them.

What is typed lives in the session beside the tables, which forget it when the page changes.
"""

from typing import Any, Final

import streamlit as st

from pages.components import door
from pages.components.door import (
    TEXT_CLASSIFICATION,
    Document,
    DocumentInsightsError,
    Label,
    as_splits,
    dataset_name,
    sentences_of,
)
from pages.components.names import count
from pages.components.panels import show_error

_KEPT: Final = "own_labels"
"""The labels as they are now."""
_BASE: Final = "own_labels_base"
"""The labels as the tables got them: the tables report changes to these."""
_ROUND: Final = "own_labels_round"
_MOST: Final = 50
_FEW_WORDS: Final = 3
"""A sentence of no more is a heading or a remark, and shows nothing."""
_MOST_SENTENCES: Final = 1_000
_NAME, _MEANING, _EXAMPLE = "Label", "What it means", "Example"
_LONGEST_NAME, _LONGEST_MEANING, _LONGEST_EXAMPLE = 100, 500, 2_000
_FIRST: Final = (
    Label("decision", "somebody decided, approved or agreed on something"),
    Label("problem", "something went wrong, is late, broken or missing"),
    Label("plan", "what somebody will do or wants to do, and by when"),
    Label("background", "facts that explain the situation"),
)
"""Labels to begin with, of use in most documents."""


def own_labels(document: Document) -> tuple[Label, ...]:
    """The tables, and the labels in them; those without a name do not count."""
    number = st.session_state.setdefault(_ROUND, 0)
    key = f"own_labels_{number}"
    if _BASE not in st.session_state or f"{key}_names" not in st.session_state:
        st.session_state[_BASE] = st.session_state.get(_KEPT, _FIRST)
    base: tuple[Label, ...] = st.session_state[_BASE]
    names = st.data_editor(
        [{_NAME: one.name, _MEANING: one.description} for one in base]
        or [{_NAME: "", _MEANING: ""}],
        num_rows="dynamic",
        key=f"{key}_names",
        column_config={
            _NAME: st.column_config.TextColumn(max_chars=_LONGEST_NAME, width="small"),
            _MEANING: st.column_config.TextColumn(max_chars=_LONGEST_MEANING, width="large"),
        },
    )
    meanings = _meanings(names)
    with st.expander("Examples make it better: two or more of each label", key="own_examples"):
        rows = st.data_editor(
            [{_NAME: one.name, _EXAMPLE: text} for one in base for text in one.examples]
            or [{_NAME: next(iter(meanings), ""), _EXAMPLE: ""}],
            num_rows="dynamic",
            key=f"{key}_examples",
            column_config={
                _NAME: st.column_config.SelectboxColumn(options=list(meanings), width="small"),
                _EXAMPLE: st.column_config.TextColumn(max_chars=_LONGEST_EXAMPLE, width="large"),
            },
        )
        labels = _labels(meanings, rows)
        st.session_state[_KEPT] = labels
        if labels:
            _pick(document, labels)
            _train(labels)
    return labels


def _meanings(rows: list[dict[str, Any]]) -> dict[str, str]:
    """What each named label means; of two with one name, the first counts."""
    found: dict[str, str] = {}
    for row in rows:
        name = str(row.get(_NAME) or "").strip()
        if name and name.casefold() not in {one.casefold() for one in found}:
            found[name] = str(row.get(_MEANING) or "").strip()
    return dict(list(found.items())[:_MOST])


def _labels(meanings: dict[str, str], rows: list[dict[str, Any]]) -> tuple[Label, ...]:
    examples: dict[str, list[str]] = {name: [] for name in meanings}
    for row in rows:
        name, text = str(row.get(_NAME) or ""), str(row.get(_EXAMPLE) or "").strip()
        if name in examples and text and text not in examples[name]:
            examples[name].append(text)
    return tuple(Label(name, meaning, tuple(examples[name])) for name, meaning in meanings.items())


def _pick(document: Document, labels: tuple[Label, ...]) -> None:
    """A sentence of the document as an example."""
    texts = [" ".join(one.text.split())[:_LONGEST_EXAMPLE] for one in sentences_of(document.text)]
    long = (text for text in texts if len(text.split()) > _FEW_WORDS)
    texts = list(dict.fromkeys(long))[:_MOST_SENTENCES]
    left, middle, right = st.columns([6, 3, 2], gap="small", vertical_alignment="bottom")
    with left:
        text = st.selectbox("A sentence of this document", texts, key="own_sentence")
    with middle:
        name = st.selectbox("is an example of", [one.name for one in labels], key="own_label")
    with right:
        st.button("Add", key="own_add", disabled=not text, on_click=_add, args=(name, text, labels))


def _add(name: str, text: str, labels: tuple[Label, ...]) -> None:
    """Take the example, and draw the tables anew with it."""
    st.session_state[_KEPT] = tuple(
        Label(one.name, one.description, tuple(dict.fromkeys([*one.examples, text])))
        if one.name == name
        else one
        for one in labels
    )
    st.session_state[_BASE] = st.session_state[_KEPT]
    st.session_state[_ROUND] += 1


def _train(labels: tuple[Label, ...]) -> None:
    """To the Train page, with a dataset of the examples."""
    total = sum(len(one.examples) for one in labels)
    st.caption(
        f"{count(total, 'example')} so far. From some twenty of each label on, a model trained on "
        "them reads better than labels by description."
    )
    if not st.button("Train on these", key="own_train", icon=":material/school:"):
        return
    try:
        version = door.client().datasets.add(
            dataset_name("labels " + " ".join(one.name for one in labels[:3])) or "own-labels",
            TEXT_CLASSIFICATION.slug,
            as_splits(labels),
            source="examples of labels of one's own",
        )
    except DocumentInsightsError as error:
        show_error(error)
        return
    st.session_state["train_task"] = TEXT_CLASSIFICATION.slug
    st.session_state[f"train_data_{TEXT_CLASSIFICATION.slug}"] = version.id
    st.switch_page("pages/admin/train.py")
