"""GB18030 text parsed as bytes and decoded column by column.

Decoding a whole file takes longer than parsing it; most of its columns are ASCII, and in most of the others values
repeat. Rows in which a delimiter is the second half of a character cannot be parsed as bytes and are set apart.
"""

from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.encodings import GB, as_utf8, hidden
from connectors.sources.rows import Dialect, scan

SEPARATOR = b"\x1e"
"""Stands between values while they are decoded; text that holds it is not read this way."""

SAMPLE = 1000
"""Values looked at to tell whether a column's values repeat."""


class Parts(NamedTuple):
    """A block in two: ``plain`` rows and ``odd`` ones, with the places both have among all rows of the block."""

    plain: bytes
    plain_places: np.ndarray
    odd: bytes
    odd_places: np.ndarray


def parted(block: bytes, rows: int, dialect: Dialect, width: int | None = None) -> Parts | None:
    """``block`` of ``rows`` rows without those that have a hidden delimiter or, where told, not ``width`` values.

    None when it cannot be parsed as bytes at all.
    """
    places = np.arange(rows)
    if SEPARATOR in block:
        return None
    hides = hidden(block, dialect.delimiter + dialect.quote, GB)
    if width is None and not hides.size:
        return Parts(block, places, b"", places[:0])
    found = scan(block, dialect, GB, final=True)
    if found.odd or int(found.filled.sum()) != rows:
        return None
    odd = np.zeros(len(found.ends), bool)
    odd[np.searchsorted(found.ends, hides, side="right")] = True
    if width is not None:
        delimiters = np.flatnonzero(np.frombuffer(block, np.uint8) == ord(dialect.delimiter))
        before = np.searchsorted(delimiters, found.ends)
        odd |= np.diff(before, prepend=0) != width - 1
    odd &= found.filled
    starts = np.concatenate(([0], found.ends[:-1]))
    spans = [(int(start), int(end)) for start, end in zip(starts[odd], found.ends[odd], strict=True)]
    edges = [0, *(edge for span in spans for edge in span), len(block)]
    is_odd = odd[found.filled]
    return Parts(
        b"".join(block[start:end] for start, end in zip(edges[0::2], edges[1::2], strict=True)),
        places[~is_odd],
        b"".join(block[start:end] for start, end in spans),
        places[is_odd],
    )


def decoded(column: pa.Array) -> pa.Array:
    """GB18030 bytes as strings; where values repeat, each distinct one is decoded once."""
    data = column.buffers()[2]
    if data is None or data.to_pybytes().isascii():
        return pa.Array.from_buffers(pa.string(), len(column), column.buffers(), column.null_count)
    if len(column.slice(0, SAMPLE).unique()) * 2 > min(SAMPLE, len(column)):
        return _decoded_at_once(column)
    distinct = column.dictionary_encode()
    return pc.take(_decoded_at_once(distinct.dictionary), distinct.indices)


def _decoded_at_once(column: pa.Array) -> pa.Array:
    """All values decoded together, joined by separators."""
    count = len(column)
    values = pc.fill_null(column, b"") if column.null_count else column
    joined = pc.binary_join(pa.ListArray.from_arrays(pa.array([0, count], pa.int32()), values), SEPARATOR)
    text = as_utf8(joined.buffers()[2].to_pybytes(), GB)
    ends = np.flatnonzero(np.frombuffer(text, np.uint8) == SEPARATOR[0])
    offsets = np.zeros(count + 1, np.int32)
    offsets[1:-1] = ends - np.arange(count - 1)
    offsets[-1] = len(text) - (count - 1)
    buffers = [column.buffers()[0], pa.py_buffer(offsets), pa.py_buffer(text.replace(SEPARATOR, b""))]
    return pa.Array.from_buffers(pa.string(), count, buffers, column.null_count)
