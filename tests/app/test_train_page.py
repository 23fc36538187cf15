"""The Train page: from a dataset to a job that is checked before it starts."""

from dataclasses import replace

from streamlit.testing.v1 import AppTest

from backend.errors import InputError, NotPermitted
from backend.jobs.requests import Start, TrainingRequest, TuningRequest
from backend.tasks.recipes.base import MetricDefinition, Objective, Range
from tests.app.fake_jobs import TASK, JobsClient, training_job, tuning_job
from tests.app.support import open_app, words_on

EARLIER = Start(
    "earlier", "s3://b/earlier/model.tar.gz", ("a", "c"), {"lora_rank": 16, "frozen_layers": 0}
)


def client_with_data() -> JobsClient:
    client = JobsClient()
    examples = [
        {
            "text": f"Case {number} is quite {'good' if number % 2 else 'bad'}.",
            "label": "ab"[number % 2],
        }
        for number in range(600)
    ]
    client.datasets.add(
        name="cases",
        task=TASK,
        splits={"train": examples[:420], "validation": examples[420:510], "test": examples[510:]},
        source="a test",
    )
    return client


def open_train(client: JobsClient, **query: str) -> AppTest:
    return open_app("train", client, query={"train_task": "text_classification", **query})


def start(app: AppTest) -> None:
    if not app.button(key="start_job").disabled:
        app.button(key="start_job").click().run()
        return
    app.checkbox(key="start_anyway").check().run()
    app.button(key="start_job").click().run()


def test_without_a_dataset_the_page_says_where_to_add_one() -> None:
    assert "no dataset for this task" in words_on(open_train(JobsClient()))


def test_a_fine_tuning_starts_with_the_values_of_the_form() -> None:
    client = client_with_data()
    app = open_train(client)
    key = f"train_{TASK}_Fine-tuning_balanced_"
    app.number_input(key=f"{key}_epochs").set_value(5).run()
    app.checkbox(key=f"{key}_spot").check().run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TrainingRequest)
    assert request.hyperparameters["epochs"] == 5
    assert request.dataset == "cases/v1"
    assert (request.spot, request.max_wait_seconds) == (True, 2 * request.max_seconds)
    assert not app.exception


def test_a_search_may_have_another_objective_and_an_end() -> None:
    client = client_with_data()
    app = open_train(client)
    app.segmented_control(key="train_kind").set_value("Search").run()
    key = f"train_{TASK}_Search_balanced_"
    app.selectbox(key=f"{key}_goal_objective").select("validation:f1_macro").run()
    app.number_input(key=f"{key}_goal_target").set_value(0.9).run()
    app.number_input(key=f"{key}_goal_patience").set_value(4).run()
    app.number_input(key=f"{key}_goal_seed").set_value(7).run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.training.objective == Objective("validation:f1_macro", "Maximize")
    assert (request.target, request.patience, request.seed) == (0.9, 4, 7)


def test_a_search_may_read_a_metric_of_ones_own() -> None:
    client = client_with_data()
    app = open_train(client)
    app.segmented_control(key="train_kind").set_value("Search").run()
    key = f"train_{TASK}_Search_balanced_"
    app.selectbox(key=f"{key}_goal_objective").select("a metric of my own…").run()
    assert "Give both" in words_on(app)
    app.text_input(key=f"{key}_goal_own_name").set_value("my:loss").run()
    pattern = MetricDefinition.ours("train:loss").regex
    app.text_input(key=f"{key}_goal_own_pattern").set_value(pattern).run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.training.objective == Objective("my:loss", "Minimize")
    assert MetricDefinition("my:loss", pattern) in request.training.metrics


def test_a_search_learns_from_an_earlier_one_on_the_same_data() -> None:
    client = client_with_data()
    data = client.datasets.list()[0]
    done = replace(tuning_job(), name="before", dataset_sha256=data.sha256)
    elsewhere = replace(done, name="elsewhere", dataset_sha256="other")
    client.jobs.searches = {one.name: one for one in (done, elsewhere)}
    app = open_train(client)
    app.segmented_control(key="train_kind").set_value("Search").run()
    chosen = app.multiselect(key=f"train_{TASK}_Search_balanced__goal_parents")
    assert chosen.options == ["before"]
    chosen.select("before").run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.parents == ("before",)


def test_a_search_starts_with_its_ranges_and_numbers() -> None:
    client = client_with_data()
    app = open_train(client)
    app.segmented_control(key="train_kind").set_value("Search").run()
    key = f"train_{TASK}_Search_balanced_"
    app.number_input(key=f"{key}_space_learning_rate_high").set_value(5e-4).run()
    app.number_input(key=f"{key}_trials").set_value(9).run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.max_jobs == 9
    space = request.spaces["learning_rate"]
    assert isinstance(space, Range)
    assert space.high == 5e-4


def test_what_cannot_work_is_said_and_mended_by_a_click() -> None:
    app = open_train(client_with_data())
    key = f"train_{TASK}_Fine-tuning_balanced_"
    app.number_input(key=f"{key}_early_stopping_patience").set_value(60).run()
    assert "cannot stop a run" in " ".join(str(e.proto) for e in app.error)
    assert app.button(key="start_job").disabled
    fix = next(b for b in app.button if str(b.key).startswith("fix_"))
    fix.click().run()
    assert not app.error
    assert not app.exception


