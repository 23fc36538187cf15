"""The text of one part of a Word document, gathered from its XML events."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from backend.documents.docx_numbers import Numbering, counted
from backend.documents.docx_package import DAMAGED, Attributes, value_of
from backend.documents.docx_symbols import symbol
from backend.documents.errors import DamagedDocumentError, DocumentTooLargeError
from backend.documents.table_text import table_text

_WORD: Final = (
    "http://schemas.openxmlformats.org/wordprocessingml/2006/main",
    "http://purl.oclc.org/ooxml/wordprocessingml/main",
)
_MATH: Final = (
    "http://schemas.openxmlformats.org/officeDocument/2006/math",
    "http://purl.oclc.org/ooxml/officeDocument/math",
)
_COMPATIBILITY: Final = "http://schemas.openxmlformats.org/markup-compatibility/2006"
_MAX_DEPTH: Final = 2_000
_MAX_SPANNED: Final = 60
_TEXT_OF: Final = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-", "ptab": "\t"}
_SIGN_OF: Final = {"den": "/", "sup": "^", "sub": "_"}
"""What a line of text writes before these parts of a formula."""
_SKIPPED: Final = frozenset({"del", "moveFrom", "instrText", "Fallback", "rPrChange", "pPrChange"})
"""Deleted and moved text, codes of fields, and the second copy of a drawing's text."""
_OFF: Final = frozenset({"0", "false", "off"})


_HEADING: Final = re.compile(r"heading|title|(?:.)?berschrift|titre|titel|kop", re.IGNORECASE)
"""How the ids of Word's styles of headings begin in some languages."""


@dataclass
class _Paragraph:
    """A paragraph that is open: its pieces of text, and what says its number in a list."""

    pieces: list[str] = field(default_factory=list)
    style: str = ""
    number: str | None = None
    level: int | None = None


