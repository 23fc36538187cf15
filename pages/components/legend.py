"""Chips: the legend, which shows and hides kinds of marks, and names that can be gone to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal

import streamlit as st

from pages.components.colours import Ink
from pages.components.link import to_link

_HERE: Final = Path(__file__).parent
_LEGEND: Final = st.components.v2.component(
    "document_insights_legend",
    html='<div class="legend" role="group"></div>',
    css=(_HERE / "legend.css").read_text(),
    js=(_HERE / "legend.js").read_text(),
)


@dataclass(frozen=True)
class Entry:
    """One kind of mark: its id, what people call it, how many there are, its colour, and what
    shows on hover.
    """

    id: str
    name: str
    count: int
    ink: Ink
    title: str = ""


def legend(entries: Sequence[Entry], *, key: str, name: str, link: str) -> frozenset[str]:
    """Show the chips; returns the ids of the kinds that are hidden, which the link of the page
    holds under ``link``.
    """
    state = st.session_state.get(key) or {"hidden": st.query_params.get(link, "").split(",")}
    hidden = [str(one) for one in state.get("hidden") or [] if one]
    result = _LEGEND(
        key=key,
        data=_data(entries, name=name, mode="filter", hidden=hidden),
        default={"hidden": hidden},
        on_hidden_change=_nothing,
        on_clicked_change=_nothing,
    )
    now = result.hidden if isinstance(result.hidden, list) else []
    to_link(link, ",".join(sorted(map(str, now))) or None)
    return frozenset(str(one) for one in now if one)


def chips(entries: Sequence[Entry], *, key: str, name: str) -> str | None:
    """Show the chips; returns the id of the one clicked just now, else None."""
    result = _LEGEND(
        key=key,
        data=_data(entries, name=name, mode="go", hidden=[]),
        on_clicked_change=_nothing,
    )
    clicked = result.clicked
    return clicked if isinstance(clicked, str) else None


def _data(
    entries: Sequence[Entry], *, name: str, mode: Literal["filter", "go"], hidden: list[str]
) -> dict[str, Any]:
    return {
        "name": name,
        "mode": mode,
        "hidden": hidden,
        "entries": [
            asdict(entry) | {"ink": entry.ink.css, "count": f"{entry.count:,}"} for entry in entries
        ],
    }


def _nothing() -> None:
    """Without a callback the result lacks the value."""
