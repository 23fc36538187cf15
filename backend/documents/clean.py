"""The last step for every kind: no control characters, one kind of newline, no ragged ends.

Letters stay as they are (no Unicode normalisation), so offsets into the text stay simple.
"""

import re

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNWANTED = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\xad\u200b\u2060\ufeff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_GAP = re.compile("\n{3,}")


def clean(text: str) -> str:
    """``text`` without control characters but newline and tab; at most one blank line in a row."""
    text = _UNWANTED.sub("", _NEWLINES.sub("\n", text))
    text = _SURROGATE.sub("\N{REPLACEMENT CHARACTER}", text)  # PDFs can hold half a pair
    text = "\n".join(line.rstrip() for line in text.split("\n"))
    return _GAP.sub("\n\n", text).strip("\n").rstrip()


def clean_name(name: str) -> str:
    """The last part of a path, without characters that are not printed, at most 150 long."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    printable = "".join(c for c in last if c.isprintable()).strip()
    return printable[-150:] or "document"
