"""The zip of a Word document: its parts by name, their relations, and their XML as events.

Nothing is unpacked beyond the limit, and a document type definition, which Word never writes, is
refused and with it every trick with entities. Nothing outside the file is looked at.
"""

import posixpath
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from xml.parsers import expat

from backend.documents.document import MEGABYTE, Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    UnsupportedDocumentError,
)

DAMAGED = (
    "This Word document is damaged and cannot be read: open it in a word processor and save it "
    "again, or upload it as PDF."
)
_MAX_PARTS = 20_000
_CHUNK = 65_536
_NO_DOCUMENT = (
    "This file is a zip archive and no Word document: unpack it and upload the documents in it one "
    "by one."
)
Attributes = dict[str, str]


@dataclass(frozen=True)
class Relation:
    """What one part says of another: ``target`` is a part's name unless it is ``external``."""

    kind: str
    target: str
    external: bool


class Package:
    """The parts of an archive; their names are taken as Windows does, whatever case or slash."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        parts = archive.infolist()
        if len(parts) > _MAX_PARTS:
            raise DamagedDocumentError(DAMAGED)
        if any(part.flag_bits & 0x1 for part in parts):
            raise EncryptedDocumentError(
                "This file is a zip archive with a password: upload the document without one."
            )
        self._archive, self._limits = archive, limits
        self._parts = {_plain(part.filename): part for part in parts}
        self._unpacked = 0

    def __contains__(self, name: str) -> bool:
        return _plain(name) in self._parts

    @property
    def names(self) -> tuple[str, ...]:
        """The names of all parts, in small letters and with slashes."""
        return tuple(self._parts)

    def main_part(self) -> str:
        """The part that the package's relations name as the document.

        Raises:
            UnsupportedDocumentError: the archive holds no Word document.
        """
        for relation in self.relations("").values():
            if relation.kind == "officeDocument" and not relation.target.startswith(
                ("xl/", "ppt/")
            ):
                if relation.target in self:
                    return relation.target
                raise DamagedDocumentError(DAMAGED)
        if "word/document.xml" in self:
            return "word/document.xml"
        raise UnsupportedDocumentError(_NO_DOCUMENT)

    def relations(self, part: str) -> dict[str, Relation]:
        """By their ids, those of a part, or of the package itself for ``""``."""
        folder, file = posixpath.split(_plain(part))
        found: dict[str, Relation] = {}

        def start(name: str, attributes: Attributes) -> None:
            if name.endswith("Relationship") and len(found) < _MAX_PARTS:
                target = attributes.get("Target", "").replace("\\", "/")
                external = attributes.get("TargetMode") == "External"
                if not external:
                    target = posixpath.normpath(
                        posixpath.join("/", folder, target.replace("\\", "/"))
                    )
                kind = attributes.get("Type", "").rsplit("/", 1)[-1]
                found[attributes.get("Id", "")] = Relation(kind, target.lstrip("/"), external)

        self.parse(posixpath.join(folder, "_rels", f"{file}.rels"), start=start)
        return found

    def parse(
        self,
        part: str,
        *,
        start: Callable[[str, Attributes], None],
        end: Callable[[str], None] = lambda _: None,
        characters: Callable[[str], None] = lambda _: None,
    ) -> None:
        """Feed a part to the callbacks, where there is such a part.

        Raises:
            DocumentTooLargeError: all that was read unpacks to more than the limit.
            xml.parsers.expat.ExpatError: the part is no XML.
        """
        if part not in self:
            return
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = characters
        with self._archive.open(self._parts[_plain(part)]) as stream:
            while chunk := stream.read(_CHUNK):
                self._count(chunk)
                parser.Parse(chunk)
        parser.Parse(b"", True)  # noqa: FBT003 - takes no keyword

    def read(self, part: str) -> bytes:
        """All bytes of a part, none where there is no such part."""
        if part not in self:
            return b""
        chunks = []
        with self._archive.open(self._parts[_plain(part)]) as stream:
            while chunk := stream.read(_CHUNK):
                self._count(chunk)
                chunks.append(chunk)
        return b"".join(chunks)

    def _count(self, chunk: bytes) -> None:
        self._unpacked += len(chunk)
        if self._unpacked > self._limits.max_unpacked_bytes:
            raise DocumentTooLargeError(
                "This document unpacks to more than "
                f"{self._limits.max_unpacked_bytes / MEGABYTE:,.0f} MB, as only a damaged or "
                "hostile file does: save it again from the program that made it, or split it."
            )


def value_of(attributes: Attributes, name: str) -> str | None:
    """An attribute's value, whatever its namespace."""
    return next((v for k, v in attributes.items() if k.rpartition(" ")[2] == name), None)


def _plain(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").lower()


def _refuse_doctype(*_: object) -> None:
    raise DamagedDocumentError(
        "This document defines XML entities, which no word processor writes, and was refused: "
        "open it in a word processor and save it again."
    )
