"""The language of a text: looked at before models that read English are asked."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

LANGUAGES: Final = {
    "af": "Afrikaans", "am": "Amharic", "ar": "Arabic", "az": "Azerbaijani", "be": "Belarusian",
    "bg": "Bulgarian", "bn": "Bengali", "bs": "Bosnian", "ca": "Catalan", "cs": "Czech",
    "cy": "Welsh", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "eo": "Esperanto", "es": "Spanish", "et": "Estonian", "eu": "Basque", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "ga": "Irish", "gl": "Galician", "gu": "Gujarati",
    "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "hy": "Armenian",
    "id": "Indonesian", "is": "Icelandic", "it": "Italian", "ja": "Japanese", "ka": "Georgian",
    "kk": "Kazakh", "km": "Khmer", "kn": "Kannada", "ko": "Korean", "la": "Latin", "lo": "Lao",
    "lt": "Lithuanian", "lv": "Latvian", "mk": "Macedonian", "ml": "Malayalam", "mn": "Mongolian",
    "mr": "Marathi", "ms": "Malay", "mt": "Maltese", "ne": "Nepali", "nl": "Dutch",
    "no": "Norwegian", "pa": "Punjabi", "pl": "Polish", "ps": "Pashto", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "si": "Sinhala", "sk": "Slovak", "sl": "Slovenian",
    "sq": "Albanian", "sr": "Serbian", "sv": "Swedish", "sw": "Swahili", "ta": "Tamil",
    "te": "Telugu", "th": "Thai", "tl": "Tagalog", "tr": "Turkish", "uk": "Ukrainian",
    "ur": "Urdu", "vi": "Vietnamese", "xh": "Xhosa", "zh": "Chinese", "zu": "Zulu",
}  # fmt: skip
"""Those that are told apart, by their ISO 639-1 codes."""

_EN: Final = "en"
_HARDLY: Final = 0.01
"""Probability of English up to which a text is in another language: which one is less sure, where
two are as near as Danish and Norwegian.
"""
_FEWEST_WORDS: Final = 4
_FEWEST_LETTERS: Final = 16
_FEWEST_LETTERS_WITHOUT_BLANKS: Final = 5
_ENGLISH: Final = frozenset({
    "the", "and", "that", "with", "this", "from", "which", "have", "has", "were", "are", "you",
    "their", "been", "would", "will", "by", "be", "to", "of", "shall", "our", "your", "it", "not",
    "they", "who", "what", "she", "his", "her", "should", "as", "or",
})  # fmt: skip
_ENOUGH: Final = 0.15
"""The share of these words from which a text is English, whatever names and quotes are in it."""
_WORD: Final = re.compile(r"[^\W\d_]+")
_NO_SPACES: Final = re.compile(
    r"[\u0e00-\u0eff\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]"
)
_NO_WORD: Final = re.compile(r"\d|@|https?://|www\.")
_PIECES: Final = 6
_PIECE: Final = 1_000


def foreign_language(text: str) -> str | None:
    """The English name of the language of most of ``text`` where that is not English.

    None where it is English, or where the text is too short to be sure.

    >>> foreign_language("Der Vertrag endet am 3. Mai, wenn keine Seite widerspricht.")
    'German'
    """
    found = [code for piece in _pieces(text) if (code := _language(piece)) is not None]
    if not found:
        return None
    code = Counter(found).most_common(1)[0][0]
    foreign = len(found) - found.count(_EN)
    return LANGUAGES[code] if code != _EN and 2 * foreign > len(found) else None


def _language(piece: str) -> str | None:
    """The code of the language of ``piece``, English where that cannot be ruled out; None where
    there is too little of it.
    """
    tokens = unicodedata.normalize("NFC", piece).split()
    piece = " ".join(token for token in tokens if not _NO_WORD.search(token))
    words = [word for word in _WORD.findall(piece) if not word[0].isupper()]  # no names
    letters = sum(map(len, words))
    without_blanks = len(_NO_SPACES.findall(piece)) > letters / 2
    fewest = _FEWEST_LETTERS_WITHOUT_BLANKS if without_blanks else _FEWEST_LETTERS
    if letters < fewest or (len(words) < _FEWEST_WORDS and not without_blanks):
        return None
    if sum(word.lower() in _ENGLISH for word in words) >= _ENOUGH * len(words):
        return _EN
    ranked = _detector().rank(" ".join(words))
    return ranked[0][0] if dict(ranked)[_EN] <= _HARDLY else _EN


def _pieces(text: str) -> Iterator[str]:
    """``text``, or pieces of it from its start to its end where it is long."""
    if len(text) <= _PIECES * _PIECE:
        yield text
        return
    step = (len(text) - _PIECE) // (_PIECES - 1)
    for at in range(_PIECES):
        yield text[at * step : at * step + _PIECE]


@lru_cache(maxsize=1)
def _detector() -> "LanguageIdentifier":
    """The detector, loaded when the first text comes that is not plainly English: half a second,
    and memory that a session in English never needs.
    """
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    detector = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    detector.set_languages(LANGUAGES)
    return detector
