"""What models mark although it names nothing. No torch here.

Each rule takes a text and its entities and gives the entities as it leaves them.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

from named_entities.words import NAMES, PROPER, Entity, key

SURE: Final = 0.9
"""A name as likely as this is one although it stands where headings do."""
LIKELY: Final = 0.75
"""A person or place as likely as this may lack a capital."""

_ADDRESS = re.compile(r"\S*(?:://|www\.|@)\S*|\S*\.(?:com|org|gov|net|edu|io)\b\S*")
_FILE = re.compile(
    r"^\.?[\w-]*\.(?:csv|json|xml|xlsx?|docx?|pdf|txt|html?|zip|py|md)$", re.IGNORECASE
)
_REFERENCE = re.compile(
    r"^(?:item|appendix|section|table|figure|fig\.?|attachment|chapter|part|exhibit|annex|schedule"
    r"|article|page|note|step|form|version|line)\s*(?:no\.?\s*)?(?:[\divxlcA-Z.()-]{0,6}"
    r"|\d[\w.()-]*)$",
    re.IGNORECASE,
)
_NO_ORGANISATION = re.compile(
    r"\S+ \S+.* (?<!of )(?:Standards?|Specification|Strategy|Framework|Guidelines|Handbook)$"
)
_FILE_NUMBER = re.compile(r" ?\d{5,}\b")
_CODE = re.compile(r"[=<>{}\\|\[\]]|\w_\w")
_NO_NAME = re.compile(
    r"(?:a|about|after|all|also|an|and|any|are|as|at|be|both|but|by|chair|chairman|comparable|dear"
    r"|each|for|from|hello|her|here|hi|his|how|however|i|if|in|is|it|its|madam|many|me|miss|more"
    r"|most|mr|mrs|ms|dr|prof|sir|dame|my|no|not|of|on|or|other|our|she|he|so|some|such|thank"
    r"|thanks|that|the|their|there|these|they|this|those|to|under|was|we|were|what|when|where|while"
    r"|who|why|will|with|yes|you|your"
    r")",
    re.IGNORECASE,
)
_ROLE = re.compile(r"C[A-Z]?[EFITO]Os?|CISOs?|VPs?|MPs?|HR|PhD|MBA|FAQs?|PDFs?")
_CONTRACTED = re.compile(r"['’](?:s|re|ve|ll|d|m|t)$|\.$")
_NUMBERED = re.compile(
    r"(?:(?:^|\n)[ \t]*[(\[]?|[\[§#]\s?|\b(?:[Ii]tems?|[Pp]arts?|[Ss]ections?|[Tt]itle|[Pp]ages?"
    r"|[Aa]ppendix|[Tt]able|[Ff]igure|[Ff]orm|[Nn]o\.?|[Nn]ote|[Ss]tep|[Ll]ine|[Vv]ersion) )$"
)
_LIST_SIGN_BEHIND = re.compile(r"[.)\]\s]|$")
_LEADING_ZERO = re.compile(r"0\d")
_SMALL = re.compile(r"\d{1,3}$")
_NOUN = re.compile(r"\s?(?:of\b|[a-z]{3,}|million|%)")
_LIST_SIGNS = frozenset("-–—•·▪◦*")
_SHORTEST = 2

_DOCUMENT_NUMBER = re.compile(
    r"^(?:[A-Z]+ )?[A-Z]{1,3}-\d+-\d+$|§ ?\d|\b(?:U\.S\.C|C\.F\.R)\b.*\d|\bCircular [A-Z]-?\d"
)
_LAW = re.compile(r"\b(?:Act|Regulation|Directive|Treaty|Amendment|Ordinance)(?: of \d{4})?$")
_LEGAL = re.compile(
    r"\b(?:Acts?|Law|Bill|Statutes?|Regulations?|Rules?|Directive|Treaty|Convention|Constitution"
    r"|Amendment|Ordinance|Charter|Article \w+|Title [IVX\d]+|Chapter \d+|Code of|U\.S\. Code"
    r"|Executive Order|Order \d+)\b"
)
_TITLE_WORDS = 4
_QUOTED_WORDS = 3
_CLOSING_QUOTES = frozenset('”"’»')
_LINKS = re.compile(r"\b(?:of|for|the|and|to|in|on|a|with)\b")
_NO_TITLE = re.compile(r",| - |\d{3}|^[a-z]")
_MODEL = re.compile(
    r"^(?!FY|0|.*\d{3}-\d)(?=.*(?:\d|[a-z][A-Z]))[A-Z][\w-]+(?:[ ][\w.-]+)*$|^i[A-Z]\w+"
)


def without_noise(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Less what is no insight: addresses, files, code, references within the document, numbers of
    lists and of nothing, ordinals in words, words that name nobody ("We", "CEO"), prefixes of file
    numbers, standards taken for organisations, and names without a capital in a text that has some.
    """
    addresses = [match.span() for match in _ADDRESS.finditer(text)]
    mixed = any(c.islower() for c in text) and any(c.isupper() for c in text)
    result, at = [], 0
    for entity in entities:
        while at < len(addresses) and addresses[at][1] <= entity.start:
            at += 1
        inside_address = at < len(addresses) and addresses[at][0] < entity.end
        if not inside_address and _is_told(text, entity, mixed=mixed):
            result.append(entity)
    return result


