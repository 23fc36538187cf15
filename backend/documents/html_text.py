"""HTML to plain text with the standard library's parser. Nothing runs, nothing is fetched."""

import re
from html.parser import HTMLParser

from backend.documents.document import Extraction, Limits

_DROPPED = re.compile(
    "script|style|template|noscript|iframe|object|svg|math|canvas|audio|video|head|nav|button|select"
)
_MAY_BE_HIDDEN = re.compile("div|span|section|article|aside|details|a|strong|em|b|i")
"""Elements whose end tag is never left out, so that what is hidden has a certain end."""
_BLOCK = re.compile(
    "address|article|aside|blockquote|body|caption|center|d[dlt]|details|dialog|div|fieldset|"
    "figcaption|figure|footer|form|h[1-6]|header|hgroup|hr|legend|main|menu|ol|p|pre|section|"
    "summary|table|ul"
)
_ROWS = re.compile("tr|thead|tbody|tfoot")
_HIDDEN_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\n\r\f]+")

Attributes = list[tuple[str, str | None]]


def read_html(data: bytes, limits: Limits) -> Extraction:  # noqa: ARG001 - a parser's signature
    """The text that a browser would show, block by block; a table row is one line."""
    return Extraction(html_to_text(data.decode("utf-8")))


def html_to_text(markup: str) -> str:
    """Blocks separated by a blank line, list items and table rows on lines of their own."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[str] = []
        self._dropping: str | None = None
        self._depth = 0
        self._pre = 0
        self._lists: list[int | None] = []

    def text(self) -> str:
        lines = "".join(self._out).split("\n")
        return "\n".join(line.strip(" ").removesuffix(" |").removeprefix("| ") for line in lines)

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
        if text and not self._dropping:
            self._out.append(text)

    def _open(self, tag: str, attrs: Attributes) -> None:
        if tag == "body":
            self._dropping = None
        if tag == "br":
            self._out.append("\n")
        elif _ROWS.fullmatch(tag):
            self._break("\n")
        elif tag in ("td", "th"):
            self._cell()
        elif tag == "li":
            self._item()
        elif _BLOCK.fullmatch(tag):
            self._block(tag, attrs)

    def _close(self, tag: str) -> None:
        if _ROWS.fullmatch(tag):
            self._break("\n")
        elif _BLOCK.fullmatch(tag):
            if tag in ("ul", "ol", "menu") and self._lists:
                self._lists.pop()
            self._pre -= tag == "pre" and self._pre > 0
            self._break("\n" if self._lists else "\n\n")

    def _block(self, tag: str, attrs: Attributes) -> None:
        after_marker = bool(self._lists) and bool(self._out) and _is_marker(self._out[-1])
        if not after_marker:
            self._break("\n" if self._lists else "\n\n")
        if tag in ("ul", "menu"):
            self._lists.append(None)
        elif tag == "ol":
            self._lists.append(_first_number(attrs))
        self._pre += tag == "pre"

    def _item(self) -> None:
        self._break("\n")
        marker = "- "
        if self._lists and self._lists[-1] is not None:
            marker = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        self._out.append(marker)

    def _cell(self) -> None:
        """A separator, unless the cell is the first of its row or follows a block in the last."""
        if self._out and not self._out[-1].endswith("\n"):
            self._out.append("| " if self._out[-1].endswith(" ") else " | ")

    def _break(self, newlines: str) -> None:
        if self._out and (newlines != "\n" or not self._out[-1].endswith("\n")):
            self._out.append(newlines)

    def _collapsed(self, data: str) -> str:
        text = _BLANKS.sub(" ", data)
        at_start = not self._out or self._out[-1].endswith(("\n", " "))
        return text.lstrip(" ") if at_start else text


def _hidden(attrs: Attributes) -> bool:
    values = {name: value or "" for name, value in attrs}
    return "hidden" in values or bool(_HIDDEN_STYLE.search(values.get("style", "")))


def _first_number(attrs: Attributes) -> int:
    start = dict(attrs).get("start") or "1"
    return int(start) if re.fullmatch(r"\d{1,6}", start) else 1


def _is_marker(part: str) -> bool:
    return part == "- " or re.fullmatch(r"\d+\. ", part) is not None
