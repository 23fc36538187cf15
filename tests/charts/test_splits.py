"""The label distribution: shares of each split, comparable whatever its size."""

from backend.charts.splits import draw_shares, shares_info

COLOURS = {"train": "#111111", "test": "#222222"}


def test_shares_are_of_the_split_and_the_most_frequent_label_is_on_top() -> None:
    info = shares_info({"train": {"a": 30, "b": 90}, "test": {"a": 5, "b": 5}}, COLOURS)
    assert [name for name, _ in info.rows] == ["b", "a"]
    assert [(bar.split, bar.number, bar.share) for bar in info.rows[1][1]] == [
        ("train", 30, 0.25),
        ("test", 5, 0.5),
    ]
    assert info.end == 0.75


def test_rare_labels_are_added_up() -> None:
    info = shares_info({"train": {str(n): 10 for n in range(30)}}, COLOURS, most=20)
    assert (len(info.rows), info.rows[-1][0]) == (21, "10 more")
    assert info.rows[-1][1][0].number == 100


def test_every_bar_is_drawn_with_its_numbers_and_no_label_is_markup() -> None:
    info = shares_info({"train": {"<b>x</b>": 3}, "test": {}}, COLOURS)
    figure = draw_shares(info, track="#eeeeee", text="#000000")
    assert [len(trace.x) for trace in figure.data] == [2, 2]
    written = [annotation.text for annotation in figure.layout.annotations]
    assert written == ["<b>&lt;b&gt;x&lt;/b&gt;</b>", "train 3 · 100.0%", "test 0 · 0.0%"]


def test_nothing_is_an_empty_figure() -> None:
    assert shares_info({}, COLOURS).rows == ()
    assert draw_shares(shares_info({}, COLOURS), track="#eee", text="#000").layout.height > 0
