"""Word documents (Office Open XML, ECMA-376) to plain text.

Read as a stream of XML events from the zip, so that neither a bomb nor a document of any depth
needs memory. What stands in the text's place in the file is read: paragraphs with the numbers of
their lists, tables, formulas, text boxes, documents in the document; notes come at the end. What
is left out is said.
"""

import email
import io
import posixpath
import zipfile
import zlib
from email import policy
from itertools import accumulate
from xml.parsers import expat

from backend.documents.document import Extraction, Heading, Limits
from backend.documents.docx_body import Body
from backend.documents.docx_numbers import Numbering
from backend.documents.docx_package import DAMAGED, Package, Relation
from backend.documents.encoding import decode
from backend.documents.errors import DamagedDocumentError, DocumentError
from backend.documents.html_text import html_to_text

_LEFT_OUT = (
    ("vbaproject.bin", "The document contains macros: they were neither read nor run."),
    ("comments.xml", "Comments in the document were left out."),
    ("diagrams/data", "The text of diagrams (SmartArt) was left out: paste it in where it counts."),
    ("charts/chart", "Charts were left out: put their figures into a table where they count."),
    ("embeddings/", "Embedded files, such as sheets, were left out: upload them one by one."),
)
"""What a part's name tells, and the sentence that says it."""
_UNREAD_CHUNK = (
    "A document that is embedded in this one was left out: open it in a word processor and save "
    "it again, which makes its text part of it."
)


def read_docx(data: bytes, limits: Limits, *, nested: bool = False) -> Extraction:
    """Paragraphs, tables and notes in the order of the document; headers and footers are left out.

    ``nested`` says that the document lies in another one, and no further one is read in it.

    Raises:
        DocumentError: no Word document, damaged, encrypted, or it unpacks to too much.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            package = Package(archive, limits)
            reader = _Reader(package, limits, nested=nested)
            return reader.read()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, expat.ExpatError) as e:
        raise DamagedDocumentError(DAMAGED) from e


class _Reader:
    """One document: its main part and the parts that this refers to."""

    def __init__(self, package: Package, limits: Limits, *, nested: bool) -> None:
        self._package, self._limits, self._nested = package, limits, nested
        self._main = package.main_part()
        self._relations = package.relations(self._main)
        self._unread = False

    def read(self) -> Extraction:
        """The text, its headings, and what was left out of it."""
        numbering = Numbering(self._package, self._part("numbering"), self._part("styles"))
        body = Body(self._limits.max_characters, numbering, self._embedded)
        self._read(self._main, body)
        notes = [
            f"{mark} {text}"
            for kind in ("footnote", "endnote")
            for mark, text in self._notes(kind, body.references)
        ]
        ends = list(accumulate(len(block) + 2 for block in body.blocks))
        headings = (
            Heading(ends[at] - 2 - len(body.blocks[at]), ends[at] - 2) for at in body.headings
        )
        text = "\n\n".join([*body.blocks, *notes])
        return Extraction(text, None, self._warnings(), (), tuple(headings))

    def _warnings(self) -> tuple[str, ...]:
        names = self._package.names
        said = [sentence for part, sentence in _LEFT_OUT if any(part in name for name in names)]
        external = [r for r in self._relations.values() if r.external]
        if any(relation.kind != "hyperlink" for relation in external):
            said.append("The document refers to content outside the file: it was not fetched.")
        if self._unread:
            said.append(_UNREAD_CHUNK)
        if any(self._is_furniture(relation) for relation in self._relations.values()):
            said.append("Headers and footers were left out.")
        return tuple(said)

    def _read(self, part: str, body: Body) -> None:
        self._package.parse(part, start=body.start, end=body.end, characters=body.characters)

    def _part(self, kind: str) -> str | None:
        """The part that is related to the main part as ``kind``, else the one of that name."""
        beside = posixpath.join(posixpath.dirname(self._main), f"{kind}.xml")
        related = (r.target for r in self._relations.values() if r.kind == kind)
        return next(related, beside if beside in self._package else None)

    def _notes(self, kind: str, references: dict[tuple[str, str], str]) -> list[tuple[str, str]]:
        """The notes that the text refers to, each with its mark."""
        part = self._part(f"{kind}s")
        wanted = [(key, mark) for (other, key), mark in references.items() if other == kind]
        if not part or not wanted:
            return []
        body = Body(self._limits.max_characters)
        self._read(part, body)
        return [(mark, " ".join(body.notes.get(key, []))) for key, mark in wanted]

    def _is_furniture(self, relation: Relation) -> bool:
        """A header or footer with words in it; a page number is none."""
        if relation.kind not in ("header", "footer"):
            return False
        body = Body(self._limits.max_characters)
        self._read(relation.target, body)
        return any(character.isalpha() for block in body.blocks for character in block)

    def _embedded(self, key: str) -> str:
        """The text of a document within this one (``w:altChunk``), ``""`` where it is unread."""
        relation = self._relations.get(key, Relation("", "", external=True))
        text = "" if relation.external else self._chunk(relation.target)
        self._unread = self._unread or not text
        return text

    def _chunk(self, part: str) -> str:
        data = self._package.read(part)
        suffix = posixpath.splitext(part)[1].lower()
        try:
            if suffix in (".docx", ".docm") and not self._nested:
                return read_docx(data, self._limits, nested=True).text
            if suffix in (".mht", ".mhtml", ".eml"):
                page = email.message_from_bytes(data, policy=policy.default).get_body(("html",))
                return html_to_text(str(page.get_content())) if page else ""
            if suffix in (".html", ".htm", ".xhtml"):
                return html_to_text(decode(data)[0]).strip()
            return decode(data)[0].strip() if suffix == ".txt" else ""
        except (DocumentError, LookupError, ValueError):
            return ""
