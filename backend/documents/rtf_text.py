"""Rich Text Format to plain text: its control words are few, and most of them mean no text."""

import re
from typing import Final

from backend.documents.charsets import WESTERN
from backend.documents.document import Extraction, Limits
from backend.documents.table_text import CELL

_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+"
    rb"|([^\\{}\r\n]+)"
)
_NO_TEXT: Final = (
    "fonttbl colortbl stylesheet info pict object themedata colorschememapping datastore listtable "
    "listoverridetable rsidtbl generator latentstyles header footer headerl headerr headerf "
    "footerl footerr footerf fldinst xmlnstbl mmathPr bkmkstart bkmkend nonshppict template "
    "filetbl revtbl"
)
_SKIPPED: Final = frozenset(_NO_TEXT.split())
"""Groups that hold no text of the document."""
_WRITTEN: Final = {
    "par": "\n\n", "sect": "\n\n", "page": "\n\n", "line": "\n", "tab": "\t", "cell": CELL,
    "row": "\n", "emdash": "—", "endash": "–", "bullet": "•", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ",
}  # fmt: skip


def read_rtf(data: bytes, limits: Limits) -> Extraction:  # noqa: ARG001 - a parser's signature
    """Paragraphs, and tables row by row; headers, footers and pictures are left out."""
    return Extraction(_text(data))


def _text(data: bytes) -> str:
    reader = _Reader()
    for token in _TOKEN.finditer(data):
        reader.take(token)
    reader.flush()
    text = "".join(reader.out)
    text = text.encode("utf-16", errors="surrogatepass").decode("utf-16", errors="replace")
    lines = text.split("\n")
    return "\n".join(line.removesuffix(CELL) for line in lines)


class _Reader:
    """What a group inherits: whether it is text, and how many bytes stand for one \\u character."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self._codec = WESTERN
        self._bytes = bytearray()
        self._groups: list[tuple[bool, int]] = [(True, 1)]
        self._to_skip = 0

    def take(self, token: re.Match[bytes]) -> None:
        word, number, escaped, sign, brace, text = token.groups()
        shown, after_unicode = self._groups[-1]
        if brace == b"{":
            self._groups.append((shown, after_unicode))
        elif brace == b"}" and len(self._groups) > 1:
            self._groups.pop()
        elif word:
            self._word(word.decode(), int(number) if number else None)
        elif sign == b"*":
            self._groups[-1] = (False, after_unicode)
        elif shown:
            self._characters(escaped, sign, text)

    def flush(self) -> None:
        """Bytes in the document's code page become letters: two of them may be one letter."""
        if self._bytes:
            self.out.append(self._bytes.decode(self._codec, errors="replace"))
            self._bytes.clear()

    def _characters(self, escaped: bytes | None, sign: bytes | None, text: bytes | None) -> None:
        written = bytes([int(escaped, 16)]) if escaped else text or b""
        if sign:
            written = {b"~": b" ", b"_": b"-", b"-": b"", b"\n": b"\n\n"}.get(sign, sign)
        skipped = min(self._to_skip, len(written))
        self._to_skip -= skipped
        self._bytes += written[skipped:]

    def _word(self, word: str, number: int | None) -> None:
        shown, after_unicode = self._groups[-1]
        if word in _SKIPPED:
            self._groups[-1] = (False, after_unicode)
        elif word == "uc" and number is not None:
            self._groups[-1] = (shown, number)
        elif word == "ansicpg" and number:
            self._codec = _codec(number)
        elif word == "u" and number is not None and shown:
            self.flush()
            self.out.append(_letter(number))
            self._to_skip = after_unicode
        elif word in _WRITTEN and shown:
            self.flush()
            self.out.append(_WRITTEN[word])


def _letter(number: int) -> str:
    """A negative number is one of 16 bits; pairs of surrogates are joined later."""
    code = number + 0x10000 if number < 0 else number
    return chr(code) if 0 < code < 0x110000 else ""


def _codec(page: int) -> str:
    try:
        "".encode(f"cp{page}")
    except LookupError:
        return WESTERN
    return f"cp{page}"
