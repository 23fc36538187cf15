"""Posts that people hold, as they stand beside names: "chief financial officer", "Secretary"."""

import re
from collections.abc import Sequence

from relation_extraction.ends import TITLE, Mention

_RANK = (
    r"(?:(?:vice|deputy|acting|interim|assistant|associate|senior|executive|managing|general|joint"
    r"|regional|national|group|global|independent|lead|principal|non-executive|under|first|prime"
    r"|foreign|defen[cs]e|finance|financial|commercial|company|corporate|permanent|special"
    r"|lieutenant|major|sales|marketing|operations|technical|technology|programme?|project|site"
    r"|plant|account|risk|legal|human resources|lord)[ -]+(?:and[ -]+)?){0,4}"
)
_HEAD = (
    r"(?:(?:co-)?(?:president|chair(?:man|woman|person)?|directors?(?:[ -]general)?"
    r"|secretary(?:[ -]general| of state)?|officer|counsel|minister|governor|manager|treasurer"
    r"|administrator|commissioner|ambassador|envoy|founder|senator|mayor|professor|editor|auditor"
    r"|engineer|architect|analyst|spokes(?:man|woman|person)|economist|actuary|trustee|partner"
    r"|principal|supervisor|inspector|superintendent|coordinator|consultant|scientist|controller"
    r"|comptroller|registrar|clerk|dean|leader|commander|general|coach|attorney|judge|chancellor"
    r"|curator|king|queen|emir|sheikh|CEO|CFO|COO|CIO|CTO|CISO|CMO)"
    r"|head of (?:the )?[a-z-]+(?: and [a-z-]+)?)"
)
_CHIEF = (
    r"(?:chief(?: (?:executive|financial|operating|information|technology|risk|legal|marketing"
    r"|data|people|commercial|human resources|medical|scientific|investment|accounting|security"
    r"|administrative|compliance|credit|strategy|product|revenue|customer|nursing|privacy"
    r"|acquisition|statistical|human capital)){1,2}(?: officer)?"
    r"|chief (?:of staff|economist|engineer|scientist|statistician|justice|actuary))"
)
_PATTERN = re.compile(
    rf"\b{_RANK}(?:{_CHIEF}|{_HEAD})(?:(?:,? (?:and|&) |/|, )(?:{_CHIEF}|{_RANK}{_HEAD}))?\b"
    r"(?! (?:of )?directors\b)(?!['’]s? (?:office|report|statement))",
    re.IGNORECASE,
)


def posts(text: str, mentions: Sequence[Mention]) -> list[Mention]:
    """The posts in ``text`` that are no part of one of ``mentions``."""
    return [
        Mention(*match.span(), TITLE)
        for match in _PATTERN.finditer(text)
        if not any(match.start() < one.end and one.start < match.end() for one in mentions)
    ]
