"""What clients find in the home, and that one service alone uses it."""

import errno
import json
import os
import stat
from pathlib import Path

import pytest

from backend.local.config import ConfigError, HomeLock, ServiceConfig, free_port


def test_an_installation_keeps_its_port_and_keys(tmp_path: Path) -> None:
    first = ServiceConfig.load(tmp_path / "home")
    assert ServiceConfig.load(tmp_path / "home") == first
    record = json.loads((tmp_path / "home/service.json").read_text())
    assert record == {
        "port": first.port,
        "region": "us-east-1",
        "account_id": "000000000000",
        "access_key": first.access_key,
        "secret_key": first.secret_key,
    }
    assert first.url == f"http://127.0.0.1:{first.port}"


def test_keys_are_private_and_each_installations_own(tmp_path: Path) -> None:
    one, two = ServiceConfig.load(tmp_path / "one"), ServiceConfig.load(tmp_path / "two")
    assert one.access_key != two.access_key
    assert one.secret_key != two.secret_key
    assert len(one.access_key) == 20
    assert stat.S_IMODE((tmp_path / "one/service.json").stat().st_mode) == 0o600
    assert one.secret_key not in repr(one)


def test_another_port_is_kept_from_then_on(tmp_path: Path) -> None:
    keys = ServiceConfig.load(tmp_path).access_key
    port = free_port()
    assert ServiceConfig.load(tmp_path, port).port == port
    again = ServiceConfig.load(tmp_path)
    assert (again.port, again.access_key) == (port, keys)


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"port": "x"}', '{"port": 1}'])
def test_a_damaged_file_is_reported_with_what_to_do(tmp_path: Path, content: str) -> None:
    (tmp_path / "service.json").write_text(content)
    with pytest.raises(ConfigError, match="Delete it"):
        ServiceConfig.load(tmp_path)


def test_a_home_that_is_no_folder_is_reported(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for use in (ServiceConfig.load, HomeLock):
        with pytest.raises(ConfigError, match="--home"):
            use(tmp_path / "file")


def test_one_service_alone_uses_a_home(tmp_path: Path) -> None:
    with HomeLock(tmp_path):
        assert json.loads((tmp_path / "service.pid").read_text())["pid"] > 0
        with pytest.raises(ConfigError, match="already runs"):
            HomeLock(tmp_path)
    assert not (tmp_path / "service.pid").exists()
    with HomeLock(tmp_path):
        pass


def test_a_full_disk_keeps_no_service_from_its_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with HomeLock(tmp_path):
        assert [path.name for path in tmp_path.iterdir()] == ["service.lock"]


def test_a_home_that_others_could_enter_is_closed_to_them(tmp_path: Path) -> None:
    ServiceConfig.load(tmp_path)
    tmp_path.chmod(0o755)
    with HomeLock(tmp_path):
        assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
