"""Garbled text: bytes once decoded by the wrong table (rule N10).

* UTF-8 read as GBK (鐜嬪皬 for 王小) or as Latin-1, and GBK read as Latin-1 (ÍõÐ¡ for 王小), are read back when the
  bytes decode again and the outcome is the more ordinary text. A real name of rare characters is never "repaired".
* What cannot be read back is told: 锟斤拷, 烫烫, U+FFFD, private-use characters, ``?`` between Han, half a text.
"""

import re
from collections.abc import Iterable
from itertools import product

import polars as pl


def _decoded(leads: Iterable[int], trails: Iterable[int]) -> str:
    """Regex class of the characters whose two GB 18030 bytes are a lead and a trail."""
    pairs = (bytes(pair) for pair in product(leads, trails))
    return f"[{''.join(re.escape(pair.decode('gb18030', 'ignore')) for pair in pairs)}]"


_UTF8_LEADS = (*range(0xE3, 0xEA), 0xEF)
"""First UTF-8 bytes of Han and of Chinese punctuation; what follows is 80-BF."""
_CP1252 = "€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AS_GBK = _decoded(_UTF8_LEADS, range(0x80, 0xC0)) + f"(?:{_decoded(range(0x81, 0xC0), _UTF8_LEADS)}|€)"
_AS_LATIN = rf"[ã-éï][\x{{80}}-¿{_CP1252}]{{2}}|[°-÷][¡-þ][°-÷][¡-þ]"

SCRAMBLED = f"{_AS_GBK}|{_AS_LATIN}"
"""Regex (polars) that every text to read back matches, and few others."""
LOST = (
    r"[\x{FFFD}\x{E000}-\x{F8FF}\x{F0000}-\x{10FFFD}]|锟斤拷|烫烫|屯屯屯"
    r"|[\p{Han}\x{20000}-\x{3FFFD}]\?+[\p{Han}\x{20000}-\x{3FFFD}]"
)
"""Regex (polars) of the traces that lost characters leave."""

_GBK_WINDOW = re.compile(f"(?=({_AS_GBK}.))")
_TO_LATIN_BYTES = {ord(character): character.encode("cp1252")[0] for character in _CP1252}
_FIRST_HAN_OF_GB2312 = 0xB0


def read_back(values: pl.Series) -> pl.Series:
    """The texts as they were before a wrong decoding, those unchanged where that is not certain. Nulls stay.

    What changes becomes shorter.
    """
    scrambled = values.str.contains(SCRAMBLED).fill_null(value=False)
    if not scrambled.any():
        return values
    at = scrambled.arg_true()
    told = pl.Series([_unscrambled(text) for text in values.gather(at)], dtype=pl.String())
    return values.clone().scatter(at, told)  # scatter writes into its Series; the clone keeps the caller's


def is_garbled(values: pl.Series) -> pl.Series:
    """Whether a text is garbled beyond repair; null for null. Ask it of what :func:`read_back` gave."""
    garbled = values.str.contains(LOST)
    scrambled = values.str.contains(_AS_GBK).fill_null(value=False)
    if not scrambled.any():
        return garbled
    at = scrambled.arg_true()
    told = garbled.gather(at) | pl.Series([_has_scrambled(text) for text in values.gather(at)], dtype=pl.Boolean())
    return garbled.clone().scatter(at, told)


def _unscrambled(text: str) -> str:
    """What ``text`` was before it was decoded wrongly, or ``text`` itself when that is not certain."""
    gbk = text.encode("gb18030")
    latin = text.translate(_TO_LATIN_BYTES)
    attempts = [(gbk, "utf-8"), (gbk.replace("€".encode("gb18030"), b"\x80"), "utf-8")]
    if all(character <= "ÿ" for character in latin):
        attempts = [(latin.encode("latin-1"), "utf-8"), (latin.encode("latin-1"), "gb18030")]
    for raw, encoding in attempts:
        try:
            told = raw.decode(encoding)
        except UnicodeDecodeError:
            continue
        if len(told) < len(text) and _more_ordinary(told, text):
            return told
    return text


def _has_scrambled(text: str) -> bool:
    """Three characters in a row are two Han whose UTF-8 was read as GBK."""
    for window in _GBK_WINDOW.findall(text):
        try:
            told = window.encode("gb18030")[:6].decode("utf-8")
        except UnicodeDecodeError:
            continue
        if _more_ordinary(told, window):
            return True
    return False


def _more_ordinary(told: str, text: str) -> bool:
    """``told`` reads as Chinese (Han of GB 2312 outweigh all else) and ``text`` does not."""
    han = [character for character in told if "\u3400" <= character <= "\u9fff" or character >= "\U00020000"]
    strange = sum(1 for character in told if character > "\u007f" and not _in_gb2312(character))
    rare = any(not _in_gb2312(character, han_only=True) for character in text if character > "\u007f")
    return strange * 2 < len(han) and rare


def _in_gb2312(character: str, *, han_only: bool = False) -> bool:
    try:
        lead = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return lead >= _FIRST_HAN_OF_GB2312 or not han_only
