"""Bringing a dataset: choose where it comes from, see what was found, map, split, keep."""

import hashlib
from collections.abc import Sequence
from typing import Any, Final

import streamlit as st

from pages.components import dataset_views, door
from pages.components.dataset_panels import made
from pages.components.door import Contents, DocumentInsightsError, Fractions, SourceFile
from pages.components.frame import main_button
from pages.components.names import count
from pages.components.panels import facts, show_error
from pages.components.plain import escaped
from pages.components.reader import reader

_FILES: Final = "dataset_files"
"""Files fetched from elsewhere or pasted, with where they are from."""

_READING: Final = "dataset_reading"
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
_NO: Final = "(none)"

Brought = tuple[str, Sequence[SourceFile]]


def add_panel() -> None:
    """All of it; after a dataset was added the page is drawn anew and shows it."""
    source = st.segmented_control(
        "From",
        list(_SOURCES),
        default="Files",
        required=True,
        key="dataset_source",
        format_func=lambda name: f"{_SOURCES[name]} {name}",
        label_visibility="collapsed",
    )
    brought = _brought(str(source))
    if brought is None:
        return
    reading = _read(brought)
    if reading is not None:
        _keep(reading, brought)


def _brought(source: str) -> Brought | None:
    """Where the data is from and its files, once there are some."""
    if source in ("Files", "Folder"):
        return _uploaded(folder=source == "Folder")
    if source == "Paste":
        _paste()
    elif source == "S3":
        where = st.text_input(
            "S3 URI", key="dataset_uri", placeholder="s3://bucket/folder or s3://bucket/file.jsonl"
        )
        _fetch_button(str(where or ""))
    else:
        name = st.selectbox(
            "Dataset of the Hugging Face hub",
            list(door.PUBLISHED),
            index=None,
            accept_new_options=True,
            key="dataset_hub",
            placeholder="Choose one, or type owner/name",
        )
        _fetch_button(str(name or ""))
    kept = st.session_state.get(_FILES)
    return kept[1] if kept and kept[0] == source else None


def _uploaded(*, folder: bool) -> Brought | None:
    found = st.file_uploader(
        "Folder"
        if folder
        else "CSV, TSV, JSON, JSON Lines, CoNLL, SQuAD, SemEval; also zip or tar",
        accept_multiple_files="directory" if folder else True,
        max_upload_size=_MOST_MB,
        key=f"dataset_{'folder' if folder else 'upload'}_{st.session_state.get(_ROUND, 0)}",
        help="Files called train, validation (or dev) and test become these splits.",
    )
    if not found:
        return None
    files = found if isinstance(found, list) else [found]
    names = ", ".join(file.name for file in files[:3])
    more = f" and {len(files) - 3} more" if len(files) > 3 else ""
    return f"{names}{more}", [SourceFile(file.name, file.getvalue()) for file in files]


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


def _fetch_button(where: str) -> None:
    if not st.button("Fetch", key="fetch_now", disabled=not where.strip()):
        return
    st.session_state.pop(_FILES, None)
    try:
        with st.spinner("Fetching; a large dataset takes some minutes"):
            files = door.client().datasets.fetch(where)
    except DocumentInsightsError as error:
        show_error(error)
        return
    st.session_state[_FILES] = (st.session_state["dataset_source"], (where, files))


def _read(brought: Brought) -> Contents | None:
    """What was found in the files; read once, since that may take seconds."""
    header = {"Yes": True, "No": False}.get(str(st.session_state.get("dataset_header")))
    name, files = brought
    total = hashlib.sha256(f"{name}{header}".encode("utf-8", "replace"))
    for file in files:
        total.update(file.data)
    key = total.hexdigest()
    kept: tuple[str, Contents] | None = st.session_state.get(_READING)
    if kept and kept[0] == key:
        return kept[1]
    try:
        with st.spinner("Contents"):
            reading = door.read_files(files, header=header)
    except DocumentInsightsError as error:
        show_error(error)
        return None
    st.session_state[_READING] = (key, reading)
    return reading


