"""Bringing a dataset: choose where it comes from, see what was found, map, split, keep."""

import hashlib
from collections.abc import Callable
from typing import Any, Final, TypeVar

import streamlit as st

from pages.components import dataset_views, door
from pages.components.dataset_panels import made
from pages.components.dataset_sources import Brought, bring, forget
from pages.components.door import Contents, DocumentInsightsError, Examples, Fractions
from pages.components.frame import main_button
from pages.components.names import count
from pages.components.panels import facts, show_error
from pages.components.plain import escaped
from pages.components.reader import reader

T = TypeVar("T")
_READING: Final = "dataset_reading"
_NO: Final = "(none)"
_LISTED: Final = 200
"""Rows without an example that are shown."""


def add_panel() -> None:
    """All of it; after a dataset was added the page is drawn anew and shows it."""
    brought = bring()
    if brought is None:
        return
    reading = _read(brought)
    if reading is not None:
        _keep(reading, brought)


def _header() -> bool | None:
    return {"Yes": True, "No": False}.get(str(st.session_state.get("dataset_header")))


def _read(brought: Brought) -> Contents | None:
    """A sample of what is in the files; read once, since that may take a while."""
    header = _header()
    name, files = brought
    total = hashlib.sha256(f"{name}{header}".encode("utf-8", "replace"))
    for file in files:
        total.update(file.data)
    key = total.hexdigest()
    kept: tuple[str, Contents] | None = st.session_state.get(_READING)
    if kept and kept[0] == key:
        return kept[1]
    reading = _watched(lambda report: door.look_into(files, header=header, report=report))
    if reading is not None:
        st.session_state[_READING] = (key, reading)
    return reading


def _watched(work: Callable[[Callable[[str], None]], T]) -> T | None:
    """What ``work`` gives, while what it is doing is shown; None where it cannot be done. Whoever
    presses Cancel ends it: the next word about it stops this run of the page, and with it the work.
    """
    place = st.empty()
    with place.container(horizontal=True, vertical_alignment="center"):
        said = st.empty()
        said.caption("Reading the files …")
        st.button("Cancel", key="cancel_reading", on_click=forget, icon=":material/close:")

    def report(doing: str) -> None:
        said.caption(f"{doing or 'Reading the files'} …")

    try:
        return work(report)
    except DocumentInsightsError as error:
        show_error(error)
        return None
    finally:
        place.empty()


def _keep(reading: Contents, brought: Brought) -> None:
    sizes = [
        count(n, "row") + (f" of {name}" if name else "") for name, n in reading.counts.items()
    ]
    facts([reading.format, *sizes])
    for note in reading.notes:
        st.warning(escaped(note), icon=":material/info:")
    _left_out(reading)
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
    if why := reading.reasons.get(str(task)):
        title = door.TASK_TITLES[str(task)].casefold()
        st.caption(f"Taken for {title}, because {escaped(why)}.")
    mapping = _mapping(reading, str(task)) if reading.columns else None
    names = _names(reading, str(task), mapping)
    if not _preview(reading, str(task), mapping, names):
        return
    fractions, seed = _splitting(reading)
    if st.button("Add dataset", type=main_button(), icon=":material/add:", key="add_dataset"):
        files = brought[1]
        examples = _watched(
            lambda report: door.make_examples(
                files, str(task), mapping=mapping, names=names, header=_header(), report=report
            )
        )
        if examples is not None:
            _add(str(name), str(task), examples, brought[0], fractions, seed)


def _left_out(reading: Contents) -> None:
    """The rows that no example is made of, as the columns are guessed."""
    if not reading.without:
        return
    more = "" if len(reading.without) <= _LISTED else f", the first {_LISTED}"
    with st.expander(f"{count(len(reading.without), 'row')} left out{more}"):
        st.dataframe(
            [
                {"Where": row.place, "Why": row.reason, "Begins": row.text}
                for row in reading.without[:_LISTED]
            ],
            key="dataset_left_out",
            alt="Rows that are left out, with the reason",
        )


def _names(reading: Contents, task: str, mapping: dict[str, str] | None) -> tuple[str, ...]:
    """What numbers in labels or tags mean, where the data does not say."""
    if mapping is None or not reading.numbered(task, mapping):
        return ()
    written = st.text_input(
        "What the numbers mean",
        key=f"dataset_names_{task}",
        placeholder="O, B-PER, I-PER" if task == "named_entities" else "negative, positive",
        help="The names in the order of their numbers, from 0 on, with commas between them.",
    )
    return tuple(name.strip() for name in str(written or "").split(",") if name.strip())


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


def _preview(
    reading: Contents, task: str, mapping: dict[str, str] | None, names: tuple[str, ...]
) -> bool:
    """The first examples as they will be; False where they cannot be made, with the reason."""
    try:
        examples = reading.preview(task, mapping, names=names)
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
    name: str, task: str, examples: Examples, source: str, fractions: Fractions, seed: int
) -> None:
    try:
        with st.spinner("Splitting, checking and keeping"):
            version = door.client().datasets.add_examples(
                name, task, examples, source=source, fractions=fractions, seed=seed
            )
    except DocumentInsightsError as error:
        show_error(error)
        return
    st.session_state.pop(_READING, None)
    forget()
    made(version, f"{version.name} {version.version} was added: {count(version.count, 'example')}.")
    st.rerun()
