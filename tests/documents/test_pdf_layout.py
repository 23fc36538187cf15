from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from backend.documents.pdf_layout import Line, layout
from tests.documents.builders import Placed, placed

FULL = "the supplier ships all of the goods to the terminal before the end of the month"


def lines(rows: Sequence[Placed]) -> list[Line]:
    return [Line(text, x, y, size) for x, y, size, text in rows]


def page(*texts: str) -> list[Line]:
    return lines(placed(texts))


def test_lines_of_a_paragraph_are_joined_by_blanks() -> None:
    assert layout([page(f"First {FULL}", FULL, "and ends.")]) == f"First {FULL} {FULL} and ends."


def test_a_gap_ends_a_paragraph() -> None:
    text = layout([page(f"First {FULL}", FULL, "", f"{FULL} again", FULL)])
    assert text.split("\n\n") == [f"First {FULL} {FULL}", f"{FULL} again {FULL}"]


def test_an_indent_after_a_sentence_starts_a_paragraph() -> None:
    rows = placed([f"{FULL}.", FULL, f"{FULL}.", FULL])
    x, y, size, text = rows[2]
    rows[1] = (108, *rows[1][1:])
    assert layout([lines(rows)]).split("\n\n") == [f"{FULL}.", f"{FULL} {FULL}. {FULL}"]
    assert (x, size) == (72, 12.0)
    assert y < rows[1][1]
    assert text.endswith(".")


def test_headings_and_items_stand_alone() -> None:
    text = layout([page("Scope", f"This covers {FULL}", f"{FULL}.", "1. One", "2. Two", "• Three")])
    assert text.split("\n\n") == [
        "Scope",
        f"This covers {FULL} {FULL}.",
        "1. One",
        "2. Two",
        "• Three",
    ]


def test_larger_type_is_a_heading() -> None:
    rows = placed([f"Heading {FULL}", FULL])
    rows[0] = (*rows[0][:2], 18.0, rows[0][3])
    assert layout([lines(rows)]).count("\n\n") == 1


def test_an_item_goes_on_in_its_hanging_indent_and_ends_where_the_text_moves_left() -> None:
    rows = placed([f"• {FULL}", FULL, f"Then {FULL}"])
    rows[0], rows[1] = (90, *rows[0][1:]), (108, *rows[1][1:])
    assert layout([lines(rows)]).split("\n\n") == [f"• {FULL} {FULL}", f"Then {FULL}"]


def test_a_paragraph_runs_over_the_end_of_a_page() -> None:
    first, second = page(FULL, f"{FULL} and then"), page(f"{FULL}.", FULL)
    assert "\n\n" not in layout([first, second])


def test_a_finished_paragraph_does_not_run_over_the_end_of_a_page() -> None:
    first, second = page(FULL, f"{FULL}."), page(f"The {FULL}")
    assert layout([first, second]).count("\n\n") == 1


def test_a_word_broken_at_the_end_of_a_line_is_mended() -> None:
    assert "the information is" in layout([page(f"{FULL} the infor-", "mation is there")])


def test_a_compound_keeps_its_hyphen() -> None:
    told_by_itself = page(f"{FULL} a now-", "decommissioned site", "", "now decommissioned")
    assert "now-decommissioned site" in layout([told_by_itself])
    assert "Policy-Managing" in layout([page(f"{FULL} the Policy-", "Managing data")])
    seen_elsewhere = page(f"{FULL} a long-", "term plan", "", "the long-term view")
    assert "long-term plan" in layout([seen_elsewhere])


def test_a_soft_hyphen_at_the_end_of_a_line_goes() -> None:
    assert "information" in layout([page(f"{FULL} infor\N{SOFT HYPHEN}", "mation")])


def test_leaders_of_a_table_of_contents_are_shortened_and_its_entries_kept_apart() -> None:
    text = layout([page("I. Purpose ............... 4", "Appendix A .............. 14")])
    assert text.split("\n\n") == ["I. Purpose ... 4", "Appendix A ... 14"]


WORDS = st.text(alphabet="ab1É日 -.,(A", min_size=1, max_size=30).filter(lambda t: t.strip() == t)
PLACES = st.floats(min_value=0, max_value=800)
ROWS = st.builds(Line, WORDS, PLACES, PLACES, st.floats(min_value=0.1, max_value=40))


@given(st.lists(st.lists(ROWS, max_size=12), max_size=2))
def test_no_letter_is_lost_or_moved_wherever_the_lines_are(pages: list[list[Line]]) -> None:
    def letters(text: str) -> str:
        return "".join(c for c in text if c.isalnum())

    assert letters(layout(pages)) == letters("".join(line.text for page in pages for line in page))
