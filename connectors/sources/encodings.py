"""Which encoding a text file is in, and its bytes as UTF-8.

UTF-8 strictly, then GB18030 strictly, else line by line: each line in the first of the two that fits it, and a line
that fits neither in the likelier one with replacement characters (such lines are counted). A file that is UTF-8 for
several characters and then is not, is UTF-8 with damage: it is read line by line even where GB18030 could read it.

GB18030 is checked by its structure (runs of high bytes and what follows them), fifteen times faster than decoding: all
of its two-byte space is assigned, so only lines with four-byte characters, or with a byte 0x80, have to be decoded to be
sure.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from connectors.sources.files import READ_BYTES, Unusable

UTF8 = "utf-8"
GB = "gb18030"
MIXED = "mixed"

SURELY_UTF8 = 3
"""Wide characters in valid UTF-8 before the first byte that is not, from which a file is no GB18030."""

SAMPLE = 100_000
"""Characters of a block in which they are counted."""

_LINE_END = 0x0A
_GB_NAMES = ("gbk", "gb2312", "cp936", "gb18030", "936", "ms936")


@dataclass
class EncodingSeen:
    """What the blocks of one file, looked at in order, say of its encoding. ``told`` is the encoding in the settings.

    ``utf8_ruled_out``: this is a second look at a file that began like UTF-8 and did not go on so.
    """

    told: str
    utf8_ruled_out: bool = False
    replaced_lines: int = 0
    _fits_utf8: bool = True
    _fits_gb: bool = True
    _utf8_characters: int = 0
    _gb_unchecked: bool = False

    @property
    def must_look_again(self) -> bool:
        """Whether early blocks were taken as UTF-8 and never checked as GB18030, which now matters."""
        return self._gb_unchecked and not self._fits_utf8 and self._fits_gb and not self.utf8_ruled_out

    @property
    def name(self) -> str:
        """utf-8, gb18030, mixed, or the encoding told."""
        if self.told != "auto":
            return self.told
        if self._fits_utf8:
            return UTF8
        return GB if self._fits_gb else MIXED

    def look(self, block: bytes) -> None:
        """Take note of ``block``, which ends where a line ends."""
        if block.isascii():
            return
        if self.told != "auto":
            self._look_as_told(block)
        elif not self.utf8_ruled_out and self._fits_utf8 and self._is_utf8(block):
            self._gb_unchecked = True
        else:
            self._fits_utf8 = False
            self._fits_gb = self._fits_gb and fits_gb(block)
            if not self._fits_gb and not _is(block, UTF8):
                self.replaced_lines += sum(decode_line(line)[1] for line in block.split(b"\n"))

    def _is_utf8(self, block: bytes) -> bool:
        """Whether ``block`` is UTF-8. Many wide characters in valid UTF-8 put GB18030 out of question."""
        fits = _is(block, UTF8)
        if not fits or self._utf8_characters < SURELY_UTF8:
            try:
                text = block.decode(UTF8)
            except UnicodeDecodeError as error:
                text = block[: error.start].decode(UTF8)
            self._utf8_characters += _wide_characters(text[:SAMPLE])
        self._fits_gb = fits or self._utf8_characters < SURELY_UTF8
        return fits

    def _look_as_told(self, block: bytes) -> None:
        if not _is(block, self.told):
            self.replaced_lines += sum(not _is(line, self.told) for line in block.split(b"\n"))


def named(told: str) -> str:
    """The encoding ``told`` in the settings under its usual name. Raises :class:`Unusable` when there is none such."""
    plain = told.strip().lower()
    if plain == "auto":
        return plain
    if plain in _GB_NAMES:
        return GB
    if plain.replace("_", "-") in ("utf-8", "utf8", "utf-8-sig", "utf8-sig"):
        return UTF8
    try:
        found = codecs.lookup(plain).name
        "\n".encode(found)
    except (LookupError, UnicodeError) as error:
        raise Unusable(f"encoding {told} is not known", "Say encoding: auto, utf-8, gb18030 or utf-16.") from error
    return UTF8 if found.startswith(("utf-16", "utf-32")) else found


def fits_gb(block: bytes) -> bool:
    """Whether ``block`` is valid GB18030. No character goes past the end of its line."""
    if b"\xff" in block:
        return False
    data = np.frombuffer(block, np.uint8)
    seconds = _after_odd_runs(block)
    digits = (data[seconds] >= 0x30) & (data[seconds] <= 0x39)
    ends = np.append(np.flatnonzero(data == _LINE_END), data.size)
    open_end = [data.size - 1] if block[-1:] >= b"\x80" else []
    odd = np.concatenate((seconds[digits], np.flatnonzero(data == 0x80), open_end)).astype(np.int64)
    doubtful = np.unique(np.searchsorted(ends, odd))
    starts = np.append(0, ends[:-1] + 1)[doubtful]
    lines = [block[start:end] for start, end in zip(starts.tolist(), ends[doubtful].tolist(), strict=True)]
    if not all(_is(line, GB) for line in lines):
        return False
    wrong = seconds[~digits & ~((data[seconds] >= 0x40) & (data[seconds] <= 0x7E))]
    return bool(np.isin(np.searchsorted(ends, wrong), doubtful).all())


def hidden(block: bytes, characters: str, encoding: str) -> np.ndarray:
    """Offsets of bytes of ``block`` that look like one of ``characters`` but are the second half of a wide one."""
    codes = [ord(character) for character in characters if 0x40 <= ord(character) <= 0x7E]
    found = [np.zeros(0, np.int64)]
    if codes and not block.isascii() and encoding != UTF8 and not (encoding == MIXED and _is(block, UTF8)):
        for start, part in _parts(block):
            seconds = _after_odd_runs(part)
            found.append(seconds[np.isin(np.frombuffer(part, np.uint8)[seconds], codes)] + start)
    return np.concatenate(found)


def decode(block: bytes, encoding: str) -> str:
    """Text of ``block``; never fails."""
    if encoding == MIXED:
        return "\n".join(decode_line(line)[0] for line in block.split(b"\n"))
    if encoding == GB:
        return _decode_gb(block)
    return block.decode(encoding, "replace")


def as_utf8(block: bytes, encoding: str) -> bytes:
    """``block`` in UTF-8; never fails."""
    if block.isascii() or (encoding in (UTF8, MIXED) and _is(block, UTF8)):
        return block
    return decode(block, encoding).encode("utf-8", "replace")


def decode_line(line: bytes) -> tuple[str, bool]:
    """Text of one line of a mixed file, and whether characters had to be replaced."""
    if _is(line, UTF8):
        return line.decode(UTF8), False
    text = line.decode(UTF8, "replace")
    lost = text.count("\ufffd")
    # A line with more wide characters than broken ones is UTF-8 that was cut in the middle of a character, even where
    # GB18030 could read it.
    if _wide_characters(text) - lost > lost:
        return text, True
    if _is(line, GB):
        return line.decode(GB), False
    return line.decode(GB, "replace"), True


def _wide_characters(text: str) -> int:
    """Characters of three bytes or more in UTF-8; GB18030 text hardly ever looks like one."""
    return sum(character >= "\u0800" for character in text)


def _parts(block: bytes) -> Iterator[tuple[int, bytes]]:
    """``block`` in parts that fit the processor's cache and end where a line ends, each with its offset."""
    start = 0
    while start < len(block):
        end = block.rfind(b"\n", start, start + READ_BYTES) + 1 or len(block)
        yield start, block[start:end]
        start = end


def _after_odd_runs(block: bytes) -> np.ndarray:
    """Offset of each byte below 0x80 that follows an odd number of bytes above: the second half of a character."""
    high = np.frombuffer(block, np.uint8) >= 0x80
    edges = np.flatnonzero(high[1:] != high[:-1]) + 1
    if high.size and high[0]:
        edges = np.concatenate((np.zeros(1, edges.dtype), edges))
    starts, ends = edges[0 : edges.size // 2 * 2 : 2], edges[1::2]
    return np.compress(((ends - starts) & 1) == 1, ends)


def _is(block: bytes, encoding: str) -> bool:
    try:
        if encoding == UTF8:
            offsets = pa.py_buffer(np.array([0, len(block)], np.int64))
            pa.Array.from_buffers(pa.large_string(), 1, [None, offsets, pa.py_buffer(block)]).validate(full=True)
        else:
            block.decode(encoding)
    except (UnicodeError, pa.ArrowInvalid):
        return False
    return True


def _decode_gb(block: bytes) -> str:
    # GBK is twice as fast as GB18030 and agrees with it wherever it knows the character.
    try:
        return block.decode("gbk")
    except UnicodeDecodeError:
        return block.decode(GB, "replace")
