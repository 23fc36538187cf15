"""Text from outside shows as it is and does nothing."""

import html
import re

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from pages.components.plain import as_html, escaped

_TAG = re.compile(r"<[^>]*>")


@given(st.text(max_size=300).filter(lambda text: "\x00" not in text))
def test_escaped_text_shows_as_it_is_in_markdown(text: str) -> None:
    shown = MarkdownIt("commonmark").renderInline(escaped(text))
    assert "<" not in shown
    assert html.unescape(shown) == " ".join(text.split())


@given(st.text(max_size=300))
def test_escaped_text_shows_as_it_is_in_html(text: str) -> None:
    assert html.unescape(_TAG.sub("", as_html(text))) == text


def test_nothing_is_left_of_images_links_formulas_colours_and_icons() -> None:
    hostile = "![x](http://e.vil/i.png) [a](b) $x$ :red[b] :material/home: <img src=x> `c` *d*"
    safe = escaped(hostile)
    assert not re.search(r"(?<!\\)[!\[\]()$:<>`*]", safe)


def test_a_message_too_long_to_show_says_that_it_is_shortened() -> None:
    assert escaped("x" * 5_000).endswith("\\(shortened\\)") or "shortened" in escaped("x" * 5_000)
