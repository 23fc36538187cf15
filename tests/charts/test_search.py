"""Charts of a search over hyperparameters."""

from datetime import UTC, datetime, timedelta

from backend.charts import search
from backend.charts.curves import Inks
from backend.charts.search import TrialPoint

INKS = Inks("#000000", "#dddddd")
START = datetime(2026, 1, 2, tzinfo=UTC)
TRIALS = [
    TrialPoint(1, "Completed", 0.6, {"lr": "1e-5", "epochs": "3", "<b>x": "yes"}, START, START),
    TrialPoint(2, "Failed", None, {"lr": "1e-4", "epochs": "3", "<b>x": "no"}, START, START),
    TrialPoint(3, "Completed", 0.9, {"lr": "1e-3", "epochs": "3", "<b>x": "no"}, START, START),
    TrialPoint(4, "Stopped", 0.7, {"lr": "1e-4", "epochs": "3", "<b>x": "yes"}, START, None),
    TrialPoint(5, "Completed", float("nan"), {"lr": "1e-4", "epochs": "3", "<b>x": "yes"}),
]


def test_the_best_so_far_never_gets_worse() -> None:
    up = search.history_info(TRIALS, maximize=True, baseline=0.65)
    assert up.numbers == (1, 3, 4)
    assert up.best == (0.6, 0.9, 0.9)
    assert search.history_info(TRIALS, maximize=False).best == (0.6, 0.6, 0.6)
    figure = search.draw_history(up, INKS, trial="#111111", baseline="#222222")
    assert figure.layout.shapes[0].y0 == 0.65


def test_only_what_differs_is_a_dimension_and_wide_ranges_are_logarithmic() -> None:
    found = {dimension.name: dimension for dimension in search.dimensions(TRIALS)}
    assert set(found) == {"lr", "<b>x"}
    assert found["lr"].places == (-5.0, -3.0, -4.0)
    assert (-5.0, "1e-05") in found["lr"].ticks
    assert (-3.0, "0.001") in found["lr"].ticks
    assert found["<b>x"].ticks == ((0.0, "no"), (1.0, "yes"))


def test_every_tick_of_a_logarithmic_range_lies_inside_it() -> None:
    narrow = [trying(TRIALS[0], lr="4e-5"), trying(TRIALS[2], lr="6e-4")]
    (dimension,) = (found for found in search.dimensions(narrow) if found.name == "lr")
    assert [text for _, text in dimension.ticks] == ["5e-05", "0.0001", "0.0002", "0.0005"]
    assert all(min(dimension.places) <= at <= max(dimension.places) for at, _ in dimension.ticks)


def trying(trial: TrialPoint, **values: str) -> TrialPoint:
    """The trial with other hyperparameters."""
    return trial._replace(values={**trial.values, **values})


def test_parallel_lines_and_slices_show_every_measured_trial() -> None:
    parallel = search.draw_parallel(TRIALS, "f1", INKS, scale=("#eeeeee", "#111111"))
    labels = [axis.label for axis in parallel.data[0].dimensions]
    assert labels == ["lr", "&lt;b&gt;x", "f1"]
    slices = search.draw_slices(TRIALS, INKS, colour="#111111")
    assert [len(trace.x) for trace in slices.data] == [3, 3]


def test_the_timeline_shows_when_each_trial_ran() -> None:
    later = START + timedelta(minutes=4)
    figure = search.draw_timeline(TRIALS, INKS, colours={"Stopped": "#333333"}, now=later)
    assert list(figure.data[0].y) == ["1", "2", "3", "4"]
    assert list(figure.data[0].x) == [0, 0, 0, 4]
    assert figure.data[0].marker.color[3] == "#333333"


def test_a_search_without_results_draws_nothing_and_does_not_fail() -> None:
    assert search.dimensions([]) == ()
    search.draw_timeline([], INKS, colours={}, now=START)
    search.draw_slices([], INKS, colour="#111111")


def test_the_timeline_of_a_search_that_has_just_begun_counts_seconds() -> None:
    figure = search.draw_timeline(TRIALS, INKS, colours={}, now=START + timedelta(seconds=30))
    assert figure.data[0].x[3] == 30
    assert figure.layout.xaxis.title.text == "Seconds"
