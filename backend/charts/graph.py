"""The relation graph: things as nodes, relations as arrows."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Final, NamedTuple

import plotly.graph_objects as go

from backend.charts.layout import harmless, plain

_ARTICLE: Final = re.compile(r"^(?:the|an?) ")
_MOST_COLUMNS: Final = 3
_SWEEPS: Final = 6
_ASIDE: Final = 0.12
_ROW: Final = 64
"""Pixels between two things in a column."""
_NAME: Final = 13
_VERB: Final = 11
"""Pixels of what is written at a thing and at an arrow."""


class Node(NamedTuple):
    """One thing, its place in the unit square, and in how many relations it takes part."""

    name: str
    x: float
    y: float
    degree: int


class Edge(NamedTuple):
    """An arrow between two nodes (their numbers) and what it says; ``relation`` is its number."""

    head: int
    tail: int
    name: str
    relation: int


class GraphInfo(NamedTuple):
    """Nodes and arrows, placed, and how many nodes stand in the longest column."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    rows: int


def graph_info(relations: Sequence[tuple[str, str, str]], *, most: int = 15) -> GraphInfo:
    """The graph of the first ``most`` relations ``(head, name, tail)``, always placed alike.

    Names that differ in capitals or an article are one thing, spelled as it comes first.
    Things stand in columns, each to the right of what leads to it; in a column they are ordered
    by the middle of their neighbours (Sugiyama, Tagawa and Toda, 1981).
    """
    shown = relations[:most]
    spelled: dict[str, str] = {}
    for head, _, tail in shown:
        for name in (head, tail):
            spelled.setdefault(_same(name), name)
    names = list(spelled.values())
    number = {key: place for place, key in enumerate(spelled)}
    edges = tuple(
        Edge(number[_same(head)], number[_same(tail)], name, at)
        for at, (head, name, tail) in enumerate(shown)
    )
    degrees = Counter(end for edge in edges for end in (edge.head, edge.tail))
    links = [(edge.head, edge.tail) for edge in edges]
    columns = _ordered(_columns(len(names), links), links)
    places = {
        at: (_across(column, len(columns), aside=crowded and row % 2 == 1), 1 - height)
        for column, members in enumerate(columns)
        for crowded in [any({head, tail} <= set(members) for head, tail in links)]
        for row, at in enumerate(members)
        for height in [_spread(row, len(members))]
    }
    nodes = tuple(Node(name, *places[at], degrees[at]) for at, name in enumerate(names))
    return GraphInfo(nodes, edges, max((len(members) for members in columns), default=0))


def _same(name: str) -> str:
    """What all spellings of a name have in common."""
    return _ARTICLE.sub("", " ".join(name.split()).casefold()) or name


