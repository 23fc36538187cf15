"""Words and shapes that tell what a sentence does in its document."""

import re

_STOP_WORDS = (
    "a about above after again all also am an and any are as at be because been before being "
    "below between both but by can could did do does down during each few for from further had "
    "has have having he her here hers him his how i if in into is it its just me more most my no "
    "nor not now of off on once one only or other our out over own said same say says she should "
    "so some such than that the their them then there these they this those through to too under "
    "until up us very was we were what when where which while who whom why will with would you "
    "your"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())

TELLING: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.IGNORECASE)
    for name, pattern in {
        "decided": r"\b(decid\w+|decision|voted?|approv\w+|resolv\w+|agree[ds]?|agreement|adopt\w+"
        r"|declar\w+|reject\w+|conclud\w+|determin\w+)\b",
        "announced": r"\b(announc\w+|report(ed|s)|launch\w+|acquir\w+|complet\w+|sign(ed|s)|named"
        r"|appoint\w+|introduc\w+|deliver\w+)\b",
        "changed": r"\b(increas\w+|decreas\w+|rose|rise[sn]?|fell|fall(s|en)?|grew|grow\w*"
        r"|declin\w+|lower\w*|rais(e|ed|es|ing)|reduc\w+|up|down|cut|improv\w+|gain\w*|drop\w*)\b",
        "must": r"\b(shall|must|required?|requires|requirement\w*|may not|obligat\w+|no later than"
        r"|prohibit\w*|entitled|responsible)\b",
        "proposed": r"\b(we (propose|present|introduce|show|develop|study|find|describe"
        r"|demonstrate)|this (paper|work|study|memo\w*|report|document|policy|procedure|article"
        r"|section))\b",
        "found": r"\b(results?|show\w*|found|finding\w*|demonstrat\w+|achiev\w+|outperform\w*"
        r"|evidence)\b",
        "purpose": r"\b(purpose|aims?|goals?|objectives?|intend\w*|in order to|designed|seeks?"
        r"|ensur\w+|support\w*)\b",
        "summed": r"\b(in summary|overall|in conclusion|to summari[sz]e|in short|therefore|thus"
        r"|as a result|consequently|finally)\b",
        "outlook": r"\b(expect\w*|guidance|outlook|forecast\w*|anticipat\w+|plan(s|ned)?|will"
        r"|range|fiscal|full.year|quarter\w*)\b",
        "result": r"\b(revenues?|sales|earnings|eps|profit\w*|income|per (diluted )?share|margin\w*"
        r"|net|cash|dividend\w*|adjusted)\b",
        "discussed": r"\b(discuss\w*|suggest\w*|recommend\w*|propos\w+|issues?|concern\w*|question"
        r"|need\w*|should|important|problem\w*|meeting|committee)\b",
        "first": r"\b(i|i'm|i'll|i've|me|my)\b",
        "we": r"\b(we|our|us|we're|we've)\b",
        "you": r"\b(you|your|you're)\b",
        "greeting": r"\b(thanks?|thank you|welcome|good (morning|afternoon|evening)|hello|please"
        r"|sorry|operator|appreciate)\b",
        "filler": r"\b(um|uh|er|yeah|yep|okay|ok|hmm|mm|mm-hmm|like|right|well|actually|guess)\b",
        "hedge": r"\b(e\.g|for example|for instance|such as|may|might|could|would|risks?"
        r"|uncertaint\w+|forward-looking|no assurance)\b",
    }.items()
}
SHAPES: dict[str, re.Pattern[str]] = {
    "number": re.compile(r"\d[\d.,]*|[¼½¾]"),
    "percent": re.compile(r"\d\s?(?:%|per ?cent|basis points)"),
    "money": re.compile(r"[$€£¥]\s?\d|\b(?:million|billion|bn)\b"),
    "year": re.compile(r"\b(?:19|20)\d\d\b"),
    "name": re.compile(r"(?<=[a-z,;] )[A-Z][\w’'-]+"),
    "acronym": re.compile(r"\b[A-Z]{2,}\b"),
    "quote": re.compile(r"[\"“”]"),
    "bracket": re.compile(r"[(\[]"),
    "comma": re.compile(r"[,;–—]"),
}
# A document that speaks of itself or of its time hangs on nothing: "This memorandum provides …".
_ITSELF = (
    r"(?:[\w-]+ )?(?:paper|work|study|article|report|memo|memorandum|document|policy|procedure"
    r"|guide|guidance|section|agreement|contract|notice|letter|note|standard|operating|overview"
    r"|chapter|attachment|survey|thesis|project|meeting|website|site|year|quarter|month|week"
    r"|fiscal|morning|afternoon)s?\b"
)
HANGING = re.compile(
    r"[\"“‘'(\[]*(?:"
    rf"(?:(?:In|At|For|With|By|Throughout|During) )?(?:This|These|this|these)\b(?! {_ITSELF})"
    r"|(?:It|Those|That|He|She|They|His|Her|Its|Their|Such|Both|Neither|Either|However|Therefore"
    r"|Thus|Hence|Moreover|Furthermore|Nevertheless|Nonetheless|Additionally|Similarly|Likewise"
    r"|Instead|Otherwise|Consequently|Accordingly|Also|But|And|Or|So|Yet|Then|Rather|Again"
    r"|Meanwhile|Specifically|Conversely|Of course|In addition|For example|For instance|In that"
    r"|In those|In such|In contrast|By contrast|As such|As a result|In other words|More importantly"
    r"|On the other hand|At the same time|To this end|To that end|For that reason|Because of this"
    r"|Despite this|That said|All told|If so|The latter|The former|Even so|After that|Until then"
    r"|Since then|On the contrary)\b(?! (?:is|was) (?:the|a|an) \w+ (?:that|of|who)\b))"
)
"""The beginning of a sentence that cannot be understood without the one before it."""


_NUMBERED = re.compile(r"\s*(?:[-–—*•▪◦‣·○●■]|\(?(?:\d{1,3}|[A-Za-z]|[ivxIVX]{1,5})[.)])\s+")


def bare(text: str) -> int:
    """How many characters of a sentence are the number or the sign of a list before it."""
    found = _NUMBERED.match(text)
    return found.end() if found else 0


def hangs(text: str) -> bool:
    """Whether a sentence hangs on the one before it."""
    return bool(HANGING.match(text, bare(text)))
