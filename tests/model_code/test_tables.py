"""Tables are read with the names of their columns, and answers keep their places."""

from hypothesis import given
from hypothesis import strategies as st

from question_answering.tables import reading

TABLE = "Plants\n\nPlant | Staff | Opened\nGuelph | 380 | 1998\nLeeds |  | 2001\n\nThe end."


def test_a_row_is_read_with_the_names_of_its_columns() -> None:
    text = reading(TABLE).text
    assert "Guelph; Staff: 380; Opened: 1998." in text
    assert "Leeds; Opened: 2001." in text
    assert text.startswith("Plants\n\nPlant | Staff | Opened\n")
    assert text.endswith("The end.")


def test_a_markdown_table_is_read_the_same_way() -> None:
    text = "| Plant | Staff |\n| --- | ---: |\n| Guelph | 380 |\n"
    assert "Guelph; Staff: 380." in reading(text).text


def test_what_was_added_has_no_place() -> None:
    read = reading(TABLE)
    name = read.text.index("Staff: 380")
    assert read.place(name, name + 5) is None
    assert read.place(name + 7, name + 10) == (TABLE.index("380"), TABLE.index("380") + 3)


@given(st.text(alphabet="ab |\n-:", max_size=60))
def test_each_character_that_is_kept_stands_where_it_says(text: str) -> None:
    read = reading(text)
    assert len(read.text) == len(read.origins)
    for character, origin in zip(read.text, read.origins, strict=True):
        assert origin is None or text[origin] == character
    kept = [origin for origin in read.origins if origin is not None]
    assert kept == sorted(set(kept))


@given(st.text(max_size=60).filter(lambda text: "|" not in text))
def test_text_without_tables_is_read_as_it_is(text: str) -> None:
    assert reading(text).text == text


def test_an_empty_cell_at_an_end_of_a_row_keeps_its_column() -> None:
    text = " | Q1 | Q2\nAcme |  | 500\n | 7 |\n"
    assert reading(text).text == " | Q1 | Q2\nAcme; Q2: 500.\n; Q1: 7.\n"
