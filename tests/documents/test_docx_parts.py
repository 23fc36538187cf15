"""What a Word document's text is made of besides paragraphs and tables."""

import doctest

import pytest

from backend.documents import docx_numbers, docx_symbols
from backend.documents.clean import clean
from backend.documents.document import Limits
from backend.documents.docx_text import read_docx
from tests.documents.builders import WORD_NAMESPACE, docx, paragraph, relations, zipped

MATH = "http://schemas.openxmlformats.org/officeDocument/2006/math"
RELATED = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(body: str, **parts: bytes) -> str:
    extra = {f"word/{name}.xml": content for name, content in parts.items()}
    return clean(read_docx(docx(body, extra=extra), Limits()).text)


def part(tag: str, content: str) -> bytes:
    return f'<w:{tag} xmlns:w="{WORD_NAMESPACE}">{content}</w:{tag}>'.encode()


def item(text: str, *, level: int = 0, number: int = 1) -> str:
    numbered = f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    return f"<w:p><w:pPr>{numbered}</w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"


def level(at: int, style: str, text: str, first: int = 1) -> str:
    return (
        f'<w:lvl w:ilvl="{at}"><w:start w:val="{first}"/><w:numFmt w:val="{style}"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
    )


NUMBERING = part(
    "numbering",
    '<w:abstractNum w:abstractNumId="0">'
    + level(0, "decimal", "%1.")
    + level(1, "lowerLetter", "%1.%2)")
    + '</w:abstractNum><w:abstractNum w:abstractNumId="1">'
    + level(0, "bullet", "\uf0b7")
    + '</w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num>'
    '<w:num w:numId="3"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0">'
    '<w:startOverride w:val="1"/></w:lvlOverride></w:num>',
)


def test_items_of_lists_have_their_numbers() -> None:
    body = item("Scope") + item("Field", level=1) + item("Time", level=1) + item("Fees")
    body += item("Tea", number=2) + item("Anew", number=3) + paragraph("Plain")
    assert read(body, numbering=NUMBERING).split("\n\n") == [
        "1. Scope",
        "1.a) Field",
        "1.b) Time",
        "2. Fees",
        "- Tea",
        "1. Anew",
        "Plain",
    ]


def test_a_style_can_number_its_paragraphs() -> None:
    styles = part(
        "styles",
        '<w:style w:styleId="H"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>',
    )
    heading = '<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr><w:r><w:t>Scope</w:t></w:r></w:p>'
    assert read(heading, numbering=NUMBERING, styles=styles) == "1. Scope"


def test_empty_cells_keep_their_column() -> None:
    def cell(text: str, span: int = 1) -> str:
        return f'<w:tc><w:tcPr><w:gridSpan w:val="{span}"/></w:tcPr>{paragraph(text)}</w:tc>'

    rows = [
        cell("Firm") + cell("Q1") + cell("Q2"),
        cell("Acme") + cell("") + cell("500"),
        cell("") + cell("7") + cell(""),
        cell("Sum", span=2) + cell("9"),
    ]
    table = "".join(f"<w:tr>{row}</w:tr>" for row in rows)
    assert read(f"<w:tbl>{table}</w:tbl>").split("\n") == [
        "Firm | Q1 | Q2",
        "Acme |  | 500",
        " | 7 |",
        "Sum |  | 9",
    ]


def test_formulas_are_read_on_the_line() -> None:
    def text(value: str) -> str:
        return f"<m:r><m:t>{value}</m:t></m:r>"

    fraction = f"<m:f><m:num>{text('a')}</m:num><m:den>{text('b')}</m:den></m:f>"
    power = f"<m:sSup><m:e>{text('x')}</m:e><m:sup>{text('2')}</m:sup></m:sSup>"
    formula = f'<m:oMath xmlns:m="{MATH}">{fraction}{power}</m:oMath>'
    assert read(f"<w:p><w:r><w:t>Area </w:t></w:r>{formula}</w:p>") == "Area a/bx^2"


