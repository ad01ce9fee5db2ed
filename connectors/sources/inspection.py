"""One pass over the bytes of a text file: digest, encoding, where its rows end, and chunks cut between rows.

Memory is bounded by the longest row, however large the file.
"""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from connectors.sources.dialect import Shape, refuse_rubbish, shape_of
from connectors.sources.encodings import MIXED, UTF8, EncodingSeen, decode, named
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import READ_BYTES, Unusable, signature
from connectors.sources.headers import Understanding
from connectors.sources.rows import Dialect, Rows, fields, scan, with_plain_line_ends
from connectors.sources.streams import PlainStream

LONGEST_ROW = 64 << 20
"""Bytes of a row from which on a file is taken to be no rows at all."""

_PADDING = b"\x1a\x00"
_BOM = b"\xef\xbb\xbf"
_OTHER_FORMATS = {
    "zip": ("is a zip archive or an Excel workbook", "Unpack it, or say format: excel."),
    "ole": ("is an old Excel workbook, or one with a password", "Say format: excel, or have it delivered without one."),
    "parquet": ("is Parquet", "Say format: parquet."),
    "html": ("is a web page or XML", "Have it delivered as text, or saved as .xlsx."),
}

Visit = Callable[[bytes, str], None]


class Cut(NamedTuple):
    """A part of a file that holds whole rows. ``first_row`` is the number of its first, from 1; ``odd``: see Rows."""

    offset: int
    length: int
    first_row: int
    rows: int
    odd: bool


class TextSeen(NamedTuple):
    """What the pass found. ``encoding`` is that of the bytes the cuts are of, ``stored`` that of the file."""

    size: int
    digest: str
    encoding: str
    stored: str
    replaced_lines: int
    shape: Shape
    cuts: tuple[Cut, ...]
    seekable: bool

    @property
    def rows(self) -> int:
        """Rows of data."""
        return sum(cut.rows for cut in self.cuts)

    @property
    def parts(self) -> list[tuple[Cut, ...]]:
        """The cuts of each chunk: one, or all when the file cannot be entered in the middle."""
        return [(cut,) for cut in self.cuts] if self.seekable else [self.cuts] if self.cuts else []

    def seen(self, meaning: Understanding, chunks: Sequence[Any]) -> Seen:
        """The same with the meaning of its columns."""
        return Seen(
            self.size,
            self.digest,
            self.stored,
            self.rows,
            meaning.columns,
            meaning.unknown,
            meaning.problems,
            chunks,
            self.replaced_lines,
            meaning.unused,
        )


def inspect_text(path: str, feed: Feed, shape: Shape | None = None, visit: Visit | None = None) -> TextSeen:
    """One pass over the file at ``path``; a second one when it began like UTF-8 and did not go on so.

    ``shape`` is given for rows that have no headers and no quotes, such as JSON lines. ``visit`` is shown all rows,
    some at a time, in each pass, with their encoding. Raises :class:`Unusable` and what reading raises.
    """
    told = named(feed.settings.encoding)
    passed = _Pass(path, feed, EncodingSeen(told), shape)
    passed.run(visit)
    if passed.encoding.must_look_again:
        passed = _Pass(path, feed, EncodingSeen(told, utf8_ruled_out=True), shape)
        passed.run(visit)
    return passed.seen()


