"""Bodies in chunks: decoded to the byte, and refused where anything is not as promised."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.local.wire.errors import AwsError
from backend.local.wire.payload import Payload
from backend.local.wire.signature import UNSIGNED, Claim, Signer

# "Example Calculations" of "Signature Calculations for the Authorization Header: Transferring
# Payload in Multiple Chunks".
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
CHUNKS = (
    (b"a" * 65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (b"a" * 1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (b"", "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)
SIGNER = Signer(
    Claim("AKIAIOSFODNN7EXAMPLE", "us-east-1", "s3", "20130524T000000Z", ("host",), SEED, None),
    "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
)
SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
TRAILED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"


def payload(body: bytes, declared: str, length: int | None, *, step: int = 1000) -> Payload:
    async def source() -> AsyncIterator[bytes]:
        for at in range(0, len(body), step):
            yield body[at : at + step]

    return Payload(source(), declared=declared, length=length, announced="", signer=SIGNER)


def read(payload: Payload) -> bytes:
    return asyncio.run(payload.read(1 << 20))


def signed_chunks(*chunks: tuple[bytes, str]) -> bytes:
    return b"".join(
        f"{len(data):x};chunk-signature={signature}\r\n".encode() + data + b"\r\n"
        for data, signature in chunks
    )


@pytest.mark.parametrize("step", [1, 7, 70_000])
def test_the_chunks_of_the_specification_are_accepted(step: int) -> None:
    body = signed_chunks(*CHUNKS)
    assert read(payload(body, SIGNED, 66560, step=step)) == b"a" * 66560


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"b" * 65536, CHUNKS[0][1]), *CHUNKS[1:]],
        [CHUNKS[1], CHUNKS[0], CHUNKS[2]],
        [CHUNKS[0], CHUNKS[2]],
        [(data, "0" * 64) for data, _ in CHUNKS],
    ],
)
def test_chunks_changed_or_missing_are_refused(chunks: list[tuple[bytes, str]]) -> None:
    with pytest.raises(AwsError, match="SignatureDoesNotMatch"):
        read(payload(signed_chunks(*chunks), SIGNED, None))


@given(st.lists(st.binary(min_size=1, max_size=50), max_size=5), st.integers(1, 60))
def test_unsigned_chunks_and_trailers_are_decoded(chunks: list[bytes], step: int) -> None:
    body = b"".join(f"{len(c):X}\r\n".encode() + c + b"\r\n" for c in chunks)
    body += b"0\r\nx-amz-checksum-crc32: AAAA==\r\n\r\n"
    streamed = payload(body, TRAILED, sum(map(len, chunks)), step=step)
    assert read(streamed) == b"".join(chunks)
    assert streamed.trailers == {"x-amz-checksum-crc32": "AAAA=="}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"5\r\nabc",
        b"5\r\nabcde",
        b"5\r\nabcde\r\n",
        b"5\r\nabcdeX\r\n0\r\n\r\n",
        b"zz\r\n",
        b"-5\r\nabcde\r\n0\r\n\r\n",
        b"f" * 40_000,
        b"4\r\nabcd\r\n0\r\n\r\n",
        b"6\r\nabcdef\r\n0\r\n\r\n",
    ],
)
def test_chunks_cut_short_or_malformed_are_refused(body: bytes) -> None:
    with pytest.raises(AwsError, match="IncompleteBody"):
        read(payload(body, TRAILED, 5))


def test_a_body_must_have_the_hash_and_the_length_that_were_signed() -> None:
    digest = "88d4266fd4e6338d13b845fcf289579d209c897823b9217da3e161936f031589"
    assert read(payload(b"abcd", digest, 4)) == b"abcd"
    assert read(payload(b"abcd", UNSIGNED, None)) == b"abcd"
    with pytest.raises(AwsError, match="XAmzContentSHA256Mismatch"):
        read(payload(b"abce", digest, 4))
    with pytest.raises(AwsError, match="IncompleteBody"):
        read(payload(b"abcd", UNSIGNED, 5))


def test_a_body_beyond_the_limit_is_not_read() -> None:
    with pytest.raises(AwsError, match="MaxMessageLengthExceeded"):
        asyncio.run(payload(b"x" * 100, UNSIGNED, 100).read(99))
