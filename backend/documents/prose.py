"""Whether there is running text to read: a table of numbers or source code has none."""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from typing import Final

_SAMPLE: Final = 60_000
"""Characters that are looked at: from the start, the middle and the end of a long text."""
_SHORT: Final = 30
"""Words up to which a text need not be made of sentences: a headline, a remark."""
_TINY: Final = 8
"""Words up to which anything with a word in it may be a remark: "Order 4711, 3 boxes"."""
_LISTED: Final = 5
"""Lines from which even few words are a list, unless they read like sentences."""
_LEAST: Final = 0.3
"""Share of words in lines that read like sentences, below which there is no running text."""
_CODE: Final = 0.35
"""Share of lines of source code from which the comments between them make no text."""

_SURE: Final = 0.08
"""Share of lines that can only be source code from which long comments change nothing."""

_UNSEEN: Final = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"))
_EDGES: Final = "\"'“”‘’«»()[]*_`#>.,;:!?…—–-"
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’./&-][^\W\d_]+)*(?:[’']s?)?$")
_OTHER_SCRIPT: Final = re.compile(r"[\u0590-\u1dff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts whose words are not told apart by blanks, or are not made of letters alone."""
_ENCODED: Final = re.compile(r"(?<!\S)(?!https?:)[A-Za-z0-9+/=_-]{40,}(?!\S)")
_TAG: Final = re.compile(r"</?[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>")
_XML: Final = re.compile(r"\s*(?:<\?xml\b|<!DOCTYPE\b|<[A-Za-z][\w:.-]*(?:\s[^<>]*)?/?>)")
_CODE_LINE: Final = re.compile(
    r"\s*(?:(?:async )?def \w+\(|class \w+[(:{ ]|import [\w.{*]+|from [\w.]+ import\b"
    r"|return\b.*[;)\]\w]$|(?:el)?if\b.*[:{]$|else\b\s*[:{]|for\b.*[:{]$|while\b.*[:{]$|try\s*[:{]"
    r"|except\b.*:$|with .*:$|#include\b|#!|//|/\*|\*/|@\w+"
    r"|(?:public|private|protected|static|final|var|let|const|fn|func|function|package|using"
    r"|namespace|export|struct|enum|interface|impl|pub)\s\S+|[{}\[\]();,]+$"
    r"|[\w.\[\]\"'*]+(?:\s*:\s*[\w\[\], .|]+)?\s*[-+*/|:]?=(?!=)\s*\S"
    r"|SELECT\b|INSERT INTO\b|CREATE TABLE\b|UPDATE \w+ SET\b|[\w.]+\(.*\)[;:{]?$|.*[;{]$"
    r"|.*\b(?:=>|->|::|&&|\|\|)\s?.*|<[\w/!].*>$)"
)
_SURELY_CODE: Final = re.compile(
    r"(?:(?:async )?def \w+\(|class \w+(?:\(.*\))?:|import [\w.]+$|from [\w.]+ import\b|#include\b"
    r"|return\b.*[;)\]]$|[}\])]+[;,]?$|\w+ = \S|(?:var|let|const) \w+ =|(?:public|private) \w+ )"
)
_SIGNS: Final = re.compile(r"[{}()\[\];=<>]")
_DENSE: Final = 0.06
"""Share of those signs among all from which a text is source code, even on a single line."""
_FENCED: Final = re.compile(r"^\s*```.*?^\s*```", re.DOTALL | re.MULTILINE)


@lru_cache(maxsize=32)  # a page asks again whenever it is drawn
def without_prose(text: str) -> str | None:
    """What ``text`` is where it holds no running text, as in "this looks like …"; else None.

    >>> without_prose('{"id": 7, "tags": ["a", "b"]}')
    'JSON'
    >>> without_prose("The meeting was moved to Friday.") is None
    True
    """
    sample = _sample(text)
    if _is_json(text):
        return "JSON"
    if _is_xml(sample):
        return "XML"
    if _is_encoded(sample):
        return "encoded data"
    if len(_OTHER_SCRIPT.findall(sample)) > 0.3 * len("".join(sample.split())):
        return None
    if _is_table(text):
        return "a table of values"
    return _by_lines(sample)


def _by_lines(sample: str) -> str | None:
    unfenced = _FENCED.sub("\n", sample)  # a guide may show as much code as it likes
    if len(unfenced.split()) > 50:
        sample = unfenced
    lines = [line.strip() for line in sample.splitlines() if line.strip()]
    tokens = [line.split() for line in lines]
    total = sum(map(len, tokens))
    words = sum(_is_word(token) for line in tokens for token in line)
    code = sum(_is_code(line) for line in lines) / max(1, len(lines))
    sure = sum(bool(_SURELY_CODE.match(line)) for line in lines)
    dense = len(sample) > 500 and len(_SIGNS.findall(sample)) > _DENSE * len(sample)
    if dense or (sure >= 3 and sure >= _SURE * len(lines)):
        return "source code"
    if code >= _CODE and len(lines) >= 3 and not _mostly_sentences(lines):
        return "source code"
    if words and total <= _TINY:
        return None
    if words < 0.35 * total:
        return "a table of numbers" if _numbers(tokens) > 0.4 * total else "data"
    if total <= _SHORT and len(lines) < _LISTED:
        return None
    said = sum(len(line) for line in tokens if _reads(line))
    return "a list of values" if said < _LEAST * total else None


def _is_code(line: str) -> bool:
    listed = line.endswith(";") and _reads(line.split())  # an item of a list ends so as well
    return bool(_CODE_LINE.match(line)) and not listed


def _sample(text: str) -> str:
    if len(text) > _SAMPLE:
        third, middle = _SAMPLE // 3, len(text) // 2
        text = "\n".join((text[:third], text[middle : middle + third], text[-third:]))
    return unicodedata.normalize("NFC", text).translate(_UNSEEN)


def _is_word(token: str) -> bool:
    return bool(_WORD.match(token.strip(_EDGES)))


def _numbers(tokens: list[list[str]]) -> int:
    return sum(any(sign.isdigit() for sign in token) for line in tokens for token in line)


def _reads(line: list[str]) -> bool:
    """Whether a line reads like a sentence or a part of one: words, most of them small."""
    words = [token.strip(_EDGES) for token in line if _is_word(token)]
    small = sum(not word[:1].isupper() for word in words)
    if len(words) >= 4 and 5 * len(words) >= 3 * len(line) and small >= 2:
        return True
    ends = line[-1].rstrip("\"'”’)")[-1:] in {".", "!", "?"}
    return ends and len(words) >= 2 and 2 * len(words) > len(line)


def _mostly_sentences(lines: list[str]) -> bool:
    """Whether most of the words stand in long lines of prose, as in a guide that shows code."""
    tokens = [line.split() for line in lines]
    said = sum(
        len(line)
        for whole, line in zip(lines, tokens, strict=True)
        if len(line) >= 8 and _reads(line) and not _is_code(whole)
    )
    return said > 0.6 * sum(map(len, tokens))


def _is_json(text: str) -> bool:
    """JSON, whole or not, or one object on each line; a document that quotes some is neither."""
    if _JSON_START.match(text):
        return True
    if text.lstrip()[:1] not in {"{", "["}:
        return False
    try:
        return isinstance(json.loads(text), (dict, list))
    except (ValueError, RecursionError):
        return False


_JSON_START: Final = re.compile(r"[\s\[]*\{\s*\"[^\"\n]{1,80}\"\s*:")


def _is_xml(sample: str) -> bool:
    if not _XML.match(sample):
        return False
    return sum(len(match.group()) for match in _TAG.finditer(sample)) > 0.2 * len(sample)


def _is_encoded(sample: str) -> bool:
    encoded = sum(len(match.group()) for match in _ENCODED.finditer(sample))
    return encoded > 0.4 * len(sample)


def _is_table(text: str) -> bool:
    """Lines of the same number of cells, with commas, semicolons or tabs between that no blank
    follows, as one does in prose.
    """
    lines = [line.rstrip(" ,;\t") for line in text[:_SAMPLE].splitlines() if line.strip()][:400]
    return any(_has_columns(lines, delimiter) for delimiter in ",;\t")


def _has_columns(lines: list[str], delimiter: str) -> bool:
    if len(lines) < 3 or sum(delimiter in line for line in lines) < 0.8 * len(lines):
        return False
    rows = [row for row in _rows(lines, delimiter) if row]
    if len(rows) < 3:
        return False
    widths = [len(row) for row in rows]
    usual = max(set(widths), key=widths.count)
    cells = [cell for row in rows for cell in row[1:]]
    blanks = sum(cell.startswith(" ") for cell in cells)
    return usual > 1 and widths.count(usual) >= 0.8 * len(rows) and blanks < 0.3 * len(cells)


def _rows(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter)
    except csv.Error:  # a cell longer than the module reads
        return
