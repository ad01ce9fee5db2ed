"""How a text file tells its values apart, found from its first lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from connectors.sources.encodings import decode
from connectors.sources.feed import Feed
from connectors.sources.files import Unusable
from connectors.sources.headers import understood
from connectors.sources.rows import Dialect, fields, scan_text, with_plain_line_ends

DELIMITERS = ("|", ",", "\t", ";", "^", "\x01")
"""Delimiters tried, likeliest first."""

HEAD_BYTES = 1 << 18
"""What is looked at."""

SAMPLE_ROWS = 50

_CONTROLS = bytes(set(range(1, 32)) - set(b"\t\n\r\x01\x1a\x1b"))


@dataclass(frozen=True)
class Shape:
    """``headers``: one per column, "" for a column without one. ``dialect``: how its rows are told apart."""

    dialect: Dialect
    headers: tuple[str, ...]


def shape_of(head: bytes, encoding: str, feed: Feed, final: bool) -> Shape:
    """Dialect and headers of a file that begins with ``head`` (``final``: is all of it)."""
    cr = _ends_lines_with_cr(head)
    part = head[:HEAD_BYTES]
    text = decode(with_plain_line_ends(part, cr), encoding).removeprefix("\ufeff")
    told = feed.settings.delimiter
    candidates = [
        Dialect(delimiter, _ascii(feed.settings.quote), cr)
        for delimiter in (DELIMITERS if told == "auto" else (_ascii(told),))
    ]
    tables = [(dialect, _first_rows(text, dialect, final and len(part) == len(head))) for dialect in candidates]
    dialect, rows = max(tables, key=lambda table: _fit(table[1], feed))
    if feed.settings.header is not None:
        return Shape(dialect, _with_tail(feed.settings.header, rows))
    if not rows:
        return Shape(dialect, ())
    return Shape(dialect, _with_tail(rows[0], rows[1:]))


def _fit(rows: Sequence[Sequence[str]], feed: Feed) -> tuple[int, int]:
    """How well a delimiter fits: headers it makes understood, then rows of the same width."""
    if feed.settings.header is not None:
        width = len(feed.settings.header)
        return sum(_width(row) == width for row in rows), 0
    if not rows:
        return 0, 0
    width = _width(rows[0])
    return understood(rows[0], feed), width * sum(_width(row) == width for row in rows[1:]) if width > 1 else 0


def _width(row: Sequence[str]) -> int:
    """Columns of a row, without the empty one a last delimiter makes."""
    return len(row) - (len(row) > 1 and not row[-1].strip())


def _with_tail(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[str, ...]:
    """Headers, with or without a last nameless one as the rows have it: many unloads end each row in a delimiter."""
    width = len(headers)
    if rows and all(len(row) == width + 1 and not row[-1].strip() for row in rows):
        return (*headers, "")
    if rows and width > 1 and not headers[-1].strip() and all(len(row) == width - 1 for row in rows):
        return tuple(headers[:-1])
    return tuple(headers)


def _first_rows(text: str, dialect: Dialect, final: bool) -> list[list[str]]:
    """Values of the first rows that are whole."""
    found: list[list[str]] = []
    for start, end in scan_text(text, dialect, final):
        if text[start:end] != "\n":
            found.append(fields(text[start:end], dialect))
        if len(found) > SAMPLE_ROWS:
            break
    return found


def _ends_lines_with_cr(head: bytes) -> bool:
    """Whether the first line ends in a lone CR. What follows the last byte of the head is taken not to be a LF."""
    cr, lf = head.find(b"\r"), head.find(b"\n")
    return cr >= 0 and (lf < 0 or (cr < lf and head[cr:lf].strip(b"\r") != b""))


def _ascii(character: str) -> str:
    plain = {"\\t": "\t", "\\x01": "\x01", "\\x1b": "\x1b"}.get(character, character)
    if not plain.isascii() or plain in ("\r", "\n"):
        raise Unusable("delimiter and quote must be ASCII characters", "Correct delimiter: or quote: in the settings.")
    return plain


def refuse_rubbish(head: bytes) -> None:
    """Raises :class:`Unusable` for bytes that are no text: UTF-16 without its mark, or many control characters."""
    part = head[:HEAD_BYTES]
    nuls = part.count(b"\0")
    if nuls * 10 > len(part) and 0 in (part[0::2].count(b"\0"), part[1::2].count(b"\0")):
        raise Unusable("looks like UTF-16 without its mark", "Say encoding: utf-16-le (or utf-16-be) in the settings.")
    if (len(part) - len(part.translate(None, _CONTROLS))) * 50 > len(part):
        raise Unusable("is not text", "Have it delivered again as text, or correct format: in the settings.")
