"""A model to go on from: a job's channel ``model`` holds the model.tar.gz that another one left."""

import hashlib
import shutil
import tarfile
import tempfile
import zlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from common.model_card import CONFIG_NAME, SCORER_NAME, WEIGHTS_NAME, ModelConfig

ARCHIVE = "model.tar.gz"
BASE = "base"
LARGEST = 4 << 30
"""Bytes of a file that is taken out of an archive."""


@dataclass(frozen=True)
class Earlier:
    """An earlier model, unpacked in ``folder``; ``sha256`` is the hash of what it learned.

    ``unpacked`` removes the folder when the model is no longer needed.
    """

    folder: Path
    config: ModelConfig
    sha256: str
    unpacked: "tempfile.TemporaryDirectory[str] | None" = None


def read_earlier(channel: Path | None, task: str) -> Earlier | None:
    """The model in ``channel``, None without one.

    Raises ``ValueError`` where it is not a model of ``task`` that this code has trained.
    """
    if channel is None:
        return None
    unpacked = None if (channel / CONFIG_NAME).exists() else _unpacked(channel)
    folder = Path(unpacked.name) if unpacked else channel
    learned = next((p for p in (folder / WEIGHTS_NAME, folder / SCORER_NAME) if p.exists()), None)
    try:
        config = ModelConfig.load(folder)
    except (OSError, ValueError, TypeError):
        config = None
    if config is None or learned is None:
        raise ValueError("the model to start from was not trained by this code")
    if config.task != task:
        raise ValueError(f"the model to start from is one for {config.task}, not for {task}")
    with learned.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    return Earlier(folder, config, sha256, unpacked)


def _unpacked(channel: Path) -> "tempfile.TemporaryDirectory[str]":
    """A folder with the parts of the archive in ``channel`` that training goes on from."""
    path = channel / ARCHIVE
    if not path.exists():
        raise ValueError(f"the channel 'model' holds no {ARCHIVE}")
    folder = tempfile.TemporaryDirectory(prefix="earlier-")
    try:
        with tarfile.open(path, "r:gz") as archive:
            for entry in archive:
                _take(archive, entry, Path(folder.name))
    except (tarfile.TarError, zlib.error, OSError, EOFError) as error:
        raise ValueError(f"the model to start from cannot be unpacked: {error}") from error
    return folder


def _take(archive: tarfile.TarFile, entry: tarfile.TarInfo, folder: Path) -> None:
    """Write the entry into ``folder`` if it is a file that is asked for by its name."""
    name = PurePosixPath(entry.name)
    own = str(name) in {CONFIG_NAME, WEIGHTS_NAME, SCORER_NAME}
    of_base = len(name.parts) == 2 and name.parts[0] == BASE and name.name not in {".", ".."}
    source = archive.extractfile(entry) if entry.isfile() and (own or of_base) else None
    if source is None:
        return
    if entry.size > LARGEST:
        raise ValueError(f"{entry.name} in the model to start from is too large")
    target = folder / name
    target.parent.mkdir(exist_ok=True)
    with target.open("wb") as file:
        shutil.copyfileobj(source, file)
