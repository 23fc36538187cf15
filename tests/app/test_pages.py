"""Every page: what it shows at once, when things go wrong, and when there is nothing to show."""

from dataclasses import replace

import pytest

from backend.errors import (
    CloudUnreachable,
    DocumentInsightsError,
    EndpointFailed,
    EndpointMissing,
    ModelError,
    TimedOut,
)
from backend.tasks.base import Span
from backend.tasks.named_entities import NamedEntitiesResult
from backend.tasks.question_answering import QuestionAnsweringResult
from backend.tasks.registry import task_of
from backend.tasks.relation_extraction import RelationExtractionResult
from backend.tasks.summarization import SummarizationResult
from backend.tasks.text_classification import Section, TextClassificationResult
from pages.components import door
from tests.app.fake_client import FakeClient, endpoint_of
from tests.app.support import (
    component,
    marked,
    open_app,
    paste,
    shown_by,
    switch,
    text_of,
    words_on,
)

TASK_PAGES = [task.slug for task in door.TASKS]
READERS = {
    "summarization": "summarization_reader",
    "text_classification": "classification_reader",
    "question_answering": "question_reader",
    "named_entities": "entity_reader",
    "relation_extraction": "relation_reader",
    "document": "document_reader",
}
HOSTILE = (
    "Ann <img src=x onerror=alert(1)> met ![Bob](http://evil.example/x.png) in Rome.\n"
    "שלום Dana 👩‍🔬 e\u0301t\u0301e. [Click](javascript:alert(1)) $x$ :red[Eve] </div>"
    "<script>alert(2)</script> Acme Corp pays Bob."
)
EMPTY = {
    "named_entities": NamedEntitiesResult((), ()),
    "question_answering": QuestionAnsweringResult((), "none", 0.97, 1),
    "relation_extraction": RelationExtractionResult((), 3),
    "summarization": SummarizationResult("In other words.", (), 3, 600, None),
    "text_classification": TextClassificationResult("a", ("a", "b"), (0.51, 0.49), ()),
}
TONES = ((0, "good"), (2, "bad"))
TONE_VIEW = {"class_view": "model"}
FIRST_ASKED = {"text_classification": door.OWN_LABELS}
"""Where a page asks another endpoint first than its task's standard one."""
EMPTY_WORDS = {
    "named_entities": "No names were found",
    "question_answering": "nothing in this text answers it",
    "relation_extraction": "No relations were found",
    "text_classification": "Probably a",
}


def test_a_typed_text_is_taken_without_a_click_and_an_emptied_box_keeps_it() -> None:
    app = open_app("named_entities")
    app.segmented_control(key="source").set_value("Paste").run()
    app.text_area(key="pasted").set_value("Ann met Bob.").run()
    assert text_of(component(app, "entity_reader")) == "Ann met Bob."
    app.text_area(key="pasted").set_value("").run()
    assert text_of(component(app, "entity_reader")) == "Ann met Bob."
    assert not app.error


@pytest.mark.parametrize("page", TASK_PAGES)
def test_a_task_answers_a_sample_at_once(page: str) -> None:
    client = FakeClient()
    app = open_app(page, client)
    shown = component(app, READERS[page])
    assert page in {slug for slug, _, _ in client.asked}
    assert text_of(shown) == door.samples(page)[0].text
    assert shown["marks"]


@pytest.mark.parametrize("page", TASK_PAGES)
def test_every_mark_lies_on_its_text_whatever_is_pasted(page: str) -> None:
    app = paste(open_app(page), HOSTILE)
    shown = component(app, READERS[page])
    assert text_of(shown) == HOSTILE
    assert all(part and part in HOSTILE for part in marked(shown))


@pytest.mark.parametrize("page", TASK_PAGES)
def test_hostile_text_reaches_nothing_that_renders_markdown_or_html(page: str) -> None:
    app = paste(open_app(page), HOSTILE)
    for element in app.html:
        assert "<img" not in element.value
        assert "<script" not in element.value
    kinds = ("markdown", "caption", "info", "error", "button", "title", "subheader")
    for shown in shown_by(app, *kinds):
        assert "![Bob](" not in shown
        assert "[Click](" not in shown
        assert ":red[Eve]" not in shown


