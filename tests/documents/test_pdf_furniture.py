from hypothesis import given
from hypothesis import strategies as st

from backend.documents.pdf_furniture import without_furniture


def strip(pages: list[list[str]]) -> list[list[str]]:
    return without_furniture(pages, text_of=lambda text: text)


def body(page: int) -> list[str]:
    return [f"Body {word} of {page * 7} things" for word in ("a", "b", "c", "d", "e", "f")]


def test_page_numbers_go_everywhere_and_running_titles_from_all_but_the_first_page() -> None:
    pages = [["Annual report", *body(n), f"Page {n} of 5"] for n in range(1, 6)]
    assert strip(pages) == [["Annual report", *body(1)], *(body(n) for n in range(2, 6))]


def test_a_page_number_under_a_running_title_goes_from_the_first_page_too() -> None:
    pages = [["Annual report", str(n), *body(n)] for n in range(1, 5)]
    assert strip(pages)[0] == ["Annual report", *body(1)]


def test_titles_of_left_and_right_pages_are_both_found() -> None:
    pages = [["Left" if n % 2 else "Right", *body(n)] for n in range(10)]
    assert all(page[0].startswith("Body") for page in strip(pages)[1:])


def test_figures_at_the_edge_that_do_not_count_pages_stay() -> None:
    pages = [[f"Revenue {n * 31}", *body(n), f"{n * n}"] for n in range(1, 7)]
    assert strip(pages) == pages


def test_the_same_line_inside_the_pages_stays() -> None:
    pages = [[*body(n), "Signature", *body(n + 50)] for n in range(6)]
    assert strip(pages) == pages


def test_two_pages_are_too_few_to_tell() -> None:
    pages = [["Report", "text one"], ["Report", "text two"]]
    assert strip(pages) == pages


@given(st.lists(st.lists(st.sampled_from(["a", "b", "1", "2", "x 3"]), max_size=14), max_size=6))
def test_only_lines_near_an_edge_can_go_and_the_order_stays(pages: list[list[str]]) -> None:
    for before, after in zip(pages, strip(pages), strict=True):
        assert len(before) - len(after) <= 8
        remaining = iter(before)
        assert all(line in remaining for line in after)
