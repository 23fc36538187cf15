"""The kill harness in its short form; ``DOCINSIGHTS_KILLS=50`` makes it long."""

import os
from pathlib import Path

from tests.local.kills import Harness


def test_random_kills_lose_double_and_block_nothing(tmp_path: Path) -> None:
    kills = int(os.environ.get("DOCINSIGHTS_KILLS", "6"))
    harness = Harness(tmp_path / "home", seed=3, kills=kills)
    harness.run()
    assert len(harness.killed) == kills
