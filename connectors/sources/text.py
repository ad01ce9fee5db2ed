"""Delimited text: chunks of a file, read with pyarrow's CSV parser.

A row with the wrong number of values becomes a reject.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa
from pyarrow import csv

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.encodings import GB, as_utf8
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import UNREADABLE, name_of
from connectors.sources.gb_text import decoded, parted
from connectors.sources.headers import NO_HEADERS, Origin, understand
from connectors.sources.inspection import Cut, inspect_text
from connectors.sources.rows import Dialect, fields, scan_text, with_plain_line_ends
from connectors.sources.streams import PlainStream
from pipeline.ports import Batch

_Handler = Callable[[csv.InvalidRow], Literal["skip"]]

NULLS = ["", "\\N"]


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
            kept: list[np.ndarray] = []
            columns: list[dict[int, pa.Array]] = []
            for places, table in self._tables(with_plain_line_ends(block, self.dialect.cr), cut):
                if table.rows != len(places):
                    raise changed(self.layout)
                numbers = cut.first_row + places
                rejects = [self._reject(int(numbers[bad.place]), bad) for bad in table.bad]
                kept.append(np.delete(numbers, [bad.place for bad in table.bad]))
                columns.append(table.columns)
                yield from reject_batches(self.layout, rejects, batch_rows)
            if kept:
                # A batch of a few odd rows would cost as much as one of thousands.
                yield from row_batches(self.layout, np.concatenate(kept), _one_below_other(columns), batch_rows)

    def _tables(self, block: bytes, cut: Cut) -> Iterator[tuple[np.ndarray, "_Table"]]:
        """Tables that together hold all rows of a block, each with the places of its rows."""
        if self.encoding == GB and not cut.odd:
            for width in (None, self.width):
                parts = parted(block, cut.rows, self.dialect, width)
                table = self._parsed_as_bytes(parts.plain) if parts and parts.plain_places.size else None
                if parts and table:
                    yield parts.plain_places, table
                    if parts.odd:
                        yield parts.odd_places, self._parsed_with_bad_rows(as_utf8(parts.odd, GB))
                    return
        text = as_utf8(block, self.encoding)
        raw: dict[int, str] = {}
        if cut.odd:
            rows, raw = _requoted(text.decode(), self.dialect)
            text = rows.encode()
        table = self._parsed_with_bad_rows(text)
        bad = [bad._replace(raw=raw.get(bad.place, bad.raw)) for bad in table.bad]
        yield np.arange(cut.rows), table._replace(bad=bad)

    def _parsed_as_bytes(self, block: bytes) -> "_Table | None":
        """The table; None when a row has the wrong number of values, which pyarrow can hand over in UTF-8 only."""
        try:
            return self._parsed(block, pa.binary(), None)
        except pa.ArrowInvalid:
            return None

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
    origin: Origin = "line" if feed.settings.header is None else "schema"
    meaning = understand(headers, feed, file, origin) if headers else NO_HEADERS
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


def _one_below_other(tables: Sequence[dict[int, pa.Array]]) -> dict[int, pa.Array]:
    if len(tables) == 1:
        return tables[0]
    return {position: pa.concat_arrays([table[position] for table in tables]) for position in tables[0]}


def _array(column: pa.ChunkedArray) -> pa.Array:
    array = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    return decoded(array) if pa.types.is_binary(array.type) else array
