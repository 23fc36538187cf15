"""Text from documents, models and file names, made harmless for what renders Markdown or HTML."""

import html
import re
from typing import Final

LONGEST_MESSAGE: Final = 2_000

_PUNCTUATION: Final = re.compile(r"([!-/:-@\[-`{-~])")


def escaped(text: str) -> str:
    """``text`` as Markdown that shows exactly ``text``, on one line.

    CommonMark lets every ASCII punctuation character be escaped; that also takes their meaning
    from Streamlit's own directives, links, formulas and icons.
    """
    line = " ".join(text.split())
    if len(line) > LONGEST_MESSAGE:
        line = f"{line[:LONGEST_MESSAGE]} … (shortened)"
    return _PUNCTUATION.sub(r"\\\1", line)


def as_html(text: str) -> str:
    """``text`` as HTML that shows exactly ``text``."""
    return html.escape(text, quote=True)
