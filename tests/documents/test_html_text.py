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