def test_the_published_preset_is_shown_with_its_mistakes() -> None:
    app = open_train(client_with_data())
    app.segmented_control(key="train_kind").set_value("Search").run()
    app.segmented_control(key=f"train_preset_{TASK}").set_value("as-published").run()
    told = " ".join(str(e.proto) for e in app.error)
    assert "outside the search range" in told
    assert "run at once" in told


def test_jumpstarts_program_brings_its_own_settings_ranges_and_objective() -> None:
    client = client_with_data()
    app = open_train(client)
    name = "tensorflow-tc-bert-en-uncased-L-12-H-768-A-12-2"
    app.selectbox(key=f"train_model_{TASK}").select(name).run()
    app.segmented_control(key="train_kind").set_value("Search").run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.training.program == name
    assert request.training.objective.metric == "val_accuracy"
    assert request.spaces == {"adam-learning-rate": Range(1e-5, 1e-2, "Logarithmic")}
    assert not app.exception


def test_a_model_of_the_hub_is_where_our_program_starts_from() -> None:
    client = client_with_data()
    app = open_train(client)
    app.selectbox(key=f"train_model_{TASK}").select("distilbert-base-uncased").run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TrainingRequest)
    assert request.program == ""
    assert request.hyperparameters["base_model"] == "distilbert-base-uncased"


def test_a_fine_tuning_goes_on_from_an_earlier_model() -> None:
    client = client_with_data()
    client.starts.found["earlier"] = EARLIER
    app = open_train(client)
    key = f"train_{TASK}_Fine-tuning_balanced_"
    assert app.number_input(key=f"{key}_lora_rank")
    app.selectbox(key="train_start_cases/v1").select("earlier").run()
    assert "It knows 1 of the 2 labels" in words_on(app)
    assert not [field for field in app.number_input if field.key == f"{key}_lora_rank"]
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TrainingRequest)
    assert request.start == EARLIER.uri
    assert request.hyperparameters["lora_rank"] == 16
    assert not app.exception


def test_a_search_goes_on_from_an_earlier_model() -> None:
    client = client_with_data()
    client.starts.found["earlier"] = EARLIER
    app = open_train(client)
    app.segmented_control(key="train_kind").set_value("Search").run()
    app.selectbox(key="train_start_cases/v1").select("earlier").run()
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert request.training.start == EARLIER.uri
    assert not app.exception


def test_few_examples_go_on_from_what_has_learned_the_task() -> None:
    client = client_with_data()
    examples = [{"text": f"Case {n} is good or bad.", "label": "ab"[n % 2]} for n in range(60)]
    client.datasets.add("few", TASK, {"train": examples}, source="a test")
    client.starts.found["earlier"] = EARLIER
    app = open_train(client)
    app.selectbox(key=f"train_data_{TASK}").select("few/v1").run()
    assert app.selectbox(key="train_start_few/v1").value == "earlier"


def test_a_new_job_goes_on_from_the_model_that_the_earlier_one_went_on_from() -> None:
    client = client_with_data()
    client.starts.found["earlier"] = EARLIER
    channels = {"train": "s3://b/train/", "model": EARLIER.uri}
    client.jobs.trainings["tuned"] = training_job(channels=channels)
    app = open_train(client, **{"from": "tuned"})
    assert app.selectbox(key="train_start_cases/v1").value == "earlier"


def test_a_start_that_cannot_be_read_is_told_in_a_sentence() -> None:
    client = client_with_data()
    client.starts.found["earlier"] = EARLIER
    client.starts.refusal = InputError("“earlier” cannot be gone on from: choose another start.")
    app = open_train(client)
    app.selectbox(key="train_start_cases/v1").select("earlier").run()
    assert "cannot be gone on from" in app.error[0].value
    assert not app.exception


def test_a_range_that_is_empty_is_told_in_a_sentence() -> None:
    app = open_train(client_with_data())
    app.segmented_control(key="train_kind").set_value("Search").run()
    key = f"train_{TASK}_Search_balanced_"
    app.number_input(key=f"{key}_space_learning_rate_low").set_value(1.0).run()
    assert "empty" in app.error[0].value
    assert not app.exception


def test_a_refusal_keeps_the_form() -> None:
    client = client_with_data()
    client.jobs.refusal = NotPermitted("sagemaker:CreateTrainingJob")
    app = open_train(client)
    start(app)
    assert "sagemaker" in app.error[-1].value
    assert app.button(key="start_job")


def test_a_new_job_starts_from_an_earlier_one() -> None:
    client = client_with_data()
    client.jobs.trainings["tuned"] = training_job()
    app = open_train(client, **{"from": "tuned"})
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TrainingRequest)
    assert request.hyperparameters["epochs"] == 7
    assert request.hyperparameters["learning_rate"] == 0.0003


def test_a_new_search_starts_from_an_earlier_one() -> None:
    client = client_with_data()
    client.jobs.searches["search"] = tuning_job()
    app = open_train(client, **{"from": "search"})
    start(app)
    (request,) = client.jobs.started
    assert isinstance(request, TuningRequest)
    assert (request.strategy, request.max_jobs) == ("Random", 4)


def test_patterns_are_tried_on_a_log() -> None:
    app = open_train(client_with_data())
    app.expander[[e.label for e in app.expander].index("Try a pattern on a log")]
    app.session_state["regex"] = True
    app.run()
    warned = " ".join(str(w.value) for w in app.warning)
    assert "matches no line" in warned.replace("\\", "")
