"""Word documents (Office Open XML, ECMA-376) to plain text.

Read as a stream of XML events from the zip, so that neither a bomb nor a document of any depth
needs memory; a document type definition, which Word never writes, is refused and with it every
trick with entities. Nothing outside the file is looked at.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from xml.parsers import expat

from backend.documents.document import MEGABYTE, Extraction, Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
    UnsupportedDocumentError,
)

_WORD = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_COMPATIBILITY = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_DAMAGED = (
    "This Word document is damaged and cannot be read: open it in a word processor and save it "
    "again, or upload it as PDF."
)
_MAX_PARTS = 20_000
_MAX_DEPTH = 2_000
_CHUNK = 65_536
_CELL = " | "
_TEXT_OF = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_SKIPPED = frozenset({"del", "moveFrom", "instrText", "Fallback", "rPrChange", "pPrChange"})
"""Deleted and moved text, codes of fields, and the second copy of a drawing's text."""
_OFF = frozenset({"0", "false", "off"})
_OTHER_FORMATS = (
    ("xl/workbook.xml", "an Excel workbook: save the sheet as text or PDF"),
    ("ppt/presentation.xml", "a PowerPoint presentation: save it as PDF"),
    ("content.xml", "an OpenDocument file: save it as DOCX or PDF"),
    ("META-INF/container.xml", "an e-book: convert it to PDF or HTML"),
)


def read_docx(data: bytes, limits: Limits) -> Extraction:
    """Paragraphs and tables in the order of the document; headers, footers, notes are left out.

    Raises:
        DocumentError: no Word document, damaged, encrypted, or it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = _part_names(archive)
            main = _main_part(archive, names, limits)
            text = _read_main(archive, main, limits)
            return Extraction(text, None, _warnings(archive, names, main, limits))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError) as e:
        raise DamagedDocumentError(_DAMAGED) from e


def _part_names(archive: zipfile.ZipFile) -> frozenset[str]:
    parts = archive.infolist()
    if len(parts) > _MAX_PARTS:
        raise DamagedDocumentError(_DAMAGED)
    if any(part.flag_bits & 0x1 for part in parts):
        raise EncryptedDocumentError(
            "This file is a zip archive with a password: upload the document without one."
        )
    return frozenset(part.filename for part in parts)


def _main_part(archive: zipfile.ZipFile, names: frozenset[str], limits: Limits) -> str:
    """The part that the package's relations name as the document; usually word/document.xml."""
    for relation in _relations(archive, "_rels/.rels", names, limits):
        target = relation.get("Target", "").lstrip("/")
        if relation.get("Type", "").endswith("/officeDocument") and target.startswith("word/"):
            if target in names:
                return target
            raise DamagedDocumentError(_DAMAGED)
    if "word/document.xml" in names:
        return "word/document.xml"
    for part, what in _OTHER_FORMATS:
        if part in names:
            raise UnsupportedDocumentError(f"This file is {what}, and upload that.")
    raise UnsupportedDocumentError(
        "This file is a zip archive and no Word document: unpack it and upload the documents in "
        "it one by one."
    )


def _read_main(archive: zipfile.ZipFile, part: str, limits: Limits) -> str:
    body = _Body(limits.max_characters)
    _parse(archive, part, body.start, body.end, body.characters, limits)
    return "\n\n".join(body.blocks)


def _relations(
    archive: zipfile.ZipFile, part: str, names: frozenset[str], limits: Limits
) -> list[dict[str, str]]:
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.endswith("Relationship") and len(found) < _MAX_PARTS:
            found.append(attributes)

    if part in names:
        _parse(archive, part, start, lambda _: None, lambda _: None, limits)
    return found


