"""Short and full forms of a name: which can only mean the same."""

import re
from typing import Final

_TITLES: Final = re.compile(
    r"mr|mrs|ms|miss|mx|dr|prof|professor|sir|dame|lord|lady|rev|chair|chairman|chairwoman"
    r"|president|vice-president|governor|secretary|senator|minister|judge|justice|general"
    r"|colonel|captain|chancellor|commissioner|ambassador|director|king|queen|prince|princess"
    r"|pope"
)
_POSSESSIVE: Final = re.compile(r"(?<=\w)['’](?:s)?$")
_ARTICLE: Final = re.compile(r"^(?:the|a|an) (?=\S)", re.IGNORECASE)
_LEGAL: Final = re.compile(
    r",? (?:inc|incorporated|ltd|limited|plc|llc|llp|l\.l\.c|gmbh|ag|kgaa|b\.v|n\.v|a/s|aps|asa|oyj"
    r"|s\.a|s\.p\.a|s\.r\.l|corp|corporation|co|company|bancorp)\.?$"
)
_TAIL: Final = re.compile(r" (?:system|group|holdings?)$")
_HEAD: Final = re.compile(r"^(?:u\.?s\.? )?(?:department|ministry) (?:of|for) (?:the )?")
_STATE: Final = re.compile(r"^(?:U\.?S\.?|United States|U\.?K\.?|Federal) (?=\S+ \S)")
_DEPARTMENT: Final = re.compile(r"^(?:Department|Ministry) (?:of|for) (?:the )?(?=\S)")
_PLURAL: Final = re.compile(r"(?<=[a-z]{3}[b-hj-rt-z])s['’]?(?=$| )")
_WORD: Final = re.compile(r"[^\W\d_](?:[\w'’]|\.(?=\w))*")
_LINKS: Final = frozenset({"of", "the", "and", "for", "in", "on", "to", "de", "at"})
_CAPITALS: Final = re.compile(r"[A-Z][A-Z&.]{1,7}s?")
_KINDS: Final = re.compile(
    r"agency|association|authority|bank|board|bureau|commission|committee|company|corporation"
    r"|council|court|department|exchange|foundation|fund|group|institute|ministry|office"
    r"|society|trust|union|university"
)
_SAME: Final = {
    "us": "united states",
    "u.s": "united states",
    "usa": "united states",
    "u.s.a": "united states",
    "united states of america": "united states",
    "uk": "united kingdom",
    "u.k": "united kingdom",
    "eu": "european union",
    "e.u": "european union",
    "fed": "federal reserve",
}


def plain_name(text: str, *, person: bool) -> str:
    """What the spellings of one name have in common: no article, no 's, no capitals; a person
    without title.
    """
    name = _POSSESSIVE.sub("", _ARTICLE.sub("", text)).casefold().rstrip(".")
    if person:
        words = name.split()
        while len(words) > 1 and _TITLES.fullmatch(words[0].rstrip(".")):
            words = words[1:]
        name = " ".join(words)
    return _SAME.get(name, name)


def without_plurals(name: str) -> str:
    """A plain name of three words or more as it is where a plural is missed: "Department of
    Veteran Affairs" and "Department of Veterans Affairs" are one.
    """
    return _PLURAL.sub("", name) if name.count(" ") > 1 else name


def is_capitals(text: str) -> bool:
    """Whether ``text`` is written as initials are."""
    return bool(_CAPITALS.fullmatch(text))


def initials(text: str) -> frozenset[str]:
    """The abbreviations that a full name may have: with and without its small words, the state
    before it, and "Department of"; none for one word.
    """
    result = set()
    for name in {text, _STATE.sub("", text), _DEPARTMENT.sub("", text)}:
        words = [match.group() for match in _WORD.finditer(name)]
        if len(words) > 1:
            result.add("".join(word[0] for word in words).casefold())
            content = [word[0] for word in words if word.casefold() not in _LINKS]
            result.add("".join(content).casefold())
            result.add("".join(word[0] for word in words if word.casefold() != "the").casefold())
    return frozenset(initial for initial in result if len(initial) > 1)


def is_short_for_person(name: str, full: str) -> bool:
    """Whether the plain ``name`` is a first name, a surname, or has initials, of ``full``."""
    short, long = name.split(), full.split()
    if len(long) < 2 or name == full or len(short) > len(long):
        return False
    if len(short) == 1:
        return short[0] in {long[0], long[-1]} and len(short[0]) > 1
    if short[-1] != long[-1] or not _fits(short[0], long[0]):
        return False
    middle = long[1:-1]
    return all(any(_fits(one, other) for other in middle) for one in short[1:-1])


def _fits(short: str, long: str) -> bool:
    bare = short.rstrip(".")
    return bare == long.rstrip(".") or (len(bare) == 1 and long.startswith(bare))


def is_short_form(name: str, full: str) -> bool:
    """Whether the plain ``full`` is ``name`` with a legal form, "System" or "Department of"."""
    return name != full and name in {
        _LEGAL.sub("", full),
        _TAIL.sub("", full),
        _TAIL.sub("", _LEGAL.sub("", full)),
        _HEAD.sub("", full),
    }


def is_short_for_company(name: str, full: str) -> bool:
    """Whether ``name`` is the first word of a company that has its legal form in its name."""
    return " " not in name and full.startswith(name + " ") and bool(_LEGAL.search(full))


def is_short_for_kind(name: str, full: str) -> bool:
    """Whether ``name`` is a kind of organization ("Committee") and ``full`` is one of them."""
    begins = full.startswith((f"{name} of ", f"{name} for "))
    return bool(_KINDS.fullmatch(name)) and (begins or full.endswith(" " + name))
