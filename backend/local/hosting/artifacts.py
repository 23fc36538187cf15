"""Model data on its way from S3 or a file to a folder that a worker can use.

Each archive is unpacked once, into a folder named by the hash of its content, however many
endpoints use it; folders that no endpoint uses are removed.
"""

import asyncio
import hashlib
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, Any, Protocol
from urllib.parse import unquote, urlsplit

from backend.local.hosting import archive
from backend.local.hosting.deployment import Deployment, Production
from backend.local.hosting.errors import ArtifactError
from backend.local.wire.errors import AwsError

_CHUNK = 1024 * 1024
_UNFINISHED = ".unfinished-"
_MODEL_FOLDER = "/opt/ml/model"
_DEFAULT_PROGRAM = "inference.py"


class ObjectSource(Protocol):
    """What is asked of S3."""

    def open_verified(self, bucket: str, key: str) -> tuple[object, IO[bytes]]:
        """What is known of an object, and its content. Raises AwsError where it is missing, or
        ``InternalError`` where it is damaged."""
        ...

    def keys(self, bucket: str, prefix: str) -> Iterator[tuple[bytes, object]]:
        """The keys, in UTF-8, that start with ``prefix``. Raises AwsError without the bucket."""
        ...


@dataclass(frozen=True)
class Location:
    """Where model data lies, and whether as one tar.gz or as the files themselves."""

    uri: str
    packed: bool = True


class Artifacts:
    """The unpacked model data under ``root``."""

    def __init__(self, root: Path, objects: ObjectSource, limits: archive.Limits) -> None:
        self._root = root
        self._objects = objects
        self._limits = limits
        self._locks: dict[str, asyncio.Lock] = {}
        self._resolving = 0
        self._gate = asyncio.Lock()  # held while a sweep is on, so that nothing is fetched then
        root.mkdir(parents=True, exist_ok=True)

    @asynccontextmanager
    async def resolving(self, deployment: Deployment) -> AsyncIterator[Deployment]:
        """The deployment with all its data fetched; nothing is swept until it is recorded.

        Raises ArtifactError or ArchiveError.
        """
        async with self._gate:
            self._resolving += 1
        try:
            hashes = [await self._fetch_all(variant) for variant in deployment.variants]
            yield deployment.with_artifacts(hashes)
        finally:
            self._resolving -= 1

    async def folders(self, variant: Production) -> tuple[Path, Path]:
        """The model's folder and the script of a resolved variant; what was lost is fetched again.

        Raises ArtifactError or ArchiveError.
        """
        complete = all((self._root / name).is_dir() for name in variant.artifacts.values())
        if not complete and await self._fetch_all(variant) != variant.artifacts:
            raise ArtifactError(
                "The unpacked model is gone and its model data have changed since it was "
                "deployed: update the endpoint or create it again."
            )
        model = self._root / variant.artifacts["model"]
        code = self._root / variant.artifacts.get("code", variant.artifacts["model"])
        return model, find_script(model, code, variant.container.get("Environment", {}))

    async def sweep(self, used: Callable[[], Iterable[str]]) -> None:
        """Remove the folders that are not ``used``; does nothing while some are being fetched."""
        async with self._gate:
            if not self._resolving:
                await asyncio.to_thread(self._sweep, used)

    def _sweep(self, used: Callable[[], Iterable[str]]) -> None:
        keep = set(used())
        for path in self._root.iterdir():
            if path.name not in keep and path.is_dir():
                shutil.rmtree(path, ignore_errors=True)

    async def _fetch_all(self, variant: Production) -> Mapping[str, str]:
        hashes = {"model": await self._fetch(model_location(variant.container))}
        directory = variant.container.get("Environment", {}).get("SAGEMAKER_SUBMIT_DIRECTORY", "")
        if directory.startswith(("s3://", "file://")):
            hashes["code"] = await self._fetch(Location(directory))
        return hashes

    async def _fetch(self, location: Location | None) -> str:
        """The content hash of the data at ``location``, which are unpacked when this returns."""
        if location is None:
            return await self._keep("empty", lambda folder: folder.mkdir())
        if not location.packed:
            files = await asyncio.to_thread(self._list, location.uri)
            digest = await asyncio.to_thread(self._digest_files, files)
            return await self._keep(digest, lambda folder: self._copy_files(files, folder))
        with await asyncio.to_thread(self._open, location.uri) as packed:
            digest = await asyncio.to_thread(_digest, packed)
            return await self._keep(
                digest, lambda folder: archive.unpack(packed, folder, limits=self._limits)
            )

    async def _keep(self, digest: str, fill: Callable[[Path], None]) -> str:
        async with self._locks.setdefault(digest, asyncio.Lock()):
            await asyncio.to_thread(self._fill, self._root / digest, fill)
        return digest

    def _fill(self, folder: Path, fill: Callable[[Path], None]) -> None:
        """Make ``folder`` as a whole or not at all."""
        if folder.is_dir():
            return
        try:
            with tempfile.TemporaryDirectory(
                prefix=_UNFINISHED, dir=self._root, ignore_cleanup_errors=True
            ) as unfinished:
                fill(Path(unfinished, "content"))
                Path(unfinished, "content").rename(folder)
        except OSError as error:
            raise ArtifactError(
                f"The model data cannot be stored: {error.strerror or error}."
            ) from error

    def _open(self, uri: str) -> IO[bytes]:
        try:
            match _split(uri):
                case "file", _, path:
                    return Path(path).open("rb")
                case "s3", bucket, key:
                    return self._objects.open_verified(bucket, key)[1]
        except AwsError as error:
            told = error.message if error.code == "InternalError" else _unavailable(uri)
            raise ArtifactError(told) from error
        except OSError as error:
            raise ArtifactError(_unavailable(uri)) from error
        raise ArtifactError(_unavailable(uri))

    def _list(self, uri: str) -> dict[str, str]:
        """Names within the folder at ``uri`` and the URI of each."""
        scheme, bucket, key = _split(uri)
        if scheme == "file":
            root = Path(key)
            found = {
                path.relative_to(root).as_posix(): path.as_uri()
                for path in sorted(root.rglob("*"))
                if path.is_file()
            }
        else:
            keys = [name.decode() for name in self._keys(uri, bucket, key)]
            names = (name for name in sorted(keys) if not name.endswith("/"))
            last = PurePosixPath(key).name
            found = {name[len(key) :] or last: f"s3://{bucket}/{name}" for name in names}
        if not found:
            raise ArtifactError(_unavailable(uri))
        if any({"", ".", ".."} & set(PurePosixPath(name).parts) or not name for name in found):
            raise ArtifactError(f"The names of the objects under {uri} are no file names.")
        return found

    def _keys(self, uri: str, bucket: str, prefix: str) -> list[bytes]:
        try:
            return [key for key, _ in self._objects.keys(bucket, prefix)]
        except AwsError as error:
            raise ArtifactError(_unavailable(uri)) from error

    def _digest_files(self, files: Mapping[str, str]) -> str:
        total = hashlib.sha256()
        for name, uri in sorted(files.items()):
            with self._open(uri) as file:
                total.update(f"{name}\0{_digest(file)}\n".encode())
        return total.hexdigest()

    def _copy_files(self, files: Mapping[str, str], folder: Path) -> None:
        for name, uri in files.items():
            path = folder / name.lstrip("/")
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open(uri) as source, path.open("wb") as target:
                shutil.copyfileobj(source, target, _CHUNK)


