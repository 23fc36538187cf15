"""Which sentences of a text can stand in its summary, and on which others they hang."""

import re
from collections.abc import Sequence

from summarization.lexicon import bare, hangs

FEWEST_WORDS = 4
LEAST_PROSE = 0.25  # of a text's words: with less, it is a list or a chat, where lines say it all
LEAST_LETTERS = 0.7  # of what is not blank: with less, it is a row of a table or a reference
MOST_CAPITALS = 0.5  # of the letters: with more, it is a caption, a form or a letterhead
LONGEST_CHAIN = 3  # sentences that hang on each other
_WORD = re.compile(r"[^\W\d_]+")
_END = re.compile(r"[.!…。！][\"'”’»)\]]*$")
_BEGINNING = re.compile(r"[\"'“‘„«(¡]*[^\W_a-z]")
_PAGE = re.compile(r"\d+\s")  # of a page, where what follows goes on from the page before
_CLOSED = re.compile(r"[.!?:…][\"'”’»)\]]*$")
_NO_PROSE = re.compile(r"://|\bwww\.|\s\|\s|<\w|\.{4}|…\s*\d+\s*$|\S@\S")
_CAPTION = re.compile(
    r"(?:(?:Figure|Fig\.|Table|Chart|Exhibit|Appendix|Annex|Attachment|Source|Sources|Photo"
    r"|Image|Note|Notes|See)\b(?:\s[\dA-Z]+)?\s?[.:–—-]"
    r"|(?:See|Refer to|Click|Please (?:refer|see|contact|send|do not))\b)",
)


def whole_sentences(texts: Sequence[str]) -> list[int]:
    """Which of the texts can stand in a summary.

    Headings, captions, source lines, points of lists, rows of tables and addresses cannot. Where
    there is next to nothing else, each text of a few words can, and where there is none, all of
    them.
    """
    counts = [len(_WORD.findall(text)) for text in texts]
    worded = [i for i, count in enumerate(counts) if count >= FEWEST_WORDS]
    prose = [i for i in worded if _is_prose(texts[i]) and not _goes_on(texts, i)]
    enough = LEAST_PROSE * sum(counts[i] for i in worded)
    return (prose if sum(counts[i] for i in prose) >= enough else worded) or list(range(len(texts)))


def _is_prose(text: str) -> bool:
    """Whether the text begins, reads and ends as a statement does."""
    text = text[bare(text) :]
    solid = "".join(text.split())
    letters = "".join(_WORD.findall(text))
    return bool(
        _BEGINNING.match(text)
        and _END.search(text)
        and not _NO_PROSE.search(text)
        and not _CAPTION.match(text)
        and len(letters) >= LEAST_LETTERS * len(solid)
        and sum(map(str.isupper, letters)) <= MOST_CAPITALS * len(letters)
    )


def _goes_on(texts: Sequence[str], index: int) -> bool:
    """Whether a text is the rest of a sentence that the number of a page has broken."""
    before = texts[index - 1] if index else "."
    return bool(_PAGE.match(texts[index])) and not _CLOSED.search(before)


def hanging(texts: Sequence[str], whole: Sequence[int]) -> tuple[list[int], list[int | None]]:
    """Those of ``whole`` that can be understood in a summary, and for each which other one of
    them, by its number among them, has to stand before it (None: it stands alone).

    What hangs on a heading, or on too many others, cannot be.
    """
    allowed = set(whole)
    kept: list[int] = []
    after: list[int | None] = []
    chains: dict[int, tuple[int, int]] = {}
    for index in whole:
        if not hangs(texts[index]):
            before, chain = None, 1
        elif index - 1 in allowed and index - 1 in chains:
            before, chain = chains[index - 1][0], chains[index - 1][1] + 1
        else:
            continue
        if chain <= LONGEST_CHAIN:
            chains[index] = (len(kept), chain)
            kept.append(index)
            after.append(before)
    return (kept, after) if kept else (list(whole), [None] * len(whole))
