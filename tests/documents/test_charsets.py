"""Character sets as browsers understand their names, and guesses."""

import doctest

import pytest

from backend.documents import charsets
from backend.documents.encoding import decode


def page(label: str, text: str, codec: str) -> bytes:
    return f'<html><head><meta charset="{label}"></head><p>{text}'.encode(codec)


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("iso-8859-1", "cp1252", "“€5” – it’s fine"),
        ("ISO-8859-9", "cp1254", "“Şişli” – ığ"),
        ("gb2312", "gbk", "朱镕基公司"),
        ("shift_jis", "cp932", "①東京"),
        ("windows-31j", "cp932", "東京の会議"),
        ("x-sjis", "cp932", "髙島屋"),
        ("ks_c_5601-1987", "cp949", "똠방각하"),
        ("big5", "big5hkscs", "會議"),
        ("tis-620", "cp874", "การประชุม"),
        ("macintosh", "mac_roman", "Über café"),
        ("ibm866", "cp866", "Встреча"),
        ("iso-2022-jp", "iso2022_jp", "東京の会議"),
        ("koi8-r", "koi8_r", "Встреча"),
    ],
)
def test_a_label_means_what_browsers_mean_by_it(label: str, codec: str, text: str) -> None:
    decoded, warnings = decode(page(label, text, codec))
    assert decoded.endswith(text)
    assert warnings == ()


def test_an_xml_declaration_counts_too_and_a_late_one() -> None:
    xml = '<?xml version="1.0" encoding="windows-1251"?><html><p>Встреча началась'.encode("cp1251")
    assert decode(xml)[0].endswith("Встреча началась")
    late = b"<!-- " + b"x" * 9_000 + b" -->" + page("windows-1251", "Встреча", "cp1251")
    assert decode(late)[0].endswith("Встреча")


def test_utf8_that_is_called_something_else_stays_utf8() -> None:
    assert decode(page("iso-8859-1", "Müller €5", "utf-8"))[0].endswith("Müller €5")


@pytest.mark.parametrize(
    ("codec", "name", "text"),
    [
        ("cp1251", "Cyrillic", "Встреча началась в десять часов, и все были рады."),
        ("cp1250", "Central European", "Zażółć gęślą jaźń. Spotkanie odbyło się w środę rano."),
        ("cp1252", "Western European", "Le comité s’est réuni à midi et a décidé d’agir : 5 €."),
        ("shift_jis", "Japanese", "東京の会議は十時に始まりました。"),
        ("gbk", "Chinese", "会议于上午十点开始，所有成员都出席了。"),
        ("euc_kr", "Korean", "회의는 오전 열 시에 시작되었습니다."),
    ],
)
def test_without_a_label_the_best_fit_is_taken_and_named(codec: str, name: str, text: str) -> None:
    decoded, warnings = decode(text.encode(codec))
    assert decoded == text
    assert name in warnings[0]


@pytest.mark.parametrize(
    "text", ["Встреча началась.", "会议于上午十点开始，都到了。", "We met at ten."]
)
@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
def test_utf16_without_a_mark_is_read_in_any_script(codec: str, text: str) -> None:
    decoded, warnings = decode(text.encode(codec))
    assert decoded == text
    assert "UTF-16" in warnings[0]


def test_the_example_in_the_docstring_is_true() -> None:
    assert doctest.testmod(charsets).failed == 0
