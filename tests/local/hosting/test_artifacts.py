"""Model data from S3 and from files, unpacked once and swept away."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from backend.local.hosting.archive import Limits
from backend.local.hosting.artifacts import Artifacts, find_script
from backend.local.hosting.deployment import Deployment, Production
from backend.local.hosting.errors import ArchiveError, ArtifactError
from backend.local.s3.store import ObjectStore
from tests.local.hosting.scripts import packed

MODEL = packed({"code/inference.py": "script", "weights": "w"})


class Setting:
    """Artifacts over a store with one bucket."""

    def __init__(self, root: Path) -> None:
        self.root = root / "endpoints"
        self.objects = ObjectStore(root / "s3")
        self.objects.create_bucket("bucket")
        self.artifacts = Artifacts(self.root, self.objects, Limits())

    async def resolve(self, *containers: Mapping[str, Any]) -> Deployment:
        variants = [Production(f"v{n}", "m", c) for n, c in enumerate(containers)]
        async with self.artifacts.resolving(Deployment("c", tuple(variants))) as resolved:
            return resolved

    def resolved(self, *containers: Mapping[str, Any]) -> Deployment:
        return asyncio.run(self.resolve(*containers))

    def put(self, key: str, data: bytes) -> str:
        self.objects.put("bucket", key, data)
        return f"s3://bucket/{key}"

    @property
    def folders(self) -> list[str]:
        return sorted(path.name for path in self.root.iterdir())


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    return Setting(tmp_path)


def run(work: Callable[[], Awaitable[None]]) -> None:
    async def main() -> None:
        await work()

    asyncio.run(main())


def prefix(uri: str, kind: str = "S3Prefix") -> dict[str, Any]:
    source = {"S3Uri": uri, "S3DataType": kind, "CompressionType": "None"}
    return {"ModelDataSource": {"S3DataSource": source}}


def test_one_archive_is_unpacked_once_wherever_it_lies(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "a model.tar.gz").write_bytes(MODEL)
    source = {"S3Uri": setting.put("b", MODEL), "S3DataType": "S3Object", "CompressionType": "Gzip"}
    deployment = setting.resolved(
        {"ModelDataUrl": setting.put("a", MODEL)},
        {"ModelDataUrl": (tmp_path / "a model.tar.gz").as_uri()},
        {"ModelDataSource": {"S3DataSource": source}},
    )
    (folder,) = setting.folders
    assert set(deployment.hashes()) == {folder}
    assert (setting.root / folder / "weights").read_text() == "w"


def test_files_under_a_prefix_become_the_folder(setting: Setting) -> None:
    setting.put("model/code/inference.py", b"script")
    setting.put("model/weights", b"w")
    setting.put("model/", b"")
    setting.put("models/other", b"o")
    (variant,) = setting.resolved(prefix("s3://bucket/model/")).variants
    model, script = asyncio.run(setting.artifacts.folders(variant))
    assert sorted(p.name for p in model.rglob("*")) == ["code", "inference.py", "weights"]
    assert script == model / "code/inference.py"


def test_a_single_object_that_is_not_packed_keeps_its_name(setting: Setting) -> None:
    uri = setting.put("some/inference.py", b"script")
    (variant,) = setting.resolved(prefix(uri, "S3Object")).variants
    assert asyncio.run(setting.artifacts.folders(variant))[1].read_bytes() == b"script"


def test_a_local_folder_may_be_named_as_well(setting: Setting, tmp_path: Path) -> None:
    (tmp_path / "folder" / "code").mkdir(parents=True)
    (tmp_path / "folder" / "code" / "inference.py").write_text("script")
    (variant,) = setting.resolved(prefix((tmp_path / "folder").as_uri())).variants
    assert asyncio.run(setting.artifacts.folders(variant))[1].read_text() == "script"


def test_keys_that_would_leave_the_folder_are_refused(setting: Setting) -> None:
    setting.put("model/../../evil", b"x")
    with pytest.raises(ArtifactError, match="no file names"):
        setting.resolved(prefix("s3://bucket/model/"))


@pytest.mark.parametrize(
    "uri", ["s3://bucket/none", "s3://nowhere/x", "file:///none", "https://bucket/x", "s3://"]
)
def test_missing_data_are_named(setting: Setting, uri: str) -> None:
    with pytest.raises(ArtifactError, match="Failed to download model data"):
        setting.resolved({"ModelDataUrl": uri})
    assert setting.folders == []


@pytest.mark.parametrize("uri", ["s3://bucket/none/", "s3://nowhere/x/", "file:///none"])
def test_missing_folders_are_named(setting: Setting, uri: str) -> None:
    with pytest.raises(ArtifactError, match="Failed to download model data"):
        setting.resolved(prefix(uri))


def test_a_broken_archive_leaves_nothing(setting: Setting) -> None:
    with pytest.raises(ArchiveError):
        setting.resolved({"ModelDataUrl": setting.put("a", MODEL[:50])})
    assert setting.folders == []


def test_a_disk_that_takes_nothing_is_an_error_with_a_reason(setting: Setting) -> None:
    uri = setting.put("a", MODEL)
    setting.root.rmdir()
    setting.root.write_text("in the way")
    with pytest.raises(ArtifactError, match="cannot be stored: Not a directory"):
        setting.resolved({"ModelDataUrl": uri})


def test_a_lost_folder_is_fetched_again_unless_its_data_have_changed(setting: Setting) -> None:
    (variant,) = setting.resolved({"ModelDataUrl": setting.put("a", MODEL)}).variants
    run(lambda: setting.artifacts.sweep(list))
    assert setting.folders == []
    assert asyncio.run(setting.artifacts.folders(variant))[0].is_dir()
    run(lambda: setting.artifacts.sweep(list))
    setting.put("a", packed({"code/inference.py": "other"}))
    with pytest.raises(ArtifactError, match="have changed"):
        asyncio.run(setting.artifacts.folders(variant))


def test_only_what_nobody_uses_is_swept_and_nothing_while_data_are_fetched(
    setting: Setting,
) -> None:
    kept, other = packed({"inference.py": "kept"}), packed({"inference.py": "other"})

    async def work() -> None:
        used = await setting.resolve({"ModelDataUrl": setting.put("kept", kept)})
        await setting.resolve({"ModelDataUrl": setting.put("other", other)})
        async with setting.artifacts.resolving(Deployment("c", ())):
            await setting.artifacts.sweep(list)
            assert len(setting.folders) == 2
        await setting.artifacts.sweep(used.hashes)
        assert setting.folders == list(used.hashes())

    run(work)


def folder(root: Path, *files: str) -> Path:
    for name in files:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("script")
    return root


@pytest.mark.parametrize(
    ("environment", "found"),
    [
        ({}, "code/inference.py"),
        ({"SAGEMAKER_PROGRAM": "serve.py"}, "serve.py"),
        ({"SAGEMAKER_PROGRAM": "nested/deep.py"}, "code/nested/deep.py"),
        ({"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/code"}, "code/inference.py"),
        ({"SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/other"}, "other/inference.py"),
    ],
)
def test_the_script_is_found_where_the_environment_says(
    tmp_path: Path, environment: dict[str, str], found: str
) -> None:
    files = ["code/inference.py", "inference.py", "serve.py", "other/inference.py"]
    model = folder(tmp_path / "model", *files, "code/nested/deep.py")
    assert find_script(model, model, environment) == model / found


@pytest.mark.parametrize("program", ["missing.py", "../outside.py", "/etc/passwd", "code"])
def test_a_script_that_is_not_in_the_model_is_not_run(tmp_path: Path, program: str) -> None:
    folder(tmp_path, "outside.py")
    model = folder(tmp_path / "model", "code/inference.py")
    with pytest.raises(ArtifactError, match="add the script"):
        find_script(model, model, {"SAGEMAKER_PROGRAM": program})
