"""Where a shuffled piece of a batch is: in the message itself, in a spilled file the message names, or in our own memory.

A segment is bytes either way, so that one transform serves both modes and Beam needs no coder of ours for it.
"""

import os
import threading
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

import polars as pl
import pyarrow as pa

from pipeline.transforms.coders import decode, encode, kind_of, write

_HERE = b"\x00"
_SPILLED = b"\x01"
_HELD = b"\x02"
_SEPARATOR = b"\x00"


_BUFFERED = 1 << 16
"""Bytes of small columns written together."""

_FOUR_BYTES = (1 << 31) - 1
"""What places of four bytes reach."""


def kind_of_segment(segment: bytes) -> str:
    """What the batch of a segment holds, told without opening it."""
    return segment[1 : segment.index(_SEPARATOR, 1)].decode()


def open_segment(segment: bytes, columns: Collection[str] | None = None) -> pa.RecordBatch:
    """The batch of a segment, only ``columns`` of it when they are given. A spilled one is mapped, not copied."""
    body = segment.index(_SEPARATOR, 1) + 1
    if segment[:1] == _HERE:
        return decode(pa.py_buffer(segment)[body:], columns)
    path, offset, length = segment[body:].split(_SEPARATOR)
    with pa.memory_map(path.decode()) as file:
        file.seek(int(offset))
        return decode(file.read_buffer(int(length)), columns)


class Held:
    """Rows in the memory of this process, each until all have read it who do, and no more of them than a limit allows."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rows: dict[bytes, tuple[pl.DataFrame, pl.Schema]] = {}
        self._readers: dict[bytes, int] = {}
        self._bytes = 0
        self._number = 0

    def __len__(self) -> int:
        """Segments that somebody has still to read."""
        return len(self._rows)

    def hold(self, kind: str, rows: pl.DataFrame, schema: pl.Schema, readers: int, most: int) -> bytes | None:
        """The segment of ``rows`` of ``kind``, held until ``readers`` have read it; None when more than ``most`` bytes would be.

        ``schema``: of all columns, also of those that tell nothing here.
        """
        size = rows.estimated_size()
        with self._lock:
            if self._bytes + size > most:
                return None
            self._bytes += int(size)
            self._number += 1
            segment = _HELD + kind.encode() + _SEPARATOR + b"%d" % self._number
            self._rows[segment], self._readers[segment] = (rows, schema), readers
            return segment

    def rows(self, segment: bytes) -> tuple[pl.DataFrame, pl.Schema]:
        """The rows of the segment, and the schema of all columns."""
        return self._rows[segment]

    def clear(self) -> None:
        """Forget what nobody will read any more: a run has ended, or failed."""
        with self._lock:
            self._rows.clear()
            self._readers.clear()
            self._bytes = 0

    def read(self, segment: bytes) -> None:
        """One of those who read the segment has no more need of it."""
        with self._lock:
            self._readers[segment] -= 1
            if not self._readers[segment]:
                del self._readers[segment]
                self._bytes -= int(self._rows.pop(segment)[0].estimated_size())


HELD = Held()


def is_held(segment: bytes) -> bool:
    """Whether this process holds the rows of the segment itself."""
    return segment[:1] == _HELD


@dataclass
class MemoryWriter:
    """Segments that hold their batch."""

    def write(self, batch: pa.RecordBatch) -> bytes:
        """The segment of ``batch``."""
        return _HERE + kind_of(batch).encode() + _SEPARATOR + encode(batch)

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class SpillWriter:
    """Segments in one file of ``folder`` per bundle. A retried bundle writes a new file; only committed references are read."""

    folder: str
    packed: bool = False
    _path: str = ""
    _file: pa.NativeFile | None = field(default=None, repr=False)

    def write(self, batch: pa.RecordBatch) -> bytes:
        """The segment of ``batch``: where its bytes stand."""
        if self._file is None:
            self._path = os.path.join(self.folder, uuid.uuid4().hex)
            self._file = pa.BufferedOutputStream(pa.OSFile(self._path, "wb"), _BUFFERED)
        offset = self._file.tell()
        batch = _narrow(batch)
        write(batch, self._file, packed=self.packed)
        length = self._file.tell() - offset
        place = (self._path.encode(), str(offset).encode(), str(length).encode())
        return _SPILLED + _SEPARATOR.join((kind_of(batch).encode(), *place))

    def close(self) -> None:
        """Everything written so far can be read."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _narrow(batch: pa.RecordBatch) -> pa.RecordBatch:
    """``batch`` with places in its text of four bytes instead of eight: a seventh of what a night spills."""
    wide = [
        pa.types.is_large_string(column.type) and column.get_total_buffer_size() <= _FOUR_BYTES
        for column in batch.columns
    ]
    fields = [pa.field(one.name, pa.string()) if far else one for one, far in zip(batch.schema, wide, strict=True)]
    return batch.cast(pa.schema(fields, batch.schema.metadata))


@dataclass(frozen=True)
class Shuffling:
    """How batches are shuffled: number of partitions, and the spill folder (empty: in memory).

    ``threads``: how many partitions a process works on at a time where it can. ``packed``: what is spilled is packed. The
    disk next door is cheaper than packing, for digests do not shrink, as long as memory holds what was written to it.
    ``held_bytes``: of what a known number of steps read, how much this process holds in memory instead of writing it; only
    where all steps run in one process.
    """

    partitions: int
    spill_folder: str = ""
    threads: int = 1
    packed: bool = False
    held_bytes: int = 0

    def writer(self) -> MemoryWriter | SpillWriter:
        """A writer for one bundle."""
        return SpillWriter(self.spill_folder, self.packed) if self.spill_folder else MemoryWriter()
