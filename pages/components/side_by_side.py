"""Two models on the same text: how often they agree, where they do not, and both in the text."""

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

ALIKE, DIFFERENT, FIRST_ONLY, SECOND_ONLY = "alike", "different", "first", "second"
INKS: Final[dict[str, Ink]] = {
    ALIKE: colours.QUIET,
    DIFFERENT: colours.ANSWER,
    FIRST_ONLY: colours.HEAD,
    SECOND_ONLY: colours.TAIL,
}


@dataclass(frozen=True)
class Reading(Generic[T]):
    """How an agreement reads: what its two sides say, in few words, where that is in the text,
    and what one such thing is called.
    """

    says: Callable[[T], str]
    places: Callable[[T], Sequence[tuple[int, int, str]]]
    one: str
    many: str
    marked: bool = True
    nothing: str = "nothing"


def kind_of(pair: Agreement[T]) -> str:
    """Whether two models agree on a place, differ, or only one says something."""
    if pair.agree:
        return ALIKE
    if pair.one is not None and pair.two is not None:
        return DIFFERENT
    return FIRST_ONLY if pair.one is not None else SECOND_ONLY


def titles_of(controls: Controls) -> tuple[str, str]:
    """What to call the two models: by their kinds where these tell them apart."""
    one, two = model_title(controls.endpoint), model_title(controls.second or "")
    return (one, two) if one != two else (controls.endpoint, controls.second or "")


def show_side_by_side(
    pairs: Sequence[Agreement[T]], reading: Reading[T], controls: Controls, *, page: str
) -> list[Mark]:
    """The verdict, the places where two models differ, and the marks for the reader."""
    titles = titles_of(controls)
    compared = [pair for pair in pairs if pair.comparable]
    alike = sum(pair.agree for pair in compared)
    st.html(
        '<div style="font:600 1.375rem/1.35 Source Serif,Georgia,serif">'
        f"{as_html(verdict(alike, len(compared), reading))}</div>"
        + _key_of_colours(compared, titles)
    )
    left_out = len(pairs) - len(compared)
    if left_out:
        st.caption(
            f"{count(left_out, reading.one, reading.many)} more of kinds that only one of the two "
            "models knows"
        )
    different = [pair for pair in compared if not pair.agree]
    everything = bool(different) and st.toggle("Also where they agree", key=f"{page}_agreeing")
    _table(compared if everything or not different else different, reading, titles, page)
    return _marks(compared, reading, titles) if reading.marked else []


def verdict(alike: int, total: int, reading: Reading[T]) -> str:
    """How far two models agree, in a sentence."""
    if not total:
        return f"Neither finds {reading.many}."
    if alike == total:
        return f"Both say the same of {count(total, reading.one, reading.many)}."
    differ = count(total - alike, reading.one, reading.many)
    return f"They differ on {differ} and agree on {alike:,}."


def _key_of_colours(pairs: Sequence[Agreement[T]], titles: tuple[str, str]) -> str:
    names = {
        ALIKE: "Both alike",
        DIFFERENT: "Different",
        FIRST_ONLY: f"Only {titles[0]}",
        SECOND_ONLY: f"Only {titles[1]}",
    }
    kinds = [kind_of(pair) for pair in pairs]
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
    pairs: Sequence[Agreement[T]], reading: Reading[T], titles: tuple[str, str], page: str
) -> None:
    if not pairs:
        return
    key = f"{page}_side_by_side"

    def choose() -> None:
        rows = chosen_rows(key)
        if rows and rows[0] < len(pairs):
            go_to(page, [_id(pairs[rows[0]], reading)])

    st.dataframe(
        [
            {
                titles[0]: reading.nothing if pair.one is None else reading.says(pair.one),
                titles[1]: reading.nothing if pair.two is None else reading.says(pair.two),
                "Same": pair.agree,
            }
            for pair in pairs
        ],
        column_config={"Same": st.column_config.CheckboxColumn(width="small")},
        height=min(320, 40 + 36 * len(pairs)),
        on_select=choose,
        selection_mode="single-cell",
        key=key,
        alt="What the two models say, place by place",
    )


def _id(pair: Agreement[T], reading: Reading[T]) -> str:
    start, _, _ = _places(pair, reading)[0]
    return f"pair:{start}"


def _places(pair: Agreement[T], reading: Reading[T]) -> list[tuple[int, int, str]]:
    """Where the two sides stand; one place where they share it."""
    found: dict[tuple[int, int], list[str]] = {}
    for side in (pair.one, pair.two):
        for start, end, tag in () if side is None else reading.places(side):
            tags = found.setdefault((start, end), [])
            if tag and tag not in tags:
                tags.append(tag)
    return [(start, end, " / ".join(tags)) for (start, end), tags in sorted(found.items())]


def _marks(
    pairs: Sequence[Agreement[T]], reading: Reading[T], titles: tuple[str, str]
) -> list[Mark]:
    marks: list[Mark] = []
    for pair in pairs:
        kind = kind_of(pair)
        label = {FIRST_ONLY: f"only {titles[0]}", SECOND_ONLY: f"only {titles[1]}"}
        for start, end, tag in _places(pair, reading):
            marks.append(
                Mark(
                    _id(pair, reading),
                    start,
                    end,
                    INKS[kind],
                    label=tag,
                    title=label.get(kind, ""),
                    kind="band" if end - start > 60 else "fill",
                    quiet=kind == ALIKE,
                    clickable=False,
                )
            )
    return marks
