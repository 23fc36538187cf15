"""One version of a dataset: its examples, labels, findings and versions."""

from collections.abc import Callable
from functools import partial
from typing import Any, Final

import streamlit as st

from backend.charts.splits import draw_shares, shares_info
from pages.components import colours, dataset_views, door
from pages.components.door import DatasetVersion, DocumentInsightsError, Finding
from pages.components.frame import theme
from pages.components.names import count
from pages.components.notes import NOTE
from pages.components.panels import show_error
from pages.components.plain import escaped
from pages.components.reader import reader

CHOSEN: Final = "dataset_next"
"""Where the name of the dataset to be shown next waits, and its version."""

_TRIED: Final = "dataset_fixes_tried"
_ON_A_PAGE: Final = 20
_ICONS: Final = {
    "error": ":material/error:",
    "warning": ":material/warning:",
    "note": ":material/info:",
}
_COLOURS: Final = {"error": "red", "warning": "orange", "note": "gray"}


def made(version: DatasetVersion, done: str) -> None:
    """Say what was done, and show ``version`` from now on."""
    st.session_state[NOTE] = ("done", done)
    st.session_state[CHOSEN] = (version.name, version.version)


def examples_panel(version: DatasetVersion) -> None:
    """The examples of one split, a page at a time, with what is marked in them."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        split = st.segmented_control(
            "Split", list(version.splits), default=next(iter(version.splits)), required=True
        )
        label = None
        if version.task in dataset_views.LABELLED:
            label = st.selectbox("Label", version.labels, index=None, placeholder="All labels")
        words = st.text_input("Search", placeholder="Words in the text", key="dataset_search")
    try:
        examples = door.client().datasets.examples(version, str(split))
    except DocumentInsightsError as error:
        show_error(error)
        return
    found = dataset_views.matching(examples, version.task, label=label, words=str(words or ""))
    if not found:
        st.caption("No example of this split matches.")
        return
    pages = -(-len(found) // _ON_A_PAGE)
    key = f"examples_page_{version.id}_{split}_{label}_{words}"
    page = st.session_state.get(key, 1)
    shown = found[(page - 1) * _ON_A_PAGE : page * _ON_A_PAGE]
    text, marks = dataset_views.as_text(shown, version.task, tuple(sorted(version.labels)))
    reader(text, marks, key="dataset_examples", name="Examples", clickable=False, height=620)
    with st.container(horizontal=True, vertical_alignment="center"):
        if pages > 1:
            st.pagination(pages, key=key)
        st.caption(count(len(found), "example"))


def labels_panel(version: DatasetVersion) -> None:
    """How labels are spread over the splits, and other names for them."""
    counts = {name: split.labels for name, split in version.splits.items()}
    on = theme()
    inks = {name: ink.on(on) for name, ink in dataset_views.split_inks().items()}
    if not any(counts.values()):
        st.caption("There are no labels in this dataset.")
        return
    st.caption(_ABOUT_LABELS[version.task])
    st.plotly_chart(
        draw_shares(
            shares_info(counts, inks), track=colours.PANEL.on(on), text=colours.TEXT.on(on)
        ),
        config={"displayModeBar": False},
        key="dataset_labels",
        alt="The share of each label in each split",
    )
    if version.task in dataset_views.LABELLED:
        _renaming(version)


_ABOUT_LABELS: Final = {
    "text_classification": "The share of each class in each split.",
    "named_entities": "The share of each type among the entities of each split.",
    "relation_extraction": "The share of each relation in each split.",
    "question_answering": "How many questions have an answer in their context.",
    "summarization": "How long the summaries are.",
}


def _renaming(version: DatasetVersion) -> None:
    with st.expander("Rename, merge or drop labels", icon=":material/edit:"):
        st.caption("Two labels of one name become one; a label without a name is dropped.")
        edited = st.data_editor(
            [{"Label": label, "New name": label} for label in version.labels],
            column_config={"Label": st.column_config.TextColumn(disabled=True)},
            key=f"labels_{version.id}",
            alt="Labels and their new names",
        )
        names = {row["Label"]: str(row["New name"] or "").strip() for row in edited}
        changed = {old: new for old, new in names.items() if old != new}
        if st.button("Make a new version", disabled=not changed, key="rename_now"):
            _change(version, partial(door.client().datasets.rename_labels, version, changed))


def _change(version: DatasetVersion, change: Callable[[], DatasetVersion]) -> None:
    """Have ``change`` make the next version, and show it; or say why it was not made."""
    try:
        with st.spinner("Making a new version and checking it"):
            new = change()
    except DocumentInsightsError as error:
        show_error(error)
        return
    if new.version == version.version:
        st.info("Nothing changed.", icon=":material/info:")
        return
    made(new, f"{new.name} {new.version} was made; {version.version} is still there.")
    st.rerun()


def checks_panel(version: DatasetVersion) -> None:
    """What lint found, with the rows and what to do about them."""
    try:
        report = door.client().datasets.lint(version)
    except DocumentInsightsError as error:
        show_error(error)
        return
    if not report.errors and not report.warnings:
        st.success("Clean: nothing stands in the way of training.", icon=":material/check_circle:")
    if any(finding.fixes and finding.severity != "note" for finding in report.findings):
        _fix_all(version)
    for finding in report.findings:
        _show_finding(version, finding)


def _fix_all(version: DatasetVersion) -> None:
    """What fixing everything would do, step by step, and the button that does it."""
    if not st.toggle("Fix all: show what would change", key=f"fix_all_{version.id}", value=False):
        return
    steps, left = _tried(version)
    if not steps:
        st.caption("Each of these needs a decision: use the buttons below.")
        return
    st.dataframe(
        steps,
        key="fix_all_steps",
        alt="The fixes in order, with the rows that each concerns and the examples left",
    )
    st.caption(
        f"{count(left, 'finding')} would be left to decide. The present version stays as it is."
    )
    if st.button("Fix all", key="fix_all_now", icon=":material/auto_fix_high:"):
        _change(version, partial(door.client().datasets.fix_all, version))


def _tried(version: DatasetVersion) -> tuple[list[dict[str, Any]], int]:
    """The steps of fixing all as rows, and how many findings would be left; tried once."""
    kept = st.session_state.get(_TRIED)
    if kept and kept[0] == version.id:
        return kept[1], kept[2]
    try:
        with st.spinner("Trying all fixes"):
            repairs = door.client().datasets.fixes_of(version)
    except DocumentInsightsError as error:
        show_error(error)
        return [], 0
    left = repairs.left.errors + repairs.left.warnings
    rows = dataset_views.step_rows(repairs, version.count)
    st.session_state[_TRIED] = (version.id, rows, left)
    return rows, left


def _show_finding(version: DatasetVersion, finding: Finding) -> None:
    with st.container(border=True):
        rows = f" :gray[{count(finding.count, 'row')}]" if finding.count else ""
        icon = f":{_COLOURS[finding.severity]}[{_ICONS[finding.severity]}]"
        st.markdown(f"{icon} **{escaped(finding.title)}**{rows}")
        st.text(finding.advice)
        if finding.places:
            more = finding.count - len(finding.places)
            with st.expander("Rows" if not more else f"The first {len(finding.places)} rows"):
                st.dataframe(
                    dataset_views.finding_rows(finding),
                    key=f"rows_{finding.check}",
                    alt=f"Rows with: {finding.title}",
                )
        if finding.fixes:
            _fix_buttons(version, finding)


def _fix_buttons(version: DatasetVersion, finding: Finding) -> None:
    with st.container(horizontal=True):
        pressed = [
            fix
            for fix in finding.fixes
            if st.button(
                door.FIXES[fix].title,
                key=f"fix_{finding.check}_{fix}",
                icon=":material/auto_fix_high:",
                help="Makes a new version; this one stays.",
            )
        ]
    for fix in pressed:
        _change(version, partial(door.client().datasets.fix, version, fix))


def versions_panel(versions: tuple[DatasetVersion, ...]) -> None:
    """All versions of a dataset, the newest first."""
    st.dataframe(
        [dataset_views.version_row(version) for version in versions],
        key="dataset_versions",
        alt="All versions with what was done to make them",
    )
    st.caption("Versions never change. A job says by name and hash which one it was trained on.")
