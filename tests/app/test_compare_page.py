"""The Compare page: evaluate, compare, look at examples, promote and roll back."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from backend.client import Model
from backend.data.store import Datasets
from backend.errors import CloudUnreachable
from backend.evaluation.comparison import compare
from backend.evaluation.promotion import Promotions
from backend.evaluation.record import DataIdentity, ModelIdentity
from backend.evaluation.runs import Evaluations
from backend.evaluation.scoring import Scored, intervals
from backend.evaluation.shipped import Experiment, Finding, Measured, Role
from backend.evaluation.training import Search, Training
from backend.footprint import Footprints
from backend.jobs.requests import TuningRequest
from backend.jobs.transform import TransformJob
from pages.components import compare_confusion, door
from pages.components.door import CLIENT_KEY
from tests.app.fake_client import NOW, FakeClient
from tests.app.fake_jobs import FakeJobs, training_job
from tests.app.support import PAGES, ROOT, component, open_app, text_of, words_on
from tests.evaluation.evaluating import TASK, Bench
from tests.evaluation.support import classified
from tests.support import eventually

LIVE = "pretrained-text-classification"


@dataclass
class Client(FakeClient):
    """The fake client with the evaluations of a bench."""

    bench: Bench = field(default_factory=Bench)
    refusal: CloudUnreachable | None = None
    jobs: FakeJobs = field(default_factory=FakeJobs)

    @property
    def footprints(self) -> Footprints:
        """Every batch job took 30 seconds."""
        done = NOW + timedelta(seconds=30)
        return Footprints(
            self.bench.connections,
            self.bench.evaluations.runs,
            lambda name: TransformJob(name, "Completed", "", NOW, done, NOW),
            lambda _: 0.36,
        )

    @property
    def datasets(self) -> Datasets:
        """Those of the bench."""
        return self.bench.datasets

    @property
    def evaluations(self) -> Evaluations:
        """Those of the bench, or a refusal."""
        if self.refusal:
            raise self.refusal
        return self.bench.evaluations

    @property
    def promotions(self) -> Promotions:
        """Real ones that change the fake fleet."""
        return Promotions(self.bench.connections, self._serve)

    def _serve(self, endpoint: str, model: str) -> None:
        self.fleet[endpoint] = replace(self.fleet[endpoint], model=model)

    def endpoints_for(self, task: Any) -> tuple[Any, ...]:
        """Those of the fleet."""
        return tuple(one for one in self.fleet.values() if one.task == task.slug)

    def models(self) -> tuple[Model, ...]:
        """Two of the task."""
        return tuple(
            Model(name, TASK, "finetuned", NOW, f"s3://b/{name}") for name in ("old", "new")
        )


def compared(**shares: float) -> Client:
    """A client whose models have been scored with these shares of right answers."""
    client = Client()
    client.bench.evaluate(**shares)
    return client


def open_pair(client: Client, baseline: str, tuned: str) -> AppTest:
    """The page with two models chosen."""
    found = {record.model.name: record for record in client.bench.evaluations.records.list(TASK)}
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state[CLIENT_KEY] = client
    app.session_state["compare_first"] = found[baseline].address
    app.session_state["compare_second"] = found[tuned].address
    app.switch_page(PAGES["compare"]).run()
    assert not app.exception
    return app


def test_a_model_is_compared_with_the_one_that_it_went_on_from() -> None:
    client = Client()
    known = client.bench.identities
    known["begin"] = ModelIdentity("begin", "h1", "s3://b/begin", "embedded")
    known["next"] = ModelIdentity("next", "h2", "s3://b/n", "tuned", {"start": "s3://b/begin"})
    client.bench.evaluate(begin=0.4, other=0.6, next=0.9)
    app = open_app("compare", client)
    chosen = [app.selectbox(key=key).value for key in ("compare_first", "compare_second")]
    names = {r.address: r.model.name for r in client.bench.evaluations.records.list(TASK)}
    assert [names[str(address)] for address in chosen] == ["begin", "next"]


def test_without_records_the_page_shows_the_guided_example_and_invites() -> None:
    app = open_app("compare", Client())
    assert any("article" in header.value for header in app.header)
    errors = [error.value.replace("\\", "") for error in app.error]
    told = next(error for error in errors if "683" in error)
    assert "never answers “negative” correctly" in told
    assert not app.button(key="evaluate").disabled


def test_an_example_that_comes_along_is_shown_until_there_is_an_own_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "experiments", lambda: (experiment(),))
    app = open_app("compare", Client())
    words = words_on(app)
    assert "Tuned is better: accuracy" in words
    assert "made up" in words
    shown = next(e.value for e in app.dataframe if "What it is" in e.value.columns)
    assert list(shown["Model"]) == ["Trivial", "Fine-tuned"]
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    assert "made up" not in words_on(app)


def experiment() -> Experiment:
    """Two models of one task on 30 examples."""
    sides = [evaluated_share("trivial", 15), evaluated_share("finetuned", 28)]
    comparison = compare(*(scored for _, scored in sides), metric="accuracy", resamples=100)
    return Experiment(
        task=TASK,
        scale="small",
        source="made up",
        licence="none",
        data=DataIdentity("made-up/v1", "0" * 64, 30),
        dataset_sha256="0" * 64,
        metric="accuracy",
        sizes={"train": 100, "test": 30},
        seeds={},
        resamples=100,
        versions={},
        place="This computer",
        created="2026-01-02T03:04:05+00:00",
        ids=(),
        models=tuple(measured for measured, _ in sides),
        findings=(Finding("trivial", "finetuned", comparison),),
    )


def evaluated_share(role: Role, right: int) -> tuple[Measured, Scored]:
    """A model that has so many of 30 answers right."""
    gold = ["a", "b"] * 15
    _, _, scored = classified(
        gold, [*gold[:right], *({"a": "b", "b": "a"}[x] for x in gold[right:])]
    )
    found = intervals(scored, resamples=100)
    return Measured(role, ModelIdentity(role, "hash"), found, (), (), "address"), scored


def test_without_a_service_the_page_says_so() -> None:
    app = open_app("compare", Client(refusal=CloudUnreachable()))
    assert "cannot be reached" in words_on(app)


def test_models_are_evaluated_from_the_page() -> None:
    client = Client()
    app = open_app("compare", client)
    app.pills(key=f"evaluate_{TASK}").set_value(["new"]).run()
    app.button(key="evaluate").click().run()
    assert not app.exception
    assert "has started" in app.success[0].value
    assert [asked[0] for asked in client.bench.transforms.asked.values()] == ["new"]
    states = next(e.value for e in app.dataframe if "State" in e.value.columns)
    assert list(states["State"]) == ["scored", "answering"]


def test_an_endpoint_that_always_answers_the_same_raises_the_alarm_on_screen() -> None:
    client = Client()
    client.fleet["theirs"] = replace(client.fleet[LIVE], name="theirs", attached=True)
    app = open_app("compare", client)
    app.pills(key=f"evaluate_{TASK}").set_value([]).run()
    app.pills(key=f"evaluate_endpoints_{TASK}").set_value(["theirs"]).run()
    app.button(key="evaluate").click().run()
    (run,) = client.bench.evaluations.runs(TASK)
    eventually(lambda: all(s.finished for s in client.bench.evaluations.states(run)))
    client.bench.evaluate(good=0.9)
    words = words_on(open_pair(client, "theirs", "good"))
    assert "always answers" in words


class LeavingJobs(FakeJobs):
    """A job that left the model "fresh"."""

    def register(self, job: Any, *, name: str = "") -> str:
        """Under the name of its job."""
        self.done.append(("register", str(job)))
        return str(job)


def test_a_model_that_only_a_job_has_left_can_be_evaluated() -> None:
    client = Client(jobs=LeavingJobs({"fresh": training_job("fresh")}))
    app = open_app("compare", client)
    assert app.pills(key=f"evaluate_{TASK}").value == ["fresh", "old", "new"]
    app.pills(key=f"evaluate_{TASK}").set_value(["fresh", "old"]).run()
    app.button(key="evaluate").click().run()
    (run,) = client.bench.evaluations.runs(TASK)
    assert [entry.model.name for entry in run.entries if entry.job] == ["fresh", "old"]
    assert client.jobs.done == [("register", "fresh")]


def test_two_models_of_one_name_are_told_apart_by_their_hashes() -> None:
    client = Client()
    for digest in ("0123456789ab", "ba9876543210"):
        client.bench.identities["new"] = ModelIdentity("new", digest, "s3://b/new", "finetuned")
        client.bench.evaluate(new=0.9)
    app = open_app("compare", client)
    options = app.selectbox(key="compare_second").options
    assert {"new (fine-tuned, 01234567)", "new (fine-tuned, ba987654)"} <= set(options)
    assert any(option.endswith("(trivial)") for option in options)


def test_a_run_that_is_under_way_can_be_stopped() -> None:
    client = Client()
    run = client.bench.evaluations.start(client.bench.version, ["new"], trivial=False)
    app = open_app("compare", client)
    app.button(key=f"stop_{run.id}").click().run()
    assert [job.status for job in client.bench.transforms.jobs.values()] == ["Stopped"]


def test_the_verdict_comes_first_and_is_explained() -> None:
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    words = words_on(app)
    assert "new is better: macro F1" in words
    assert "Were the two equally good" in words
    assert [metric.label for metric in app.metric][:2] == [
        "Macro F1, baseline",
        "Macro F1, tuned",
    ]


def test_the_pair_follows_what_is_scored_until_somebody_chooses() -> None:
    client = compared(old=0.4)
    app = open_app("compare", client)
    assert named(app, client) == "old"
    client.bench.evaluate(new=0.9)
    app.run()
    assert named(app, client) == "new"
    app.selectbox(key="compare_second").select(address_of(client, "old")).run()
    client.bench.evaluate(more=0.9)
    app.run()
    assert named(app, client) == "old"


def address_of(client: Client, model: str) -> str:
    found = client.bench.evaluations.records.list(TASK)
    return next(record.address for record in found if record.model.name == model)


def named(app: AppTest, client: Client) -> str:
    """The model that is chosen as the tuned one."""
    chosen = app.selectbox(key="compare_second").value
    found = client.bench.evaluations.records.list(TASK)
    return next(record.model.name for record in found if record.address == chosen)


def test_equal_models_have_no_clear_difference() -> None:
    app = open_pair(compared(old=0.5, new=0.5), "old", "new")
    assert "No clear difference" in words_on(app)
    assert app.button(key="promote").disabled


def test_a_model_is_not_compared_with_itself() -> None:
    app = open_pair(compared(old=0.5, new=0.5), "old", "old")
    assert "choose two models" in words_on(app)


def test_examples_are_shown_by_how_they_changed() -> None:
    client = compared(old=0.4, new=0.9)
    app = open_pair(client, "old", "new")
    app.segmented_control(key="changed").set_value("both_wrong").run()
    assert not app.exception
    assert "Neither has it right" in words_on(app)
    assert text_of(component(app, "example_both_wrong_text")).startswith("Request")


def test_a_cell_of_the_matrix_opens_its_examples() -> None:
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    app.selectbox(key="cell_true").set_value("billing").run()
    app.selectbox(key="cell_answered").set_value("outage").run()
    app.selectbox(key="cell_who").set_value("first").run()
    assert not app.exception
    assert "of “billing” answered with “outage”" in words_on(app)
    assert text_of(component(app, "cell_text")).startswith("Request")
    app.selectbox(key="cell_who").set_value("change").run()
    assert not app.exception


def test_a_click_on_a_cell_chooses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    state: dict[str, str] = {}
    monkeypatch.setattr(st, "session_state", state)
    event = {"selection": {"points": [{"customdata": [0, 1]}]}}
    compare_confusion.clicked(event, "change", ("billing", "outage"))
    assert list(state.values()) == ["billing", "outage", "change"]
    compare_confusion.clicked({"selection": {"points": []}}, "first", ())
    assert state["cell_who"] == "change"


def test_what_differs_beside_the_scores_is_a_table() -> None:
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    shown = next(e.value for e in app.dataframe if "Setting" in e.value.columns)
    assert list(shown["Setting"]) == ["Model", "Hash", "N"]
    assert shown["Tuned"][0] == "new"


def test_three_models_are_judged_together() -> None:
    app = open_pair(compared(old=0.4, new=0.9, third=0.4), "old", "new")
    shown = next(e.value for e in app.dataframe if "Against old" in e.value.columns)
    assert list(shown["Model"]) == ["new", "third"]
    assert list(shown["Against old"]) == ["better", "no clear difference"]
    assert "Holm" in words_on(app)


def test_quality_is_shown_against_time_size_and_cost() -> None:
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    assert "The time is that of the batch job" in words_on(app)
    app.segmented_control(key="quality_across").set_value("Size of the model in MB").run()
    assert "not known of any of these models" in words_on(app)
    app.segmented_control(key="quality_across").set_value("US dollars for 1,000 examples").run()
    assert "Best is the upper left" in words_on(app)


def test_a_baseline_of_equal_budget_is_started_on_request() -> None:
    client = compared(old=0.4, new=0.9)
    app = open_pair(client, "old", "new")
    app.number_input(key="budget_trials_0").set_value(3).run()
    assert "3 random trials" in words_on(app)
    app.button(key="equal_budget").click().run()
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert (request.strategy, request.max_jobs) == ("Random", 3)
    assert "has started" in app.success[0].value


def test_a_baseline_gets_as_many_trials_as_the_model_that_is_chosen_now() -> None:
    client = Client()
    client.bench.training["tried"] = Training(search=Search("accuracy", 6, {}))
    client.bench.evaluate(first=0.4, second=0.9, tried=0.9)
    app = open_pair(client, "first", "second")
    assert "as many tries" in words_on(app)
    found = {one.model.name: one for one in client.bench.evaluations.records.list(TASK)}
    app.selectbox(key="compare_second").select(found["tried"].address).run()
    assert "6 random trials" in words_on(app)


def test_a_constant_model_raises_the_alarm_on_screen_and_cannot_be_promoted() -> None:
    client = compared(old=0.4)
    bench = client.bench
    run = bench.evaluations.start(bench.version, ["new"])
    answer = {"probabilities": [1.0, 0.0], "labels": ["billing", "outage"]}
    bench.transforms.finish("new", lambda _: answer)
    bench.evaluations.states(run)
    app = open_pair(client, "constant class", "new")
    assert any("always answers" in error.value for error in app.error)
    assert app.button(key="promote").disabled


def serving(model: str, client: Client) -> Client:
    """``client`` with an endpoint that serves ``model``."""
    client.fleet[LIVE] = replace(client.fleet[LIVE], model=model)
    return client


def test_the_baseline_is_at_first_what_the_endpoint_serves() -> None:
    client = serving("served", Client())
    known = client.bench.identities
    known["shipped"] = ModelIdentity("shipped", "h1", "s3://b/s", "embedded")
    known["trained"] = ModelIdentity("trained", "h2", "s3://b/t", "finetuned")
    known["served"] = ModelIdentity("served", "h3", "s3://b/u", "finetuned")
    client.bench.evaluate(served=0.6, shipped=0.9, trained=0.4)
    app = open_app("compare", client)
    assert chosen_names(app, client) == ["served", "trained"]


def test_without_a_score_of_that_it_is_the_pretrained_model_and_never_the_trivial_one() -> None:
    client = Client()
    known = client.bench.identities
    known["shipped"] = ModelIdentity("shipped", "h1", "s3://b/s", "embedded")
    known["trained"] = ModelIdentity("trained", "h2", "s3://b/t", "finetuned")
    client.bench.evaluate(shipped=0.9, trained=0.4)
    app = open_app("compare", client)
    assert chosen_names(app, client) == ["shipped", "trained"]
    assert "trained is worse" in words_on(app)


def chosen_names(app: AppTest, client: Client) -> list[str]:
    """Baseline and tuned, by the names of their models."""
    names = {r.address: r.model.name for r in client.bench.evaluations.records.list(TASK)}
    return [names[str(app.selectbox(key=f"compare_{one}").value)] for one in ("first", "second")]


def test_the_gate_compares_with_what_is_served_whatever_is_on_the_screen() -> None:
    client = serving("old", compared(weak=0.2, old=0.9, new=0.6))
    app = open_pair(client, "weak", "new")
    assert "new is better" in words_on(app)
    assert "new against old" in words_on(app)
    assert app.button(key="promote").disabled


def test_a_served_model_without_a_score_has_to_be_scored_first() -> None:
    app = open_pair(compared(old=0.4, new=0.9), "old", "new")
    assert any("has no score on these test data" in info.value for info in app.info)
    assert app.button(key="promote").disabled


def test_labels_by_other_names_are_no_verdict_until_somebody_says_which_is_which() -> None:
    client = compared(new=0.9)
    bench = client.bench
    run = bench.evaluations.start(bench.version, ["old"])
    answer = {"probabilities": [1.0, 0.0], "labels": ["money", "power"]}
    bench.transforms.finish("old", lambda _: answer)
    bench.evaluations.states(run)
    app = open_pair(client, "old", "new")
    assert "no verdict" in words_on(app)
    assert not app.metric
    app.selectbox(key="label_name_0_money").select("billing").run()
    app.button(key="label_names_0").click().run()
    assert not app.exception
    newest = bench.evaluations.records.list(TASK)[0]
    assert newest.model.name == "old"
    assert "“money” was read as “billing”" in newest.alarms[-1].message


def test_a_better_model_is_promoted_and_rolled_back() -> None:
    client = serving("old", compared(old=0.4, new=0.9))
    app = open_pair(client, "old", "new")
    app.button(key="promote").click().run()
    assert client.fleet[LIVE].model == "new"
    history = next(e.value for e in app.dataframe if "Before" in e.value.columns)
    assert list(history["Now"]) == ["new"]
    app.button(key="roll_back").click().run()
    assert not app.exception
    assert client.fleet[LIVE].model == "old"


def test_a_higher_bar_stops_the_promotion() -> None:
    app = open_pair(serving("old", compared(old=0.4, new=0.9)), "old", "new")
    assert not app.button(key="promote").disabled
    app.number_input(key="gate_threshold").set_value(0.99).run()
    assert app.button(key="promote").disabled


@pytest.mark.parametrize(
    ("accuracy", "words"), [("0.9", "No confusion table"), ("twelve", "not a score")]
)
def test_anybodys_numbers_are_explained(accuracy: str, words: str) -> None:
    app = open_app("compare", Client())
    app.text_input(key="explain_accuracy").set_value(accuracy).run()
    assert not app.exception
    shown = [e.value for kind in (app.info, app.error) for e in kind]
    assert any(words in one.replace("\\", "") for one in shown)
