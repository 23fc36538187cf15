"""Small files made by hand for the tests of documents."""

import io
import zipfile
from collections.abc import Sequence

from pypdf import PdfReader, PdfWriter

Placed = tuple[float, float, float, str]
"""x, y, size and text of a line on a page."""

WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"

_PICTURE = "\nq 600 0 0 700 0 0 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q"


def placed(
    lines: Sequence[str], *, top: float = 720, left: float = 72, leading: float = 14
) -> list[Placed]:
    """Lines one under the other; an empty one leaves a gap."""
    return [(left, top - leading * n, 12.0, text) for n, text in enumerate(lines) if text]


def pdf(
    pages: Sequence[Sequence[Placed]], *, pictures: Sequence[int] = (), turned: int = 0
) -> bytes:
    """A minimal PDF with one Helvetica font; pages numbered in ``pictures`` show an image too.

    ``turned`` is by how many degrees each page is to be shown rotated.
    """
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    objects.append(
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    )
    kids = []
    for number, lines in enumerate(pages):
        content = "\n".join(
            f"BT /F1 {size} Tf 1 0 0 1 {x} {y} Tm ({_escaped(text)}) Tj ET"
            for x, y, size, text in lines
        )
        content += _PICTURE if number in pictures else ""
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate {turned} "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {len(objects)} 0 R >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    return _assembled(objects)


def encrypted_pdf(*, user_password: str) -> bytes:
    source = pdf([placed(["The secret recipe needs three onions and an hour of patience."])])
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(source)))
    writer.encrypt(user_password, "owner", algorithm="RC4-128")
    return _written(writer)


def blank_pdf(pages: int = 2) -> bytes:
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(612, 792)
    return _written(writer)


def docx(body: str, *, extra: dict[str, bytes] | None = None, head: str = "") -> bytes:
    """A Word document with ``body`` inside ``w:body``; ``head`` goes before the root element."""
    document = f'{head}<w:document xmlns:w="{WORD_NAMESPACE}"><w:body>{body}</w:body></w:document>'
    root = relations(("officeDocument", "word/document.xml", False))
    return zipped({"_rels/.rels": root, "word/document.xml": document.encode()} | (extra or {}))


def relations(*entries: tuple[str, str, bool]) -> bytes:
    """A part of relations from (type, target, external)."""
    rows = "".join(
        f'<Relationship Id="r{n}" Type="{_OFFICE}/{kind}" Target="{target}"'
        + (' TargetMode="External"/>' if external else "/>")
        for n, (kind, target, external) in enumerate(entries)
    )
    return f'<Relationships xmlns="{_PACKAGE}">{rows}</Relationships>'.encode()


def paragraph(text: str) -> str:
    return f'<w:p><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def zipped(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")


def _assembled(objects: Sequence[str]) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode("cp1252")
    xref = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{offset:010d} 00000 n \n".encode() for offset in offsets)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\n".encode()
    return bytes(out + f"startxref\n{xref}\n%%EOF\n".encode())


def _written(writer: PdfWriter) -> bytes:
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def form_pdf(label: str, value: str, note: str) -> bytes:
    """A page with a text field that is filled in, and a text note written on it."""
    content = f"BT /F1 12 Tf 1 0 0 1 72 700 Tm ({_escaped(label)}) Tj ET"
    page = (
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Annots [6 0 R 7 0 R] "
        "/Resources << /Font << /F1 3 0 R >> >> /Contents 4 0 R >>"
    )
    typed = "<< /Type /Annot /Subtype /Widget /FT /Tx /T (name) /Rect [200 695 400 712] /V"
    written = "<< /Type /Annot /Subtype /FreeText /Rect [72 600 300 620] /DA (/F1 12 Tf) /Contents"
    return _assembled(
        [
            "<< /Type /Catalog /Pages 2 0 R /AcroForm << /Fields [6 0 R] >> >>",
            "<< /Type /Pages /Kids [5 0 R] /Count 1 >>",
            "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
            f"<< /Length {len(content)} >>\nstream\n{content}\nendstream",
            page,
            f"{typed} ({_escaped(value)}) >>",
            f"{written} ({_escaped(note)}) >>",
        ]
    )
