"""Key facts on the landing page and on the page of names."""

from backend.tasks.base import Span
from backend.tasks.named_entities import NamedEntitiesResult
from pages.components.door import Fact, key_facts
from pages.components.key_facts import fact_lines, fact_marks, fact_rows, fact_table
from tests.app.fake_client import FakeClient
from tests.app.support import component, marked, open_app, paste, text_of, words_on

TEXT = (
    "Net debt stood at £18.6 million.\n\n"
    "Tenant must deliver the certificate to the bank no later than 31 May 2026."
)


def test_the_landing_page_shows_the_foremost_facts_with_their_kinds() -> None:
    app = paste(open_app(), TEXT)
    shown = component(app, "document_facts")
    assert "£18.6 million  Net debt" in text_of(shown)
    assert {"Amount", "Deadline"} <= {mark["label"] for mark in shown["marks"]}


def test_a_text_without_facts_says_so() -> None:
    assert "stand out in this text" in words_on(paste(open_app(), "The sea was calm and blue."))


def test_the_layer_of_facts_marks_their_values() -> None:
    app = paste(open_app(query={"layer": "Key facts"}), TEXT)
    assert {"£18.6 million", "31 May 2026", "Tenant"} <= set(
        marked(component(app, "document_reader"))
    )


def test_the_page_of_names_lists_all_facts_and_marks_them() -> None:
    app = paste(open_app("named_entities"), TEXT)
    app.session_state["entity_view"] = "Key facts"
    app.run()
    assert not app.exception
    table = app.dataframe[0].value
    assert list(table["Kind"]) == ["Amount", "Obligation", "Deadline"]
    assert "31 May 2026" in marked(component(app, "entity_reader"))
    app.pills(key="named_entities_fact_kinds").set_value(["deadline"]).run()
    assert list(app.dataframe[0].value["Kind"]) == ["Deadline"]
    assert marked(component(app, "entity_reader")) == ["31 May 2026"]


def test_facts_are_there_where_a_model_saw_no_name() -> None:
    client = FakeClient(results={"named_entities": NamedEntitiesResult((), ())})
    app = paste(open_app("named_entities", client), TEXT)
    app.session_state["entity_view"] = "Key facts"
    app.run()
    assert len(app.dataframe[0].value) == 3


def test_rows_for_export_hold_the_sentence_and_the_place() -> None:
    row = fact_rows(key_facts(TEXT))[0]
    assert row["value"] == TEXT[int(row["start"]) : int(row["end"])] == "£18.6 million"
    assert row["sentence"] == "Net debt stood at £18.6 million."
    assert fact_table(key_facts(TEXT))[0]["Kind"] == "Amount"


def test_of_two_facts_in_one_place_only_one_takes_clicks() -> None:
    span = Span(0, 4, "Bank")
    facts = [
        Fact("party", "Bank", "The Lender", span, span),
        Fact("obligation", "Bank", "must pay", span, span),
    ]
    assert [mark.clickable for mark in fact_marks(facts)] == [True, False]
    assert len({line.id for line in fact_lines(facts)}) == 2
