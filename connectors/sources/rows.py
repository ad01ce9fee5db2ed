"""Where the rows of delimited text end.

A quote opens a value only at its beginning, and only when a closing quote (not doubled, and followed by the delimiter
or the end of the line) comes within :data:`QUOTED_LINES` lines; any other quote is an ordinary character. So one stray
quote costs nothing, not the thousand rows up to the next one. Blank lines are no rows.

Blocks whose quotes all pair up are scanned with numpy on their bytes; a block with odd ones is scanned as text. Both
find the same rows.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple, cast

import numpy as np

from connectors.sources.encodings import decode, hidden

QUOTED_LINES = 100
"""Line ends that a quoted value may hold, from one quote in it to the next."""


class Dialect(NamedTuple):
    """How the values of a row are told apart. ``quote`` is empty for none; ``cr``: a lone CR ends a line."""

    delimiter: str
    quote: str
    cr: bool = False


class Rows(NamedTuple):
    """Rows of a block.

    ``ends``: offset after each line end that ends a row or is a blank line. ``filled``: which of them are rows.
    ``odd``: there were quotes that only :func:`scan_text` reads right.
    """

    ends: np.ndarray
    filled: np.ndarray
    odd: bool


def with_plain_line_ends(block: bytes, cr: bool) -> bytes:
    """``block`` with LF as the only line end; with ``cr`` no other byte moves, without it a lone CR becomes a blank."""
    if b"\r" not in block:
        return block
    if cr:
        return block.replace(b"\r", b"\n")
    # Twice: a text converted to CRLF twice ends its lines in CR CR LF.
    return block.replace(b"\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b" ")


def scan(block: bytes, dialect: Dialect, encoding: str, final: bool) -> Rows:
    """Rows of ``block``, which begins with one. What follows the last end is the beginning of a row not yet whole.

    ``encoding``: mixed when it is not known yet.
    """
    if dialect.cr:
        block = with_plain_line_ends(block, cr=True)
    elif not final:
        block = block.rstrip(b"\r")  # what follows decides what a last CR is
    array = np.frombuffer(block, np.uint8)
    line_ends = np.flatnonzero(array == 10) + 1
    if final and block and not block.endswith(b"\n"):
        line_ends = np.append(line_ends, len(block))
    if not dialect.quote or dialect.quote.encode() not in block:
        return _rows(array, line_ends)
    quotes = np.flatnonzero(array == ord(dialect.quote))
    inside = _inside_quotes(array, line_ends, quotes, dialect, final)
    if inside is None or hidden(block, dialect.delimiter + dialect.quote, encoding).size:
        return _scan_odd(decode(with_plain_line_ends(block, dialect.cr), encoding), line_ends, dialect, final)
    return _rows(array, line_ends[~inside])


def scan_text(text: str, dialect: Dialect, final: bool) -> Iterator[tuple[int, int]]:
    """Start and end of each line end's row or blank line in ``text`` (LF line ends only), in order."""
    position = 0
    while position < len(text):
        end = text.find("\n", position) + 1
        if not end:
            if not final:
                return
            end = len(text)
        if dialect.quote and dialect.quote in text[position:end]:
            end = _end_of_row(text, position, dialect, final)
            if end < 0:
                return
        yield position, end
        position = end


def fields(row: str, dialect: Dialect) -> list[str]:
    """Values of one row, quotes taken off."""
    row = row.removesuffix("\n")
    if not dialect.quote or dialect.quote not in row:
        return row.split(dialect.delimiter)
    found: list[str] = []
    position = -1
    while position < len(row):
        value = _value(row, position + 1, dialect)
        quoted = value.re is _patterns(dialect)[0]
        found.append(value[0][1:-1].replace(dialect.quote * 2, dialect.quote) if quoted else value[0])
        position = value.end()
    return found


def _rows(array: np.ndarray, ends: np.ndarray) -> Rows:
    """Rows that end at ``ends``: filled unless nothing but CRs stands between two line ends."""
    starts = np.concatenate((np.zeros(1, ends.dtype), ends[:-1])) if ends.size else ends
    filled = ends - starts > 3
    for place in range(3):
        at = starts + place
        here = array[np.minimum(at, array.size - 1)] if array.size else at
        filled |= (at < ends) & (here != 10) & (here != 13)
    return Rows(ends, filled, odd=False)


def _inside_quotes(
    array: np.ndarray, line_ends: np.ndarray, quotes: np.ndarray, dialect: Dialect, final: bool
) -> np.ndarray | None:
    """Which line ends stand inside quotes, taking quotes as pairs; None when they do not pair up as they should."""
    whole = quotes[: quotes.size // 2 * 2]
    opening, closing = whole[0::2], whole[1::2]
    before = array[np.maximum(opening - 1, 0)]
    after = array[np.minimum(closing + 1, array.size - 1)]
    delimiter, quote = ord(dialect.delimiter), ord(dialect.quote)
    begins = (opening == 0) | (before == delimiter) | (before == 10) | (before == quote)
    line_stops = (after == 13) & (array[np.minimum(closing + 2, array.size - 1)] == 10)
    stops = (closing == array.size - 1) | (after == delimiter) | (after == 10) | (after == quote) | line_stops
    # A doubled quote inside a value closes it and opens it again.
    if not (begins.all() and stops.all()):
        return None
    lines_before = np.searchsorted(line_ends, whole, side="right")
    if opening.size and (lines_before[1::2] - lines_before[0::2]).max() > QUOTED_LINES:
        return None
    if quotes.size % 2 and (final or (line_ends > quotes[-1]).sum() > QUOTED_LINES):
        return None
    return (np.searchsorted(quotes, line_ends) & 1).astype(bool)


def _scan_odd(text: str, line_ends: np.ndarray, dialect: Dialect, final: bool) -> Rows:
    """Rows found on the text; its line ends are those of the bytes, in the same order."""
    ends: list[int] = []
    filled: list[bool] = []
    lines = 0
    for start, end in scan_text(text, dialect, final):
        row = text[start:end]
        lines += row.count("\n") + (not row.endswith("\n"))
        ends.append(int(line_ends[lines - 1]))
        filled.append(row != "\n")
    return Rows(np.array(ends, np.int64), np.array(filled, bool), odd=True)


def _end_of_row(text: str, position: int, dialect: Dialect, final: bool) -> int:
    """End of the row that begins at ``position``; -1 when more text is needed to tell."""
    quoted, open_to_end, _ = _patterns(dialect)
    while True:
        value = _value(text, position, dialect)
        if not final and value.re is not quoted and open_to_end.match(text, position):
            return -1
        position = value.end() + 1
        if position > len(text):
            return len(text) if final else -1
        if text[position - 1] == "\n":
            return position


def _value(text: str, position: int, dialect: Dialect) -> re.Match[str]:
    """The value that begins at ``position``; the plain pattern fits anything, so there always is one."""
    quoted, _, plain = _patterns(dialect)
    return quoted.match(text, position) or cast("re.Match[str]", plain.match(text, position))


@cache
def _patterns(dialect: Dialect) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    """A quoted value, a quoted value that the text may have cut, and a plain value."""
    quote, delimiter = re.escape(dialect.quote), re.escape(dialect.delimiter)
    run = f"[^{quote}\n]*+(?:\n[^{quote}\n]*+){{0,{QUOTED_LINES}}}+"
    value = f"{quote}{run}(?:{quote}{quote}{run})*+"
    quoted = re.compile(f"{value}{quote}(?={delimiter}|\n|\\Z)")
    return quoted, re.compile(f"{value}{quote}?\\Z"), re.compile(f"[^{delimiter}\n]*+")
