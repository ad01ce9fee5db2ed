"""Delimited text: chunks of a file, read with pyarrow's CSV parser.

A row with the wrong number of values becomes a reject. GB18030 text is parsed as bytes and decoded column by column,
each distinct value once, which is half the work of decoding all of it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import csv

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.encodings import GB, as_utf8, hides
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import UNREADABLE, name_of
from connectors.sources.headers import NO_HEADERS, understand
from connectors.sources.inspection import Cut, inspect_text
from connectors.sources.rows import Dialect, fields, scan_text, with_plain_line_ends
from connectors.sources.streams import PlainStream
from pipeline.ports import Batch

_Handler = Callable[[csv.InvalidRow], Literal["skip"]]

NULLS = ["", "\\N"]
SAMPLE = 1000
"""Values looked at to tell whether a column's values repeat."""


@dataclass
class TextChunk:
    """Part of a text file. ``stored``: the encoding in the settings, ``encoding``: that of the text found in it."""

    feed: str
    rows: int
    layout: Layout
    stored: str
    encoding: str
    dialect: Dialect
    width: int
    cuts: tuple[Cut, ...]

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of rows and rejects. Raises FeedRefused when the file was changed after the inspection."""
        for cut, block in blocks(self.layout, self.stored, self.cuts):
            table = self._table(with_plain_line_ends(block, self.dialect.cr), cut)
            if table.rows != cut.rows:
                raise changed(self.layout)
            rejects = [self._reject(cut.first_row + bad.place, bad) for bad in table.bad]
            numbers = np.delete(np.arange(cut.first_row, cut.first_row + cut.rows), [bad.place for bad in table.bad])
            yield from row_batches(self.layout, numbers, table.columns, batch_rows)
            yield from reject_batches(self.layout, rejects, batch_rows)

    def _table(self, block: bytes, cut: Cut) -> "_Table":
        bare = not self.dialect.quote or self.dialect.quote.encode() not in block
        if bare and self.encoding == GB and not hides(block, self.dialect.delimiter, GB):
            try:
                return self._parsed(block, pa.binary(), None)
            except pa.ArrowInvalid:
                pass  # a row with the wrong number of values, which pyarrow can hand over in UTF-8 only
        text = as_utf8(block, self.encoding)
        if not cut.odd:
            return self._parsed_with_bad_rows(text)
        rows, raw = _requoted(text.decode(), self.dialect)
        table = self._parsed_with_bad_rows(rows.encode())
        return table._replace(bad=[bad._replace(raw=raw.get(bad.place, bad.raw)) for bad in table.bad])

    def _parsed_with_bad_rows(self, text: bytes) -> "_Table":
        bad: list[_Bad] = []
        table = self._parsed(text, pa.string(), _collect(bad))
        return table._replace(rows=table.rows + len(bad), bad=bad)

    def _parsed(self, block: bytes, kind: pa.DataType, handler: _Handler | None) -> "_Table":
        wanted = [position for position, _ in self.layout.sources]
        names = [str(position) for position in range(self.width)]
        table = csv.read_csv(
            pa.BufferReader(block),
            read_options=csv.ReadOptions(use_threads=False, block_size=len(block) + 1, column_names=names),
            parse_options=csv.ParseOptions(
                delimiter=self.dialect.delimiter,
                quote_char=self.dialect.quote or False,
                newlines_in_values=True,
                invalid_row_handler=handler,
            ),
            convert_options=csv.ConvertOptions(
                check_utf8=False,
                column_types=dict.fromkeys(names, kind),
                include_columns=[str(position) for position in wanted],
                strings_can_be_null=True,
                null_values=NULLS,
            ),
        )
        columns = {position: _array(table.column(str(position))) for position in wanted}
        return _Table(table.num_rows, columns, [])

    def _reject(self, row: int, bad: "_Bad") -> Reject:
        cause = "a value may hold the delimiter" if bad.found > self.width else "a value may hold a line end"
        return Reject(row, "field_count", f"expected {self.width} fields, found {bad.found}; {cause}", bad.raw)


class _Bad(NamedTuple):
    """A row with the wrong number of values; ``place`` from 0 within its block."""

    place: int
    found: int
    raw: str


class _Table(NamedTuple):
    """``rows`` in all: those of ``columns`` (position -> strings) and the bad ones."""

    rows: int
    columns: dict[int, pa.Array]
    bad: list[_Bad]


def inspect(path: str, feed: Feed) -> Seen:
    """What is in the text file at ``path``. Raises Unusable, and what reading raises."""
    seen = inspect_text(path, feed)
    file = name_of(path)
    headers = seen.shape.headers
    meaning = understand(headers, feed, file) if headers else NO_HEADERS
    layout = Layout(feed.name, path, file, meaning.sources)
    chunks = [
        TextChunk(
            feed.name,
            sum(cut.rows for cut in cuts),
            layout,
            feed.settings.encoding,
            seen.encoding,
            seen.shape.dialect,
            len(headers),
            cuts,
        )
        for cuts in seen.parts
    ]
    return seen.seen(meaning, chunks)


def blocks(layout: Layout, stored: str, cuts: Sequence[Cut]) -> Iterator[tuple[Cut, bytes]]:
    """The bytes of each of ``cuts``, in their order. Raises FeedRefused when the file is not what it was."""
    try:
        stream = PlainStream(layout.path, stored)
        try:
            for cut in cuts:
                stream.seek(cut.offset)
                block = stream.read(cut.length)
                if len(block) < cut.length:
                    raise changed(layout)
                yield cut, block
        finally:
            stream.close()
    except UNREADABLE as error:
        raise changed(layout) from error


def _collect(bad: list[_Bad]) -> _Handler:
    def note(row: csv.InvalidRow) -> Literal["skip"]:
        bad.append(_Bad(row.number - 1, row.actual_columns, row.text))
        return "skip"

    return note


def _requoted(text: str, dialect: Dialect) -> tuple[str, dict[int, str]]:
    """``text`` with the values of every row that has quotes quoted by the book, and those rows as they were."""
    rows: list[str] = []
    raw: dict[int, str] = {}
    for start, end in scan_text(text, dialect, final=True):
        row = text[start:end]
        if row == "\n":
            continue
        if dialect.quote in row:
            raw[len(rows)] = row.removesuffix("\n")
            doubled = (value.replace(dialect.quote, dialect.quote * 2) for value in fields(row, dialect))
            row = dialect.delimiter.join(f"{dialect.quote}{value}{dialect.quote}" for value in doubled) + "\n"
        rows.append(row)
    return "".join(rows), raw


def _array(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return _decoded(array) if pa.types.is_binary(array.type) else array


def _decoded(column: pa.Array) -> pa.Array:
    """GB18030 bytes without line ends as strings; where values repeat, each distinct one is decoded once."""
    data = column.buffers()[2]
    if data is None or data.to_pybytes().isascii():
        return pa.Array.from_buffers(pa.string(), len(column), column.buffers(), column.null_count)
    if len(column.slice(0, SAMPLE).unique()) * 2 > min(SAMPLE, len(column)):
        return _decoded_at_once(column)
    distinct = column.dictionary_encode()
    return pc.take(_decoded_at_once(distinct.dictionary), distinct.indices)


def _decoded_at_once(column: pa.Array) -> pa.Array:
    """All values decoded together, joined by line ends, which none of them holds."""
    count = len(column)
    values = pc.fill_null(column, b"") if column.null_count else column
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), values), b"\n")
    text = as_utf8(joined.buffers()[2].to_pybytes(), GB)
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == 10)
    offsets = np.zeros(count + 1, np.int32)
    offsets[1:-1] = ends - np.arange(count - 1)
    offsets[-1] = len(text) - (count - 1)
    buffers = [column.buffers()[0], pa.py_buffer(offsets), pa.py_buffer(text.replace(b"\n", b""))]
    return pa.Array.from_buffers(pa.string(), count, buffers, column.null_count)
