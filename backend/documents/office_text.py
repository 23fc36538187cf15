"""Presentations, workbooks, OpenDocument files and e-books to plain text: zips of XML or HTML."""

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from urllib.parse import unquote
from xml.parsers import expat

from backend.documents.document import Extraction, Limits
from backend.documents.docx_package import Attributes, Package, value_of
from backend.documents.encoding import decode
from backend.documents.errors import DamagedDocumentError, EncryptedDocumentError
from backend.documents.html_text import html_to_text
from backend.documents.table_text import table_text

_DAMAGED = "This file is damaged and cannot be read: save it again from the program that made it."
_NUMBER = re.compile(r"(\d+)\.xml$")
_MOST_REPEATED = 50
"""Empty cells that one element of an OpenDocument table is believed to stand for."""

_SKIPPED = frozenset({"tracked-changes", "annotation"})

Reader = Callable[[Package, Limits], Extraction]


def read_presentation(data: bytes, limits: Limits) -> Extraction:
    """The text of each slide in turn, tables row by row, and its notes behind it."""
    return _read(data, limits, _presentation)


def read_workbook(data: bytes, limits: Limits) -> Extraction:
    """Each sheet as a table, with its name as a heading; dates and figures as they are stored."""
    return _read(data, limits, _workbook)


def read_opendocument(data: bytes, limits: Limits) -> Extraction:
    """Paragraphs, lists and tables of a text, the slides of a presentation, or the sheets."""
    return _read(data, limits, _opendocument)


def read_epub(data: bytes, limits: Limits) -> Extraction:
    """The chapters in the order in which they are read."""
    return _read(data, limits, _epub)


def _read(data: bytes, limits: Limits, read: Reader) -> Extraction:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return read(Package(archive, limits), limits)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError) as e:
        raise DamagedDocumentError(_DAMAGED) from e


class _Blocks:
    """Paragraphs and tables of any of these formats: how their elements are called differs."""

    def __init__(self, *, text: str, paragraph: tuple[str, ...], table: str, row: str, cell: str):
        self._text, self._paragraph = text, paragraph
        self._table, self._row, self._cell = table, row, cell
        self.blocks: list[str] = []
        self._lines: list[list[str]] = []
        self._skipping = 0
        self._rows: list[list[list[list[str]]]] = []
        self._reading = not text

    def start(self, name: str, attributes: Attributes) -> None:
        tag = name.rpartition(" ")[2]
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif tag in self._paragraph:
            self._lines.append([])
        elif tag == self._table:
            self._rows.append([])
        elif tag == self._row and self._rows:
            self._rows[-1].append([])
        elif tag in (self._cell, "covered-table-cell") and self._rows and self._rows[-1]:
            times = value_of(attributes, "number-columns-repeated") or "1"
            for _ in range(min(int(times), _MOST_REPEATED) if times.isdecimal() else 1):
                self._rows[-1][-1].append([])
        elif tag == self._text:
            self._reading = True
        elif tag in ("br", "line-break", "tab", "s") and self._lines:
            self._lines[-1].append("\n" if tag in ("br", "line-break") else " ")

    def end(self, name: str) -> None:
        tag = name.rpartition(" ")[2]
        if self._skipping:
            self._skipping -= 1
        elif tag in self._paragraph and self._lines:
            self._emit("".join(self._lines.pop()))
        elif tag == self._table and self._rows:
            rows = [["\n".join(cell) for cell in row] for row in self._rows.pop()]
            self._emit(table_text(rows))
        elif tag == self._text:
            self._reading = False

    def characters(self, data: str) -> None:
        if self._reading and self._lines and not self._skipping:
            self._lines[-1].append(data)

    def _emit(self, block: str) -> None:
        if not block.strip():
            return
        within = bool(self._rows and self._rows[-1] and self._rows[-1][-1])
        (self._rows[-1][-1][-1] if within else self.blocks).append(block)


def _slide(package: Package, part: str) -> list[str]:
    blocks = _Blocks(text="t", paragraph=("p",), table="tbl", row="tr", cell="tc")
    package.parse(part, start=blocks.start, end=blocks.end, characters=blocks.characters)
    return blocks.blocks


def _presentation(package: Package, _: Limits) -> Extraction:
    slides = _numbered(package, "ppt/slides/slide")
    blocks: list[str] = []
    for part in slides:
        blocks += _slide(package, part)
        for relation in package.relations(part).values():
            if relation.kind == "notesSlide":
                blocks += [
                    block for block in _slide(package, relation.target) if not block.isdigit()
                ]
    return Extraction("\n\n".join(blocks), len(slides))


