"""A real Chromium before the real app."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.conftest import Live

CHROMIUM: Final = Path("/usr/bin/chromium")
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

expect.set_options(timeout=60_000)


@pytest.fixture(scope="session")
def app_url(live: Live) -> str:
    """Where the app answers, its models served."""
    return live.url


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium; while it is open, no other test can run an event loop in this thread."""
    if not CHROMIUM.exists():
        pytest.skip("there is no /usr/bin/chromium here")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser, app_url: str) -> Iterator[Page]:
    """A fresh tab; afterwards, nothing was asked of any other server and no script broke."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    tab = context.new_page()
    tab.set_default_timeout(30_000)
    broken: list[str] = []
    local = (app_url, app_url.replace("http", "ws"), "data:", "blob:")
    tab.on("pageerror", lambda error: broken.append(str(error)))
    tab.on(
        "request",
        lambda request: None if request.url.startswith(local) else broken.append(request.url),
    )
    yield tab
    context.close()
    assert broken == []
