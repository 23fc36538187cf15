"""``aws s3`` against the local service."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.local.running import RunningService

AWS = str(Path(sys.executable).with_name("aws"))


def aws(service: RunningService, *arguments: str, folder: Path) -> str:
    done = subprocess.run(
        [AWS, *arguments],
        env=service.environment,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.skipif(not Path(AWS).exists(), reason="the AWS CLI is not installed")
def test_copy_list_sync_and_remove(service: RunningService, tmp_path: Path) -> None:
    big = os.urandom(20 * 1024 * 1024)
    (tmp_path / "big").write_bytes(big)
    (tmp_path / "tree/deep er").mkdir(parents=True)
    (tmp_path / "tree/deep er/ä.txt").write_text("x")
    (tmp_path / "tree/b.txt").write_text("y")

    aws(service, "s3", "mb", "s3://data", folder=tmp_path)
    aws(service, "s3", "cp", "big", "s3://data/big", folder=tmp_path)
    aws(service, "s3", "cp", "s3://data/big", "again", folder=tmp_path)
    assert (tmp_path / "again").read_bytes() == big

    aws(service, "s3", "sync", "tree", "s3://data/tree", folder=tmp_path)
    assert aws(service, "s3", "sync", "tree", "s3://data/tree", folder=tmp_path) == ""
    listing = aws(service, "s3", "ls", "--recursive", "s3://data", folder=tmp_path)
    names = [line.split(maxsplit=3)[3] for line in listing.splitlines()]
    assert names == ["big", "tree/b.txt", "tree/deep er/ä.txt"]
    top = aws(service, "s3", "ls", "s3://data/", folder=tmp_path)
    assert "PRE tree/" in top

    aws(service, "s3", "sync", "s3://data/tree", "copy", folder=tmp_path)
    assert (tmp_path / "copy/deep er/ä.txt").read_text() == "x"
    aws(service, "s3", "mv", "s3://data/tree/b.txt", "s3://data/c.txt", folder=tmp_path)
    aws(service, "s3", "rb", "--force", "s3://data", folder=tmp_path)
    assert aws(service, "s3", "ls", folder=tmp_path) == ""
