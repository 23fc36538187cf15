"""The screens in Chromium: every page answers, spans are exact, clicks go to their place."""

import re

import pytest
from playwright.sync_api import Page, expect

from backend.tasks.named_entities import NAMED_ENTITIES, NamedEntitiesRequest
from tests.conftest import Live

pytestmark = pytest.mark.browser

PAGES = {
    "": "What does this document say?",
    "summarization": "Summarization",
    "text_classification": "Text classification",
    "question_answering": "Question answering",
    "named_entities": "Named entities",
    "relation_extraction": "Relation extraction",
    "endpoints": "Endpoints",
}
READER = ".reader:not(.bare)"
PLACES = """reader => {
    return Array.from(reader.querySelectorAll("mark"), mark => {
        const before = document.createRange();
        before.setStart(reader, 0);
        before.setEndBefore(mark);
        const start = Array.from(before.toString()).length;
        const text = mark.textContent;
        return [start, start + Array.from(text).length, text];
    });
}"""
"""Where each mark of a reader stands in its text: start and end in code points, and its words."""
HOSTILE = (
    "Angela Merkel 👩‍🔬 met Barack Obama in Łódź, Poland.\n\n"
    "בשנת 2019 ביקרה Angela Merkel בירושלים.\n\n"
    "محمد بن سلمان زار باريس. Angela Merkel 🏳️‍🌈 left \u202eParis\u202c in 2021.\n\n"
    "Cafe\u0301 <img src=x onerror=alert(1)> ![x](http://evil.example/x.png) in Paris, France."
)


def open_page(page: Page, url: str, path: str = "") -> None:
    page.goto(f"{url}/{path}")
    expect(page.get_by_role("heading", level=1)).to_have_text(PAGES[path.partition("?")[0]])


def paste(page: Page, text: str) -> None:
    page.get_by_role("radio", name="Paste").click()
    page.get_by_placeholder("Paste or type a text").fill(text)
    page.get_by_role("button", name="Use this text").click()
    expect(page.get_by_text("Pasted text")).to_be_visible()


@pytest.mark.parametrize("path", [path for path in PAGES if path not in {"", "endpoints"}])
def test_a_deep_link_opens_a_page_that_answers(page: Page, app_url: str, path: str) -> None:
    open_page(page, app_url, path)
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator(f"{READER} mark").first).to_be_visible()
    expect(
        page.get_by_text(re.compile("^(Standard model|Labels by description) ·"))
    ).to_be_visible()


def test_the_landing_page_shows_five_insights_and_goes_to_their_places(
    page: Page, app_url: str
) -> None:
    open_page(page, app_url)
    for heading in ("Summary", "Names", "Relations"):
        expect(page.get_by_role("heading", name=heading)).to_be_visible()
    sentence = page.locator(".reader[aria-label=Summary] mark").nth(1)
    words = str(sentence.inner_text())[:40]
    sentence.click()
    focused = page.locator(f"{READER} mark.focus")
    expect(focused.first).to_be_in_viewport()
    assert " ".join(focused.first.inner_text().split()).startswith(words.split("  ")[0][:20])
    page.locator(".legend button").first.click()
    expect(page.locator(f"{READER} mark.fill.focus").first).to_be_in_viewport()


def test_marked_text_is_exact_and_nothing_in_it_runs(page: Page, app_url: str, live: Live) -> None:
    open_page(page, app_url, "named_entities")
    paste(page, HOSTILE)
    expect(page.locator(READER)).to_have_text(re.compile("Obama"))
    expect(page.locator(f"{READER} mark").first).to_be_visible()
    assert page.locator(READER).evaluate("reader => reader.textContent") == HOSTILE
    drawn = page.locator(READER).evaluate(PLACES)
    assert all(HOSTILE[start:end] == words for start, end, words in drawn)
    found = live.client.run(NAMED_ENTITIES, NamedEntitiesRequest(HOSTILE)).result.entities
    assert [tuple(place) for place in drawn] == [(s.start, s.end, s.text) for s in found]
    assert any("Barack Obama" in words for _, _, words in drawn)
    assert page.locator(f"{READER} img").count() == 0


