"""Parquet files: row groups as chunks, typed columns as text.

Columns of lists and structs hold no plain values and have no meaning. A row group that cannot be read gives its rows
as rejects.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from connectors.sources.batches import Layout, Reject, changed, reject_batches, row_batches
from connectors.sources.cells import column_text, is_value
from connectors.sources.encodings import MIXED, decode
from connectors.sources.feed import Feed, Seen
from connectors.sources.files import UNREADABLE, Unusable, digest_of, name_of, open_binary
from connectors.sources.headers import understand
from pipeline.ports import Batch


@dataclass
class ParquetChunk:
    """Some row groups of a Parquet file. ``columns``: name of the column at each wanted position."""

    feed: str
    rows: int
    layout: Layout
    groups: tuple[int, ...]
    first_row: int
    columns: tuple[tuple[int, str], ...]

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of rows; rejects where the file is damaged. Raises FeedRefused when it was changed meanwhile."""
        done = 0
        with self._opened() as file:
            parts = file.iter_batches(batch_rows, self.groups, [name for _, name in self.columns], use_threads=False)
            while (part := _next(parts)) is not None:
                texts = {position: _text(part.column(name)) for position, name in self.columns}
                numbers = np.arange(self.first_row + done, self.first_row + done + part.num_rows)
                yield from row_batches(self.layout, numbers, texts, batch_rows)
                done += part.num_rows
        lost = [
            Reject(self.first_row + row, "unreadable", "expected an undamaged row group; have the file sent again", "")
            for row in range(done, self.rows)
        ]
        yield from reject_batches(self.layout, lost, batch_rows)

    @contextmanager
    def _opened(self) -> Iterator[pq.ParquetFile]:
        """The file, if it still is the one that was inspected."""
        try:
            stored = open_binary(self.layout.path)
            file = pq.ParquetFile(stored, pre_buffer=False)
        except UNREADABLE as error:
            raise changed(self.layout) from error
        with stored:
            rows = [file.metadata.row_group(group).num_rows for group in self.groups if group < file.num_row_groups]
            if len(rows) < len(self.groups) or sum(rows) != self.rows:
                raise changed(self.layout)
            yield file


def inspect(path: str, feed: Feed) -> Seen:
    """What is in the Parquet file at ``path``. Raises Unusable, and what reading raises."""
    digest, size = digest_of(path)
    file = name_of(path)
    if not size:
        return Seen(0, digest, "parquet", 0, {})
    with open_binary(path) as stored:
        try:
            metadata = pq.ParquetFile(stored, pre_buffer=False).metadata
            schema = metadata.schema.to_arrow_schema()
        except pa.ArrowException as error:
            raise Unusable("is damaged, or no Parquet file", "Have it sent again.") from error
    nests = [position for position, column in enumerate(schema) if not is_value(column.type)]
    meaning = understand(schema.names, feed, file, "schema", nests)
    layout = Layout(feed.name, path, file, meaning.sources)
    columns = tuple((position, schema.names[position]) for position, _ in meaning.sources)
    chunks = [
        ParquetChunk(feed.name, rows, layout, groups, first_row, columns)
        for groups, first_row, rows in _groups(metadata, feed.chunk_bytes)
    ]
    return Seen(
        size,
        digest,
        "parquet",
        metadata.num_rows,
        meaning.columns,
        meaning.unknown,
        meaning.problems,
        chunks,
        unused_headers=meaning.unused,
    )


def _groups(metadata: pq.FileMetaData, size: int) -> Iterator[tuple[tuple[int, ...], int, int]]:
    """Row groups of about ``size`` bytes together, the number of their first row, and their rows."""
    groups: list[int] = []
    first, rows, held = 1, 0, 0
    for group in range(metadata.num_row_groups):
        told = metadata.row_group(group)
        groups.append(group)
        rows, held = rows + told.num_rows, held + told.total_byte_size
        if held >= size or group == metadata.num_row_groups - 1:
            if rows:
                yield tuple(groups), first, rows
            first, groups, rows, held = first + rows, [], 0, 0


def _next(parts: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
    """The next part; None at the end and where the file is damaged."""
    try:
        return next(parts, None)
    except UNREADABLE:
        return None


def _text(column: pa.Array) -> pa.Array:
    column = column.dictionary_decode() if pa.types.is_dictionary(column.type) else column
    try:
        text = column_text(column)
        text.validate(full=True)
    except pa.ArrowInvalid:
        return _bytes_text(column)
    return text


def _bytes_text(column: pa.Array) -> pa.Array:
    """Bytes that are no UTF-8, each value by itself."""
    values: Sequence[bytes | None] = column.cast(pa.large_binary()).to_pylist()
    return pa.array([None if value is None else decode(value, MIXED) for value in values], pa.string())
