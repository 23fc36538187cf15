"""Sentences and paragraphs of a text, by rules: nothing is loaded, and offsets stay the text's.

A stop ends a sentence unless what stands around it says that it does not: a small letter behind
it, an abbreviation or a number before it. A heading, an item of a list and a row of a table end
where their line ends.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import Final

from .layout import blocks  # relative: the screens read this module as model_code.common

_BLANK_LINE = re.compile(r"\n[^\S\n]*\n\s*")
# A heading in Title Case that extraction has left in one line with what is below it.
_TITLE = r"[A-Z][\w’'&/-]*,?"
_RUN_IN = re.compile(
    rf"{_TITLE}(?: (?:{_TITLE}|of|and|the|for|on|in|to|with|or|at|by|a)){{0,9}} {_TITLE} "
    r"(?=(?:The|This|These|A|An|In|At|As|During|After|Since|There|It|We|Our|Although|While|When|If"
    r"|All|Most|Some|Several|Many|Participants|Members) [a-z])"
)
_ROW = re.compile(r"\s*[^\n]* \| ")
_WIDE_STOP: Final = "。！？｡．"
# Behind a stop, closing marks belong to it, and so does the number of a footnote.
_STOP = re.compile(
    rf"(?P<wide>[{_WIDE_STOP}][{_WIDE_STOP}!?]*[\"'”’»)\]」』）】〉》]*)"
    r"|(?<![.!?…।॥؟۔።։])(?P<mark>[.!?…।॥؟۔።։]++)[\"'”’»)\]]*(?:\[\d{1,3}\]|(?<=[^\W\d_]{3}\.)\d{1,2})?(?=\s)"
)
# Marks and blanks between a stop and the first letter or digit of what follows.
_BETWEEN = re.compile(r"[\s\"'“‘„«‹(\[{*_¿¡]*")
_WORD = re.compile(r"[^\W_]+")
_TOKEN = re.compile(r"[^\s\"'“”‘’„«(\[{/–—]*$")
_REACH: Final = 40  # characters before a stop that are looked at: no abbreviation is longer


def _words(listed: str) -> frozenset[str]:
    return frozenset(listed.split())


_STARTERS: Final = _words(
    "The This That These Those It He She We They You I A An In On At By For From To With As If "
    "When While Where What Who Why How There Here But And Or So However Moreover Although "
    "Because Since After Before During Under Our Your His Her Its Their My Each Every All Some "
    "Many Most No Not Both Please See Is Are Was Were Do Does Did Has Have Had Can Could Will "
    "Would Should May Then Now Also Yet Der Die Das Ein Eine Er Sie Es Wir Ich Im Am Auf Bei "
    "Mit Nach Dies Diese Dieser Le La Les Un Une Il Elle Ils Elles Nous Vous Ce Cette Ces Dans "
    "Pour Mais"
)
"""Words that begin a sentence when they are written large, and are seldom part of a name."""
_NAMES: Final = _words("A I An No May Will Le La Do Has On Im Die")
"""Those that stand between an initial and a name all the same: J. A. Berg, M. Le Gall."""
_NEVER: Final = _words(
    "mr mrs ms messrs dr prof gen maj capt lt sgt cpl cmdr adm sen rep gov hon rev pres supt "
    "pub mme mlle mm mgr hr vs v cf viz approx ca env resp incl excl e.g i.e n.b eg ie bzw vgl "
    "sog bspw zzgl inkl exkl evtl ggf mio mrd tsd z.b d.h u.a s.o s.u i.d.r m.e z.t o.ä p.ex "
    "c.-à-d av"
)
"""Abbreviations that something always follows."""
_NUMBERED: Final = _words(
    "no nos nr num fig figs sec secs art arts eq eqs ref refs pp p pg vol vols ch chap ed eds "
    "par para pt app ex tab cl reg bd abs ziff rn rz kap s abb n° tel ext"
)
"""Abbreviations that a number follows, or a letter or a Roman figure that counts."""
_WORDS_TOO: Final = _words("no art arts ref par app ex tab ed sec")
_COMPANIES: Final = _words("inc corp ltd co llc plc cos bros gmbh ag s.a n.v b.v")
_EITHER: Final = _COMPANIES | _words(
    "jr sr esq dept univ assn dist st mt ft fr ave blvd rd ln hwy al est min max avg govt intl "
    "col ph.d m.sc b.sc ll.m str"
)
"""Abbreviations that may end a sentence, as a word of ``_STARTERS`` behind them then shows."""
_MONTHS_CUT: Final = _words("jan feb mar apr jun jul aug sep sept oct nov dec")
_MONTHS: Final = _words(
    "januar februar märz april mai juni juli august september oktober november dezember"
)
_AFTER_A_TIME: Final = _words(
    "monday tuesday wednesday thursday friday saturday sunday eastern central mountain pacific "
    "gmt utc est edt et cst cdt ct mst mdt pst pdt pt bst cet cest local"
)
_COUNTING = re.compile(r"[A-Z]?\d[\w.-]*|[A-Z]|[IVXLC]+")
_SMALL_WORD = re.compile(r" (?!(?:of|and|for|in|de|et|und)\b)[a-z]+\b")
_ORDINAL_BEFORE = re.compile(
    r"\b(?:am|im|vom|zum|zur|beim|der|die|das|des|dem|den|ab|bis|seit|und)\s\d{1,2}$",
    re.IGNORECASE,
)
_DOTTED = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]$")
_GERMAN_PAIR = re.compile(r"(?:^|[\s(])(?:z\.\s?[BT]?|d\.\s?h?|u\.\s?a?|i\.\s?d\.\s?R|[zdu])$")
_LINE_NUMBER = re.compile(
    r"(?:^|\n)[^\S\n]*[(\[]?(?:(?:Item|Article|Section|Part|Chapter|Table|Figure|Exhibit|Note) )?"
    r"(?:\d{1,3}[A-Z]?|[ivxIVX]{1,5}|[A-Za-z])$",
    re.IGNORECASE,
)


def paragraphs(text: str) -> list[tuple[int, int]]:
    """Character spans of what blank lines separate, without the blanks around it."""
    breaks = [match.span() for match in _BLANK_LINE.finditer(text)]
    starts = [0, *(end for _, end in breaks)]
    ends = [*(start for start, _ in breaks), len(text)]
    spans = (trimmed(text, start, end) for start, end in zip(starts, ends, strict=True))
    return [span for span in spans if span[0] < span[1]]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without blanks at its ends."""
    part = text[start:end]
    left = start + len(part) - len(part.lstrip())
    return left, max(left, start + len(part.rstrip()))


