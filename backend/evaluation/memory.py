"""Which texts a model was trained on, kept beside its weights without keeping the texts."""

import hashlib
import math
from collections.abc import Iterable, Iterator
from typing import Final

from backend.tasks.folding import words_of

FILE: Final = "seen.bloom"
"""The file in a model's archive that holds its memory."""
_MISTAKES: Final = 1e-4
_COUNT_BYTES: Final = 8
_WORD: Final = 8
"""Bytes of one hash."""


def fingerprint(text: str) -> str:
    """A hash of ``text`` that case, punctuation and blanks do not change."""
    return hashlib.sha256(words_of(text).encode("utf-8", "surrogatepass")).hexdigest()


class Memory:
    """A Bloom filter (Bloom 1970) of fingerprints: it forgets none, and takes about one in 10,000
    that it never met for a known one.
    """

    def __init__(self, count: int, bits: bytearray | None = None) -> None:
        size = math.ceil(-count * math.log(_MISTAKES) / math.log(2) ** 2)
        self._count = count
        self._bits = bytearray(-(-size // 8)) if bits is None else bits
        self._hashes = round(-math.log2(_MISTAKES))
        if len(self._bits) != -(-size // 8):
            raise ValueError(f"a memory of {count} texts has {-(-size // 8)} bytes")

    @classmethod
    def of(cls, texts: Iterable[str]) -> "Memory":
        """The memory of ``texts``."""
        fingerprints = {fingerprint(text) for text in texts if text.strip()}
        memory = cls(len(fingerprints))
        for one in fingerprints:
            for place in memory._places(one):
                memory._bits[place // 8] |= 1 << place % 8
        return memory

    @classmethod
    def from_bytes(cls, data: bytes) -> "Memory":
        """Read what ``to_bytes`` wrote; raises ``ValueError`` for anything else."""
        return cls(int.from_bytes(data[:_COUNT_BYTES], "little"), bytearray(data[_COUNT_BYTES:]))

    def to_bytes(self) -> bytes:
        """The number of texts, then the bits."""
        return self._count.to_bytes(_COUNT_BYTES, "little") + bytes(self._bits)

    def __contains__(self, known: object) -> bool:
        """Whether the fingerprint ``known`` is one of a text that was kept, most likely."""
        return bool(self._count) and all(
            self._bits[place // 8] >> place % 8 & 1 for place in self._places(str(known))
        )

    def _places(self, one: str) -> Iterator[int]:
        digest = hashlib.shake_256(one.encode()).digest(_WORD * self._hashes)
        for at in range(0, len(digest), _WORD):
            yield int.from_bytes(digest[at : at + _WORD], "little") % (8 * len(self._bits))
