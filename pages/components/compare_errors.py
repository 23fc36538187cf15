"""The error explorer: which examples changed, each with gold, baseline and tuned side by side."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

import streamlit as st

from pages.components import colours, door
from pages.components.door import Changed, Compared, Entity, ExampleValue
from pages.components.focus import NOWHERE, Focus
from pages.components.names import entity_tag
from pages.components.plain import as_html, escaped
from pages.components.reader import Mark, reader

KINDS: Final[Mapping[str, tuple[str, str]]] = {
    "fixed": ("Fixed", "The baseline was wrong, the tuned model is right."),
    "broken": ("Broken", "The baseline was right, the tuned model is wrong."),
    "both_wrong": ("Both wrong", "Neither has it right."),
    "both_right": ("Both right", "Both have it right."),
}
_MOST: Final = 200


def explorer(found: Compared) -> None:
    """Choose a kind of change and an example of it."""
    st.header("Examples", anchor=False)
    sizes = {kind: len(found.changes[kind]) for kind in door.CHANGES}
    first = next((kind for kind, size in sizes.items() if size), door.CHANGES[0])
    kind = st.segmented_control(
        "Show",
        door.CHANGES,
        default=first,
        required=True,
        key="changed",
        label_visibility="collapsed",
        format_func=lambda name: f"{KINDS[name][0]} ({sizes[name]:,})",
    )
    st.caption(KINDS[kind][1])
    browse(found, found.changes[kind], key=f"example_{kind}")


def browse(found: Compared, members: Sequence[Changed], *, key: str) -> None:
    """Choose one of ``members`` and read it."""
    if not members:
        st.caption("There are none.")
        return
    by_id = {one.id: one for one in members[:_MOST]}
    chosen = st.selectbox(
        "Example",
        list(by_id),
        key=key,
        format_func=lambda name: _heading(found, by_id[name]),
    )
    if len(members) > _MOST:
        st.caption(f"The {_MOST} whose answers changed most, of {len(members):,}.")
    if chosen in by_id:
        example(found, by_id[chosen], key=key)


def _heading(found: Compared, one: Changed) -> str:
    text = " ".join((_question(found, one) or found.examples.texts[one.place]).split())
    return f"{text[:70]}{'…' if len(text) > 70 else ''} ({one.change:+.2f})"


def _question(found: Compared, one: Changed) -> str:
    return str(found.rows[one.place].get("question", ""))


def example(found: Compared, one: Changed, *, key: str) -> None:
    """One example in full."""
    text = found.examples.texts[one.place]
    task = found.comparison.task
    sides = (
        ("Right answer", found.examples.gold[one.place], None),
        (found.comparison.first.name, found.answers[0][one.place], one.first),
        (found.comparison.second.name, found.answers[1][one.place], one.second),
    )
    if question := _question(found, one):
        st.markdown(f"**{escaped(question)}**")
    if task in ("text_classification", "relation_extraction", "summarization"):
        reader(
            text,
            _pair(found.rows[one.place]),
            key=f"{key}_text",
            name="Text",
            height=260,
            clickable=False,
        )
    inked = (colours.TEXT, colours.BASELINE, colours.TUNED)
    for place, (column, (name, value, score), ink) in enumerate(
        zip(st.columns(3, gap="medium"), sides, inked, strict=True)
    ):
        with column:
            points = "" if score is None else f" · {score:.2f}"
            st.html(
                f'<div style="font-weight:600;color:{ink.css};overflow-wrap:anywhere">'
                f"{as_html(name)}{points}</div>"
            )
            _value(value, text, task, key=f"{key}_{place}")


def _value(value: ExampleValue, text: str, task: str, *, key: str) -> None:
    if task == "named_entities":
        found = [one for one in value if isinstance(one, Entity)]
        reader(text, _entities(found), key=key, height=260, clickable=False, quiet=True)
    elif task == "question_answering":
        answers = [value] if isinstance(value, str) else [str(one) for one in value]
        answers = [answer for answer in answers if answer]
        st.markdown(escaped(answers[0]) if answers else "*no answer*")
        marks = _places(answers, text)
        seen = Focus(("answer",), 1, f"{answers[0]} {text}") if marks else NOWHERE
        reader(text, marks, key=key, height=260, clickable=False, quiet=True, focus=seen)
    else:
        words = value if isinstance(value, str) else "\n".join(map(str, value))
        st.markdown(escaped(words) or "*nothing*")


def _entities(found: Sequence[Entity]) -> list[Mark]:
    return [
        Mark(
            str(place),
            one.start,
            one.end,
            colours.entity_ink(one.label),
            entity_tag(one.label),
            one.label,
        )
        for place, one in enumerate(found)
    ]


def _places(answers: Sequence[str], text: str) -> list[Mark]:
    """Where the first of ``answers`` stands in ``text``."""
    start = text.find(answers[0]) if answers else -1
    if start < 0:
        return []
    return [Mark("answer", start, start + len(answers[0]), colours.ANSWER)]


def _pair(row: Mapping[str, Any]) -> list[Mark]:
    """The two ends of a relation, none for other tasks."""
    if "head" not in row:
        return []
    ends = (("head", "first", colours.HEAD), ("tail", "second", colours.TAIL))
    return [Mark(key, row[key]["start"], row[key]["end"], ink, label) for key, label, ink in ends]