def _columns(count: int, links: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Nodes by their distance from a start; a link that would close a circle does not count."""
    onward: dict[int, list[int]] = {at: [] for at in range(count)}
    for head, tail in links:
        if head != tail and not _reaches(onward, tail, head):
            onward[head].append(tail)
    column = [0] * count
    for _ in range(_MOST_COLUMNS - 1):
        for head, tails in onward.items():
            for tail in tails:
                column[tail] = max(column[tail], min(column[head] + 1, _MOST_COLUMNS - 1))
    return [
        [at for at in range(count) if column[at] == n] for n in range(max(column, default=0) + 1)
    ]


def _reaches(onward: dict[int, list[int]], start: int, goal: int) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        for following in onward[waiting.pop()]:
            if following not in seen:
                seen.add(following)
                waiting.append(following)
    return goal in seen


def _ordered(columns: list[list[int]], links: Sequence[tuple[int, int]]) -> list[list[int]]:
    neighbours: dict[int, list[int]] = {at: [] for members in columns for at in members}
    for head, tail in links:
        neighbours[head].append(tail)
        neighbours[tail].append(head)
    for _ in range(_SWEEPS):
        height = {
            at: _spread(row, len(members)) for members in columns for row, at in enumerate(members)
        }
        columns = [
            sorted(members, key=lambda at: _middle([height[one] for one in neighbours[at]]))
            for members in columns
        ]
    return columns


def _middle(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _across(column: int, count: int, *, aside: bool) -> float:
    """Where a column stands; what is set ``aside`` in it lets arrows within it pass."""
    x = _spread(column, count)
    return x + (_ASIDE if x <= 0.5 else -_ASIDE) * aside


def _spread(place: int, count: int) -> float:
    """Where ``place`` of ``count`` lies between 0 and 1."""
    return place / (count - 1) if count > 1 else 0.5


class Inks(NamedTuple):
    """Colours of a graph: nodes, arrows, the chosen arrow, text, and the page under the text."""

    node: str
    edge: str
    chosen: str
    text: str
    page: str


def draw_graph(info: GraphInfo, inks: Inks, *, selected: int | None = None) -> go.Figure:
    """``info`` with an arrow from head to tail; ``selected`` is the number of one relation.

    The points that can be selected lie on the arrows; their ``customdata`` is the number of the
    relation.
    """
    figure = go.Figure()
    for link in info.edges:
        _draw_arrow(figure, info, link, inks.chosen if link.relation == selected else inks.edge)
    figure.add_scatter(
        x=[thing.x for thing in info.nodes],
        y=[thing.y for thing in info.nodes],
        mode="markers",
        marker={"size": [9 + 2 * min(thing.degree, 5) for thing in info.nodes], "color": inks.node},
        hovertext=[harmless(thing.name, longest=120) for thing in info.nodes],
        hoverinfo="text",
        cliponaxis=False,
    )
    _draw_handles(figure, info, inks, selected)
    for thing in info.nodes:
        _write(figure, thing.x, thing.y, harmless(thing.name, longest=22), inks.text, inks.page)
    for link in sorted(info.edges, key=lambda link: link.relation == selected):
        x, y = _handle(info, link)
        ink = inks.chosen if link.relation == selected else inks.text
        _write(figure, x, y, harmless(link.name), ink, inks.page, size=_VERB)
    return plain(
        figure,
        height=_ROW * max(info.rows, 2) + 40,
        clickmode="event+select",
        xaxis={"visible": False, "range": [-0.04, 1.04], "fixedrange": True},
        yaxis={"visible": False, "range": [-0.1, 1.1], "fixedrange": True},
    )


def _draw_arrow(figure: go.Figure, info: GraphInfo, link: Edge, colour: str) -> None:
    head, tail = info.nodes[link.head], info.nodes[link.tail]
    figure.add_annotation(
        x=tail.x,
        y=tail.y,
        ax=head.x,
        ay=head.y,
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        arrowhead=2,
        arrowsize=1.2,
        arrowwidth=1.6,
        arrowcolor=colour,
        standoff=10,
        startstandoff=8,
        text="",
    )


def _draw_handles(figure: go.Figure, info: GraphInfo, inks: Inks, selected: int | None) -> None:
    """A square on each arrow, to be clicked."""
    handles = [_handle(info, link) for link in info.edges]
    figure.add_scatter(
        x=[x for x, _ in handles],
        y=[y for _, y in handles],
        mode="markers",
        marker={
            "size": 11,
            "symbol": "square",
            "color": [inks.chosen if e.relation == selected else inks.edge for e in info.edges],
        },
        customdata=[link.relation for link in info.edges],
        hovertext=[
            f"{harmless(info.nodes[link.head].name)} {harmless(link.name)} "
            f"{harmless(info.nodes[link.tail].name)}"
            for link in info.edges
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _handle(info: GraphInfo, link: Edge) -> tuple[float, float]:
    """Nearer to the head: where many arrows meet in one tail, their heads still lie apart. Of two
    arrows between the same things, the second is nearer to the tail.
    """
    head, tail = info.nodes[link.head], info.nodes[link.tail]
    ends = {link.head, link.tail}
    before = sum({e.head, e.tail} == ends for e in info.edges if e.relation < link.relation)
    share = (0.4, 0.6, 0.25, 0.75)[before % 4]
    return head.x + share * (tail.x - head.x), head.y + share * (tail.y - head.y)


def _write(
    figure: go.Figure, x: float, y: float, words: str, ink: str, page: str, *, size: int = _NAME
) -> None:
    """``words`` above a point and inside the picture, on a patch of the page."""
    figure.add_annotation(
        x=x,
        y=y,
        text=words,
        showarrow=False,
        font={"color": ink, "size": size},
        bgcolor=page,
        borderpad=1,
        xanchor="left" if x < 0.25 else "right" if x > 0.75 else "center",
        yanchor="bottom",
        yshift=8,
    )
