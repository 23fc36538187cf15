"""Files as they are brought: archives opened, bytes decoded, and what nobody can read refused."""

import gzip
import io
import re
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final, Protocol

from backend.data.encodings import decode
from backend.data.errors import DatasetError

MAX_BYTES: Final = 256 * 1024 * 1024
"""Of all files together, after unpacking."""

MAX_FILES: Final = 100
"""Tables and the like; of single texts there may be more."""

MAX_TEXTS: Final = 200_000
_CHUNK: Final = 1 << 20
TOO_LARGE: Final = (
    f"This is more than {MAX_BYTES // 1024 // 1024} MB of data: use a part of it, "
    "a few thousand examples are enough to fine-tune."
)
_SKIPPED: Final = re.compile(
    r"(^|/)(\.|__|(readme|licen[cs]e|changelog|manifest|dataset_infos?|lint)(\.\w+)?$)"
    r"|\.(md|pdf|docx?|png|jpe?g|py|yaml|yml|sh|html?|sha256)$",
    re.IGNORECASE,
)
_REFUSED: Final = (
    (b"%PDF", "is a PDF: datasets are tables and text files."),
    (b"\xd0\xcf\x11\xe0", "is an old Excel or Word file: save it as .xlsx or CSV."),
    (b"BZh", "is compressed with bzip2: unpack it, or use zip or gzip."),
    (b"\xfd7zXZ", "is compressed with xz: unpack it, or use zip or gzip."),
    (b"7z\xbc\xaf", "is a 7-Zip archive: unpack it, or use zip or gzip."),
)


@dataclass(frozen=True)
class SourceFile:
    """One file as brought: its name, with folders where it has them, and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True)
class TextFile:
    """One file as text, with line ends as ``\\n``; ``notes`` say what its encoding took."""

    name: str
    text: str
    notes: tuple[str, ...] = ()

    @property
    def base(self) -> str:
        """The name without folders."""
        return _base(self.name)


def opened(files: Sequence[SourceFile]) -> list[SourceFile]:
    """``files`` with archives unpacked, by name.

    What does not belong to the data (a README, a picture) is passed over. Raises ``DatasetError``
    where a file is too large, damaged or of a kind that is not read here.
    """
    budget = _Budget()
    members = [member for file in files for member in _members(file, budget)]
    if len(members) > 1:
        members = [file for file in members if not _SKIPPED.search(file.name)] or members
        members = [file for file in members if file.data or file.name.endswith(".ann")] or members
    _require_few([file.name for file in members])
    return sorted(members, key=lambda file: file.name)


def decoded(file: SourceFile) -> TextFile:
    """``file`` as text; raises ``DatasetError`` where it is none."""
    name = _base(file.name)
    for magic, sentence in _REFUSED:
        if file.data.startswith(magic):
            raise DatasetError(f"{name} {sentence}")
    text, notes = decode(file.data, name)
    if not text.strip() and not name.endswith(".ann"):
        raise DatasetError(f"{name} is empty: choose another file.")
    return TextFile(file.name, text.replace("\r\n", "\n").replace("\r", "\n"), notes)


class _Stream(Protocol):
    def read(self, size: int = ..., /) -> bytes: ...


class _Budget:
    """How many bytes may still be read."""

    def __init__(self) -> None:
        self.left = MAX_BYTES

    def take(self, stream: _Stream) -> bytes:
        """Everything in ``stream``; raises ``DatasetError`` as soon as that is too much."""
        parts = []
        while part := stream.read(_CHUNK):
            self.left -= len(part)
            if self.left < 0:
                raise DatasetError(TOO_LARGE)
            parts.append(part)
        return b"".join(parts)


def _members(file: SourceFile, budget: _Budget) -> Iterator[SourceFile]:
    data = file.data
    try:
        if data[:4] == b"PK\x03\x04":
            yield from _zipped(file, budget)
        elif data[:2] == b"\x1f\x8b" or data[257:262] == b"ustar":
            yield from _tarred(file, budget)
        else:
            yield SourceFile(file.name, budget.take(io.BytesIO(data)))
    except (zipfile.BadZipFile, tarfile.TarError, zlib.error, OSError, EOFError) as error:
        raise DatasetError(
            f"{_base(file.name)} is damaged and cannot be unpacked: download or pack it again."
        ) from error
    except (RuntimeError, NotImplementedError) as error:
        raise DatasetError(
            f"{_base(file.name)} is locked with a password or packed in an unusual way: unpack it "
            "and pack it again."
        ) from error


def _zipped(file: SourceFile, budget: _Budget) -> Iterator[SourceFile]:
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        names = archive.namelist()
        if "xl/workbook.xml" in names:
            yield SourceFile(file.name, budget.take(io.BytesIO(file.data)))
            return
        if "[Content_Types].xml" in names:
            raise DatasetError(f"{_base(file.name)} is a Word file: datasets are tables and texts.")
        wanted = [name for name in names if not name.endswith("/") and not _SKIPPED.search(name)]
        _require_few(wanted)
        for name in wanted:
            with archive.open(name) as member:
                yield SourceFile(name, budget.take(member))


def _tarred(file: SourceFile, budget: _Budget) -> Iterator[SourceFile]:
    """A tar file, packed or not, or a single file in gzip; nothing is written to disk."""
    if not tarfile.is_tarfile(io.BytesIO(file.data)):
        with gzip.open(io.BytesIO(file.data)) as stream:
            name = re.sub(r"\.gz$", "", file.name, flags=re.IGNORECASE)
            yield SourceFile(name, budget.take(stream))
        return
    with tarfile.open(fileobj=io.BytesIO(file.data), mode="r:*") as archive:
        names: list[str] = []
        for entry in archive:
            if not entry.isfile() or _SKIPPED.search(entry.name):
                continue
            names.append(entry.name)
            _require_few(names)
            member = archive.extractfile(entry)
            if member:
                yield SourceFile(entry.name, budget.take(member))


def _require_few(names: Sequence[str]) -> None:
    texts = sum(name.casefold().endswith((".txt", ".ann")) or "." not in name for name in names)
    if len(names) - texts > MAX_FILES or texts > MAX_TEXTS:
        raise DatasetError(
            f"These are more than {MAX_FILES} files, or {MAX_TEXTS:,} texts: bring fewer."
        )


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name or "the file"
