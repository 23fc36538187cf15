"""What the models cannot read is said above their results."""

import pytest

from pages.components import door
from tests.app.fake_client import FakeClient
from tests.app.support import component, open_app, paste, shown_by, text_of, words_on

PAGES = ["document", *(task.slug for task in door.TASKS)]
GERMAN = "Wir haben das Paket leider nie erhalten und bitten um eine Rückerstattung."
NUMBERS = "\n".join(f"{n} {n * 7 % 13}.5" for n in range(40))


@pytest.mark.parametrize("page", PAGES)
def test_another_language_is_told_once_above_the_results(page: str) -> None:
    app = paste(open_app(page), GERMAN)
    told = [words for words in shown_by(app, "warning") if "looks German" in words]
    assert len(told) == 1


@pytest.mark.parametrize("page", PAGES)
def test_english_is_not_spoken_of(page: str) -> None:
    words = words_on(open_app(page))
    assert "models read English" not in words
    assert "No running text" not in words


@pytest.mark.parametrize("page", PAGES)
def test_without_running_text_no_model_is_asked_and_the_text_is_shown(page: str) -> None:
    client = FakeClient()
    app = open_app(page, client)
    asked = len(client.asked)
    app = paste(app, NUMBERS)
    assert "No running text here: this looks like a table of numbers" in words_on(app)
    assert len(client.asked) == asked
    assert text_of(component(app, "unread_reader")) == NUMBERS


def test_whoever_insists_gets_results_for_this_text_only() -> None:
    client = FakeClient()
    app = paste(open_app("named_entities", client), NUMBERS)
    app.button(key="read_anyway_button").click().run()
    assert text_of(component(app, "entity_reader")) == NUMBERS
    assert "No running text" not in words_on(app)
    app = paste(app, NUMBERS + "\n7 7\n")
    assert "No running text" in words_on(app)