def _numbered(package: Package, prefix: str) -> list[str]:
    found = [
        (int(match[1]), name)
        for name in package.names
        if name.startswith(prefix) and (match := _NUMBER.search(name))
    ]
    return [name for _, name in sorted(found)]


def _workbook(package: Package, _: Limits) -> Extraction:
    strings = _strings(package)
    names: list[tuple[str, str]] = []

    def sheet(name: str, attributes: Attributes) -> None:
        if name.endswith(" sheet") and value_of(attributes, "state") in (None, "visible"):
            names.append((value_of(attributes, "name") or "", value_of(attributes, "id") or ""))

    package.parse("xl/workbook.xml", start=sheet)
    relations = package.relations("xl/workbook.xml")
    blocks = []
    for title, key in names:
        if key in relations and (
            table := table_text(_sheet(package, relations[key].target, strings))
        ):
            blocks += [title, table] if len(names) > 1 else [table]
    return Extraction("\n\n".join(blocks), None)


def _strings(package: Package) -> list[str]:
    """The texts that cells refer to by number."""
    found: list[list[str]] = []
    reading = [False]

    def start(name: str, _: Attributes) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "si":
            found.append([])
        reading[0] = tag == "t"

    def characters(data: str) -> None:
        if reading[0] and found:
            found[-1].append(data)

    def end(_: str) -> None:
        reading[0] = False

    package.parse("xl/sharedstrings.xml", start=start, end=end, characters=characters)
    return ["".join(parts) for parts in found]


def _sheet(package: Package, part: str, strings: list[str]) -> list[list[str]]:
    rows: list[list[str]] = []
    cell = {"kind": "", "text": "", "at": "", "reading": ""}

    def start(name: str, attributes: Attributes) -> None:
        tag = name.rpartition(" ")[2]
        if tag == "row":
            rows.append([])
        elif tag == "c":
            cell.update(kind=attributes.get("t", ""), at=attributes.get("r", ""), text="")
        cell["reading"] = "yes" if tag in ("v", "t") else ""

    def characters(data: str) -> None:
        if cell["reading"]:
            cell["text"] += data

    def end(name: str) -> None:
        cell["reading"] = ""
        if name.endswith(" c") and rows:
            column = min(_column(cell["at"]), _MOST_REPEATED * 10)
            rows[-1] += [""] * (column - len(rows[-1]))
            text = cell["text"]
            if cell["kind"] == "s":
                text = strings[int(text)] if text.isdecimal() and int(text) < len(strings) else ""
            rows[-1].append(text)

    package.parse(part, start=start, end=end, characters=characters)
    return rows


def _column(place: str) -> int:
    """``"C7"`` is in column 2."""
    column = 0
    for letter in re.sub(r"[^A-Z]", "", place)[:3]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return max(0, column - 1)


def _opendocument(package: Package, _: Limits) -> Extraction:
    if "encryption-data" in package.read("META-INF/manifest.xml").decode(errors="replace"):
        raise EncryptedDocumentError(
            "This document is protected by a password: open it, save it without one and upload it "
            "again."
        )
    blocks = _Blocks(
        text="", paragraph=("p", "h"), table="table", row="table-row", cell="table-cell"
    )
    package.parse("content.xml", start=blocks.start, end=blocks.end, characters=blocks.characters)
    return Extraction("\n\n".join(blocks.blocks), None)


def _epub(package: Package, _: Limits) -> Extraction:
    if "META-INF/encryption.xml" in package and "META-INF/rights.xml" in package:
        raise EncryptedDocumentError(
            "This e-book is protected against copying: upload one without such protection."
        )
    chapters = [html_to_text(decode(package.read(part))[0]) for part in _chapters(package)]
    return Extraction("\n\n".join(chapters), None)


def _chapters(package: Package) -> Iterator[str]:
    contents: list[str] = []
    package.parse(
        "META-INF/container.xml",
        start=lambda _, attributes: contents.extend(
            [attributes["full-path"]] if "full-path" in attributes else []
        ),
    )
    items: dict[str, str] = {}
    spine: list[str] = []

    def start(_: str, attributes: Attributes) -> None:
        if "idref" in attributes:
            spine.append(attributes["idref"])
        elif "href" in attributes and "id" in attributes:
            items[attributes["id"]] = attributes["href"]

    for part in contents[:1]:
        package.parse(part, start=start)
        folder = posixpath.dirname(part)
        for key in spine:
            if key in items:
                yield posixpath.normpath(posixpath.join(folder, unquote(items[key])))
