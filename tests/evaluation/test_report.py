"""The report: one file, escaped, with every number."""

import json
from html.parser import HTMLParser

import pytest

from backend.evaluation.alarms import Alarm
from backend.evaluation.comparison import compare
from backend.evaluation.confusions import confusions
from backend.evaluation.record import ModelIdentity, evaluate
from backend.evaluation.report import Contents, report, report_data
from backend.evaluation.slices import changes, slices
from backend.evaluation.words import p_words
from tests.evaluation.support import classified, noisy

EVIL = '<script>alert("1")</script>'
VOID = {"meta", "line", "circle", "rect"}


class Balanced(HTMLParser):
    """Fails where tags do not match, or where something would be loaded or run."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag not in {"script", "link", "iframe", "img", "a"}
        assert not any(name in {"src", "href", "onclick"} for name, _ in attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in VOID

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def written() -> tuple[str, dict[str, object]]:
    gold = ["pos", EVIL] * 50
    examples, weak, first = classified(gold, noisy(gold, 0.4, seed=1))
    _, strong, second = classified(gold, noisy(gold, 0.1, seed=2))
    comparison = compare(first, second, names=("Baseline", EVIL), resamples=200)
    record, _ = evaluate(examples, strong, ModelIdentity(EVIL, "ab" * 32), resamples=200)
    contents = Contents(
        alarms={EVIL: [Alarm("x", EVIL)]},
        records=(record,),
        slices=slices(examples, first, second),
        changes=changes(first, second),
        examples=examples,
        answers=(weak, strong),
    )
    return report(comparison, contents), report_data(comparison, contents)


def test_the_report_is_well_formed_and_runs_and_loads_nothing(
    written: tuple[str, dict[str, object]],
) -> None:
    parser = Balanced()
    parser.feed(written[0])
    parser.close()
    assert parser.open == []
    assert "<script" not in written[0]
    assert "http" not in written[0]


def test_the_report_says_verdict_n_alarms_hashes_and_examples(
    written: tuple[str, dict[str, object]],
) -> None:
    page, data = written
    for words in ("is better", "n = 100", "Alarm", "ab" * 32, "Fixed", "text 1", "95 %"):
        assert words in page
    again = json.loads(json.dumps(data))
    assert again["verdict"] == data["verdict"]
    assert again["records"][0]["model_sha256"] == "ab" * 32


def test_the_report_draws_both_confusion_tables_and_says_them_as_data(
    written: tuple[str, dict[str, object]],
) -> None:
    page, data = written
    assert page.count("true ↓ answered →") == 3
    found = data["confusion"]
    assert isinstance(found, dict)
    assert sorted(found["classes"]) == sorted([EVIL, "pos"])
    assert sum(sum(row) for row in found["first"]) == 100


def test_rare_classes_are_under_one_name() -> None:
    gold = [f"class {at:02}" for at in range(30)]
    examples, answers, _ = classified(gold, gold)
    found = confusions(examples, (answers, answers))
    assert found is not None
    assert (len(found.names), found.names[-1]) == (11, "other classes")
    assert found.second[-1][-1] == 20


def test_what_is_said_of_both_models_is_said_once() -> None:
    _, _, one = classified(["a", "b"] * 10, ["a", "b"] * 10)
    alarm = Alarm("few", "Too few.")
    page = report(
        compare(one, one, resamples=100), Contents(alarms={"old": [alarm], "new": [alarm]})
    )
    assert page.count("Too few.") == 1
    assert "(old and new)" in page


def test_a_report_needs_nothing_but_the_comparison() -> None:
    _, _, one = classified(["a", "b"] * 10, ["a", "b"] * 10)
    page = report(compare(one, one, resamples=100))
    assert "No clear difference" in page


@pytest.mark.parametrize(("value", "words"), [(0.03127, "0.0313"), (0.0, "< 0.0001")])
def test_a_p_value_is_never_nothing(value: float, words: str) -> None:
    assert p_words(value) == words
