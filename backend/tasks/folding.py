"""Texts as they are compared: what case, punctuation and blanks do not tell apart."""


def words_of(text: str) -> str:
    """The letters and digits of ``text`` without case, a blank between words; where there are none
    ("!!!", a single emoji), the text itself without blanks at its edges.

    >>> words_of("It 's a  journey!"), words_of("it's a: JOURNEY"), words_of(" :) ")
    ('it s a journey', 'it s a journey', ':)')
    """
    folded = text.casefold()
    words = "".join(letter if letter.isalnum() else " " for letter in folded).split()
    return " ".join(words) or folded.strip()
