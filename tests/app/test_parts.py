"""Long documents in parts: nothing is lost, every offset is that of the whole document."""

from hypothesis import given
from hypothesis import strategies as st

from pages.components.door import NamedEntitiesRequest, RelationExtractionRequest
from pages.components.parts import PARTS, join_answers, requests_for, split
from tests.app.fake_client import FakeClient
from tests.app.support import component, marked, open_app, paste, text_of
from tests.support import eventually

TEXTS = st.text(alphabet=st.sampled_from("ab. \nשé👩"), max_size=300)


@given(TEXTS, st.integers(1, 50))
def test_parts_follow_each_other_and_are_the_whole_text(text: str, size: int) -> None:
    parts = split(text, size)
    assert "".join(text[start:end] for start, end in parts) == text
    assert all(0 <= end - start <= size for start, end in parts)


def test_a_part_ends_with_a_paragraph_where_it_can() -> None:
    text = "One.\n\nTwo words.\n\nThree more words here.\n\nFour."
    assert [text[a:b] for a, b in split(text, 30)] == [
        "One.\n\nTwo words.\n\n",
        "Three more words here.\n\nFour.",
    ]


def test_a_short_document_is_one_request() -> None:
    request = NamedEntitiesRequest("Ann met Bob.")
    assert requests_for("named_entities", request) == [(0, request)]
    assert requests_for("summarization", object()) != []


def test_offsets_of_all_parts_are_those_of_the_document() -> None:
    text = "Ann met Bob in Rome. 👩‍🔬 Eve left.\n\n" * 1_000
    client = FakeClient()
    for slug, request, task in (
        ("named_entities", NamedEntitiesRequest(text), "NAMED_ENTITIES"),
        ("relation_extraction", RelationExtractionRequest(text), "RELATION_EXTRACTION"),
    ):
        from pages.components import door

        requests = requests_for(slug, request)
        assert len(requests) == -(-len(text) // PARTS[slug].size) or len(requests) > 1
        answers = [(at, client.run(getattr(door, task), part)) for at, part in requests]
        result = join_answers(slug, answers).result
        spans = (
            result.entities
            if slug == "named_entities"
            else [span for r in result.relations for span in (r.head, r.tail, r.sentence)]
        )
        assert len(spans) >= 3_000
        assert all(text[span.start : span.end] == span.text for span in spans)


def test_a_page_marks_all_of_a_document_that_was_sent_in_parts() -> None:
    client = FakeClient()
    text = "Ann met Bob in Rome.\n" * 3_000
    app = paste(open_app("named_entities", client), text.strip())
    eventually(lambda: len([slug for slug, _, _ in client.asked if slug == "named_entities"]) > 4)
    eventually(lambda: component(app.run(), "entity_reader")["marks"])
    shown = component(app, "entity_reader")
    assert text_of(shown) == text.strip()
    assert len(marked(shown)) == 9_000
