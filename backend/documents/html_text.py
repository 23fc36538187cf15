"""HTML to plain text with the standard library's parser. Nothing runs, nothing is fetched."""

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import accumulate

from backend.documents.document import Extraction, Heading, Limits
from backend.documents.html_inline import Formula, raised
from backend.documents.table_text import CELL, table_text

_DROPPED = re.compile(
    "script|style|template|noscript|iframe|object|svg|canvas|audio|video|title|nav|button|select|rp"
    "|annotation|annotation-xml"
)
_MAY_BE_HIDDEN = re.compile("div|span|section|article|aside|details|a|strong|em|b|i")
"""Elements whose end tag is never left out, so that what is hidden has a certain end."""
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|legend|main|menu|ol|p|pre|section|"
    "summary|ul"
)
_MOST_SPANNED = 20
"""Columns that one cell is believed to span."""
_HEADINGS = re.compile("h[1-6]")
_MARK = "\ufdd1"
"""Stands where a heading begins and where it ends, until the text is whole."""
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")

Attributes = list[tuple[str, str | None]]


def read_html(data: bytes, limits: Limits) -> Extraction:  # noqa: ARG001 - a parser's signature
    """The text that a browser would show, block by block; a table row is one line."""
    return html_extraction(data.decode("utf-8"))


def html_to_text(markup: str) -> str:
    """Blocks separated by a blank line, list items and table rows on lines of their own."""
    return html_extraction(markup).text


def html_extraction(markup: str) -> Extraction:
    """The same, with the places of the headings."""
    reader = _Reader()
    reader.feed(markup.replace(_MARK, "\N{REPLACEMENT CHARACTER}"))
    reader.close()
    pieces = reader.text().split(_MARK)
    edges = list(accumulate(map(len, pieces)))
    headings = (Heading(a, b) for a, b in zip(edges[:-1:2], edges[1:-1:2], strict=False) if a < b)
    return Extraction("".join(pieces), headings=tuple(headings))


