"""CRC32C and CRC64NVME: their check values, and the same however the bytes are cut."""

import random

import pytest

from backend.local.s3.crc import CRC32C, CRC64NVME, Crc


@pytest.mark.parametrize(("kind", "value"), [(CRC32C, "e3069283"), (CRC64NVME, "ae8b14860a799888")])
def test_the_check_value_is_the_catalogues(kind: tuple[int, int], value: str) -> None:
    crc = Crc(*kind)
    crc.update(b"123456789")
    assert crc.digest().hex() == value


@pytest.mark.parametrize("kind", [CRC32C, CRC64NVME])
def test_pieces_make_the_same_value_as_the_whole(kind: tuple[int, int]) -> None:
    data = random.Random(1).randbytes(5000)
    whole, pieces = Crc(*kind), Crc(*kind)
    whole.update(data)
    for start in range(0, len(data), 77):
        pieces.update(data[start : start + 77])
    assert whole.digest() == pieces.digest()