@pytest.mark.parametrize("page", TASK_PAGES)
@pytest.mark.parametrize(
    "error",
    [
        ModelError("The model <b>broke</b>: see its log."),
        EndpointFailed("pretrained-x", "out of memory"),
        TimedOut(),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_failure_is_one_sentence_and_can_be_tried_again(
    page: str, error: DocumentInsightsError
) -> None:
    client = FakeClient(errors={page: error})
    app = open_app(page, client)
    assert len(app.error) == 1
    assert app.error[0].value.replace("\\", "") == str(error)
    assert text_of(component(app, READERS[page]))
    client.errors.clear()
    app.button(key=f"{page}_again").click().run()
    assert not app.error
    assert component(app, READERS[page])["marks"]


@pytest.mark.parametrize("page", EMPTY_WORDS)
def test_a_result_with_nothing_in_it_says_so(page: str) -> None:
    app = open_app(page, FakeClient(results={page: EMPTY[page]}))
    assert EMPTY_WORDS[page].casefold() in words_on(app).casefold()
    assert component(app, READERS[page])["marks"] == []


def test_a_summary_in_points_has_as_many_as_are_chosen() -> None:
    client = FakeClient()
    app = open_app("summarization", client)
    app.segmented_control(key="summary_form").set_value("5 points").run()
    request = client.asked[-1][1]
    assert (request.style, request.bullets, request.max_words) == ("bullets", 5, None)
    assert not app.exception


def test_a_summary_about_something_is_one_of_everything_until_a_subject_is_given() -> None:
    client = FakeClient()
    app = open_app("summarization", client)
    app.segmented_control(key="summary_form").set_value("About …").run()
    assert client.asked[-1][1].style == "lead"
    app.pills(key="summary_subjects").set_value("the decision").run()
    assert (client.asked[-1][1].style, client.asked[-1][1].focus) == ("focus", "the decision")
    app.text_input(key="summary_about").set_value("the price").run()
    assert client.asked[-1][1].focus == "the price"
    assert not app.exception


def test_the_form_of_a_summary_is_taken_from_the_link() -> None:
    client = FakeClient()
    open_app("summarization", client, query={"summary": "3"})
    assert client.asked[-1][1].bullets == 3
    assert client.asked[-1][1].style == "bullets"


def test_a_summary_is_never_more_than_a_third_of_its_document() -> None:
    client = FakeClient()
    app = paste(open_app("summarization", client), "Ann met Bob at the station. " * 30)
    assert client.asked[-1][1].max_words == 60
    assert not app.exception


def test_a_summary_in_the_models_own_words_is_shown_without_marks() -> None:
    app = open_app("summarization", FakeClient(results=EMPTY))
    assert text_of(component(app, "summary_text")) == "In other words."
    assert component(app, "summarization_reader")["marks"] == []


@pytest.mark.parametrize("page", TASK_PAGES)
def test_while_a_model_starts_the_page_says_so_and_keeps_the_document(page: str) -> None:
    client = FakeClient()
    name = FIRST_ASKED.get(page, task_of(page).default_endpoint)
    client.fleet[name] = endpoint_of(name, page, "Creating")
    app = open_app(page, client)
    assert "being prepared" in words_on(app)
    assert not any(slug == page and name == asked for slug, _, asked in client.asked)
    client.fleet[name] = endpoint_of(name, page)
    app.run()
    assert component(app, READERS[page])["marks"]


@pytest.mark.parametrize("page", [*TASK_PAGES, "document"])
def test_without_a_service_the_page_stands_and_says_that_it_starts(page: str) -> None:
    client = FakeClient(down=CloudUnreachable())
    client.cloud = replace(client.cloud, charged=False)
    app = open_app(page, client)
    assert not app.exception
    assert "starting" in words_on(app)
    assert text_of(component(app, READERS[page]))


@pytest.mark.parametrize("page", [*TASK_PAGES, "document"])
def test_empty_text_is_refused_in_one_sentence_and_the_document_stays(page: str) -> None:
    app = open_app(page)
    before = text_of(component(app, READERS[page]))
    app = paste(app, " \n ")
    assert "no text yet" in app.error[0].value
    assert text_of(component(app, READERS[page])) == before


def test_the_document_stays_when_changing_pages() -> None:
    app = paste(open_app("named_entities"), "Ann met Bob. Bob left.")
    for page in ("summarization", "question_answering", "document"):
        app = switch(app, page)
        assert text_of(component(app, READERS[page])) == "Ann met Bob. Bob left."
    assert app.text_area(key="pasted").value == "Ann met Bob. Bob left."


@pytest.mark.parametrize("page", ["document", "named_entities"])
def test_a_damaged_file_is_refused_and_shows_nothing_of_the_document_before(page: str) -> None:
    app = open_app(page)
    app.segmented_control(key="source").set_value("File").run()
    app.file_uploader[0].upload("note.txt", b"Ann met Bob in Rome.").run()
    assert text_of(component(app, READERS[page])) == "Ann met Bob in Rome."
    app.file_uploader[0].upload("broken.pdf", b"%PDF-1.7 nothing here").run(timeout=60)
    assert len(app.error) == 1
    assert "Nothing is shown until" in words_on(app)
    assert not app.get("bidi_component")


def test_a_file_name_is_shown_as_text() -> None:
    app = open_app("named_entities")
    app.segmented_control(key="source").set_value("File").run()
    app.file_uploader[0].upload("<img src=x>![a](b).txt", b"Ann.").run()
    assert not app.exception
    assert "<img" not in "".join(element.value for element in app.html)


def test_the_threshold_acts_without_a_new_request() -> None:
    client = FakeClient()
    app = open_app("relation_extraction", client)
    asked, before = len(client.asked), component(app, "relation_reader")["marks"]
    app.slider(key="relation_threshold").set_value(0.95).run()
    assert len(client.asked) == asked
    assert len(component(app, "relation_reader")["marks"]) < len(before)


def test_a_link_leads_to_a_relation_however_many_others_are_shown() -> None:
    app = open_app("relation_extraction")
    row = app.dataframe[0].value.iloc[2]
    text = text_of(component(app, "relation_reader"))
    first = f"{text.index(row['From'])}-{text.index(row['To'])}"
    for threshold in ("0.7", "0.5"):
        query = {"relation": first, "relation_threshold": threshold}
        shown = component(open_app("relation_extraction", query=query), "relation_reader")
        ends = {m["id"]: words for m, words in zip(shown["marks"], marked(shown), strict=True)}
        assert (ends["head"], ends["tail"]) == (row["From"], row["To"])


def test_a_tone_says_how_the_parts_differ_and_what_the_standard_model_learned_from() -> None:
    client = FakeClient()
    name = "pretrained-text-classification"
    client.fleet[name] = replace(client.fleet[name], model=name)
    words = words_on(open_app("text_classification", client, query=TONE_VIEW))
    assert "parts: " in words
    assert "positive" in words
    assert "learned praise and complaint from film reviews" in words
    client.fleet[name] = replace(client.fleet[name], model="tickets-0123")
    app = open_app("text_classification", client, query=TONE_VIEW)
    assert "film reviews" not in words_on(app)


def test_a_report_has_no_tone_to_tell() -> None:
    client = FakeClient()
    words = words_on(open_app("document", client))
    assert "parts: " not in words
    assert "pretrained-text-classification" not in {endpoint for _, _, endpoint in client.asked}


def test_a_text_without_a_tone_has_no_parts_marked_by_it() -> None:
    app = open_app("text_classification", query={"sample": "board-minutes", **TONE_VIEW})
    assert "No opinion in this text" in words_on(app)
    assert component(app, "classification_reader")["marks"] == []


@pytest.mark.parametrize(
    ("sample", "word"), [("board-minutes", "Business and finance"), ("guest-feedback", "Positive")]
)
def test_sections_are_marked_by_tone_where_there_is_one_else_by_topic(
    sample: str, word: str
) -> None:
    app = open_app(query={"sample": sample, "layer": "Sections"})
    assert component(app, "document_reader")["marks"][0]["title"].startswith(word)


def test_the_tone_of_a_sober_text_is_shown_to_whoever_wants_it() -> None:
    app = open_app("text_classification", query={"sample": "board-minutes", **TONE_VIEW})
    app.toggle(key="tone_anyway").set_value(True).run()
    assert component(app, "classification_reader")["marks"]


def test_parts_of_both_kinds_in_balance_are_called_mixed() -> None:
    sections = tuple(Section(Span(n, n + 1, "x", tone, 0.9), (0.9, 0.1)) for n, tone in TONES)
    mixed = TextClassificationResult("good", ("good", "bad"), (0.51, 0.49), sections)
    client = FakeClient(results={"text_classification": mixed})
    words = words_on(open_app("text_classification", client, query=TONE_VIEW))
    assert "Mixed" in words
    assert "51% good on average over 2 parts: 1 good, 1 bad" in words


def test_hiding_a_type_takes_its_marks_away_without_a_new_request() -> None:
    client = FakeClient()
    app = open_app("named_entities", client)
    asked = len(client.asked)
    app.session_state["entity_legend"] = {"hidden": ["ORG"]}
    app.run()
    shown = component(app, "entity_reader")
    assert len(client.asked) == asked
    assert not any(mark["id"].startswith("ORG:") for mark in shown["marks"])
    assert any(mark["id"].startswith("PERSON:") for mark in shown["marks"])


def test_a_new_length_asks_for_a_new_summary() -> None:
    client = FakeClient()
    app = open_app("summarization", client)
    app.slider(key="summary_words").set_value(40).run()
    assert client.asked[-1][1].max_words == 40
    app.checkbox(key="summary_own").check().run()
    assert client.asked[-1][1].max_words is None
    assert app.slider(key="summary_words").disabled
    assert not app.exception


def test_a_suggested_question_is_asked_and_goes_with_its_document() -> None:
    client = FakeClient()
    app = open_app("question_answering", client)
    question = door.samples()[0].questions[1].text
    app.pills(key="suggested_question").set_value(question).run()
    assert client.asked[-1][1].question == question
    other = next(s for s in door.samples() if s.questions and question not in str(s.questions))
    app.selectbox(key="sample").select(other.slug).run()
    assert client.asked[-1][1].question == other.questions[0].text


def test_a_typed_question_is_asked_of_the_next_document_as_well() -> None:
    client = FakeClient()
    app = open_app("question_answering", client)
    app.text_input(key="question").set_value("Who pays?").run()
    app.selectbox(key="sample").select(door.samples()[2].slug).run()
    assert client.asked[-1][1].question == "Who pays?"
    assert client.asked[-1][1].context == door.samples()[2].text


@pytest.mark.parametrize("page", ["question_answering", "document"])
def test_of_a_document_of_ones_own_nothing_is_asked_until_somebody_asks(page: str) -> None:
    client = FakeClient()
    app = paste(open_app(page, client), "Ann met Bob. Bob left.")
    own = [r for slug, r, _ in client.asked if slug == "question_answering" and "Bob" in r.context]
    assert not own
    assert not app.pills
    app.text_input(key="question").set_value("Who left?").run()
    assert client.asked[-1][1].context == "Ann met Bob. Bob left."
    assert component(app, READERS[page])["marks"]


def test_a_link_opens_the_same_view_on_a_cold_server() -> None:
    sample = door.samples()[3]
    client = FakeClient()
    open_app(client=client, query={"sample": sample.slug, "question": "Who signs?"})
    asked = {slug: request for slug, request, _ in client.asked}
    assert asked["named_entities"].text == sample.text
    assert asked["question_answering"].question == "Who signs?"


def test_a_link_with_nonsense_in_it_opens_the_default_view() -> None:
    app = open_app(query={"sample": "../../etc/passwd", "layer": "x", "question": "y"})
    assert text_of(component(app, "document_reader")) == door.samples()[0].text


def test_the_landing_page_asks_all_five_at_once() -> None:
    client = FakeClient()
    app = open_app(client=client)
    assert {slug for slug, _, _ in client.asked} == set(TASK_PAGES)
    assert component(app, "document_names")["entries"]
    assert text_of(component(app, "document_relations"))
    assert text_of(component(app, "document_summary"))


def test_one_failed_insight_leaves_the_other_four() -> None:
    client = FakeClient(errors={"relation_extraction": TimedOut()})
    app = open_app(client=client)
    assert len(app.error) == 1
    assert component(app, "document_names")["entries"]


def test_each_layer_marks_the_text_of_its_insight() -> None:
    app = open_app(query={"sample": "guest-feedback"})
    for layer in ("Names", "Summary", "Sections", "Relations"):
        app.segmented_control(key="layer_0").set_value(layer)
        app.run()
        shown = component(app, "document_reader")
        assert len(shown["marks"]) > 1
        assert all(part in text_of(shown) for part in marked(shown))


def test_the_same_request_is_not_sent_twice() -> None:
    client = FakeClient()
    app = open_app("named_entities", client)
    app.run()
    switch(switch(app, "summarization"), "named_entities")
    assert [slug for slug, _, _ in client.asked].count("named_entities") == 1


def test_developers_see_request_answer_and_programs() -> None:
    app = open_app("named_entities")
    app.session_state["named_entities_developer"] = True
    app.run()
    for view, words in (
        ("Request", '"text"'),
        ("Answer", '"entities"'),
        ("curl", "curl"),
        ("boto3", "boto3"),
    ):
        app.session_state["named_entities_developer_view"] = view
        app.run()
        assert any(words in code.value for code in app.code)


def test_a_fine_tuned_model_can_be_chosen() -> None:
    client = FakeClient()
    client.fleet["finetuned-named-entities"] = endpoint_of(
        "finetuned-named-entities", "named_entities"
    )
    app = open_app("named_entities", client)
    app.selectbox(key="named_entities_endpoint").select("finetuned-named-entities").run()
    assert client.asked[-1][2] == "finetuned-named-entities"


def test_an_endpoint_that_disappears_is_said_to_be_missing() -> None:
    client = FakeClient()
    client.fleet["finetuned-named-entities"] = endpoint_of(
        "finetuned-named-entities", "named_entities"
    )
    app = open_app("named_entities", client)
    client.errors["named_entities"] = EndpointMissing("finetuned-named-entities")
    app.selectbox(key="named_entities_endpoint").select("finetuned-named-entities").run()
    assert "does not exist" in app.error[0].value


def test_a_model_that_did_not_come_with_this_copy_is_said_to_be_missing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    name = "pretrained-question-answering"
    monkeypatch.setattr(door, "shipped", lambda: {name: False})
    client = FakeClient()
    del client.fleet[name]
    app = open_app("question_answering", client)
    assert "did not come with this copy" in app.error[0].value
    assert "not in this copy" in words_on(app)
    assert not client.asked


def test_where_nothing_is_deployed_the_landing_page_says_so_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(door, "shipped", dict)
    client = FakeClient()
    client.fleet.clear()
    app = open_app("document", client)
    assert [info.value for info in app.info if "in one click" in info.value]
    assert not app.error
    assert text_of(component(app, "document_reader")) == door.samples()[0].text


@pytest.mark.parametrize("page", [*TASK_PAGES, "document"])
def test_after_everything_was_deleted_a_page_says_so_and_leads_to_the_endpoints(page: str) -> None:
    client = FakeClient()
    app = open_app(page, client)
    client.fleet.clear()
    app.run()
    told = "\n".join(info.value for info in app.info)
    assert "the Endpoints page deploys all five in one click" in told
    assert "being prepared" not in words_on(app)
    assert "no models are deployed" in words_on(app)
    assert text_of(component(app, READERS[page]))


def test_a_standard_model_that_was_deleted_is_not_said_to_be_on_its_way() -> None:
    client = FakeClient()
    del client.fleet["pretrained-summarization"]
    for page in ("summarization", "document"):
        app = open_app(page, client)
        assert "was deleted" in app.error[0].value
        assert not any(slug == "summarization" for slug, _, _ in client.asked)


@pytest.mark.parametrize("page", [*TASK_PAGES, "document"])
def test_a_cloud_that_refuses_is_not_said_to_be_starting(page: str) -> None:
    client = FakeClient(down=CloudUnreachable())
    client.cloud = replace(client.cloud, charged=True)
    app = open_app(page, client)
    assert "cannot be reached" in app.error[0].value
    assert text_of(component(app, READERS[page]))


def test_a_failed_model_is_counted_in_the_sidebar() -> None:
    client = FakeClient()
    client.fleet["broken"] = endpoint_of("broken", "named_entities", "Failed")
    words = words_on(open_app("endpoints", client))
    assert "8 models ready" in words
    assert "1 model failed" in words


def test_a_document_of_ones_own_is_kept_only_by_a_click_and_opened_by_its_link() -> None:
    client = FakeClient()
    app = paste(open_app("named_entities", client), "Ann met Bob. Bob left.")
    assert not client.documents.kept
    assert "has not been stored anywhere" in words_on(app)
    app.button(key="document_keep").click().run()
    key = next(iter(client.documents.kept))
    assert f"document={key}" in app.code[0].value
    opened = open_app("named_entities", client, query={"document": key})
    assert text_of(component(opened, "entity_reader")) == "Ann met Bob. Bob left."
    opened.button(key="document_forget").click().run()
    assert not client.documents.kept
    assert text_of(component(opened, "entity_reader")) == "Ann met Bob. Bob left."


def test_a_link_to_a_document_that_is_gone_says_so() -> None:
    app = open_app("named_entities", query={"document": "0" * 40})
    assert "not kept here any more" in app.warning[0].value
    assert text_of(component(app, "entity_reader")) == door.samples()[0].text


def test_two_names_are_asked_how_they_relate_with_their_sentence_as_evidence() -> None:
    client = FakeClient()
    app = open_app("relation_extraction", client, query={"relations_view": "Ask about two names"})
    names = app.selectbox(key="pair_first").options
    app.selectbox(key="pair_first").select_index(0).run()
    app.selectbox(key="pair_second").select_index(1).run()
    assert not app.exception
    slug, request, _ = client.asked[-1]
    assert slug == "relation_extraction"
    assert [request.text[s.start : s.end] for s in request.pair] == names[:2]
    kinds = {mark["id"] for mark in component(app, "relation_reader")["marks"]}
    assert {"evidence", "head", "tail"} <= kinds


def test_names_clicked_in_the_text_become_the_pair() -> None:
    app = open_app("relation_extraction", query={"relations_view": "Ask about two names"})
    names = app.selectbox(key="pair_first").options
    ids = list(dict.fromkeys(m["id"] for m in component(app, "relation_reader")["marks"]))
    app.session_state["pair_clicked_last"] = {"pair_first": ids[0], "pair_second": ids[1]}
    app.run()
    assert len({app.selectbox(key=f"pair_{at}").value for at in ("first", "second")}) == 2
    assert len(names) > 2


def test_a_handful_of_relations_is_shown_and_the_rest_is_said_to_be_hidden() -> None:
    app = open_app("relation_extraction")
    few = len(app.dataframe[0].value)
    assert "hidden" in words_on(app)
    app.toggle(key="relations_all").set_value(True).run()
    assert few <= 12 <= len(app.dataframe[0].value)


def test_a_link_to_a_model_that_is_gone_says_so_until_another_one_is_chosen() -> None:
    app = open_app("named_entities", query={"model": "gone_1"})
    assert r"gone\_1" in words_on(app)
    assert "which is not here" in words_on(app.run())
    assert "which is not here" not in words_on(open_app("named_entities"))


@pytest.mark.parametrize("page", [*TASK_PAGES, "document"])
def test_a_page_that_shows_what_it_shows_first_writes_nothing_into_its_address(page: str) -> None:
    assert dict(open_app(page).query_params) == {}


def test_what_was_chosen_on_a_page_is_in_its_address() -> None:
    app = open_app("document")
    other = door.samples()[1].slug
    app.selectbox(key="sample").select(other).run()
    assert app.query_params["sample"] == other


def test_a_reload_says_that_a_pasted_text_was_not_kept() -> None:
    app = paste(open_app("document"), "Ann met Bob.").run()
    again = open_app("document", query={"own": app.query_params["own"]})
    assert "was not kept" in words_on(again)
    assert "own" not in again.query_params
    assert "was not kept" not in words_on(paste(again, "Ann met Bob."))
