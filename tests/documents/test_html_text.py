from hypothesis import given
from hypothesis import strategies as st

from backend.documents.clean import clean
from backend.documents.html_text import html_to_text


def read(markup: str) -> str:
    return clean(html_to_text(markup))


def test_scripts_styles_and_menus_are_dropped() -> None:
    page = """<html><head><title>T</title><style>p{}</style></head><body>
      <nav><a href=/>Home</a></nav><script>alert("<p>no</p>")</script>
      <noscript><img src=x></noscript><p>Yes</p><svg><text>no</text></svg></body></html>"""
    assert read(page) == "Yes"


def test_what_a_page_hides_is_not_read_and_what_follows_is() -> None:
    page = '<div hidden>no<div>no</div></div><span style="display: none">no</span><p>Yes</p>'
    assert read(page) == "Yes"


def test_blocks_become_paragraphs_and_inline_markup_its_words() -> None:
    page = "<h1>Terms</h1><p>The <b>supplier</b>\n  ships <a href='x'>the goods</a>.</p><p>Twice."
    assert read(page) == "Terms\n\nThe supplier ships the goods.\n\nTwice."


def test_references_to_characters_are_resolved_once() -> None:
    assert read("<p>R&amp;D &lt;b&gt; &#8364;5 &amp;lt;") == "R&D <b> €5 &lt;"


def test_lists_keep_markers_and_numbers() -> None:
    page = "<ul><li>one<li><p>two</p></ul><ol start=3><li>three</li><li>four</li></ol>"
    assert read(page) == "- one\n- two\n\n3. three\n4. four"


def test_a_row_of_a_table_is_a_line() -> None:
    page = "<table><tbody><tr><th>Year<th>Sales<tr><td>2024</td><td>5</td></tr></tbody></table>"
    assert read(page) == "Year | Sales\n2024 | 5"
    assert read("<table><thead><tr><th>Year<tbody><tr><td>2024</table>") == "Year\n2024"


def test_preformatted_text_keeps_its_lines_and_breaks_are_lines() -> None:
    assert read("<pre>a  b\n  c</pre><p>d<br>e") == "a  b\nc\n\nd\ne"


@given(st.text(alphabet="<>/!-\"'= abpdivscript&;#\n", max_size=120))
def test_no_markup_makes_it_fail(markup: str) -> None:
    html_to_text(markup)


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc", "Zs"]), max_size=80))
def test_words_survive(words: str) -> None:
    escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert clean(words) in read(f"<p>start {escaped} end</p>")


def test_empty_cells_keep_their_column() -> None:
    page = (
        "<table><tr><th><th>Q1<th>Q2<th></tr><tr><td><p>Acme</p><td><td>500<td></tr>"
        "<tr><td colspan=2>All<td>7</table>"
    )
    assert read(page) == " | Q1 | Q2\nAcme |  | 500\nAll |  | 7"


def test_a_table_that_lays_out_a_page_gives_its_blocks() -> None:
    story = f"<p>First.</p><p>{'word ' * 80}</p>"
    assert read(f"<table><tr><td>{story}<td>Aside</table>").split("\n\n") == [
        "First.",
        ("word " * 80).strip(),
        "Aside",
    ]
    assert read("<table><tr><td>a<table><tr><td>1<td>2</table><td>b</table>") == "a\n\n1 | 2\n\nb"


def test_head_and_body_may_be_left_out() -> None:
    page = "<!DOCTYPE html><html><head><title>T</title><h1>Report</h1><p>The board met."
    assert read(page) == "Report\n\nThe board met."


def test_a_raised_mark_is_no_digit_of_the_figure_before_it() -> None:
    page = "<p>2,500<sup>1</sup> of 5 km<sup>2</sup> by 10<sup>6</sup> on the 5<sup>th</sup>."
    page += "<sup>[2]</sup>"
    assert read(page) == "2,500[1] of 5 km² by 10⁶ on the 5th.[2]"
    assert read("<p><sup>1</sup> Net of tax") == "1 Net of tax"


def test_formulas_and_readings_of_words_are_read() -> None:
    page = """<math><msup><mi>x</mi> <mn>2</mn></msup><mo>=</mo>
      <mfrac><mn>1</mn><mn>2</mn></mfrac><annotation>x</annotation></math> here"""
    assert read(page) == "x^2=1/2 here"
    ruby = "<ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>の<ruby>会<rt>かい</ruby>"
    assert read(ruby) == "東京(とうきょう)の会(かい)"


def test_invisible_places_to_break_a_word_are_gone() -> None:
    assert read("<p>Angela Mer&shy;kel in Pa\u200bris") == "Angela Merkel in Paris"