def sentences(text: str) -> list[tuple[int, int]]:
    """Character spans of the sentences of ``text``, without the blanks around them.

    A heading is a sentence of its own, as is every item of a list, every row of a table and every
    paragraph without a full stop.

    >>> text = "Dr. Berg of Acme Inc. came at 5 p.m. on Jan. 5. See Fig. 3."
    >>> [text[start:end] for start, end in sentences(text)]
    ['Dr. Berg of Acme Inc. came at 5 p.m. on Jan. 5.', 'See Fig. 3.']
    """
    found: list[tuple[int, int]] = []
    for paragraph in paragraphs(text):
        for start, end in blocks(text, *paragraph):
            cuts = [start, end] if _ROW.match(text, start, end) else _cuts(text, start, end)
            spans = (trimmed(text, left, right) for left, right in pairwise(cuts))
            found.extend(span for span in spans if span[0] < span[1])
    return found


def _cuts(text: str, start: int, end: int) -> list[int]:
    """Where the sentences of one block begin, and its end; headings that run into what is below
    them are apart.
    """
    cuts = [start, *_ends(text, start, end)]
    headings = [_RUN_IN.match(text, _opening(text, cut, end), end) for cut in cuts]
    return sorted({*cuts, *(heading.end() for heading in headings if heading), end})


def _opening(text: str, start: int, end: int) -> int:
    """The place behind the blanks at ``start``."""
    return trimmed(text, start, end)[0]


def _ends(text: str, start: int, end: int) -> Iterator[int]:
    """The places within a block behind which another sentence begins."""
    no_capitals = text[start:end].islower()
    for stop in _STOP.finditer(text, start, end):
        if stop.end() < end and _ends_sentence(text, start, stop, no_capitals=no_capitals):
            yield stop.end()


def _ends_sentence(text: str, start: int, stop: re.Match[str], *, no_capitals: bool) -> bool:
    """Whether a stop within the block from ``start`` ends a sentence; ``no_capitals`` says that
    small letters show nothing there.
    """
    if stop["wide"]:  # 「…。」と goes on
        return not (stop[0][-1] in "」』" and "\u3040" <= text[stop.end()] <= "\u309f")
    between = _BETWEEN.match(text, stop.end())
    word = _WORD.match(text, between.end() if between else stop.end())
    if word is None:
        return True
    small = word[0][0].islower() and not no_capitals
    if stop["mark"] != ".":  # "Why?" he asked ... and left
        return not small or (stop[0][-1] in "!?" and stop["mark"][0] in "!?")
    if small:
        return False
    before = text[max(start, stop.start() - _REACH) : stop.start()]
    return _point_ends(before, word[0], text[word.end() : word.end() + _REACH])


def _point_ends(before: str, word: str, after: str) -> bool:
    """Whether a full stop behind ``before`` ends a sentence; ``word`` and ``after`` follow."""
    token = _TOKEN.search(before)
    written = token[0].lstrip("-") if token else ""
    short = written.lower()
    if _LINE_NUMBER.search(before) or short in _NEVER or _GERMAN_PAIR.search(before):
        return False
    if short in _MONTHS_CUT:
        return not word[0].isdigit()
    if short in _NUMBERED:
        return _number_missing(written, word, after)
    if short in {"a.m", "p.m"}:
        return word.lower() not in _AFTER_A_TIME
    if short in _COMPANIES and _SMALL_WORD.match(after):
        return True
    if short in _EITHER or _DOTTED.match(short):
        return word in _STARTERS
    if len(short) == 1 and short.isalpha():  # an initial
        return word in _STARTERS - _NAMES
    if short.isdigit() and len(short) <= 2:  # a German ordinal
        ordinal = _ORDINAL_BEFORE.search(before) and word not in _STARTERS
        return not ordinal and word.lower() not in _MONTHS
    return True


def _number_missing(written: str, word: str, after: str) -> bool:
    """Whether ``written`` is a word and not an abbreviation, as no number follows it."""
    if word[0].isdigit():
        return False
    if written.islower() and written in _WORDS_TOO:
        return True
    counts = _COUNTING.fullmatch(word) and not _SMALL_WORD.match(after)
    return not counts and word in _STARTERS
