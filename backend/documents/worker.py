"""The child process that parses one file: ``python -m backend.documents.worker``.

Reads from standard input a line of JSON ``{"kind", "limits"}`` and then the file's bytes; writes
an ``Extraction``'s fields or ``{"error", "message", "detail"}`` as JSON to standard output.
It starts with no keys in its environment and uses no more than its limits.
"""

import json
import sys
from collections.abc import Callable
from dataclasses import asdict
from typing import Any, Literal

from backend.child_process import Bounds, confine
from backend.documents.document import Extraction, Kind, Limits
from backend.documents.errors import DamagedDocumentError, DocumentError, DocumentTooLargeError
from backend.documents.places import cleaned

Parser = Callable[[bytes, Limits], Extraction]

_FORMATS: dict[Kind, str] = {
    "text": "text file",
    "markdown": "Markdown file",
    "html": "HTML page",
    "pdf": "PDF",
    "docx": "Word document",
    "pptx": "presentation",
    "xlsx": "workbook",
    "opendocument": "OpenDocument file",
    "epub": "e-book",
    "mail": "e-mail",
    "rtf": "Rich Text file",
}


def answer(kind: Kind, data: bytes, limits: Limits) -> dict[str, Any]:
    """The parsed file, or the error, as JSON types."""
    try:
        found = cleaned(parser(kind)(data, limits))
        if len(found.text) > limits.max_characters:
            raise _too_long(limits)
        return asdict(found)
    except DocumentError as error:
        return {"error": type(error).__name__, "message": str(error)}
    except MemoryError as error:
        return _failure(DocumentTooLargeError, error, _needs_memory(kind))
    # A hostile file can make a parser raise anything; whatever it is, the person who uploaded the
    # file gets a sentence and the log gets the cause.
    except Exception as error:  # noqa: BLE001
        return _failure(DamagedDocumentError, error, _damaged(kind))


def parser(kind: Kind) -> Parser:
    """The function that reads ``kind``; its library is imported only here, in the child."""
    match kind:
        case "pdf":
            from backend.documents.pdf_text import read_pdf as read
        case "docx":
            from backend.documents.docx_text import read_docx as read
        case "html":
            from backend.documents.html_text import read_html as read
        case "mail":
            from backend.documents.mail_text import read_mail as read
        case "rtf":
            from backend.documents.rtf_text import read_rtf as read
        case "pptx" | "xlsx" | "opendocument" | "epub":
            return _office(kind)
        case _:
            from backend.documents.markdown_text import read_markdown as read
    return read


def _office(kind: Literal["pptx", "xlsx", "opendocument", "epub"]) -> Parser:
    from backend.documents import office_text

    return {
        "pptx": office_text.read_presentation,
        "xlsx": office_text.read_workbook,
        "opendocument": office_text.read_opendocument,
        "epub": office_text.read_epub,
    }[kind]


def main() -> None:
    """One file in, one answer out."""
    header = json.loads(sys.stdin.buffer.readline(10_000))
    limits = Limits(**header["limits"])
    confine(
        Bounds(
            memory=limits.max_memory_bytes,
            answer=limits.max_output_bytes,
            cpu_seconds=limits.max_cpu_seconds,
            seconds=limits.max_seconds,
        )
    )
    result = answer(header["kind"], sys.stdin.buffer.read(), limits)
    sys.stdout.buffer.write(json.dumps(result, ensure_ascii=False).encode())


def _failure(error: type[DocumentError], cause: Exception, message: str) -> dict[str, Any]:
    detail = f"{type(cause).__name__}: {cause}"[:500].encode(errors="replace").decode()
    return {"error": error.__name__, "message": message, "detail": detail}


def _damaged(kind: Kind) -> str:
    return (
        f"This {_FORMATS[kind]} is damaged and cannot be read: save it again from the program "
        "that made it."
    )


def _needs_memory(kind: Kind) -> str:
    return (
        f"This {_FORMATS[kind]} needs more memory than a document may use: split it into smaller "
        "files, or save it again from the program that made it."
    )


def _too_long(limits: Limits) -> DocumentTooLargeError:
    return DocumentTooLargeError(
        f"This document has more than {limits.max_characters:,} characters of text, the most "
        "that can be read at once: split it and upload the parts."
    )


if __name__ == "__main__":
    main()
