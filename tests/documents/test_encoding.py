import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.documents.encoding import decode
from backend.documents.errors import UnsupportedDocumentError

TEXT = "Zażółć gęślą jaźń – 日本語, שלום, e\u0301 and 👩‍🚀.\n" * 3


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_unicode_with_or_without_a_mark_is_read_as_it_is(encoding: str) -> None:
    assert decode(TEXT.encode(encoding)) == (TEXT, ())


def test_big_endian_utf16_with_a_mark_is_read() -> None:
    assert decode(codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be")) == (TEXT, ())


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_recognised_and_said(encoding: str) -> None:
    text, warnings = decode("The supplier ships the goods.".encode(encoding))
    assert text == "The supplier ships the goods."
    assert "UTF-16" in warnings[0]


def test_windows_1252_is_the_fall_back_and_is_named() -> None:
    text, warnings = decode("Café “Zürich”, 30 € – naïve".encode("cp1252"))
    assert text == "Café “Zürich”, 30 € – naïve"
    assert len(warnings) == 1
    assert "Windows-1252" in warnings[0]


def test_an_html_page_is_read_in_the_encoding_that_it_declares() -> None:
    page = '<meta charset="iso-8859-2"><p>Łódź'
    assert decode(page.encode("iso-8859-2")) == (page, ())


def test_a_declared_encoding_that_is_unknown_or_odd_is_not_followed() -> None:
    for name in ("no-such", "punycode", "rot13"):
        text, warnings = decode(f"<meta charset={name}><p>Café".encode("cp1252"))
        assert text.endswith("Café")
        assert "Windows-1252" in warnings[0]


def test_one_broken_byte_does_not_spoil_a_utf8_file() -> None:
    data = TEXT.encode() + b"\xe2\x82" + b" and so on"
    text, warnings = decode(data)
    assert text.startswith(TEXT)
    assert text.endswith("\N{REPLACEMENT CHARACTER} and so on")
    assert "1 place is damaged" in warnings[0]


def test_a_few_nul_characters_are_announced() -> None:
    _, warnings = decode(b"The goods that were ordered are\x00 late again. " * 20)
    assert warnings == ("20 NUL characters were removed.",)


@pytest.mark.parametrize("data", [bytes(range(256)) * 20, bytes(1000), b"\xfe\x00\x81\x8d" * 100])
def test_binary_is_refused(data: bytes) -> None:
    with pytest.raises(UnsupportedDocumentError, match="binary data"):
        decode(data)


@given(st.binary(max_size=300))
def test_any_bytes_give_text_or_the_one_error(data: bytes) -> None:
    try:
        text, _ = decode(data)
    except UnsupportedDocumentError:
        return
    assert isinstance(text, str)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), max_size=100))
def test_utf8_text_comes_back_unchanged(text: str) -> None:
    assert decode(text.encode("utf-8-sig")) == (text, ())
