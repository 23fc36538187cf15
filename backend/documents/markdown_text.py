"""Markdown to plain text: rendered to HTML by CommonMark's rules, and that read as any HTML."""

import re

from markdown_it import MarkdownIt

from backend.documents.document import Extraction, Limits
from backend.documents.html_text import html_extraction

_FRONT_MATTER = re.compile(
    r"\A\ufeff?(---|\+\+\+)[ \t]*\n(.{0,20000}?)\n(?:\1|\.\.\.)[ \t]*\n", re.DOTALL
)
_KEY = re.compile(r"^[A-Za-z_][\w-]*[ \t]*[:=]", re.MULTILINE)
_TITLE = re.compile(r"^title[ \t]*[:=][ \t]*(.{1,300})$", re.MULTILINE | re.IGNORECASE)
_HEADING = re.compile(r"^#[ \t]", re.MULTILINE)
_FOOTNOTE = re.compile(r"\[\^([\w-]{1,40})\]")
_MAX_NESTING = 100
"""Of lists and quotations; what lies deeper would be lost. CommonMark's preset stops at 20."""
_KRAMDOWN_ATTRIBUTES = re.compile(r"\{:[^{}\n]{0,200}\}")


def read_markdown(data: bytes, limits: Limits) -> Extraction:  # noqa: ARG001 - a parser's signature
    """Headings, emphasis and links as their words; raw HTML in it as in an HTML page."""
    source = data.decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")
    return html_extraction(_to_html(_without_front_matter(source)))


def _to_html(source: str) -> str:
    options = {"html": True, "maxNesting": _MAX_NESTING}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    parser.validateLink = lambda url: True  # type: ignore[method-assign]  # noqa: ARG005 - all go
    return str(parser.render(_FOOTNOTE.sub(r"[\1]", _KRAMDOWN_ATTRIBUTES.sub("", source))))


def _without_front_matter(source: str) -> str:
    """The YAML or TOML head goes, but its title stays where the text has no top heading."""
    match = _FRONT_MATTER.match(source)
    if not match or not _KEY.search(match[2]):
        return source
    body = source[match.end() :]
    title = _TITLE.search(match[2])
    if not title or _HEADING.search(body):
        return body
    heading = title[1].strip().strip("\"'")
    return f"# {heading}\n\n{body}"
