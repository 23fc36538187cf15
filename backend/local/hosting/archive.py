"""Unpacking of archives that nobody has looked at: a model.tar.gz may be broken or hostile.

Nothing is written outside the target, nothing is written through a link, and what the archive
claims or yields is bounded while it streams, so that a bomb ends early.
"""

import gzip
import io
import os
import shutil
import tarfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from backend.local.hosting.errors import ArchiveError

_MIB = 1024 * 1024
_LONGEST_EXTENSION = _MIB  # tarfile reads these headers into memory as a whole
_EXTENSIONS = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


@dataclass(frozen=True)
class Limits:
    """How much an archive may hold: bytes when unpacked, members, and bytes per packed byte."""

    unpacked: int = 16 * 1024 * _MIB
    members: int = 20_000
    ratio: int = 200
    ratio_applies_above: int = 256 * _MIB


def unpack(packed: IO[bytes], target: Path, *, limits: Limits | None = None) -> None:
    """Unpack the tar.gz that ``packed`` yields into ``target``, which must not exist yet.

    Raises ArchiveError with one sentence where the archive is broken, hostile or beyond
    ``limits``; ``target`` is then gone again.
    """
    target.mkdir()
    try:
        _unpack(packed, target, limits or Limits())
    except ArchiveError:
        shutil.rmtree(target)
        raise
    except OSError as error:
        shutil.rmtree(target)
        raise ArchiveError(f"The archive cannot be unpacked: {error.strerror or error}.") from error


def _unpack(packed: IO[bytes], target: Path, limits: Limits) -> None:
    stream = _Bounded(packed, limits)
    links: list[Path] = []
    try:
        with tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header) as archive:
            for member in _within(limits, archive):
                _Member(archive, member, target).write(links)
            stream.exhaust()
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise ArchiveError(_broken_gzip(error)) from error
    except (tarfile.TarError, RecursionError, ValueError, OverflowError) as error:
        raise ArchiveError(f"The archive is not a valid tar.gz file: {error}.") from error
    _refuse_links_that_leave(links, target)


def _broken_gzip(error: Exception) -> str:
    if isinstance(error, gzip.BadGzipFile) and "Not a gzipped file" in str(error):
        return "The archive is not gzip-compressed: pack it with 'tar czf model.tar.gz'."
    return "The archive is truncated or corrupt: pack and upload it again."


class _Header(tarfile.TarInfo):
    """A header that refuses extension records large enough to fill the memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "_Header":
        header = super().frombuf(buf, encoding, errors)
        if header.type in _EXTENSIONS and header.size > _LONGEST_EXTENSION:
            raise ArchiveError("The archive has an extended header that is too large.")
        return header


class _Bounded(io.RawIOBase):
    """Decompresses ``packed`` and stops where it yields more than the limits allow."""

    def __init__(self, packed: IO[bytes], limits: Limits) -> None:
        self._packed = _Counting(packed)
        self._plain = gzip.GzipFile(fileobj=self._packed, mode="rb")
        self._limits = limits
        self._yielded = 0

    def read(self, size: int = -1) -> bytes:
        data = self._plain.read(size)
        self._yielded += len(data)
        if self._yielded > self._limits.unpacked:
            raise ArchiveError(_too_large(self._limits))
        if (
            self._yielded > self._limits.ratio_applies_above
            and self._yielded > self._limits.ratio * self._packed.count
        ):
            raise ArchiveError(
                f"The archive grows more than {self._limits.ratio}-fold when unpacked: "
                "it looks like a decompression bomb and was refused."
            )
        return data

    def exhaust(self) -> None:
        """Read to the end, which is where gzip keeps its checksum."""
        while self.read(_MIB):
            pass


class _Counting(io.RawIOBase):
    """Counts the bytes read from ``source``."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self.count = 0

    def read(self, size: int = -1) -> bytes:
        data = self._source.read(size)
        self.count += len(data)
        return data


