"""Presentations, workbooks, OpenDocument files and e-books, each made by hand."""

import zipfile
from io import BytesIO

import pytest

from backend.documents import extract
from backend.documents.document import Limits
from backend.documents.errors import (
    DamagedDocumentError,
    DocumentTooLargeError,
    EncryptedDocumentError,
)
from backend.documents.office_text import read_opendocument, read_workbook
from tests.documents.builders import relations, zipped

DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def slide(*paragraphs: str, table: str = "") -> bytes:
    texts = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
    return f'<p:sld xmlns:p="p" xmlns:a="{DRAWING}">{texts}{table}</p:sld>'.encode()


def cells(*texts: str) -> str:
    return "".join(f"<a:tc><a:p><a:r><a:t>{t}</a:t></a:r></a:p></a:tc>" for t in texts)


def opendocument(kind: str, body: str, *, manifest: bytes = b"<m/>") -> bytes:
    content = (
        '<office:document-content xmlns:office="o" xmlns:text="t" xmlns:table="b">'
        f"{body}</office:document-content>"
    )
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", f"application/vnd.oasis.opendocument.{kind}")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return out.getvalue()


def test_slides_come_in_their_order_with_tables_and_notes() -> None:
    table = f"<a:tbl><a:tr>{cells('Firm', 'Q1')}</a:tr><a:tr>{cells('Acme', '5')}</a:tr></a:tbl>"
    data = zipped(
        {
            "ppt/presentation.xml": b"<p/>",
            "ppt/slides/slide10.xml": slide("Last"),
            "ppt/slides/slide2.xml": slide("Second", table=table),
            "ppt/slides/slide1.xml": slide("Title", "Point"),
            "ppt/slides/_rels/slide1.xml.rels": relations(
                ("notesSlide", "../notesSlides/notesSlide1.xml", False)
            ),
            "ppt/notesSlides/notesSlide1.xml": slide("Say hello", "1"),
        }
    )
    document = extract("talk.pptx", data)
    assert (document.kind, document.pages) == ("pptx", 3)
    assert document.text.split("\n\n") == [
        "Title",
        "Point",
        "Say hello",
        "Second",
        "Firm | Q1\nAcme | 5",
        "Last",
    ]


def workbook(rows: str) -> bytes:
    return zipped(
        {
            "xl/workbook.xml": f'<workbook xmlns="{SHEET}" xmlns:r="{RELATED}"><sheets>'
            '<sheet name="One" r:id="r0"/></sheets></workbook>'.encode(),
            "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml", False)),
            "xl/sharedStrings.xml": f'<sst xmlns="{SHEET}"><si><t>Firm</t></si>'
            "<si><r><t>Ac</t></r><r><t>me</t></r></si></sst>".encode(),
            "xl/worksheets/sheet1.xml": f'<worksheet xmlns="{SHEET}"><sheetData>{rows}'
            "</sheetData></worksheet>".encode(),
        }
    )


def test_a_sheet_is_a_table_with_its_empty_cells() -> None:
    rows = (
        '<row><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>Q1</t></is></c>'
        '<c r="C1" t="str"><v>Q2</v></c></row>'
        '<row><c r="A2" t="s"><v>1</v></c><c r="C2"><v>500</v></c></row>'
        '<row><c r="B3"><v>7</v></c></row>'
    )
    document = extract("figures.xlsx", workbook(rows))
    assert (document.kind, document.text) == ("xlsx", "Firm | Q1 | Q2\nAcme |  | 500\n | 7")


def test_a_far_column_is_no_way_to_use_up_memory() -> None:
    assert len(read_workbook(workbook('<row><c r="XFD1"><v>7</v></c></row>'), Limits()).text) < 10


def test_an_opendocument_text_is_read_with_its_tables() -> None:
    body = (
        "<text:tracked-changes><text:p>Deleted</text:p></text:tracked-changes>"
        "<text:h>Scope</text:h><text:p>The board<text:s/>met.</text:p><table:table>"
        "<table:table-row><table:table-cell><text:p>Firm</text:p></table:table-cell>"
        "<table:table-cell><text:p>Q1</text:p></table:table-cell></table:table-row>"
        '<table:table-row><table:table-cell table:number-columns-repeated="1"/>'
        "<table:table-cell><text:p>7</text:p></table:table-cell></table:table-row></table:table>"
    )
    document = extract("minutes.odt", opendocument("text", body))
    assert document.kind == "opendocument"
    assert document.text == "Scope\n\nThe board met.\n\nFirm | Q1\n | 7"


def test_an_opendocument_file_with_a_password_says_so() -> None:
    data = opendocument("text", "", manifest=b"<m:encryption-data/>")
    with pytest.raises(EncryptedDocumentError, match="password"):
        extract("a.odt", data)


def test_chapters_of_an_e_book_come_in_the_order_of_reading() -> None:
    package = (
        '<package xmlns="p"><manifest><item id="a" href="a%20b.xhtml"/><item id="c" '
        'href="c.xhtml"/></manifest><spine><itemref idref="c"/><itemref idref="a"/></spine>'
        "</package>"
    )
    data = zipped(
        {
            "META-INF/container.xml": b'<container><rootfile full-path="OEBPS/x.opf"/></container>',
            "OEBPS/x.opf": package.encode(),
            "OEBPS/a b.xhtml": b"<html><body><p>Second.</p></body></html>",
            "OEBPS/c.xhtml": b"<html><body><h1>First</h1></body></html>",
        }
    )
    document = extract("book.epub", data)
    assert (document.kind, document.text) == ("epub", "First\n\nSecond.")


def test_bombs_and_damage_are_refused() -> None:
    bomb = opendocument("text", f"<text:p>{' ' * 300_000}</text:p>")
    with pytest.raises(DocumentTooLargeError, match="unpacks to more than"):
        read_opendocument(bomb, Limits(max_unpacked_bytes=100_000))
    with pytest.raises(DamagedDocumentError, match="damaged"):
        read_opendocument(opendocument("text", "<text:p>"), Limits())
