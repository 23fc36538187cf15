"""The one function that the rest of the program calls."""

from dataclasses import replace

from backend.documents import isolation
from backend.documents.clean import clean, clean_name
from backend.documents.document import MEGABYTE, Document, Extraction, Kind, Limits
from backend.documents.encoding import decode
from backend.documents.errors import DocumentTooLargeError, EmptyDocumentError
from backend.documents.kinds import binary_kind, name_warning, text_kind

_NO_LIMITS_GIVEN = Limits()


def extract(name: str, data: bytes, *, limits: Limits = _NO_LIMITS_GIVEN) -> Document:
    """The plain text of a file. What has to be parsed is parsed in a child process.

    Raises:
        DocumentError: in one sentence, why there is no text and what to do; see
            ``backend.documents.errors`` for the subclasses.
    """
    name = clean_name(name)
    _check_size(data, limits)
    kind, extraction = _read(name, data, limits)
    if not extraction.text.strip():
        raise EmptyDocumentError(
            "There is no text in this file: check that it is the one you meant."
        )
    if len(extraction.text) > limits.max_characters:
        raise too_long(len(extraction.text), limits)
    warnings = (*name_warning(name, kind), *extraction.warnings)
    return Document(
        name,
        extraction.text,
        kind,
        extraction.pages,
        warnings,
        extraction.page_starts,
        extraction.headings,
    )


def from_text(name: str, text: str, *, limits: Limits = _NO_LIMITS_GIVEN) -> Document:
    """A text that was typed or pasted: cleaned and limited as a file's is, but taken as it is
    (what looks like HTML stays so).

    Raises ``DocumentError`` as ``extract`` does.
    """
    if len(text) > limits.max_characters:
        raise too_long(len(text), limits)
    cleaned = clean(text)
    if not cleaned.strip():
        raise EmptyDocumentError("There is no text yet: type or paste some, or choose a sample.")
    return Document(clean_name(name), cleaned, "text", None, ())


def too_long(characters: int, limits: Limits) -> DocumentTooLargeError:
    """The sentence for a text over the limit."""
    return DocumentTooLargeError(
        f"This document has {characters:,} characters of text and at most "
        f"{limits.max_characters:,} can be read at once: split it and upload the parts."
    )


def _read(name: str, data: bytes, limits: Limits) -> tuple[Kind, Extraction]:
    binary = binary_kind(name, data)
    if binary:
        return binary, isolation.parse(binary, data, limits=limits)
    text, warnings = decode(data)
    kind = text_kind(name, text)
    if kind == "text":
        return kind, Extraction(clean(text), None, warnings)
    # Decoding may have left a lone surrogate from UTF-16; "replace" turns it into a question mark.
    parsed = isolation.parse(kind, text.encode("utf-8", errors="replace"), limits=limits)
    return kind, replace(parsed, warnings=(*warnings, *parsed.warnings))


def _check_size(data: bytes, limits: Limits) -> None:
    if not data:
        raise EmptyDocumentError("This file is empty: check that it was saved and upload it again.")
    if len(data) > limits.max_bytes:
        raise DocumentTooLargeError(
            f"This file has {len(data) / MEGABYTE:,.1f} MB and at most "
            f"{limits.max_bytes / MEGABYTE:,.0f} MB can be read: split it and upload the parts."
        )
