"""A real app over a real service in a folder of its own, and a real Chromium."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests.support import eventually

ROOT: Final = Path(__file__).parents[2]
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
def app_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where the app answers, its models served."""
    home = tmp_path_factory.mktemp("home")
    port = _free_port()
    log = home / "launcher.out"
    with log.open("wb") as output:
        launcher = subprocess.Popen(
            [sys.executable, "-m", "backend.launcher", "run", "--port", str(port)],
            cwd=ROOT,
            env=os.environ | {"DOCINSIGHTS_HOME": str(home)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        eventually(lambda: _ready(launcher, log), timeout=240, interval=0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        launcher.terminate()
        launcher.wait(30)


def _ready(launcher: "subprocess.Popen[bytes]", log: Path) -> bool:
    said = log.read_text(errors="replace")
    assert launcher.poll() is None, said
    return "Open http" in said


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
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
