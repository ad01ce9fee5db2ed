"""Batches of rows and of rejects, and where a file's columns go."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from connectors.sources.feed import place_of
from pipeline.core.schema import REJECTS
from pipeline.errors import FeedRefused
from pipeline.ports import FEED_FILE, FEED_ROW, Batch

NULL_TEXT = "\\N"
"""What MySQL, Hive and the loaders write for NULL."""

REJECT_SCHEMA = pa.schema(
    [(column.name, pa.int64() if column.name == FEED_ROW else pa.string()) for column in REJECTS.columns]
)


@dataclass(frozen=True)
class Layout:
    """Where the columns of one file go.

    ``sources``: (position, target) of each wanted column, in file order. ``targets``: every column of the feed's
    batches, the same for all its files. ``defaults``: values of the columns this file lacks.
    """

    feed: str
    path: str
    file: str
    sources: tuple[tuple[int, str], ...]
    targets: tuple[str, ...] = ()
    defaults: tuple[tuple[str, str], ...] = ()

    @property
    def place(self) -> str:
        """Feed and file, for a message."""
        return place_of(self.feed, self.file)

    @property
    def schema(self) -> pa.Schema:
        """Schema of the batches of rows."""
        return pa.schema(
            [(FEED_FILE, pa.string()), (FEED_ROW, pa.int64()), *((target, pa.string()) for target in self.targets)]
        )


class Reject(NamedTuple):
    """A row that cannot be used. ``row`` is its number within the file's data, from 1."""

    row: int
    reason: str
    advice: str
    raw: str


def row_batches(
    layout: Layout, numbers: np.ndarray, columns: Mapping[int, pa.Array], batch_rows: int
) -> Iterator[Batch]:
    """Rows in batches. ``columns``: position -> strings, one for each of ``numbers``."""
    rows = len(numbers)
    arrays = [pa.repeat(pa.scalar(layout.file, pa.string()), rows), pa.array(numbers, pa.int64())]
    defaults = dict(layout.defaults)
    for target in layout.targets:
        found = [cleared(columns[position]) for position, goes_to in layout.sources if goes_to == target]
        if not found:
            arrays.append(pa.repeat(pa.scalar(defaults.get(target), pa.string()), rows))
        else:
            arrays.append(pc.coalesce(*found) if len(found) > 1 else found[0])
    whole = pa.RecordBatch.from_arrays(arrays, schema=layout.schema)
    for start in range(0, rows, batch_rows):
        yield Batch("rows", whole.slice(start, batch_rows))


def reject_batches(layout: Layout, rejects: Sequence[Reject], batch_rows: int) -> Iterator[Batch]:
    """Rejects in batches, in the rejects table's columns."""
    for start in range(0, len(rejects), batch_rows):
        part = rejects[start : start + batch_rows]
        columns = {
            "feed": [layout.feed] * len(part),
            "feed_file": [layout.file] * len(part),
            "feed_row": [reject.row for reject in part],
            "field": [""] * len(part),
            "reason": [reject.reason for reject in part],
            "advice": [reject.advice for reject in part],
            "raw": [reject.raw.replace("\0", "") for reject in part],
        }
        yield Batch("rejects", pa.RecordBatch.from_pydict(columns, schema=REJECT_SCHEMA))


def changed(layout: Layout) -> FeedRefused:
    """The file is not the one that was inspected."""
    return FeedRefused(
        layout.place, "was changed after it was inspected", "Deliver files under another name first, then rename them."
    )


def cleared(column: pa.Array) -> pa.Array:
    """Strings without outer blanks and NULs; null where nothing is left."""
    data = column.buffers()[2]
    if data is not None and data.size:
        text = data.to_pybytes()
        if b"\0" in text:
            column = pc.replace_substring(column, pattern="\0", replacement="")
        if (b" " in text or b"\t" in text or b"\n" in text) and _has_outer_blank(column):
            column = pc.ascii_trim_whitespace(column)
        if b"\\" in text:
            column = _without(column, pc.equal(column, NULL_TEXT))
    return _without(column, pc.equal(pc.binary_length(column), 0))


def _without(column: pa.Array, empty: pa.Array) -> pa.Array:
    return pc.if_else(empty, None, column) if empty.true_count else column


def _has_outer_blank(column: pa.Array) -> bool:
    """Whether any value begins or ends with a blank, seen on the bytes themselves."""
    offsets = np.frombuffer(column.buffers()[1], np.int32)[column.offset : column.offset + len(column) + 1]
    data = np.frombuffer(column.buffers()[2], np.uint8)
    filled = offsets[1:] > offsets[:-1]
    first, last = offsets[:-1][filled], offsets[1:][filled] - 1
    return bool((data[first] <= 32).any() or (data[last] <= 32).any())
