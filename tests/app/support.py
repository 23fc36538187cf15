"""Opening the app in the test's process, and looking into the readers that it draws."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from streamlit.testing.v1 import AppTest

from pages.components.door import CLIENT_KEY
from tests.app.fake_client import FakeClient

ROOT: Final = Path(__file__).parents[2]
PAGES: Final = {
    "document": "pages/explore/document.py",
    "summarization": "pages/tasks/summarization.py",
    "text_classification": "pages/tasks/text_classification.py",
    "question_answering": "pages/tasks/question_answering.py",
    "named_entities": "pages/tasks/named_entities.py",
    "relation_extraction": "pages/tasks/relation_extraction.py",
    "datasets": "pages/admin/datasets.py",
    "train": "pages/admin/train.py",
    "jobs": "pages/admin/jobs.py",
    "compare": "pages/admin/compare.py",
    "endpoints": "pages/admin/endpoints.py",
    "costs": "pages/admin/costs.py",
    "settings": "pages/admin/settings.py",
}


def open_app(
    page: str = "document",
    client: FakeClient | None = None,
    *,
    query: Mapping[str, str] | None = None,
) -> AppTest:
    """The app with ``page`` open, answered by ``client``."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
    app.session_state[CLIENT_KEY] = client or FakeClient()
    for name, value in (query or {}).items():
        app.query_params[name] = value
    if page != "document":
        app.switch_page(PAGES[page])
    app.run()
    assert not app.exception
    return app


def switch(app: AppTest, page: str) -> AppTest:
    """The app with another page open.

    AppTest restores values with ``persist_state`` only in the second run after a switch, a
    browser at once.
    """
    app.switch_page(PAGES[page]).run()
    app.run()
    assert not app.exception
    return app


def component(app: AppTest, key: str) -> dict[str, Any]:
    """What the component with the key ``key`` was given."""
    for node in app.get("bidi_component"):
        if node.proto.id.endswith(f"-{key}"):
            return dict(json.loads(node.proto.json))
    raise AssertionError(f"no component {key!r} on this page")


def text_of(data: Mapping[str, Any]) -> str:
    """The whole text that a reader shows."""
    return "".join(
        piece if isinstance(piece, str) else piece[0] for block in data["blocks"] for piece in block
    )


def marked(data: Mapping[str, Any]) -> list[str]:
    """The text under each mark of a reader."""
    found = [""] * len(data["marks"])
    for block in data["blocks"]:
        for piece in block:
            for number in () if isinstance(piece, str) else piece[1]:
                found[number] += piece[0]
    return found


def paste(app: AppTest, text: str) -> AppTest:
    """The app after ``text`` was pasted and taken."""
    app.segmented_control(key="source").set_value("Paste").run()
    app.text_area(key="pasted").set_value(text).run()
    app.button(key="use_pasted").click().run()
    assert not app.exception
    return app


def shown_by(app: AppTest, *kinds: str) -> list[str]:
    """The labels and values of all elements of ``kinds``."""
    return [
        str(getattr(element, "label", "") or getattr(element, "value", ""))
        for kind in kinds
        for element in app.get(kind)
    ]


def words_on(app: AppTest) -> str:
    """All that is written on the page outside components, for looking words up."""
    kinds = (
        "title",
        "subheader",
        "caption",
        "markdown",
        "text",
        "info",
        "error",
        "warning",
        "html",
    )
    return "\n".join(shown_by(app, *kinds))
