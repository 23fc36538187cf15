import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from backend.documents.clean import clean, clean_name

ANY = st.text(alphabet=st.characters(), max_size=200)


def test_newlines_are_of_one_kind_and_controls_are_gone() -> None:
    assert clean("a\r\nb\rc\u2028d\x0ce\x00f\x1b[31mg\th\x9f") == "a\nb\nc\nd\nef[31mg\th"


def test_at_most_one_blank_line_stays_between_paragraphs() -> None:
    assert clean("\n\n  a  \n \n\n\n b\n\n") == "  a\n\n b"


def test_letters_are_not_normalised() -> None:
    text = "e\u0301 ﬁ Å \u202bשלום\u202c 👩‍🚀"
    assert clean(text) == text


@given(ANY)
def test_cleaning_twice_changes_nothing_more(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(ANY)
def test_what_is_left_can_be_encoded_and_has_no_controls(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert not [c for c in cleaned if unicodedata.category(c) == "Cc" and c not in "\n\t"]


def test_a_name_is_the_last_part_of_a_path_without_tricks() -> None:
    assert clean_name("../../etc/pass\u202ewd\n.txt") == "passwd.txt"
    assert clean_name("C:\\Users\\me\\Bericht.docx") == "Bericht.docx"
    assert clean_name("  \x00 ") == "document"
    assert clean_name("x" * 500 + ".pdf").endswith("x.pdf")
    assert len(clean_name("x" * 500)) == 150
