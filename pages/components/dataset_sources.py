"""Where a dataset is brought from: files, a folder, pasted rows, S3, the hub."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from pages.components import door
from pages.components.door import DocumentInsightsError, SourceFile
from pages.components.panels import show_error

_FILES: Final = "dataset_files"
"""What was brought and is not added yet: the source, a name and the files. The boxes themselves
are emptied by a look at another page.
"""

_ROUND: Final = "dataset_round"
"""Counts datasets that were added: a new upload box for each, since one cannot be emptied."""

_SOURCES: Final = {
    "Files": ":material/upload_file:",
    "Folder": ":material/folder_open:",
    "Paste": ":material/content_paste:",
    "S3": ":material/cloud_download:",
    "Hub": ":material/public:",
}
_MOST_MB: Final = 256

Brought = tuple[str, Sequence[SourceFile]]


def bring() -> Brought | None:
    """Where the data is from and its files, once there are some."""
    kept = st.session_state.get(_FILES)
    source = st.segmented_control(
        "From",
        list(_SOURCES),
        default=kept[0] if kept else "Files",
        required=True,
        key="dataset_source",
        format_func=lambda name: f"{_SOURCES[name]} {name}",
        label_visibility="collapsed",
    )
    return _brought(str(source))


def forget() -> None:
    """Put away what was brought."""
    st.session_state.pop(_FILES, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _brought(source: str) -> Brought | None:
    """Where the data is from and its files, once there are some."""
    if source in ("Files", "Folder"):
        _upload(source)
    elif source == "Paste":
        _paste()
    elif source == "S3":
        where = st.text_input(
            "S3 URI", key="dataset_uri", placeholder="s3://bucket/folder or s3://bucket/file.jsonl"
        )
        _fetch_button(source, str(where or ""))
    else:
        name = st.selectbox(
            "Dataset of the Hugging Face hub",
            list(door.PUBLISHED),
            index=None,
            accept_new_options=True,
            key="dataset_hub",
            placeholder="Choose one, or type owner/name",
        )
        _fetch_button(source, str(name or ""))
    kept = st.session_state.get(_FILES)
    return kept[1] if kept and kept[0] == source else None


def _upload(source: str) -> None:
    """The box for files; what was put into it stays until it is added or removed."""
    folder = source == "Folder"
    key = f"dataset_{'folder' if folder else 'upload'}_{st.session_state.get(_ROUND, 0)}"
    found = st.file_uploader(
        "Folder"
        if folder
        else "A table (CSV, Excel, Parquet), JSON, CoNLL, an annotation tool's export; also zip",
        accept_multiple_files="directory" if folder else True,
        max_upload_size=_MOST_MB,
        key=key,
        on_change=_uploads_changed,
        args=(key,),
        help="Files called train, validation (or dev) and test become these splits. Text files in "
        "a folder for each class become a dataset of these classes.",
    )
    files = found if isinstance(found, list) else [found] if found else []
    if files:
        names = ", ".join(file.name for file in files[:3])
        more = f" and {len(files) - 3} more" if len(files) > 3 else ""
        brought = [SourceFile(file.name, file.getvalue()) for file in files]
        st.session_state[_FILES] = (source, (f"{names}{more}", brought))
    elif (kept := st.session_state.get(_FILES)) and kept[0] == source:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(kept[1][0])
            st.button("Remove", key="remove_upload", on_click=forget, icon=":material/close:")


def _uploads_changed(key: str) -> None:
    """A person has emptied the box, which a look at another page does without a word."""
    if not st.session_state.get(key):
        st.session_state.pop(_FILES, None)


def _paste() -> None:
    text = st.text_area(
        "Rows with their labels",
        key="dataset_pasted",
        height=180,
        placeholder="text,label\nThe delivery came late again.,complaint\nThank you all!,praise",
    )
    if st.button("Read", key="read_pasted", disabled=not str(text or "").strip()):
        files = [SourceFile("pasted", str(text).encode("utf-8", "replace"))]
        st.session_state[_FILES] = ("Paste", ("pasted", files))


def _fetch_button(source: str, where: str) -> None:
    if not st.button("Fetch", key="fetch_now", disabled=not where.strip()):
        return
    st.session_state.pop(_FILES, None)
    try:
        with st.spinner("Fetching; a large dataset takes some minutes"):
            files = door.client().datasets.fetch(where)
    except DocumentInsightsError as error:
        show_error(error)
        return
    st.session_state[_FILES] = (source, (where, files))
