"""The body of a request to S3, decoded and checked while it streams in.

Formats: "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks" in the documentation of Amazon S3. A chunk is ``size-in-hex[;chunk-signature=…]\\r\\n``, as
many bytes and ``\\r\\n``; a chunk of no bytes ends the body, and trailing headers may follow it.
"""

import hashlib
import hmac
import re
from collections.abc import AsyncIterator

from backend.local.wire.errors import AwsError
from backend.local.wire.signature import UNSIGNED, Signer, refusal

_STREAMED = "STREAMING-"
_EMPTY = hashlib.sha256(b"").hexdigest()
_LONGEST_LINE = 16 * 1024


class Payload:
    """The bytes of a body, to be iterated once; ``trailers`` are complete after that.

    ``declared`` is the request's ``x-amz-content-sha256``, ``length`` the number of decoded bytes
    that its headers promise, ``announced`` its ``x-amz-trailer``. Iterating raises AwsError where
    the bytes are not what was promised.
    """

    def __init__(
        self,
        source: AsyncIterator[bytes],
        *,
        declared: str,
        length: int | None,
        announced: str,
        signer: Signer | None,
    ) -> None:
        self.declared = declared
        self.announced = announced
        self.length = length
        self.trailers: dict[str, str] = {}
        self._source = source
        self._signer = signer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        received = 0
        parts = self._chunked() if self.declared.startswith(_STREAMED) else self._hashed()
        async for part in parts:
            received += len(part)
            if self.length is not None and received > self.length:
                break
            yield part
        if self.length is not None and received != self.length:
            raise AwsError(
                "IncompleteBody",
                "You did not provide the number of bytes specified by the Content-Length HTTP "
                "header.",
            )

    async def read(self, limit: int) -> bytes:
        """The whole body, of at most ``limit`` bytes; AwsError where it is longer."""
        body = bytearray()
        async for part in self:
            body += part
            if len(body) > limit:
                raise AwsError(
                    "MaxMessageLengthExceeded", f"Your request was too big, at most {limit} bytes."
                )
        return bytes(body)

    async def _hashed(self) -> AsyncIterator[bytes]:
        digest = hashlib.sha256()
        signed = self.declared != UNSIGNED
        async for part in self._source:
            if signed:
                digest.update(part)
            yield part
        if signed and not hmac.compare_digest(digest.hexdigest(), self.declared.lower()):
            raise AwsError(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )

    async def _chunked(self) -> AsyncIterator[bytes]:
        reader = _Reader(self._source)
        seal = _Seal(self._signer) if self._signer and "HMAC" in self.declared else None
        while True:
            size, signature = _chunk_head(await reader.line())
            digest = hashlib.sha256()
            async for part in reader.exactly(size):
                digest.update(part)
                yield part
            if seal:
                seal.check("PAYLOAD", signature, _EMPTY, digest.hexdigest())
            if size == 0:
                break
            if await reader.line() != b"":
                raise _malformed()
        await self._read_trailers(reader, seal)

    async def _read_trailers(self, reader: "_Reader", seal: "_Seal | None") -> None:
        canonical, signature = "", ""
        while line := await reader.line(may_end=True):
            name, _, value = line.decode("latin-1").partition(":")
            name, value = name.strip().lower(), value.strip()
            if name == "x-amz-trailer-signature":
                signature = value
            else:
                self.trailers[name] = value
                canonical += f"{name}:{value}\n"
        if seal and self.declared.endswith("-TRAILER"):
            seal.check("TRAILER", signature, hashlib.sha256(canonical.encode()).hexdigest())


class _Seal:
    """Checks the signatures of chunks, each of which covers the one before."""

    def __init__(self, signer: Signer) -> None:
        self._signer = signer
        self._previous = signer.claim.signature

    def check(self, kind: str, signature: str, *hashes: str) -> None:
        expected = self._signer.sign_chunk(kind, self._previous, *hashes)
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise refusal("s3", "signature")
        self._previous = signature


class _Reader:
    """Lines and counted bytes out of a stream of parts of any size."""

    def __init__(self, source: AsyncIterator[bytes]) -> None:
        self._source = source
        self._buffer = b""

    async def line(self, *, may_end: bool = False) -> bytes:
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > _LONGEST_LINE:
                raise _malformed()
            try:
                self._buffer += await self._next()
            except AwsError:
                if not may_end or self._buffer:
                    raise
                return b""
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    async def _next(self) -> bytes:
        async for part in self._source:
            return part
        raise _malformed()

    async def exactly(self, size: int) -> AsyncIterator[bytes]:
        while size > 0:
            part = self._buffer
            if not part:
                part = await self._next()
            yield part[:size]
            self._buffer = part[size:]
            size -= len(part) - len(self._buffer)


def _chunk_head(line: bytes) -> tuple[int, str]:
    match = re.fullmatch(rb"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?", line)
    if match is None:
        raise _malformed()
    return int(match[1], 16), (match[2] or b"").decode()


def _malformed() -> AwsError:
    return AwsError("IncompleteBody", "The request body ended early or is not in aws-chunked form.")
