"""Charts: the info step holds what is drawn, the drawing step draws all of it."""

from hypothesis import given
from hypothesis import strategies as st

from backend.charts.bars import count_info, draw_bars, probability_info
from backend.charts.graph import Inks, draw_graph, graph_info
from backend.charts.layout import harmless
from backend.charts.strip import draw_strip, strip_info

COLOURS = {"a": "#111111", "b": "#222222"}


def test_probabilities_are_drawn_on_the_whole_axis_from_zero_to_one() -> None:
    info = probability_info([("b", 0.75), ("a", 0.25)], COLOURS)
    assert [(bar.name, bar.written, bar.colour) for bar in info.bars] == [
        ("b", "75.0%", "#222222"),
        ("a", "25.0%", "#111111"),
    ]
    figure = draw_bars(info, track="#eeeeee", text="#000000")
    assert tuple(figure.layout.xaxis.range) == (0, 1)
    assert list(figure.data[1].x) == [0.75, 0.25]
    assert {"a", "b", "75.0%", "25.0%"} == {a.text for a in figure.layout.annotations}


def test_counts_end_at_the_largest() -> None:
    assert count_info([("a", 1200), ("b", 3)], COLOURS).end == 1200
    assert count_info([], {}).bars == ()


def test_two_bars_of_one_name_stay_two_bars() -> None:
    info = probability_info([("a", 0.6), ("a", 0.4)], COLOURS)
    assert len(set(draw_bars(info, track="#eee", text="#000").data[1].y)) == 2


def test_sections_fill_the_strip_in_proportion_to_their_length() -> None:
    cells = strip_info([(0, 30, "a", 0.9, "#111111"), (30, 40, "b", 0.6, "#222222")], 40)
    assert [(cell.start, cell.width) for cell in cells] == [(0.0, 0.75), (0.75, 0.25)]
    figure = draw_strip(cells)
    assert list(figure.data[0].base) == [0.0, 0.75]
    assert figure.data[0].marker.opacity[0] > figure.data[0].marker.opacity[1]


def test_a_strip_of_nothing_is_empty() -> None:
    assert strip_info([(0, 0, "a", 1.0, "#111111")], 0) == ()


def test_one_thing_is_one_node_however_many_relations_it_has() -> None:
    info = graph_info([("a", "causes", "b"), ("b", "makes", "c"), ("a", "causes", "b")])
    assert [(node.name, node.degree) for node in info.nodes] == [("a", 2), ("b", 3), ("c", 1)]
    assert [(e.head, e.tail, e.relation) for e in info.edges] == [(0, 1, 0), (1, 2, 1), (0, 1, 2)]


def test_the_graph_is_always_placed_alike() -> None:
    relations = [(f"n{at % 5}", "r", f"n{at % 7}") for at in range(12)]
    assert graph_info(relations) == graph_info(relations)


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.just("r"), st.sampled_from("abcdef"))))
def test_nodes_lie_in_the_unit_square(relations: list[tuple[str, str, str]]) -> None:
    for node in graph_info(relations).nodes:
        assert 0 <= node.x <= 1
        assert 0 <= node.y <= 1


def test_the_graph_shows_no_more_than_can_be_read() -> None:
    assert len(graph_info([(str(at), "r", "x") for at in range(100)], most=15).edges) == 15


def test_every_arrow_has_its_verb_and_the_selected_one_its_colour() -> None:
    info = graph_info([("a", "causes", "b"), ("b", "makes", "c")])
    inks = Inks("#000001", "#000002", "#000003", "#000004", "#ffffff")
    figure = draw_graph(info, inks, selected=1)
    assert list(figure.data[1].marker.color) == ["#000002", "#000003"]
    assert list(figure.data[1].customdata) == [0, 1]
    written = {a.text: a.font.color for a in figure.layout.annotations if a.text}
    assert list(written) == ["a", "b", "c", "causes", "makes"]
    assert (written["causes"], written["makes"]) == ("#000004", "#000003")


def test_spellings_of_one_name_are_one_node() -> None:
    info = graph_info([("The Agency", "has", "Ann"), ("agency", "is part of", "state")])
    assert [node.name for node in info.nodes] == ["The Agency", "Ann", "state"]


def test_the_handles_of_two_arrows_between_the_same_things_lie_apart() -> None:
    inks = Inks("#000001", "#000002", "#000003", "#000004", "#ffffff")
    handles = draw_graph(graph_info([("a", "causes", "b"), ("a", "makes", "b")]), inks).data[1]
    assert handles.x[0] != handles.x[1]


def test_what_leads_to_a_thing_stands_left_of_it() -> None:
    info = graph_info([("a", "r", "b"), ("b", "r", "c"), ("d", "r", "b")])
    x = {node.name: node.x for node in info.nodes}
    assert x["a"] == x["d"] < x["b"] < x["c"]


def test_a_circle_of_relations_is_drawn_all_the_same() -> None:
    info = graph_info([("a", "r", "b"), ("b", "r", "a"), ("a", "r", "a")])
    assert len(info.edges) == 3


def test_labels_are_shortened_and_hold_no_markup() -> None:
    assert harmless("<b>x</b> &\n y") == "&lt;b&gt;x&lt;/b&gt; &amp; y"
    assert len(harmless("x" * 100, longest=20)) == 20