@pytest.mark.parametrize(
    "path",
    [
        "summarization",
        "text_classification?class_view=model&tone_anyway=true",
        "relation_extraction?model=pretrained-relation-extraction&relation_threshold=0.05",
    ],
)
def test_marks_stand_at_their_places_whatever_the_script(
    page: Page, app_url: str, path: str
) -> None:
    open_page(page, app_url, path)
    text = "\n\n".join([HOSTILE] * 4)
    paste(page, text)
    reader = page.locator(READER)
    expect(reader).to_have_text(re.compile("Obama"))
    expect(reader.locator("mark").first).to_be_visible()
    assert reader.evaluate("reader => reader.textContent") == text
    drawn = reader.evaluate(PLACES)
    assert all(text[start:end] == words for start, end, words in drawn)


def test_a_mark_that_goes_on_in_the_next_paragraph_leaves_the_line_between_them_alone(
    page: Page, app_url: str, live: Live
) -> None:
    text = "Department of\n\nVeterans Affairs\n\nDate: FEB 26 2014"
    model = "pretrained-named-entities"
    found = live.client.run(NAMED_ENTITIES, NamedEntitiesRequest(text), endpoint=model).result
    assert found.entities[0].text == "Department of\n\nVeterans Affairs"
    open_page(page, app_url, f"named_entities?model={model}")
    paste(page, text)
    reader = page.locator(READER)
    expect(reader).to_have_text(re.compile("FEB"))
    expect(reader.locator("mark").first).to_have_text("Department of")
    assert reader.evaluate("reader => reader.textContent") == text
    drawn = [words.strip() for *_, words in reader.evaluate(PLACES)]
    assert drawn == ["Department of", "Veterans Affairs", "FEB 26 2014"]


def test_the_document_stays_and_a_question_finds_its_place(page: Page, app_url: str) -> None:
    open_page(page, app_url, "named_entities")
    paste(page, "The contract starts on 4 May 2027. It was signed by Ada Quill in Leeds.")
    page.get_by_role("link", name="Question answering").click()
    expect(page.get_by_text("Pasted text")).to_be_visible()
    page.get_by_placeholder("Ask anything").fill("Who signed the contract?")
    page.keyboard.press("Enter")
    answer = page.locator(f"{READER} mark.focus")
    expect(answer).to_have_text(re.compile("Ada Quill"))


def test_the_reader_works_by_keyboard_alone(page: Page, app_url: str) -> None:
    open_page(page, app_url, "named_entities")
    first = page.locator(f"{READER} mark").first
    first.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    second = page.locator(f"{READER} mark").nth(1)
    expect(second).to_have_class(re.compile("focus"))


def test_a_file_of_three_hundred_pages_stays_fluid(page: Page, app_url: str) -> None:
    open_page(page, app_url, "named_entities")
    page.get_by_role("radio", name="File").click()
    paragraph = "On 4 May 2027 Angela Merkel met Barack Obama in Paris. " * 4
    text = "\n\n".join([paragraph.strip()] * 2_700)
    page.locator("input[type=file]").set_input_files(
        {"name": "long.txt", "mimeType": "text/plain", "buffer": text.encode()}
    )
    expect(page.locator(READER)).to_contain_text("Angela Merkel", timeout=60_000)
    expect(
        page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True)
    ).to_be_visible(timeout=60_000)
    reader = page.locator(READER)
    reader.evaluate(
        """async reader => {
            for (let step = 1; step <= 20; step += 1) {
                reader.scrollTop = (reader.scrollHeight * step) / 20;
                await new Promise(requestAnimationFrame);
            }
        }"""
    )
    laid_out = reader.evaluate(
        """reader => getComputedStyle(reader.querySelector("p")).contentVisibility"""
    )
    assert laid_out == "auto"  # paragraphs off the screen are not laid out
    page.get_by_test_id("stMain").get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_text("Stopped.")).to_be_visible()


@pytest.mark.parametrize("path", ["", "named_entities", "endpoints"])
def test_nothing_sticks_out_of_the_screen(page: Page, app_url: str, path: str) -> None:
    open_page(page, app_url, path)
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 844})
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_all_endpoints_are_listed(page: Page, app_url: str) -> None:
    open_page(page, app_url, "endpoints")
    expect(page.get_by_role("button", name="Deploy")).to_be_visible()
    expect(page.get_by_text("ready (InService)")).to_be_visible()
