"""The charts of a comparison: dumbbells, differences, confusion."""

from backend.charts.confusion import MOST, classes_of, confusion_info, draw_confusion
from backend.charts.curves import Inks
from backend.charts.dumbbells import draw_dumbbells, dumbbells_info
from backend.charts.forest import draw_forest, forest_info
from backend.evaluation.intervals import Interval

INKS = Inks("#000000", "#dddddd")
FIRST = {"f1": Interval(0.5, 0.45, 0.55), "only": Interval(0.1, 0.0, 0.2)}
SECOND = {"f1": Interval(0.6, 0.56, 0.64)}


def test_only_metrics_of_both_are_drawn_and_the_axis_holds_their_intervals() -> None:
    info = dumbbells_info({"f1": "F1", "only": "Only"}, FIRST, SECOND)
    assert [row.name for row in info.rows] == ["F1"]
    assert info.start < 0.45
    assert info.end > 0.64


def test_scores_far_apart_have_the_whole_axis() -> None:
    wide = {"f1": Interval(0.95, 0.9, 1.0)}
    assert dumbbells_info({"f1": "F1"}, {"f1": Interval(0.1, 0.0, 0.2)}, wide)[1:] == (0.0, 1.0)


def test_each_model_keeps_its_colour_and_both_values_are_written() -> None:
    info = dumbbells_info({"f1": "<b>F1</b>"}, FIRST, SECOND)
    figure = draw_dumbbells(info, INKS, names=("a", "b"), colours=("#111111", "#222222"))
    dots = [trace for trace in figure.data if trace.mode == "markers"]
    assert [dot.marker.color for dot in dots] == ["#111111", "#222222"]
    written = [annotation.text for annotation in figure.layout.annotations]
    assert written == ["&lt;b&gt;F1&lt;/b&gt;", "0.50 → <b>0.60</b>"]


def test_a_difference_is_clear_where_its_interval_leaves_zero_out() -> None:
    gaps = {"a": Interval(0.1, 0.05, 0.15), "b": Interval(0.1, -0.05, 0.25)}
    info = forest_info({"a": "A", "b": "B", "c": "C"}, gaps)
    assert [(row.name, row.clear) for row in info.rows] == [("A", True), ("B", False)]
    assert info.reach > 0.25
    figure = draw_forest(info, INKS, clear="#111111", unclear="#222222")
    assert [t.line.color for t in figure.data if t.mode == "lines"] == ["#111111", "#222222"]


def test_no_difference_at_all_can_be_drawn() -> None:
    assert draw_forest(forest_info({}, {}), INKS, clear="#111", unclear="#222").data == ()


def test_confusion_counts_true_classes_in_rows() -> None:
    gold, answered = ["a", "a", "b"], ["a", "b", "b"]
    info = confusion_info(gold, answered, classes=classes_of(gold, answered))
    assert (info.names, info.counts) == (("a", "b"), ((1, 1), (0, 1)))
    assert info.shares == ((0.5, 0.5), (0.0, 1.0))
    for normalised, written in ((False, "1"), (True, "50%")):
        figure = draw_confusion(info, INKS, colour="#000000", page="#ffffff", normalised=normalised)
        assert figure.data[0].text[0][0] == written


def test_rare_classes_are_added_up() -> None:
    gold = [f"class {at:02}" for at in range(20)]
    info = confusion_info(gold, gold, classes=classes_of(gold))
    assert info.names[-1] == f"{20 - MOST} more"
    assert info.counts[-1][-1] == 20 - MOST
