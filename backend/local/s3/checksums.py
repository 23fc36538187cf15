"""The checksums that S3 knows.

Those of the XXHASH family are kept and given back as the client sent them, not computed.
"""

import base64
import hashlib
import zlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import BinaryIO, Protocol

from backend.local.s3 import crc

_PIECE = 1024 * 1024
ALGORITHMS = (
    "CRC32",
    "CRC32C",
    "CRC64NVME",
    "SHA1",
    "SHA256",
    "SHA512",
    "MD5",
    "XXHASH64",
    "XXHASH3",
    "XXHASH128",
)


class Digest(Protocol):
    """What ``hashlib`` makes."""

    def update(self, data: bytes, /) -> None: ...
    def digest(self) -> bytes: ...


class Crc32:
    """CRC-32 as ITU-T V.42 defines it, four bytes, the highest first."""

    def __init__(self) -> None:
        self._value = 0

    def update(self, data: bytes, /) -> None:
        self._value = zlib.crc32(data, self._value)

    def digest(self) -> bytes:
        return self._value.to_bytes(4, "big")


_COMPUTED: Mapping[str, Callable[[], Digest]] = {
    "CRC32": Crc32,
    "CRC32C": lambda: crc.Crc(*crc.CRC32C),
    "CRC64NVME": lambda: crc.Crc(*crc.CRC64NVME),
    "SHA1": lambda: hashlib.sha1(usedforsecurity=False),
    "SHA256": hashlib.sha256,
    "SHA512": hashlib.sha512,
    "MD5": lambda: hashlib.md5(usedforsecurity=False),
}


class Digests:
    """Size, MD5 and the given algorithms' checksums of bytes that pass by."""

    def __init__(self, algorithms: Iterable[str] = ()) -> None:
        self.size = 0
        self._md5 = _COMPUTED["MD5"]()
        self._others = {name: _COMPUTED[name]() for name in algorithms if name in _COMPUTED}

    def update(self, data: bytes) -> None:
        self.size += len(data)
        for digest in (self._md5, *self._others.values()):
            digest.update(data)

    @property
    def md5(self) -> bytes:
        """Sixteen bytes."""
        return self._md5.digest()

    @property
    def checksums(self) -> dict[str, str]:
        """The checksum by each algorithm that could be computed, in Base64."""
        return {name: encoded(digest.digest()) for name, digest in self._others.items()}


def composite(algorithm: str, parts: Sequence[str]) -> str | None:
    """The checksum of an object in parts: that of the parts' checksums, and their number.

    None where a part lacks its checksum or the algorithm cannot be computed.
    """
    if algorithm not in _COMPUTED or not all(parts):
        return None
    digest = _COMPUTED[algorithm]()
    for part in parts:
        digest.update(base64.b64decode(part))
    return f"{encoded(digest.digest())}-{len(parts)}"


def encoded(digest: bytes) -> str:
    """Base64, as S3 writes checksums."""
    return base64.b64encode(digest).decode("ascii")


def matches(file: BinaryIO, etag: str, part_sizes: Sequence[int]) -> bool:
    """Whether all bytes of ``file``, read from its start, are those of the ETag.

    That is their MD5, or for an object of parts of ``part_sizes`` bytes the MD5 of the parts'
    MD5s, with the number of parts behind it.
    """
    if "-" not in etag:
        return _md5(file, None).hexdigest() == etag
    parts = b"".join(_md5(file, size).digest() for size in part_sizes)
    whole = f"{hashlib.md5(parts, usedforsecurity=False).hexdigest()}-{len(part_sizes)}"
    return whole == etag and not file.read(1)


def _md5(file: BinaryIO, size: int | None) -> "hashlib._Hash":
    """The digest of the next ``size`` bytes, of all that follow where it is None."""
    digest = hashlib.md5(usedforsecurity=False)
    left = size
    while piece := file.read(_PIECE if left is None else min(_PIECE, left)):
        digest.update(piece)
        left = None if left is None else left - len(piece)
    return digest