def model_location(container: Mapping[str, Any]) -> Location | None:
    """Where a container definition says that its model data lie; None where it names none."""
    source = container.get("ModelDataSource", {}).get("S3DataSource")
    if source:
        return Location(source["S3Uri"], packed=source["CompressionType"] == "Gzip")
    url = container.get("ModelDataUrl")
    return Location(url) if url else None


def find_script(model: Path, code: Path, environment: Mapping[str, str]) -> Path:
    """The inference script: SAGEMAKER_PROGRAM in SAGEMAKER_SUBMIT_DIRECTORY, in ``code/`` or at the
    root. ``code`` is the model's folder or that of an unpacked source bundle.

    Raises ArtifactError where there is none.
    """
    program = environment.get("SAGEMAKER_PROGRAM") or _DEFAULT_PROGRAM
    directory = environment.get("SAGEMAKER_SUBMIT_DIRECTORY", "")
    candidates = [code / "code", code]
    if directory.startswith(_MODEL_FOLDER):
        candidates.insert(0, model / directory[len(_MODEL_FOLDER) :].strip("/"))
    for folder in candidates:
        script = folder / program
        inside = any(script.resolve().is_relative_to(root.resolve()) for root in (model, code))
        if inside and script.is_file():
            return script
    raise ArtifactError(
        f"The model has no code/{program}: add the script with its model_fn to the archive."
    )


def _split(uri: str) -> tuple[str, str, str]:
    """Scheme, bucket and key of ``uri``; for a file its path in place of the key."""
    scheme, _, rest = uri.partition("://")
    if scheme == "file":
        return scheme, "", unquote(urlsplit(uri).path)
    bucket, _, key = rest.partition("/")
    return scheme, bucket, key


def _digest(file: IO[bytes]) -> str:
    """The content's SHA-256; the file is at its start again."""
    digest = hashlib.sha256()
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _unavailable(uri: str) -> str:
    return (
        f'Failed to download model data for container "primary" from URL: "{uri}". Please ensure '
        "that there is an object located at the URL and that it can be read."
    )
