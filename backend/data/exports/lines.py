"""Text files of a shape of their own: fastText, and Rasa's training data as YAML or Markdown."""

import re
from collections.abc import Iterator
from typing import Final

from backend.data.exports.export import CLASSES, ENTITIES, Found, Unusable, classified
from backend.data.schemas import Example
from backend.data.tables import LeftOut

_FASTTEXT: Final = re.compile(r"((?:__label__\S+\s*,?\s*)+)(.*)")
_TREC: Final = re.compile(r"[A-Z]{2,}:\w+ \S.*")
_RASA_INTENT: Final = re.compile(r"(?:##\s*intent:\s*|\s*-\s*intent:\s*)(\S.*?)\s*")
_RASA_EXAMPLE: Final = re.compile(r"\s*-\s+(.+)")
_RASA_MARK: Final = re.compile(r"\[([^\]]+)\](?:\(([^)]*)\)|(\{[^}]*\}))")


def recognised_text(text: str) -> Found | None:
    """The examples of a file in one of these formats; None where it is in none."""
    lines = text.split("\n")
    filled = [line for line in lines[:500] if line.strip()]
    if filled and sum(bool(_FASTTEXT.match(line)) for line in filled) > 0.8 * len(filled):
        return _fasttext(lines)
    if filled and all(_TREC.fullmatch(line) for line in filled) and len(filled) > 1:
        pairs = [line.split(" ", 1) for line in lines if line.strip()]
        examples = [{"text": text.strip(), "label": label} for label, text in pairs]
        return Found("TREC", "every line begins with a class", {CLASSES: {"": examples}})
    if any(_RASA_INTENT.fullmatch(line) for line in filled):
        return _rasa(lines)
    return None


def _fasttext(lines: list[str]) -> Found:
    examples: list[Example] = []
    left_out: list[LeftOut] = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        match = _FASTTEXT.match(line)
        try:
            if match is None:
                raise Unusable("it does not begin with __label__")
            labels = re.findall(r"__label__([^\s,]+)", match[1])
            examples.append(classified(match[2], labels))
        except Unusable as error:
            left_out.append(LeftOut(f"line {number}", str(error), line[:200]))
    why = "every line begins with __label__"
    return Found("fastText", why, {CLASSES: {"": examples}}, tuple(left_out))


def _rasa(lines: list[str]) -> Found:
    classes: list[Example] = []
    entities: list[Example] = []
    for intent, written in _utterances(lines):
        text, spans = _unmarked(written)
        classes.append({"text": text, "label": intent})
        entities.append({"text": text, "entities": spans})
    found = {CLASSES: {"": classes}}
    if any(example["entities"] for example in entities):
        found[ENTITIES] = {"": entities}
    return Found("Rasa", "it names intents with their examples", found)


def _utterances(lines: list[str]) -> Iterator[tuple[str, str]]:
    """Intent and example; synonyms, lookup tables and regular expressions have none."""
    intent = ""
    for line in lines:
        if match := _RASA_INTENT.fullmatch(line):
            intent = match[1].strip("\"'")
        elif re.match(r"##|\s*-\s*(synonym|lookup|regex)\s*:", line):
            intent = ""
        elif intent and (match := _RASA_EXAMPLE.fullmatch(line)):
            yield intent, match[1].strip()


def _unmarked(written: str) -> tuple[str, list[Example]]:
    """The text without ``[word](entity)``, and where the words are."""
    text, at, spans = "", 0, []
    for match in _RASA_MARK.finditer(written):
        text += written[at : match.start()]
        named = re.search(r"[\"']entity[\"']\s*:\s*[\"']([^\"']+)", match[3] or "")
        label = named[1] if named else (match[2] or "").split(":")[0]
        if label:
            spans.append({"start": len(text), "end": len(text) + len(match[1]), "label": label})
        text += match[1]
        at = match.end()
    return text + written[at:], spans