class _Pass:
    def __init__(self, path: str, feed: Feed, encoding: EncodingSeen, shape: Shape | None) -> None:
        self._feed = feed
        self._shape = shape
        self._has_header = shape is None and feed.settings.header is None
        self._header = b""
        self._begun = False
        self.encoding = encoding
        self._cutter = _Cutter(feed.chunk_bytes)
        self._stream = PlainStream(path, feed.settings.encoding, hashed=True)
        self._stored = self._stream.wide
        if self._stored:
            self.encoding.told = UTF8
        self._scan_as = MIXED if self.encoding.told == "auto" else self.encoding.told

    def run(self, visit: Visit | None) -> None:
        """Look at every byte."""
        try:
            carry, offset, final = b"", 0, False
            while not final:
                block = self._stream.read(READ_BYTES)
                final = len(block) < READ_BYTES
                if carry and not final and b"\n" not in block and b"\r" not in block:
                    carry = _longer(carry, block)
                    continue
                data = carry + block if carry else block
                if offset == 0 and data.startswith(_BOM):
                    data, offset = data[len(_BOM) :], len(_BOM)
                if final:
                    data = data.rstrip(_PADDING + (b"" if data.endswith(b"\n") else b"\r"))
                used = self._look(data, offset, final)
                if visit and used:
                    visit(data[:used], self._scan_as)
                carry, offset = _longer(data[used:], b""), offset + used
        finally:
            self._stream.close()

    def seen(self) -> TextSeen:
        """What was found."""
        encoding = self.encoding.name
        shape = self._shape or Shape(Dialect("|", ""), ())
        if self._header:
            text = decode(with_plain_line_ends(self._header, shape.dialect.cr), encoding)
            headers = tuple(fields(text, shape.dialect))
            tail = len(shape.headers) - len(headers)
            shape = Shape(shape.dialect, (*headers, "") if tail > 0 else headers[: len(shape.headers)])
        return TextSeen(
            self._stream.size,
            self._stream.digest,
            encoding,
            self._stored or encoding,
            self.encoding.replaced_lines,
            shape,
            self._cutter.finished(),
            self._stream.seekable,
        )

    def _look(self, data: bytes, offset: int, final: bool) -> int:
        """Take note of the whole rows at the beginning of ``data``; how many bytes they are."""
        if not data:
            return 0
        if not self._begun:
            self._begun = True
            _refuse_other_formats(signature(data))
            refuse_rubbish(data)
        if self._shape is None:
            self._shape = shape_of(data, self._scan_as, self._feed, final)
        rows = scan(data, self._shape.dialect, self._scan_as, final)
        used = int(rows.ends[-1]) if rows.ends.size else 0
        self.encoding.look(data[:used])
        if self._has_header and not self._header:
            rows = self._take_header(data, offset, rows)
        self._cutter.add(rows, offset)
        return used

    def _take_header(self, data: bytes, offset: int, rows: Rows) -> Rows:
        """The rows after the header; blank lines before it are dropped."""
        filled = np.flatnonzero(rows.filled)
        if not filled.size:
            return Rows(rows.ends[:0], rows.filled[:0], rows.odd)
        first = int(filled[0])
        start, end = int(rows.ends[first - 1]) if first else 0, int(rows.ends[first])
        self._header = data[start:end]
        self._cutter.begin(offset + end)
        return Rows(rows.ends[first + 1 :], rows.filled[first + 1 :], rows.odd)


def _longer(row: bytes, more: bytes) -> bytes:
    """The beginning of a row with more of it. Raises :class:`Unusable` when it is too long to be one."""
    if len(row) + len(more) > LONGEST_ROW:
        problem = f"has a row of more than {LONGEST_ROW >> 20} MB"
        raise Unusable(problem, "It is no delimited text, or it lacks line ends.")
    return row + more


def _refuse_other_formats(kind: str) -> None:
    if kind not in ("text", "utf-16"):
        advice = "Have it delivered as text, or correct format: in the settings."
        raise Unusable(*_OTHER_FORMATS.get(kind, (f"is a {kind} file", advice)))


class _Cutter:
    """Cuts between rows, each of about ``size`` bytes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._cuts: list[Cut] = []
        self._start = -1
        self._end = 0
        self._rows = 0
        self._row = 1
        self._odd = False

    def begin(self, offset: int) -> None:
        """What comes before ``offset`` is not in any cut."""
        self._start = offset

    def add(self, rows: Rows, offset: int) -> None:
        """Further rows; ``offset`` is where their block begins."""
        if not rows.ends.size:
            return
        ends = rows.ends + offset
        counts = np.cumsum(rows.filled)
        if self._start < 0:
            self._start = offset
        counted = 0
        self._odd |= rows.odd
        while ends[-1] >= self._start + self._size:
            last = int(np.searchsorted(ends, self._start + self._size))
            self._rows += int(counts[last]) - counted
            counted = int(counts[last])
            self._close(int(ends[last]))
            self._odd = rows.odd
        self._rows += int(counts[-1]) - counted
        self._end = int(ends[-1])

    def finished(self) -> tuple[Cut, ...]:
        """All cuts."""
        if self._rows:
            self._close(self._end)
        return tuple(self._cuts)

    def _close(self, end: int) -> None:
        if self._rows:
            self._cuts.append(Cut(self._start, end - self._start, self._row, self._rows, self._odd))
        self._start, self._row, self._rows, self._odd = end, self._row + self._rows, 0, False