def _keep(reading: Contents, brought: Brought) -> None:
    sizes = [
        count(n, "row") + (f" of {name}" if name else "") for name, n in reading.counts.items()
    ]
    facts([reading.format, *sizes])
    for note in reading.notes:
        st.warning(escaped(note), icon=":material/info:")
    left, right = st.columns(2, gap="medium")
    with left:
        task = st.selectbox(
            "Task",
            reading.tasks,
            format_func=lambda slug: door.TASK_TITLES[slug],
            key=f"dataset_task_{reading.tasks[0]}",
        )
    with right:
        suggested = door.dataset_name(brought[0].rsplit("/", 1)[-1].split(".")[0].split(",")[0])
        name = st.text_input(
            "Name",
            value=suggested,
            max_chars=48,
            key=f"dataset_name_{suggested}",
            help="Under a name that exists, this becomes the next version.",
        )
    mapping = _mapping(reading, str(task)) if reading.columns else None
    if not _preview(reading, str(task), mapping):
        return
    fractions, seed = _splitting(reading)
    if st.button("Add dataset", type=main_button(), icon=":material/add:", key="add_dataset"):
        _add(str(name), str(task), reading, brought[0], mapping, fractions, seed)


def _mapping(reading: Contents, task: str) -> dict[str, str]:
    """A select box for each field of the task, filled in as far as can be guessed."""
    guess = reading.guess(task)
    columns = [_NO, *reading.columns]
    needed = not door.missing_columns(task, guess)
    with st.expander("Columns", expanded=not needed, icon=":material/view_column:"):
        if any(table.format.startswith(("CSV", "TSV")) for table in reading.tables.values()):
            st.segmented_control(
                "The first row names the columns",
                ["Find out", "Yes", "No"],
                default="Find out",
                required=True,
                key="dataset_header",
            )
        chosen: dict[str, str] = {}
        places = st.columns(2, gap="medium")
        for number, field in enumerate(door.FIELDS[task].fields):
            with places[number % 2]:
                column = st.selectbox(
                    field.title,
                    columns,
                    index=columns.index(guess.get(field.name, _NO)),
                    help=field.help or None,
                    key=f"column_{task}_{field.name}_{'|'.join(reading.columns)}",
                )
            if column != _NO:
                chosen[field.name] = str(column)
    return chosen


def _preview(reading: Contents, task: str, mapping: dict[str, str] | None) -> bool:
    """The first examples as they will be; False where they cannot be made, with the reason."""
    try:
        examples = reading.preview(task, mapping)
    except DocumentInsightsError as error:
        show_error(error)
        return False
    labels = tuple(sorted({str(example.get("label", "")) for example in examples}))
    text, marks = dataset_views.as_text(enumerate(examples), task, labels)
    reader(text, marks, key="dataset_preview", name="First examples", clickable=False, height=320)
    return True


def _splitting(reading: Contents) -> tuple[Fractions, int]:
    """How much to hold out where the files do not say."""
    shares: dict[str, float] = {}
    missing = [name for name in ("validation", "test") if name not in reading.counts]
    if not missing:
        return Fractions(), 0
    st.caption(
        "Held out of the rest, documents whole and labels in the same proportions: nothing that a "
        "model is tested on may be seen in training."
    )
    places: list[Any] = list(st.columns(len(missing) + 1, gap="medium"))
    for name, place in zip(missing, places, strict=False):
        with place:
            percent = st.number_input(
                f"{name.capitalize()}, %", 0, 45, 10, step=5, key=f"dataset_{name}"
            )
            shares[name] = float(percent or 0) / 100
    with places[-1]:
        seed = st.number_input(
            "Seed", 0, 2**31, 0, key="dataset_seed", help="The same seed splits the same way."
        )
    return Fractions(shares.get("validation", 0.0), shares.get("test", 0.0)), int(seed or 0)


def _add(
    name: str,
    task: str,
    reading: Contents,
    source: str,
    mapping: dict[str, str] | None,
    fractions: Fractions,
    seed: int,
) -> None:
    try:
        with st.spinner("Splitting, checking and keeping"):
            version = door.client().datasets.add_reading(
                name,
                task,
                reading,
                source=source,
                mapping=mapping,
                fractions=fractions,
                seed=seed,
            )
    except DocumentInsightsError as error:
        show_error(error)
        return
    for key in (_FILES, _READING):
        st.session_state.pop(key, None)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    made(version, f"{version.name} {version.version} was added: {count(version.count, 'example')}.")
    st.rerun()
