"""Datasets: what there is, what is in it, what is wrong with it; add, repair and delete."""

from functools import partial

import streamlit as st

from pages.components import dataset_views, door
from pages.components.dataset_add import add_panel
from pages.components.dataset_panels import (
    CHOSEN,
    checks_panel,
    examples_panel,
    labels_panel,
    versions_panel,
)
from pages.components.door import DatasetVersion, DocumentInsightsError
from pages.components.link import from_link, to_link
from pages.components.names import age, count
from pages.components.notes import act, show_note
from pages.components.panels import facts, page_title, show_error
from pages.components.sample_datasets import absent_samples, add_samples_button

PANELS = ("Examples", "Labels", "Checks", "Versions")


def fetch() -> tuple[DatasetVersion, ...]:
    """All versions; shows the reason and ends the page where they cannot be had."""
    try:
        return door.client().datasets.list()
    except DocumentInsightsError as error:
        show_error(error)
        st.button("Try again", icon=":material/refresh:")
        st.stop()


def remove(name: str, version: str | None) -> None:
    """Delete one version, or all of a dataset."""
    act(f"{name} {version or ''} was deleted.", door.client().datasets.remove, name, version)


def choose_next(versions: tuple[DatasetVersion, ...]) -> None:
    """Show what an action has just made."""
    name, version = st.session_state.pop(CHOSEN, ("", ""))
    if any(one.name == name for one in versions):
        st.session_state["dataset"] = name
        st.session_state[f"version_of_{name}"] = version


def actions(version: DatasetVersion) -> None:
    """Download and delete."""
    with st.container(horizontal=True):
        with st.popover("Download", icon=":material/download:"):
            for split in version.splits:
                st.download_button(
                    f"{split} as JSON Lines",
                    partial(door.client().datasets.lines, version, split),
                    file_name=f"{version.name}-{version.version}-{split}.jsonl",
                    mime="application/jsonl",
                    on_click="ignore",
                    key=f"download_{split}",
                )
        with st.popover("Delete", icon=":material/delete:"):
            st.text("Jobs that were trained on it keep their models.")
            st.button(
                f"Delete {version.version} now",
                key="delete_version",
                on_click=remove,
                args=(version.name, version.version),
            )
            st.button(
                "Delete all versions now",
                key="delete_dataset",
                on_click=remove,
                args=(version.name, None),
            )


def details(versions: tuple[DatasetVersion, ...]) -> None:
    """One dataset, in the version chosen."""
    by_number = {version.version: version for version in versions}
    key = f"version_of_{versions[0].name}"
    if st.session_state.get(key) not in by_number:
        st.session_state[key] = versions[0].version
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox("Version", list(by_number), key=key, width=120)
        version = by_number[str(chosen)]
        actions(version)
    facts(
        [
            door.TASK_TITLES.get(version.task, version.task),
            dataset_views.splits_words(version),
            f"source: {version.source}",
            f"made {age(version.created)} ago",
            f"hash {dataset_views.short(version.sha256)}",
        ]
    )
    from_link("dataset_panel", PANELS, "Examples")
    panel = st.segmented_control(
        "Show",
        PANELS,
        required=True,
        key="dataset_panel",
        label_visibility="collapsed",
        format_func=lambda name: (
            f"{name}: {dataset_views.checks_words(version)}" if name == "Checks" else name
        ),
    )
    to_link("dataset_panel", None if panel == "Examples" else panel)
    if panel == "Labels":
        labels_panel(version)
    elif panel == "Checks":
        checks_panel(version)
    elif panel == "Versions":
        versions_panel(versions)
    else:
        examples_panel(version)


page_title(
    "Datasets", "What models are fine-tuned on and measured with: bring it, check it, keep it."
)
show_note()
everything = fetch()
newest = {version.name: version for version in reversed(everything)}
newest = dict(sorted(newest.items()))
choose_next(everything)
if newest:
    st.dataframe(
        [dataset_views.dataset_row(version) for version in newest.values()],
        column_config={"Examples": st.column_config.NumberColumn(format="localized")},
        key="dataset_table",
        alt="All datasets with task, size, splits, version, checks and hash",
    )
else:
    st.info(
        "There are no datasets yet. Add the first: some hundred texts with what a model should "
        "make of them.",
        icon=":material/dataset:",
    )
    if absent_samples():
        add_samples_button("Add the sample datasets")
with st.expander("Add a dataset", icon=":material/add:", expanded=not newest, key="add_open"):
    add_panel()
if newest:
    st.header(f"One of {count(len(newest), 'dataset')}", anchor=False)
    name = st.selectbox(
        "Dataset", list(newest), key="dataset", bind="query-params", label_visibility="collapsed"
    )
    if name in newest:
        details(tuple(version for version in everything if version.name == name))
