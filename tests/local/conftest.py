"""Fixtures for tests that talk to the local service."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.local.running import RunningService, running_service


@pytest.fixture
def service(tmp_path: Path) -> Iterator[RunningService]:
    """A service with an empty home of its own."""
    with running_service(tmp_path / "home") as running:
        yield running