def _is_told(text: str, entity: Entity, *, mixed: bool) -> bool:
    words = text[entity.start : entity.end]
    if not any(character.isalnum() for character in words) or _CODE.search(words):
        return False
    if entity.label in {"CARDINAL", "ORDINAL", "QUANTITY"}:
        counts = any(c.isdigit() for c in words) and not _is_reference(text, entity)
        return counts and not (_SMALL.match(words) and not _NOUN.match(text, entity.end))
    if entity.label not in PROPER:
        return True
    if entity.label == "ORG" and _NO_ORGANISATION.match(words):
        return False
    if entity.label in NAMES and words.isupper() and _FILE_NUMBER.match(text, entity.end):
        return False
    letters = sum(character.isalnum() for character in words)
    if _FILE.match(words) or _REFERENCE.match(words) or _ROLE.fullmatch(words):
        return False
    if letters < _SHORTEST:
        return False
    if all(_NO_NAME.fullmatch(_CONTRACTED.sub("", word)) for word in words.split()):
        return False
    capital = any(character.isupper() or character.isdigit() for character in words)
    return capital or not mixed or (entity.label != "ORG" and entity.score >= LIKELY)


def _is_reference(text: str, entity: Entity) -> bool:
    """Whether the number counts lines, pages or parts, or is a code, and so no amount."""
    words = text[entity.start : entity.end]
    before = text[max(0, entity.start - 12) : entity.start]
    if _LEADING_ZERO.match(words):
        return True
    number = _NUMBERED.search(before if entity.start > 12 else "\n" + before)
    at_line = number is not None and number.group().strip(" \t[(") in {"", "\n"}
    return number is not None and (not at_line or bool(_LIST_SIGN_BEHIND.match(text, entity.end)))


def without_headings(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Less names that stand nowhere but alone on a line, as headings do; an organisation, and a
    sure name, may: signatures and lists of people are made of such lines. One line has no heading.
    """
    if "\n" not in text.strip():
        return list(entities)
    alone = [_fills_line(text, entity) for entity in entities]
    running = {key(text, e) for e, only in zip(entities, alone, strict=True) if not only}
    return [
        entity
        for entity, only in zip(entities, alone, strict=True)
        if not only
        or entity.label not in PROPER - {"ORG"}
        or entity.score >= SURE
        or key(text, entity) in running
    ]


def _fills_line(text: str, entity: Entity) -> bool:
    start = text.rfind("\n", 0, entity.start) + 1
    end = text.find("\n", entity.end)
    line = text[start : len(text) if end < 0 else end].strip()
    if line[:1] in _LIST_SIGNS:
        return False
    rest = line.replace(text[entity.start : entity.end], "", 1)
    return not any(character.isalpha() for character in rest)


def as_laws(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Acts, and what is cited by its number ("M-13-13"), as laws, whichever proper name a pipeline
    takes them for.
    """
    result = []
    for entity in entities:
        words = text[entity.start : entity.end]
        cited = _DOCUMENT_NUMBER.search(words) and entity.label in PROPER - NAMES
        if cited or (entity.label in PROPER and _LAW.search(words)):
            entity = replace(entity, label="LAW")
        result.append(entity)
    return result


def as_they_look(text: str, entities: Sequence[Entity]) -> list[Entity]:
    """Laws, titles and products, of which pipelines find too many, only where they look like one:
    with a word of the law; four words or in quotes; with a number or a capital inside.
    """
    return [
        entity
        for entity in entities
        if entity.label not in _LOOKS or _LOOKS[entity.label](text, entity)
    ]


def _like_a_law(text: str, entity: Entity) -> bool:
    words = text[entity.start : entity.end]
    return bool(_LEGAL.search(words) or _DOCUMENT_NUMBER.search(words))


def _like_a_title(text: str, entity: Entity) -> bool:
    words = text[entity.start : entity.end]
    quoted = text[entity.end : entity.end + 1] in _CLOSING_QUOTES
    if len(words.split()) < (_QUOTED_WORDS if quoted else _TITLE_WORDS):
        return False
    return bool(quoted or _LINKS.search(words)) and not _NO_TITLE.search(words)


def _like_a_product(text: str, entity: Entity) -> bool:
    return bool(_MODEL.match(text[entity.start : entity.end]))


_LOOKS: Final[dict[str, Callable[[str, Entity], bool]]] = {
    "LAW": _like_a_law,
    "WORK_OF_ART": _like_a_title,
    "PRODUCT": _like_a_product,
}
