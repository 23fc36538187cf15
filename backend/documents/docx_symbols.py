"""Signs that Word writes as places in a symbol font (``w:sym``), as Unicode."""

from typing import Final

_GREEK: Final = dict(zip("abgdezhqiklmnxoprstufcyw", "αβγδεζηθικλμνξοπρστυφχψω", strict=True))
_SYMBOL: Final = {ord(latin): greek for latin, greek in _GREEK.items()} | {
    ord(latin.upper()): greek.upper() for latin, greek in _GREEK.items()
} | {
    0xA3: "≤", 0xB3: "≥", 0xB1: "±", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xBB: "≈", 0xBA: "≡",
    0xB0: "°", 0xA5: "∞", 0xB7: "•", 0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xAB: "↔",
    0xDE: "⇒", 0xDB: "⇔", 0xB6: "∂", 0xD1: "∇", 0xD6: "√", 0xE5: "∑", 0xD5: "∏", 0xF2: "∫",
    0xCE: "∈", 0xCF: "∉", 0xC7: "∩", 0xC8: "∪", 0xCC: "⊂", 0xCD: "⊆", 0xC6: "∅", 0x22: "∀",
    0x24: "∃", 0xA2: "′", 0xB2: "″", 0xD2: "®", 0xD3: "©", 0xD4: "™", 0xE2: "®", 0xE3: "©",
    0xE4: "™", 0xD7: "·", 0xD8: "¬", 0xD9: "∧", 0xDA: "∨", 0xBC: "…",
}  # fmt: skip
_WINGDINGS: Final = {
    0xFC: "✓", 0xFB: "✗", 0xFE: "☑", 0xFD: "☒", 0xA8: "☐", 0x6F: "☐", 0x71: "☐", 0xE0: "→",
    0xDF: "←", 0xE1: "↑", 0xE2: "↓", 0xF0: "⇒", 0x6C: "•", 0x6E: "■", 0xA7: "▪", 0x76: "◆",
    0x4A: "☺", 0x4C: "☹", 0xD8: "➢", 0x9F: "•",
}  # fmt: skip


def symbol(font: str, code: str) -> str:
    """The sign at the hexadecimal ``code`` of ``font``, ``""`` where it is not known.

    >>> symbol("Symbol", "F0B3"), symbol("Calibri", "20AC")
    ('≥', '€')
    """
    try:
        place = int(code, 16)
    except ValueError:
        return ""
    low = place - 0xF000 if 0xF000 <= place <= 0xF0FF else place
    if font.startswith("Wingdings"):
        return _WINGDINGS.get(low, "")
    if font.startswith("Symbol"):
        return _SYMBOL.get(low, chr(low) if 0x20 < low < 0x40 else "")
    return chr(low) if 0x20 < low < 0xD800 else ""