@dataclass
class _Table:
    """A table that is open: where it stands, its rows so far, and whether a cell is open."""

    before: list[str]
    rows: list[list[str]] = field(default_factory=list)
    in_cell: bool = False
    spanned: int = 1


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._dropping: str | None = None
        self._depth = 0
        self._pre = 0
        self._lists: list[int | None] = []
        self._tables: list[_Table] = []
        self._raised: list[int] = []
        self._formula = Formula()
        self._reading = False
        self._in_heading = False

    def text(self) -> str:
        while self._tables:
            self._close("table")
        self._end_heading()
        lines = "".join(self._out).split("\n")
        return "\n".join(line if CELL.rstrip() in line else line.strip(" ") for line in lines)

    def handle_starttag(self, tag: str, attrs: Attributes) -> None:
        if self._dropping:
            self._depth += tag == self._dropping
        elif _DROPPED.fullmatch(tag) or (_MAY_BE_HIDDEN.fullmatch(tag) and _hidden(attrs)):
            self._dropping, self._depth = tag, 1
        else:
            self._open(tag, attrs)

    def handle_startendtag(self, tag: str, attrs: Attributes) -> None:
        # In HTML "<div/>" opens a div; only in SVG and MathML, which are dropped, does it close.
        if not self._dropping and not _DROPPED.fullmatch(tag):
            self._open(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if self._dropping:
            self._depth -= tag == self._dropping
            if self._depth == 0:
                self._dropping = None
            return
        self._close(tag)

    def handle_data(self, data: str) -> None:
        text = data if self._pre else self._collapsed(data)
        if text and not self._dropping and not (self._formula.open and not text.strip()):
            self._out.append(text)

    def _open(self, tag: str, attrs: Attributes) -> None:
        if sign := self._formula.opened(tag):
            self._out.append(sign)
        match tag:
            case "br":
                self._out.append("\n")
            case "table":
                self._break("\n\n")
                self._tables.append(_Table(self._out))
            case "tr" | "thead" | "tbody" | "tfoot" | "caption":
                self._end_row()
            case "td" | "th":
                self._cell(attrs)
            case "li":
                self._item()
            case "sup":
                self._raised.append(len(self._out))
            case "rt":
                self._out.append("(")
                self._reading = True
        if _BLOCK.fullmatch(tag):
            self._block(tag, attrs)

    def _close(self, tag: str) -> None:
        self._formula.closed(tag)
        if tag in ("td", "th", "tr", "thead", "tbody", "tfoot", "table") and self._tables:
            self._end_cell()
            if tag == "table":
                self._end_table()
        elif tag == "sup" and self._raised:
            at = min(self._raised.pop(), len(self._out))
            self._out[at:] = [raised("".join(self._out[:at][-4:]), "".join(self._out[at:]))]
        elif tag in ("rt", "ruby") and self._reading:
            self._out.append(")")
            self._reading = False
        elif _BLOCK.fullmatch(tag):
            if tag in ("ul", "ol", "menu") and self._lists:
                self._lists.pop()
            self._pre -= tag == "pre" and self._pre > 0
            self._end_heading()
            self._break("\n" if self._lists else "\n\n")

    def _end_heading(self) -> None:
        if self._in_heading:
            self._out.append(_MARK)
            self._in_heading = False

    def _block(self, tag: str, attrs: Attributes) -> None:
        self._end_heading()
        after_marker = bool(self._lists) and bool(self._out) and _is_marker(self._out[-1])
        if not after_marker:
            self._break("\n" if self._lists else "\n\n")
        if _HEADINGS.fullmatch(tag) and not self._tables:
            self._out.append(_MARK)
            self._in_heading = True
        if tag in ("ul", "menu"):
            self._lists.append(None)
        elif tag == "ol":
            self._lists.append(_number(attrs, "start"))
        self._pre += tag == "pre"

    def _item(self) -> None:
        self._break("\n")
        marker = "- "
        if self._lists and self._lists[-1] is not None:
            marker = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        self._out.append(marker)

    def _cell(self, attrs: Attributes) -> None:
        """What follows goes into a cell of its own; one outside any table is a paragraph."""
        if not self._tables:
            self._break("\n\n")
            return
        self._end_cell()
        table = self._tables[-1]
        if not table.rows:
            table.rows.append([])
        table.spanned = _number(attrs, "colspan", most=_MOST_SPANNED)
        table.in_cell, self._out = True, []

    def _end_cell(self) -> None:
        table = self._tables[-1]
        if table.in_cell:
            table.rows[-1] += ["".join(self._out), *[""] * (table.spanned - 1)]
            table.in_cell, self._out = False, table.before
            self._raised.clear()

    def _end_row(self) -> None:
        if self._tables:
            self._end_cell()
            self._tables[-1].rows.append([])

    def _end_table(self) -> None:
        table = self._tables.pop()
        self._out = table.before
        self._break("\n\n")
        self._out += [table_text(table.rows), "\n\n"]

    def _break(self, newlines: str) -> None:
        if self._out and (newlines != "\n" or not self._out[-1].endswith("\n")):
            self._out.append(newlines)

    def _collapsed(self, data: str) -> str:
        text = _BLANKS.sub(" ", data)
        at_start = not self._out or self._out[-1].endswith(("\n", " ", _MARK))
        return text.lstrip(" ") if at_start else text


def _hidden(attrs: Attributes) -> bool:
    values = {name: value or "" for name, value in attrs}
    return "hidden" in values or bool(_HIDDEN_STYLE.search(values.get("style", "")))


def _number(attrs: Attributes, name: str, *, most: int = 999_999) -> int:
    value = dict(attrs).get(name) or "1"
    return min(int(value), most) if re.fullmatch(r"\d{1,6}", value) else 1


def _is_marker(part: str) -> bool:
    return part == "- " or re.fullmatch(r"\d+\. ", part) is not None
