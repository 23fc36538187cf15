"""What goes in besides the bytes, and what comes out."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "text", "markdown", "html", "pdf", "docx", "pptx", "xlsx", "opendocument", "epub", "mail", "rtf"
]

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Limits:
    """How much one file may ask for; anything over a limit is refused, nothing is cut.

    Sizes in bytes, times in seconds. ``max_unpacked_bytes`` bounds what a compressed part of a
    file may unpack to, ``max_memory_bytes`` the address space of the process that parses it.
    """

    max_bytes: int = 25 * MEGABYTE
    max_characters: int = 2_000_000
    max_pages: int = 600
    max_unpacked_bytes: int = 100 * MEGABYTE
    max_memory_bytes: int = 1_000 * MEGABYTE
    max_cpu_seconds: int = 60
    max_seconds: float = 120.0

    @property
    def max_output_bytes(self) -> int:
        """The longest answer: every character escaped in JSON at its longest, and its frame."""
        return 12 * self.max_characters + 100_000


@dataclass(frozen=True)
class Heading:
    """Where a heading begins and ends in a text, in characters."""

    start: int
    end: int


@dataclass(frozen=True)
class Extraction:
    """The text of a parsed file, its number of pages where it has pages, and what to know.

    ``page_starts`` are the places of the pages' first characters, where that is known.
    """

    text: str
    pages: int | None = None
    warnings: tuple[str, ...] = ()
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True)
class Document:
    """A file as plain text: paragraphs separated by a blank line, newlines as ``\\n``.

    ``warnings`` are sentences for the reader about what was left out, repaired or guessed;
    ``backend.documents.places`` says on which page and under which heading something stands.
    """

    name: str
    text: str
    kind: Kind
    pages: int | None
    warnings: tuple[str, ...]
    page_starts: tuple[int, ...] = ()
    headings: tuple[Heading, ...] = ()
