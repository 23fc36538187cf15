"""The charts of a comparison: dumbbells, differences, confusion."""

from backend.charts.confusion import (
    MOST,
    classes_of,
    confusion_info,
    draw_confusion,
    draw_difference,
)
from backend.charts.curves import Inks
from backend.charts.dumbbells import draw_dumbbells, dumbbells_info
from backend.charts.forest import draw_forest, forest_info
from backend.charts.quality import QualityPoint, draw_quality, quality_info
from backend.evaluation.intervals import Interval

INKS = Inks("#000000", "#dddddd")
FIRST = {"f1": Interval(0.5, 0.45, 0.55), "only": Interval(0.1, 0.0, 0.2)}
SECOND = {"f1": Interval(0.6, 0.56, 0.64)}


def test_only_metrics_of_both_are_drawn_and_the_axis_holds_their_intervals() -> None:
    info = dumbbells_info({"f1": "F1", "only": "Only"}, FIRST, SECOND)
    assert [row.name for row in info.rows] == ["F1"]
    assert info.start < 0.45
    assert info.end > 0.64


def test_scores_far_apart_have_the_whole_axis_and_room_for_a_dot_at_its_ends() -> None:
    wide = {"f1": Interval(0.95, 0.9, 1.0)}
    assert dumbbells_info({"f1": "F1"}, {"f1": Interval(0.1, 0.0, 0.2)}, wide)[1:] == (-0.02, 1.02)


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
    figure = draw_forest(info, INKS, better="#111111", unclear="#222222", worse="#333333")
    assert [t.line.color for t in figure.data if t.mode == "lines"] == ["#111111", "#222222"]


def test_a_difference_below_zero_is_in_the_colour_of_what_is_worse() -> None:
    gaps = {"a": Interval(-0.1, -0.15, -0.05), "b": Interval(-0.001, -0.1, 0.1)}
    info = forest_info({"a": "A", "b": "B"}, gaps)
    figure = draw_forest(info, INKS, better="#111111", unclear="#222222", worse="#333333")
    assert [t.line.color for t in figure.data if t.mode == "lines"] == ["#333333", "#222222"]
    written = [one.text for one in figure.layout.annotations]
    assert written[1] == "<b>−0.10</b> [−0.15, −0.05]"
    assert written[3] == "<b>0.00</b> [−0.10, +0.10]"


def test_no_difference_at_all_can_be_drawn() -> None:
    assert (
        draw_forest(forest_info({}, {}), INKS, better="#111", unclear="#222", worse="#333").data
        == ()
    )


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


def test_every_cell_can_be_clicked_and_the_chosen_one_has_a_frame() -> None:
    info = confusion_info(["a", "b"], ["a", "a"], classes=("a", "b"))
    figure = draw_confusion(
        info, INKS, colour="#000000", page="#ffffff", normalised=False, chosen=(1, 0)
    )
    assert [tuple(cell) for cell in figure.data[1].customdata] == [(0, 0), (0, 1), (1, 0), (1, 1)]
    assert figure.data[1].hovertext[2] == "b taken for a: 1 (100%)"
    frame = figure.layout.shapes[0]
    assert (frame.x0, frame.y0) == (-0.5, 0.5)


def test_more_right_and_less_wrong_are_both_better() -> None:
    gold = ["a", "a", "b", "b"]
    before, now = (
        confusion_info(gold, answers, classes=("a", "b"))
        for answers in (["a", "b", "b", "b"], ["a", "a", "b", "a"])
    )
    figure = draw_difference(
        before, now, INKS, better="#000011", worse="#110000", page="#ffffff", normalised=False
    )
    assert [list(row) for row in figure.data[0].text] == [["+1", "−1"], ["+1", "−1"]]
    assert [[cell > 0 for cell in row] for row in figure.data[0].z] == [
        [True, True],
        [False, False],
    ]
    points = draw_difference(
        before, now, INKS, better="#000011", worse="#110000", page="#ffffff", normalised=True
    )
    assert points.data[0].text[0][0] == "+50"


def test_equal_matrices_have_no_difference_to_show() -> None:
    info = confusion_info(["a"], ["a"], classes=("a",))
    figure = draw_difference(
        info, info, INKS, better="#000011", worse="#110000", page="#ffffff", normalised=False
    )
    assert figure.data[0].text[0][0] == ""


def test_a_label_without_a_row_of_its_own_is_in_the_last() -> None:
    gold = [f"class {at:02}" for at in range(20)]
    info = confusion_info(gold, gold, classes=classes_of(gold))
    assert info.place("class 19") == MOST
    assert info.place("class 00") == 0


def test_models_without_a_known_cost_are_lines_beside_the_dots() -> None:
    info = quality_info(
        [
            QualityPoint("slow", 0.4, 0.9, 0.85, 0.95, "#111111"),
            QualityPoint("<i>quick</i>", 0.1, 0.8, 0.7, 0.9, "#222222"),
            QualityPoint("majority", None, 0.3, 0.25, 0.35, "#333333"),
        ]
    )
    assert [point.name for point in info.points] == ["<i>quick</i>", "slow"]
    assert info.low < 0.3 < 0.95 < info.high
    figure = draw_quality(info, INKS, across="Seconds", up="F1")
    assert len(figure.data) == 2
    assert figure.data[0].error_y.array[0] == 0.9 - 0.8
    assert "&lt;i&gt;quick&lt;/i&gt;" in [one.text for one in figure.layout.annotations]


def test_models_that_cost_nothing_can_be_drawn() -> None:
    info = quality_info([QualityPoint("free", 0.0, 0.5, 0.4, 0.6, "#111111")])
    assert info.end == 1.0
