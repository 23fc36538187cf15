"""Bytes between the network and the store, a piece at a time, and the checks of what came in."""

import asyncio
import base64
import binascii
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import BinaryIO

from backend.local.s3.checksums import ALGORITHMS, Digests
from backend.local.s3.requests import Members
from backend.local.s3.store import PIECE, ObjectStore, Staged
from backend.local.wire.errors import AwsError
from backend.local.wire.payload import Payload


@dataclass(frozen=True)
class FileRange:
    """``length`` bytes of an open file from ``start`` on; iterating sends and closes it."""

    file: BinaryIO
    start: int
    length: int

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            await asyncio.to_thread(self.file.seek, self.start)
            left = self.length
            while left > 0:
                piece = await asyncio.to_thread(self.file.read, min(PIECE, left))
                if not piece:
                    return
                left -= len(piece)
                yield piece
        finally:
            self.file.close()


@asynccontextmanager
async def received(
    store: ObjectStore, request: Members
) -> AsyncIterator[tuple[Staged, Mapping[str, str]]]:
    """The request's body on the disk, checked, and its checksums; dropped unless committed."""
    payload: Payload = request["Body"]
    claimed = claimed_checksums(request)
    staged = await asyncio.to_thread(
        store.stage, {*claimed, *trailing(payload.announced), request.get("ChecksumAlgorithm", "")}
    )
    try:
        async for piece in _gathered(payload):
            await asyncio.to_thread(staged.write, piece)
        for name, value in payload.trailers.items():
            claimed |= dict.fromkeys(trailing(name), value)
        check_digests(claimed, request.get("ContentMD5"), staged.digests)
        yield staged, {**claimed, **staged.digests.checksums}
    finally:
        await asyncio.to_thread(staged.discard)


async def _gathered(payload: Payload) -> AsyncIterator[bytes]:
    """The body in pieces worth the way to another thread."""
    pieces, size = [], 0
    async for piece in payload:
        pieces.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(pieces)
            pieces, size = [], 0
    if pieces:
        yield b"".join(pieces)


def claimed_checksums(request: Members) -> dict[str, str]:
    """The checksums that the client gives, by algorithm."""
    members = {algorithm: request.get(f"Checksum{algorithm}") for algorithm in ALGORITHMS}
    return {algorithm: value for algorithm, value in members.items() if value}


def checksum_members(checksums: Mapping[str, str]) -> Members:
    """The members with which an answer gives checksums."""
    return {f"Checksum{algorithm}": value for algorithm, value in checksums.items()}


def trailing(header: str) -> list[str]:
    """The algorithm of a header ``x-amz-checksum-…``, if it is one."""
    name = header.lower().removeprefix("x-amz-checksum-").upper()
    return [name] if name in ALGORITHMS else []


def check_digests(claimed: Mapping[str, str], md5: str | None, digests: Digests) -> None:
    """Raise AwsError ``BadDigest`` or ``InvalidDigest`` where the bytes are not the promised."""
    for algorithm, value in digests.checksums.items():
        if claimed.get(algorithm, value) != value:
            raise AwsError(
                "BadDigest",
                f"The {algorithm} you specified did not match the calculated checksum.",
            )
    if md5 is None:
        return
    try:
        expected = base64.b64decode(md5, validate=True)
    except (binascii.Error, ValueError):
        expected = b""
    if len(expected) != len(digests.md5):
        raise AwsError("InvalidDigest", "The Content-MD5 you specified was invalid.")
    if expected != digests.md5:
        raise AwsError("BadDigest", "The Content-MD5 you specified did not match what we received.")
