"""Lines over steps."""

import math

from backend.charts.curves import Inks, curve, draw_curves

INKS = Inks("#000000", "#dddddd")


def test_values_that_are_no_numbers_are_left_out() -> None:
    line = curve("loss", "#111111", [(1, 0.5), (2, math.nan), (3, math.inf), (4, 0.4)])
    assert (line.steps, line.values) == ((1, 4), (0.5, 0.4))


def test_of_very_many_points_the_last_and_the_best_stay() -> None:
    line = curve("f1", "#111111", [(step, step / 9001) for step in range(9002)], best=7777)
    assert len(line.steps) < 500
    assert line.steps[-1] == 9001
    assert line.marked is not None
    assert line.steps[line.marked] == 7777


def test_each_line_is_drawn_and_the_best_point_marked() -> None:
    lines = [
        curve("<b>loss</b>", "#111111", [(1, 2.0), (2, 1.0)]),
        curve("f1", "#222222", [(2, 0.5), (4, 0.7)], best=4),
    ]
    figure = draw_curves(lines, INKS)
    assert [list(trace.x) for trace in figure.data] == [[1, 2], [2, 4], [4]]
    assert "<b>" not in figure.data[0].name
    assert [bool(trace.showlegend) for trace in figure.data] == [True, True, False]


def test_a_line_of_one_point_can_be_seen() -> None:
    assert "markers" in draw_curves([curve("f1", "#111111", [(3, 0.5)])], INKS).data[0].mode