def _warnings(
    archive: zipfile.ZipFile, names: frozenset[str], main: str, limits: Limits
) -> tuple[str, ...]:
    warnings = []
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        warnings.append("The document contains macros: they were neither read nor run.")
    folder, _, file = main.rpartition("/")
    relations = _relations(archive, f"{folder}/_rels/{file}.rels", names, limits)
    external = [r for r in relations if r.get("TargetMode") == "External"]
    if any(not r.get("Type", "").endswith("/hyperlink") for r in external):
        warnings.append("The document refers to content outside the file: it was not fetched.")
    return tuple(warnings)


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None],
    characters: Callable[[str], None],
    limits: Limits,
) -> None:
    """Feed one part of the archive to the callbacks, and no more of it than the limit allows."""
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    unpacked = 0
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            unpacked += len(chunk)
            if unpacked > limits.max_unpacked_bytes:
                raise DocumentTooLargeError(
                    "This Word document unpacks to more than "
                    f"{limits.max_unpacked_bytes / MEGABYTE:,.0f} MB, as only a damaged or hostile "
                    "file does: save it again from a word processor, or split it."
                )
            parser.Parse(chunk)
    parser.Parse(b"", True)  # noqa: FBT003 - takes no keyword


def _refuse_doctype(*_: object) -> None:
    raise DamagedDocumentError(
        "This Word document defines XML entities, which no word processor writes, and was refused: "
        "open it in a word processor and save it again."
    )


@dataclass
class _Body:
    """The state of reading a main part: what is open, and the blocks of text so far."""

    max_characters: int
    blocks: list[str] = field(default_factory=list)
    _paragraphs: list[list[str]] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _tables: list[list[str]] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _skipping: int = 0
    _depth: int = 0
    _in_text: bool = False
    _in_run: bool = False
    _hidden: bool = False
    _size: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DamagedDocumentError(_DAMAGED)
        tag = _local_name(name)
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif tag == "t":
            self._in_text = True
        elif tag == "r":
            self._in_run, self._hidden = True, False
        elif tag == "vanish":
            value = next((v for k, v in attributes.items() if k.endswith(" val")), "true")
            self._hidden = self._in_run and value not in _OFF
        elif tag in _TEXT_OF and self._in_run:  # outside a run "tab" is a tab stop
            self._add(_TEXT_OF[tag])
        else:
            self._open(tag)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
            return
        match _local_name(name):
            case "t":
                self._in_text = False
            case "r":
                self._in_run = False
            case "p":
                self._emit(re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(self._paragraphs.pop())))
            case "tc":
                self._close_cell()
            case "tr":
                self._close_row()
            case "tbl":
                self._emit("\n".join(self._tables.pop()))

    def characters(self, data: str) -> None:
        if self._in_text and not self._skipping:
            self._add(data)

    def _open(self, tag: str) -> None:
        match tag:
            case "p":
                self._paragraphs.append([])
            case "tbl":
                self._tables.append([])
            case "tr":
                self._rows.append([])
            case "tc":
                self._cells.append([])

    def _add(self, text: str) -> None:
        if self._hidden or not self._paragraphs:
            return
        self._size += len(text)
        if self._size > self.max_characters:
            raise DocumentTooLargeError(
                f"This Word document has more than {self.max_characters:,} characters of text, the "
                "most that can be read at once: split it and upload the parts."
            )
        self._paragraphs[-1].append(text)

    def _emit(self, block: str) -> None:
        """Into the innermost open cell, or the document."""
        block = block.strip()
        if block:
            (self._cells[-1] if self._cells else self.blocks).append(block)

    def _close_cell(self) -> None:
        cell = self._cells.pop()
        if self._rows:
            self._rows[-1].append("\n".join(cell))

    def _close_row(self) -> None:
        """Cells side by side on a line; a row of one cell, as in a framed text, as it is."""
        filled = [cell for cell in self._rows.pop() if cell]
        if not filled or not self._tables:
            return
        alone = len(filled) == 1
        row = filled[0] if alone else _CELL.join(" ".join(cell.split()) for cell in filled)
        self._tables[-1].append(row)


def _local_name(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    if namespace in _WORD or (namespace == _COMPATIBILITY and local == "Fallback"):
        return local
    return ""
