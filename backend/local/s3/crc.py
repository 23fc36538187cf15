"""CRC32C and CRC64NVME, which the standard library lacks, at the pace of an upload.

A byte at a time, Python manages a few megabytes a second. So a piece is cut into lanes of equal
length that NumPy takes through the table side by side; the lanes' values are then joined, which is
possible because a CRC is linear: the value of ``a + b`` is that of ``a`` moved on by ``len(b)``
zero bytes, combined with that of ``b``.
"""

from functools import cache

import numpy as np
from numpy.typing import NDArray

Words = NDArray[np.uint64]

CRC32C = (32, 0x82F63B78)  # width in bits, polynomial with its lowest bit first
CRC64NVME = (64, 0x9A6C9329AC4BC9B5)
_LANE = 256  # bytes


class Crc:
    """One of these checksums of the bytes that pass by, the highest byte first."""

    def __init__(self, width: int, polynomial: int) -> None:
        self._width = width
        self._table = _table(polynomial)
        self._skip = _skip(polynomial)
        self._value = self._ones = (1 << width) - 1

    def update(self, data: bytes, /) -> None:
        """Take in the next bytes."""
        value, whole = self._value, len(data) // _LANE * _LANE
        for lane in self._lanes(data[:whole]):
            moved = 0
            for place in range(self._width // 8):
                moved ^= self._skip[place][value >> 8 * place & 0xFF]
            value = moved ^ lane
        table = self._table
        for byte in data[whole:]:
            value = table[(value ^ byte) & 0xFF] ^ value >> 8
        self._value = value

    def digest(self) -> bytes:
        """Four bytes or eight."""
        return (self._value ^ self._ones).to_bytes(self._width // 8, "big")

    def _lanes(self, data: bytes) -> list[int]:
        """The value of each lane by itself, from zero on."""
        if not data:
            return []
        table = np.array(self._table, dtype=np.uint64)
        columns = np.frombuffer(data, dtype=np.uint8).reshape(-1, _LANE).T.astype(np.uint64)
        values: Words = np.zeros(columns.shape[1], dtype=np.uint64)
        for column in columns:
            values = table[(values ^ column) & np.uint64(0xFF)] ^ (values >> np.uint64(8))
        lanes: list[int] = values.tolist()
        return lanes


@cache
def _table(polynomial: int) -> list[int]:
    table = []
    for value in range(256):
        for _ in range(8):
            value = value >> 1 ^ (polynomial if value & 1 else 0)
        table.append(value)
    return table


@cache
def _skip(polynomial: int) -> list[list[int]]:
    """For each byte of a value, what it becomes behind one lane of zeros."""
    table, skip = _table(polynomial), []
    for place in range(8):
        row = []
        for byte in range(256):
            value = byte << 8 * place
            for _ in range(_LANE):
                value = table[value & 0xFF] ^ value >> 8
            row.append(value)
        skip.append(row)
    return skip