def test_signs_of_symbol_fonts_are_read() -> None:
    sign = '<w:sym w:font="Symbol" w:char="F0B3"/>'
    assert read(f"<w:p><w:r><w:t>x </w:t>{sign}<w:t> 3</w:t></w:r></w:p>") == "x ≥ 3"


def test_notes_follow_the_text_with_their_marks() -> None:
    body = (
        '<w:p><w:r><w:t>Up 5%</w:t><w:footnoteReference w:id="2"/><w:t>, then down</w:t>'
        '<w:endnoteReference w:id="1"/></w:r></w:p>' + paragraph("End.")
    )
    footnotes = part("footnotes", f'<w:footnote w:id="2">{paragraph("Net of tax.")}</w:footnote>')
    endnotes = part("endnotes", f'<w:endnote w:id="1">{paragraph("Later.")}</w:endnote>')
    assert read(body, footnotes=footnotes, endnotes=endnotes) == (
        "Up 5%[1], then down[i]\n\nEnd.\n\n[1] Net of tax.\n\n[i] Later."
    )


def test_text_boxes_controls_and_readings_are_read() -> None:
    box = f"<w:pict><w:txbxContent>{paragraph('Boxed.')}</w:txbxContent></w:pict>"
    control = f"<w:sdt><w:sdtContent>{paragraph('Chosen.')}</w:sdtContent></w:sdt>"
    ruby = (
        "<w:p><w:ruby><w:rt><w:r><w:t>とうきょう</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>東京"
        "</w:t></w:r></w:rubyBase></w:ruby></w:p>"
    )
    assert read(f"<w:p><w:r>{box}</w:r></w:p>{control}{ruby}") == (
        "Boxed.\n\nChosen.\n\n東京(とうきょう)"
    )


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("chunk.html", b"<p>The board met."),
        ("chunk.txt", b"The board met."),
        ("chunk.mht", b"Content-Type: text/html\n\n<p>The board met."),
        ("chunk.docx", docx(paragraph("The board met."))),
    ],
)
def test_a_document_in_the_document_is_read(name: str, content: bytes) -> None:
    body = f'<w:altChunk xmlns:r="{RELATED}" r:id="r0"/>'
    extra = {
        f"word/{name}": content,
        "word/_rels/document.xml.rels": relations(("aFChunk", name, False)),
    }
    found = read_docx(docx(body, extra=extra), Limits())
    assert (found.text, found.warnings) == ("The board met.", ())


def test_what_is_left_out_is_said() -> None:
    header = part("hdr", paragraph("Confidential"))
    extra = {
        "word/comments.xml": b"x",
        "word/diagrams/data1.xml": b"x",
        "word/chunk.rtf": b"{\\rtf1 x}",
        "word/header1.xml": header,
        "word/_rels/document.xml.rels": relations(
            ("aFChunk", "chunk.rtf", False), ("header", "header1.xml", False)
        ),
    }
    body = paragraph("Text") + f'<w:altChunk xmlns:r="{RELATED}" r:id="r0"/>'
    warnings = read_docx(docx(body, extra=extra), Limits()).warnings
    assert [warning.split()[0] for warning in warnings] == ["Comments", "The", "A", "Headers"]
    assert all(warning.endswith(".") for warning in warnings)


def test_names_of_parts_may_have_other_slashes_cases_and_folders() -> None:
    document = part("document", f"<w:body>{paragraph('The board met.')}</w:body>")
    for name in ("word\\document.xml", "Word/Document.xml", "content/main.xml"):
        target = name.replace("\\", "/")
        root = relations(("officeDocument", target, False))
        data = zipped(
            {"_rels/.rels".replace("/", "\\" if "\\" in name else "/"): root, name: document}
        )
        assert read_docx(data, Limits()).text == "The board met."


def test_the_examples_in_the_docstrings_are_true() -> None:
    assert doctest.testmod(docx_numbers).failed == 0
    assert doctest.testmod(docx_symbols).failed == 0
