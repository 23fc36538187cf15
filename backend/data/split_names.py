"""Which split a name speaks of: of a file, of a folder, in a column."""

import re
from typing import Final

SPLIT_WORDS: Final = {
    "train": "train",
    "training": "train",
    "dev": "validation",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "validate": "validation",
    "test": "test",
    "testing": "test",
    "eval": "test",
}
_SPLIT: Final = re.compile(
    rf"(?<![a-z])({'|'.join(sorted(SPLIT_WORDS, key=len, reverse=True))})(?![a-z])", re.IGNORECASE
)


def split_word(value: object) -> str:
    """The split that a word is the name of; "" where it is none."""
    return SPLIT_WORDS.get(str(value).strip().casefold(), "")


def split_of(name: str) -> str:
    """The split that a file's name speaks of, or else its folders' names; "" for none."""
    for part in reversed(re.split(r"[/\\]", name)):
        if match := _SPLIT.search(part):
            return SPLIT_WORDS[match.group(1).casefold()]
    return ""
