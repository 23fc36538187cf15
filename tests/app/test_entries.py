"""Deep links to a fresh server: Streamlit knows only files of ``pages/`` until the app has run."""

import re

from backend.settings import ROOT


def test_every_page_can_be_the_first_that_a_fresh_server_is_asked_for() -> None:
    app = (ROOT / "streamlit_app.py").read_text(encoding="utf-8")
    named = re.findall(r'"pages/(?:tasks|admin)/(\w+)\.py"', app)
    assert named
    assert [name for name in named if not (ROOT / "pages" / f"{name}.py").exists()] == []