def _too_large(limits: Limits) -> str:
    return (
        f"The archive holds more than {limits.unpacked // _MIB} MiB when unpacked, "
        "which is the limit."
    )


def _within(limits: Limits, archive: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """The members, while their number and the sizes that they claim are within ``limits``."""
    claimed, count = 0, 0
    for member in archive:
        archive.members = []  # type: ignore[attr-defined]  # it keeps every header it has seen
        count += 1
        claimed += max(member.size, 0)
        if count > limits.members:
            raise ArchiveError(f"The archive has more than {limits.members} members.")
        if claimed > limits.unpacked:
            raise ArchiveError(_too_large(limits))
        yield member
    if count == 0:
        raise ArchiveError("The archive is empty: it must hold the model's files.")


@dataclass(frozen=True)
class _Member:
    """One member on its way to ``target``."""

    archive: tarfile.TarFile
    info: tarfile.TarInfo
    target: Path

    def write(self, links: list[Path]) -> None:
        """Write the member; links are added to ``links``, to be judged when all is there."""
        path = self._place(self.info.name)
        if path == self.target:
            return
        if self.info.isdir():
            self._clear(path, keep_directory=True)
            path.mkdir(exist_ok=True)
        elif self.info.isreg():
            self._refuse_setuid()
            self._clear(path)
            self._copy(path)
        elif self.info.issym():
            self._clear(path)
            path.symlink_to(self.info.linkname)
            links.append(path)
        elif self.info.islnk():
            self._link(path)
        else:
            raise ArchiveError(
                f"The archive holds {self.info.name!r}, which is a device or another special "
                "file: only files, folders and links within the archive are allowed."
            )

    def _place(self, name: str) -> Path:
        """Where ``name`` goes; its parents are made and are real folders, never links."""
        parts = PurePosixPath(name).parts
        if name.startswith("/") or ".." in parts or "\0" in name:
            raise ArchiveError(
                f"The archive holds {name!r}, a path that leads out of the model's folder."
            )
        path = self.target
        for part in parts[:-1]:
            path /= part
            if path.is_symlink() or (path.exists() and not path.is_dir()):
                raise ArchiveError(f"The archive writes {name!r} through a link or a file.")
            path.mkdir(exist_ok=True)
        return path / parts[-1] if parts else path

    def _clear(self, path: Path, *, keep_directory: bool = False) -> None:
        if path.is_symlink() or path.is_file():
            path.unlink()
        elif path.is_dir() and not keep_directory:
            raise ArchiveError(f"The archive holds {self.info.name!r} as a folder and as a file.")

    def _refuse_setuid(self) -> None:
        if self.info.mode & 0o6000:
            raise ArchiveError(
                f"The archive holds {self.info.name!r} with a setuid or setgid bit: remove it."
            )

    def _copy(self, path: Path) -> None:
        source = self.archive.extractfile(self.info)
        assert source is not None  # a regular file always has data
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
        mode = 0o755 if self.info.mode & 0o111 else 0o644
        with source, os.fdopen(os.open(path, flags, mode), "wb") as file:
            shutil.copyfileobj(source, file, _MIB)

    def _link(self, path: Path) -> None:
        source = self._place(self.info.linkname)
        if source.is_symlink() or not source.is_file():
            raise ArchiveError(
                f"The archive holds {self.info.name!r}, a hard link to {self.info.linkname!r}, "
                "which is no file before it in the archive."
            )
        if source != path:
            self._clear(path)
            path.hardlink_to(source)


def _refuse_links_that_leave(links: list[Path], target: Path) -> None:
    root = target.resolve()
    for link in links:
        if not link.is_symlink():
            continue
        goal = link.readlink()
        inside = not goal.is_absolute() and Path(os.path.realpath(link)).is_relative_to(root)
        if not inside:
            raise ArchiveError(
                f"The archive holds {str(link.relative_to(target))!r}, a link to {str(goal)!r}, "
                "which leads out of the model's folder."
            )
