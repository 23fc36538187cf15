"""For the first link to a fresh server; see ``pages.components.entry``."""

from pages.components.entry import run_app

run_app()
