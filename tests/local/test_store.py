"""What has happened is written down, on a full disk as soon as there is space."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from backend.local import store as store_module
from backend.local.store import Store


def test_what_a_full_disk_refuses_is_written_as_soon_as_there_is_space(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "_RETRY_SECONDS", 0.0)
    refusals = iter([True, True, False])

    def work(_: Session) -> str:
        if next(refusals):
            raise OperationalError("UPDATE", {}, Exception("database or disk is full"))
        return "written"

    store = Store(tmp_path / "service.db")
    assert asyncio.run(store.insist(work)) == "written"
    store.close()
