"""Models on the same text: how often they agree, where they do not, and all in the text."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import streamlit as st

from pages.components import colours
from pages.components.colours import Ink
from pages.components.door import Agreement
from pages.components.endpoint import model_title
from pages.components.focus import chosen_rows, go_to
from pages.components.frame import Controls
from pages.components.names import count
from pages.components.plain import as_html
from pages.components.reader import Mark

T = TypeVar("T")

ALIKE, DIFFERENT = -2, -1
INKS: Final[dict[int, Ink]] = {
    ALIKE: colours.QUIET,
    DIFFERENT: colours.ANSWER,
    0: colours.HEAD,
    1: colours.TAIL,
    2: colours.ACCENT,
}
"""Of each kind of place (see ``kind_of``)."""
_NARROW: Final = 112
"""Pixels of a column where there are more than two, so that all of them are seen."""


@dataclass(frozen=True)
class Reading(Generic[T]):
    """How an agreement reads: what its sides say, in few words, where that is in the text,
    and what one such thing is called.
    """

    says: Callable[[T], str]
    places: Callable[[T], Sequence[tuple[int, int, str]]]
    one: str
    many: str
    marked: bool = True
    nothing: str = "nothing"


def kind_of(place: Agreement[T]) -> int:
    """``ALIKE`` or ``DIFFERENT``; where only one model says something, its number."""
    if place.agree:
        return ALIKE
    if len(place.said) > 1:
        return DIFFERENT
    return next(number for number, side in enumerate(place.sides) if side is not None)


def titles_of(controls: Controls) -> tuple[str, ...]:
    """What to call the models: by their kinds where these tell them apart."""
    endpoints = (controls.endpoint, *controls.others)
    titles = tuple(model_title(endpoint) for endpoint in endpoints)
    return titles if len(set(titles)) == len(titles) else endpoints


def show_side_by_side(
    places: Sequence[Agreement[T]], reading: Reading[T], controls: Controls, *, page: str
) -> list[Mark]:
    """The verdict, the places where the models differ, and the marks for the reader."""
    titles = titles_of(controls)
    compared = [place for place in places if place.comparable]
    alike = sum(place.agree for place in compared)
    st.html(
        '<div style="font:600 1.375rem/1.35 Source Serif,Georgia,serif">'
        f"{as_html(verdict(alike, len(compared), len(titles), reading))}</div>"
        + _key_of_colours(compared, titles)
    )
    left_out = len(places) - len(compared)
    if left_out:
        st.caption(
            f"{count(left_out, reading.one, reading.many)} more of kinds that only one of the "
            "models knows"
        )
    different = [place for place in compared if not place.agree]
    everything = bool(different) and st.toggle("Also where they agree", key=f"{page}_agreeing")
    _table(compared if everything or not different else different, reading, titles, page)
    return _marks(compared, reading, titles) if reading.marked else []


def verdict(alike: int, total: int, models: int, reading: Reading[T]) -> str:
    """How far models agree, in a sentence."""
    two = models == 2
    if not total:
        return f"{'Neither' if two else 'None of them'} finds {reading.many}."
    if alike == total:
        everybody = "Both" if two else f"All {models}"
        return f"{everybody} say the same of {count(total, reading.one, reading.many)}."
    differ = count(total - alike, reading.one, reading.many)
    return f"They differ on {differ} and agree on {alike:,}."


def _key_of_colours(places: Sequence[Agreement[T]], titles: tuple[str, ...]) -> str:
    names = {
        ALIKE: "All alike" if len(titles) > 2 else "Both alike",
        DIFFERENT: "Different",
        **{number: f"Only {title}" for number, title in enumerate(titles)},
    }
    kinds = [kind_of(place) for place in places]
    return (
        '<div style="font-size:.875rem">'
        + " &nbsp; ".join(
            f'<span style="color:{INKS[kind].css};font-weight:600">'
            f"{as_html(name)} {kinds.count(kind):,}</span>"
            for kind, name in names.items()
            if kind in kinds
        )
        + "</div>"
    )


def _table(
    places: Sequence[Agreement[T]], reading: Reading[T], titles: tuple[str, ...], page: str
) -> None:
    if not places:
        return
    key = f"{page}_side_by_side"

    def choose() -> None:
        rows = chosen_rows(key)
        if rows and rows[0] < len(places):
            go_to(page, [_id(places[rows[0]], reading)])

    st.dataframe(
        [
            {
                **{
                    title: reading.nothing if side is None else reading.says(side)
                    for title, side in zip(titles, place.sides, strict=True)
                },
                "Same": place.agree,
            }
            for place in places
        ],
        column_config={
            "Same": st.column_config.CheckboxColumn(width="small"),
            **{
                title: st.column_config.TextColumn(width=_NARROW if len(titles) > 2 else None)
                for title in titles
            },
        },
        height=min(320, 40 + 36 * len(places)),
        on_select=choose,
        selection_mode="single-cell",
        key=key,
        alt="What the models say, place by place",
    )


def _id(place: Agreement[T], reading: Reading[T]) -> str:
    start, _, _ = _spans(place, reading)[0]
    return f"place:{start}"


def _spans(place: Agreement[T], reading: Reading[T]) -> list[tuple[int, int, str]]:
    """Where the sides stand; one span where they share it."""
    found: dict[tuple[int, int], list[str]] = {}
    for side in place.said:
        for start, end, tag in reading.places(side):
            tags = found.setdefault((start, end), [])
            if tag and tag not in tags:
                tags.append(tag)
    return [(start, end, " / ".join(tags)) for (start, end), tags in sorted(found.items())]


def _marks(
    places: Sequence[Agreement[T]], reading: Reading[T], titles: tuple[str, ...]
) -> list[Mark]:
    marks: list[Mark] = []
    for place in places:
        kind = kind_of(place)
        for start, end, tag in _spans(place, reading):
            marks.append(
                Mark(
                    _id(place, reading),
                    start,
                    end,
                    INKS[kind],
                    label=tag,
                    title=f"only {titles[kind]}" if kind >= 0 else "",
                    kind="band" if end - start > 60 else "fill",
                    quiet=kind == ALIKE,
                    clickable=False,
                )
            )
    return marks
