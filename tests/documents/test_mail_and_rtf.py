"""E-mail and Rich Text."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.documents import extract
from backend.documents.clean import clean
from backend.documents.document import Limits
from backend.documents.rtf_text import read_rtf


def mail(*, html: bool = False, attachment: str = "") -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = "Tëa", "Ann <a@x>", "Bob <b@x>"
    message.set_content("The board mët.")
    if html:
        message.clear_content()
        message.set_content("<p>The <b>board</b> mët.</p>", subtype="html", cte="base64")
    if attachment:
        message.add_attachment(b"x", maintype="application", subtype="pdf", filename=attachment)
    return message.as_bytes()


@pytest.mark.parametrize("html", [False, True])
def test_a_message_is_read_with_its_subject_and_parties(html: bool) -> None:
    document = extract("tea.eml", mail(html=html))
    assert (document.kind, document.warnings) == ("mail", ())
    assert document.text.split("\n\n") == [
        "Subject: Tëa",
        "From: Ann <a@x>",
        "To: Bob <b@x>",
        "The board mët.",
    ]


def test_attachments_are_named_and_left_out() -> None:
    (warning,) = extract("tea.eml", mail(attachment="plan.pdf")).warnings
    assert warning == "Attachments were left out: plan.pdf; upload each one by itself."


def rtf(body: bytes) -> str:
    return clean(read_rtf(rb"{\rtf1\ansi\ansicpg1252 " + body + b"}", Limits()).text)


def test_paragraphs_signs_and_letters_of_rich_text_are_read() -> None:
    body = rb"{\fonttbl{\f0 Arial;}}{\*\generator X;}\b Terms\b0\par 5 \'80\emdash {\i caf}\'e9\par"
    assert rtf(body) == "Terms\n\n5 €—café"
    assert rtf(rb"\uc1 \u8364 ?5 \u-10179?\u-8704? \{a\}") == "€5 😀 {a}"
    assert rtf(rb"{\header Secret}{\pict 89504e47}Shown") == "Shown"


def test_rows_of_a_table_in_rich_text_keep_their_cells() -> None:
    assert rtf(rb"Firm\cell Q1\cell\row Acme\cell 5\cell\row") == "Firm | Q1\nAcme | 5"


def test_rich_text_is_known_by_its_content() -> None:
    assert extract("letter.doc", rb"{\rtf1 Hello}").kind == "rtf"


@given(st.binary(max_size=200))
def test_no_rich_text_makes_the_reader_fail(body: bytes) -> None:
    rtf(body)