@dataclass
class Body:
    """The state of reading a part: what is open, and the blocks of text so far.

    ``notes`` holds the blocks of each footnote or endnote by its id, where the part is one of
    notes; ``references`` the ids of the notes that were met, in their order, with their marks.
    """

    max_characters: int
    numbering: Numbering | None = None
    embedded: Callable[[str], str] = lambda _: ""
    blocks: list[str] = field(default_factory=list)
    notes: dict[str, list[str]] = field(default_factory=dict)
    headings: list[int] = field(default_factory=list)
    references: dict[tuple[str, str], str] = field(default_factory=dict)
    _paragraphs: list[_Paragraph] = field(default_factory=list)
    _tables: list[list[list[str]]] = field(default_factory=list)
    _cells: list[list[str]] = field(default_factory=list)
    _spans: list[int] = field(default_factory=list)
    _reading: str = ""
    _reading_from: int = 0
    _skipping: int = 0
    _depth: int = 0
    _in_text: bool = False
    _in_run: bool = False
    _hidden: bool = False
    _size: int = 0

    def start(self, name: str, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise DamagedDocumentError(DAMAGED)
        tag = _local_name(name)
        if self._skipping or tag in _SKIPPED:
            self._skipping += 1
        elif tag in ("t", "m:t"):
            self._in_text = True
        elif tag == "r":
            self._in_run, self._hidden = True, False
        elif tag == "vanish":
            value = value_of(attributes, "val") or "true"
            self._hidden = self._in_run and value not in _OFF
        elif tag.startswith("m:"):
            self._hidden = False
            self._add(_SIGN_OF.get(tag[2:], ""))
        elif tag in _TEXT_OF and self._in_run:  # outside a run "tab" is a tab stop
            self._add(_TEXT_OF[tag])
        else:
            self._open(tag, attributes)

    def end(self, name: str) -> None:
        self._depth -= 1
        if self._skipping:
            self._skipping -= 1
            return
        match _local_name(name):
            case "t" | "m:t":
                self._in_text = False
            case "r":
                self._in_run = False
            case "p":
                self._close_paragraph(self._paragraphs.pop())
            case "tc":
                self._close_cell()
            case "tbl":
                self._emit(table_text(self._tables.pop()))
            case "rt" if self._paragraphs:
                pieces = self._paragraphs[-1].pieces
                self._reading = "".join(pieces[self._reading_from :])
                del pieces[self._reading_from :]
            case "ruby" if self._reading:
                self._add(f"({self._reading})")
                self._reading = ""

    def characters(self, data: str) -> None:
        if self._in_text and not self._skipping:
            self._add(data)

    def _open(self, tag: str, attributes: Attributes) -> None:
        match tag:
            case "p":
                self._paragraphs.append(_Paragraph())
            case "pStyle" | "numId" | "ilvl" if self._paragraphs:
                self._describe(tag, value_of(attributes, "val") or "")
            case "tbl":
                self._tables.append([])
            case "tr" if self._tables:
                self._tables[-1].append([])
            case "tc":
                self._cells.append([])
                self._spans.append(0)
            case "gridBefore" if self._tables and self._tables[-1]:
                self._tables[-1][-1] += [""] * _spanned(attributes)
            case "gridSpan" if self._spans:
                self._spans[-1] = _spanned(attributes) - 1
            case _:
                self._meet(tag, attributes)

    def _meet(self, tag: str, attributes: Attributes) -> None:
        """What stands within a paragraph or among them, and is neither text nor a table."""
        match tag:
            case "rt" if self._paragraphs:
                self._reading_from = len(self._paragraphs[-1].pieces)
            case "sym":
                font, code = value_of(attributes, "font"), value_of(attributes, "char")
                self._add(symbol(font or "", code or ""))
            case "footnoteReference" | "endnoteReference":
                self._refer(tag.removesuffix("Reference"), value_of(attributes, "id") or "")
            case "footnote" | "endnote":
                self.blocks = self.notes.setdefault(value_of(attributes, "id") or "", [])
            case "altChunk":
                self._emit(self.embedded(value_of(attributes, "id") or ""))

    def _describe(self, tag: str, value: str) -> None:
        paragraph = self._paragraphs[-1]
        if tag == "pStyle":
            paragraph.style = value
        elif tag == "numId":
            paragraph.number = value
        elif value.isdecimal() and len(value) < 3:
            paragraph.level = int(value)

    def _refer(self, kind: str, key: str) -> None:
        """The mark of a note; endnotes have small Roman numbers, as Word gives them."""
        number = 1 + sum(other == kind for other, _ in self.references)
        written = counted(number, "lowerRoman" if kind == "endnote" else "decimal")
        self._add(self.references.setdefault((kind, key), f"[{written}]"))

    def _add(self, text: str) -> None:
        if self._hidden or not self._paragraphs or not text:
            return
        self._size += len(text)
        if self._size > self.max_characters:
            raise DocumentTooLargeError(
                f"This Word document has more than {self.max_characters:,} characters of text, the "
                "most that can be read at once: split it and upload the parts."
            )
        self._paragraphs[-1].pieces.append(text)

    def _close_paragraph(self, paragraph: _Paragraph) -> None:
        text = re.sub(r"[ \t]*\n[ \t]*", "\n", "".join(paragraph.pieces)).strip()
        if text and self.numbering:
            label = self.numbering.label(paragraph.style, paragraph.number, paragraph.level)
            text = f"{label} {text}" if label else text
        self._emit(text)
        if text and not self._cells and _HEADING.match(paragraph.style):
            self.headings.append(len(self.blocks) - 1)

    def _close_cell(self) -> None:
        cell, spanned = "\n".join(self._cells.pop()), self._spans.pop()
        if self._tables and self._tables[-1]:
            self._tables[-1][-1] += [cell, *[""] * spanned]

    def _emit(self, block: str) -> None:
        """Into the innermost open cell, or the document."""
        if block.strip():
            block = block if "|" in block else block.strip()
            (self._cells[-1] if self._cells else self.blocks).append(block)


def _spanned(attributes: Attributes) -> int:
    value = value_of(attributes, "val") or "1"
    return min(int(value), _MAX_SPANNED) if value.isdecimal() and len(value) < 5 else 1


def _local_name(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    if namespace in _MATH:
        return f"m:{local}"
    if namespace in _WORD or (namespace == _COMPATIBILITY and local == "Fallback"):
        return local
    return ""
