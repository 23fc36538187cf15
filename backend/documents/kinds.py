"""What a file is: its content decides, then its name."""

import re
from pathlib import PurePosixPath
from typing import Literal

from backend.documents.document import Kind
from backend.documents.errors import (
    DamagedDocumentError,
    EncryptedDocumentError,
    UnsupportedDocumentError,
)

ACCEPTED = (
    "text, Markdown, HTML, PDF, DOCX, PPTX, XLSX, OpenDocument, RTF, EPUB or an e-mail (.eml)"
)
BinaryKind = Literal["pdf", "docx", "pptx", "xlsx", "opendocument", "epub", "mail", "rtf"]

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURE = "is a picture: run OCR (text recognition) on it and upload the PDF that results"
_ARCHIVE = "is an archive: unpack it and upload the documents in it one by one"
_SOUND = "is a sound or video recording: upload its transcript instead"
_PROGRAM = f"is a program, not a document: upload {ACCEPTED}"

_REFUSED = tuple(
    (re.compile(magic, re.DOTALL), reason)
    for magic, reason in (
        (rb"\x89PNG|\xff\xd8\xff|GIF8[79]a|II\*\x00|MM\x00\*|RIFF.{4}WEBP", _PICTURE),
        (rb"\x1f\x8b|BZh[1-9]1AY|\xfd7zXZ|7z\xbc\xaf|Rar!\x1a", _ARCHIVE),
        (rb"RIFF.{4}(?:WAVE|AVI )|ID3[\x02-\x04]|OggS\x00|.{4}ftyp", _SOUND),
        (rb"\x7fELF|MZ\x90\x00|\xcf\xfa\xed\xfe", _PROGRAM),
    )
)

_HEAD = re.compile(rb"(?:[A-Za-z][\w-]{1,60}:[^\n]*\n(?:[ \t][^\n]*\n)*){2}")
_WRITTEN_BY_PROGRAMS = re.compile(rb"^(?:Message-ID|MIME-Version):", re.IGNORECASE | re.MULTILINE)
_HTML_START = re.compile(
    r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE
)
_LEADING_COMMENT = re.compile(r"\s*<!--.*?-->", re.DOTALL)
_KIND_OF_SUFFIX: dict[str, Kind] = {
    ".pdf": "pdf",
    ".docx": "docx",
    ".docm": "docx",
    ".html": "html",
    ".htm": "html",
    ".xhtml": "html",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".text": "text",
    ".pptx": "pptx",
    ".pptm": "pptx",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".odt": "opendocument",
    ".odp": "opendocument",
    ".ods": "opendocument",
    ".epub": "epub",
    ".eml": "mail",
    ".mht": "mail",
    ".mhtml": "mail",
    ".rtf": "rtf",
}
_KIND_NAMES: dict[Kind, str] = {
    "text": "plain text",
    "markdown": "Markdown",
    "html": "HTML",
    "pdf": "a PDF",
    "docx": "a Word document",
    "pptx": "a presentation",
    "xlsx": "a workbook",
    "opendocument": "an OpenDocument file",
    "epub": "an e-book",
    "mail": "an e-mail",
    "rtf": "Rich Text",
}


def binary_kind(name: str, data: bytes) -> BinaryKind | None:
    """What is read from bytes, told by the content; ``None`` where that may be text.

    Raises:
        UnsupportedDocumentError: magic bytes of a format that is not read here.
        EncryptedDocumentError: a Word document that needs a password.
        DamagedDocumentError: the name says PDF or DOCX, the content is binary and neither.
    """
    if is_pdf(name, data):
        return "pdf"
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _zip_kind(data)
    if data.startswith(b"{\\rtf"):
        return "rtf"
    if data.startswith(_OLE):
        raise _legacy_office(data)
    for magic, reason in _REFUSED:
        if magic.match(data):
            raise UnsupportedDocumentError(f"This file {reason}.")
    suffix = _suffix(name)
    if suffix in (".pdf", ".docx") and b"\x00" in data[:4096]:
        raise DamagedDocumentError(
            f"This file's name ends in {suffix} but its content is not {_kind_name(suffix)}: "
            "it may be damaged; save it again from the program that made it."
        )
    return "mail" if _is_mail(suffix, data) else None


def _zip_kind(data: bytes) -> Literal["docx", "pptx", "xlsx", "opendocument", "epub"]:
    """Told by the names of parts, which a zip does not compress; else to be looked into as DOCX."""
    if b"word/document.xml" in data:
        return "docx"
    first = data[:120]
    if b"mimetypeapplication/epub+zip" in first or b"META-INF/container.xml" in data:
        return "epub"
    if b"mimetypeapplication/vnd.oasis.opendocument" in first:
        return "opendocument"
    if b"ppt/presentation.xml" in data:
        return "pptx"
    return "xlsx" if b"xl/workbook.xml" in data else "docx"


def _is_mail(suffix: str, data: bytes) -> bool:
    """A name that says so over lines of a head, or a head that only programs write."""
    head = data[:8192].lstrip()
    return bool(_HEAD.match(head)) and (
        _KIND_OF_SUFFIX.get(suffix) == "mail" or bool(_WRITTEN_BY_PROGRAMS.search(head))
    )


def is_pdf(name: str, data: bytes) -> bool:
    """Whether the header is there; a file named .pdf may have up to 1,024 bytes before it.

    (Readers accept that: Adobe PDF Reference 1.7, appendix H, implementation note 13.)
    """
    if data[:64].lstrip(b"\xef\xbb\xbf \t\r\n\x00").startswith(b"%PDF-"):
        return True
    return _suffix(name) == ".pdf" and b"%PDF-" in data[:1024]


def text_kind(name: str, text: str) -> Literal["text", "markdown", "html"]:
    """Which kind of text: an HTML page says so at its start, the rest is told by the name."""
    start = text[:4096]
    comment = _LEADING_COMMENT.match(start)
    if _HTML_START.match(start, comment.end() if comment else 0):
        return "html"
    match _KIND_OF_SUFFIX.get(_suffix(name)):
        case "html":
            return "html"
        case "markdown":
            return "markdown"
        case _:
            return "text"


def name_warning(name: str, kind: Kind) -> tuple[str, ...]:
    """A sentence where the name promises something else than the content is."""
    promised = _KIND_OF_SUFFIX.get(_suffix(name), kind)
    if promised == kind:
        return ()
    said, found = _KIND_NAMES[promised], _KIND_NAMES[kind]
    return (f"The file's name says {said}, its content is {found}: it was read by its content.",)


def _legacy_office(data: bytes) -> EncryptedDocumentError | UnsupportedDocumentError:
    if "EncryptedPackage".encode("utf-16-le") in data:
        return EncryptedDocumentError(
            "This Word document is protected by a password: open it, remove the password, "
            "save it and upload it again."
        )
    if "__substg1.0_".encode("utf-16-le") in data:
        return UnsupportedDocumentError(
            "This file is a message of Outlook (.msg): open it, save it as .eml or PDF, and upload "
            "that."
        )
    return UnsupportedDocumentError(
        "This file is in the old format of Microsoft Office (.doc, .xls or .ppt): "
        "open it and save it as DOCX or PDF."
    )


def _suffix(name: str) -> str:
    return PurePosixPath(name.lower()).suffix


def _kind_name(suffix: str) -> str:
    return _KIND_NAMES[_KIND_OF_SUFFIX[suffix]]
