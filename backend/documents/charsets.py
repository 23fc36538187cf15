"""Names of character sets as browsers take them, and a guess where a file gives none.

The names are those of the WHATWG's Encoding Standard: pages that say ``iso-8859-1`` are in
Windows-1252, pages that say ``gb2312`` use letters of GB 18030, and so on.
"""

import re
from typing import Final

from charset_normalizer import from_bytes

WESTERN: Final = "cp1252"
_CODEC_OF: Final = {
    label: codec
    for codec, labels in {
        "utf-8": "utf-8 utf8 unicode-1-1-utf-8 unicode11utf8 unicode20utf8 x-unicode20utf8 "
        "utf-16 utf-16le utf-16be ucs-2 unicode csunicode",
        "cp866": "866 cp866 csibm866 ibm866",
        "iso8859_3": "csisolatin3 iso-8859-3 iso-ir-109 iso8859-3 iso88593 latin3 l3",
        "iso8859_2": "csisolatin2 iso-8859-2 iso-ir-101 iso8859-2 iso88592 iso_8859-2 latin2 l2",
        "iso8859_4": "csisolatin4 iso-8859-4 iso-ir-110 iso8859-4 iso88594 latin4 l4",
        "iso8859_5": "csisolatincyrillic cyrillic iso-8859-5 iso-ir-144 iso8859-5 iso88595",
        "iso8859_6": "arabic asmo-708 ecma-114 iso-8859-6 iso-ir-127 iso8859-6 iso-8859-6-i "
        "iso-8859-6-e csisolatinarabic iso88596",
        "iso8859_7": "csisolatingreek ecma-118 elot_928 greek greek8 iso-8859-7 iso-ir-126 "
        "iso8859-7 iso88597 sun_eu_greek",
        "iso8859_8": "csisolatinhebrew hebrew iso-8859-8 iso-ir-138 iso8859-8 iso88598 visual "
        "iso-8859-8-i iso-8859-8-e logical csiso88598i",
        "iso8859_10": "csisolatin6 iso-8859-10 iso-ir-157 iso8859-10 latin6 l6",
        "iso8859_13": "iso-8859-13 iso8859-13 iso885913",
        "iso8859_14": "iso-8859-14 iso8859-14 iso885914",
        "iso8859_15": "csisolatin9 iso-8859-15 iso8859-15 iso885915 latin9 latin-9 l9",
        "iso8859_16": "iso-8859-16 iso8859-16",
        "koi8_r": "cskoi8r koi koi8 koi8-r koi8_r",
        "koi8_u": "koi8-ru koi8-u",
        "mac_roman": "csmacintosh mac macintosh x-mac-roman",
        "mac_cyrillic": "x-mac-cyrillic x-mac-ukrainian",
        "cp874": "dos-874 iso-8859-11 iso8859-11 iso885911 tis-620 windows-874 cp874",
        "cp1250": "cp1250 windows-1250 x-cp1250",
        "cp1251": "cp1251 windows-1251 x-cp1251 win-1251",
        WESTERN: "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 "
        "iso8859-1 iso88591 iso_8859-1 iso_8859-1:1987 l1 latin1 latin-1 us-ascii windows-1252 "
        "x-cp1252",
        "cp1253": "cp1253 windows-1253 x-cp1253",
        "cp1254": "cp1254 csisolatin5 iso-8859-9 iso-ir-148 iso8859-9 iso88599 iso_8859-9 l5 "
        "latin5 windows-1254 x-cp1254",
        "cp1255": "cp1255 windows-1255 x-cp1255",
        "cp1256": "cp1256 windows-1256 x-cp1256",
        "cp1257": "cp1257 windows-1257 x-cp1257",
        "cp1258": "cp1258 windows-1258 x-cp1258",
        "gb18030": "chinese csgb2312 csiso58gb231280 gb2312 gb_2312 gb_2312-80 gbk iso-ir-58 "
        "x-gbk gb18030 cp936 ms936",
        "big5hkscs": "big5 big5-hkscs cn-big5 csbig5 x-x-big5 cp950",
        "euc_jp": "cseucpkdfmtjapanese euc-jp x-euc-jp",
        "iso2022_jp": "csiso2022jp iso-2022-jp",
        "cp932": "csshiftjis ms932 ms_kanji shift-jis shift_jis sjis windows-31j x-sjis cp932",
        "cp949": "cseuckr csksc56011987 euc-kr iso-ir-149 korean ks_c_5601-1987 ks_c_5601-1989 "
        "ksc5601 ksc_5601 windows-949 cp949",
    }.items()
    for label in labels.split()
}
_CODECS: Final = frozenset(_CODEC_OF.values())
_META = re.compile(rb"<meta[^>]{0,300}?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:-]{2,40})")
_DECLARED_WITHIN: Final = 65_536
"""Bytes in which a declaration is looked for: scripts and styles may stand before it."""
_LOOKED_AT: Final = 200_000
_FOREIGN: Final = 0.3
"""Share of bytes outside ASCII from which a file is in another script than Latin."""
_COHERENT: Final = 0.2
_COMMON: Final = re.compile(
    "[\t\n\r -~\u00a0-\u024f\u2000-\u206f\u3000-\u30ff\u4e00-\u9fff\uac00-\ud7af\uff00-\uffef"
    "\u0370-\u06ff\u0900-\u0dff\u0e00-\u0eff]"
)
_BREAK: Final = re.compile("[ \u0e00-\u0e7f\n\u3001\u3002\uff0c]")
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def codec_of(label: str) -> str | None:
    """Python's codec for a name of a character set, None where browsers know none.

    >>> codec_of("ISO-8859-1")
    'cp1252'
    """
    return _CODEC_OF.get(label.strip().lower())


def declared(data: bytes) -> str | None:
    """The codec that an XML declaration or an HTML page's head names."""
    head = data[:_DECLARED_WITHIN]
    match = _XML.match(head) or _META.search(head)
    return codec_of(match[1].decode("ascii", errors="replace")) if match else None


def guessed(data: bytes) -> str:
    """The codec that fits ``data`` best, which is neither UTF-8 nor declared: Windows-1252, unless
    its bytes are like no Western European text.
    """
    sample = data[:_LOOKED_AT]
    found = from_bytes(sample)
    fitting = [match for match in found if codec_of(match.encoding) or match.encoding in _CODECS]
    if not fitting or any(match.encoding == WESTERN for match in fitting):
        return WESTERN
    best = fitting[0]
    codec = codec_of(best.encoding) or best.encoding
    foreign = sum(byte > 127 for byte in sample) > _FOREIGN * len(sample)
    return codec if foreign or best.coherence > _COHERENT else WESTERN


def utf16_of(data: bytes) -> str | None:
    """UTF-16 and its byte order, told without a mark by what is common in texts of any script."""
    sample = data[:4096]
    if len(data) % 2 or len(_CONTROL.findall(sample)) <= 0.02 * len(sample):
        return None
    shares = {codec: _common(sample, codec) for codec in ("utf-16-le", "utf-16-be")}
    codec = max(shares, key=lambda name: shares[name])
    return codec if shares[codec] > 0.97 else None


def _common(sample: bytes, codec: str) -> float:
    text = sample.decode(codec, errors="replace")
    if not _BREAK.search(text):
        return 0.0
    return len(_COMMON.findall(text)) / len(text)
