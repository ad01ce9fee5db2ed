"""Where a shuffled piece of a batch is: in the message itself, or in a spilled file the message names.

A segment is bytes either way, so that one transform serves both modes and Beam needs no coder of ours for it.
"""

import os
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field

import pyarrow as pa

from pipeline.transforms.coders import decode, encode, kind_of, write

_HERE = b"\x00"
_SPILLED = b"\x01"
_SEPARATOR = b"\x00"


_BUFFERED = 1 << 16
"""Bytes of small columns written together."""


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
        write(batch, self._file, packed=self.packed)
        length = self._file.tell() - offset
        place = (self._path.encode(), str(offset).encode(), str(length).encode())
        return _SPILLED + _SEPARATOR.join((kind_of(batch).encode(), *place))

    def close(self) -> None:
        """Everything written so far can be read."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True)
class Shuffling:
    """How batches are shuffled: number of partitions, and the spill folder (empty: in memory).

    ``threads``: how many partitions a process works on at a time where it can. ``packed``: what is spilled is packed. The
    disk next door is cheaper than packing, for digests do not shrink, as long as memory holds what was written to it.
    """

    partitions: int
    spill_folder: str = ""
    threads: int = 1
    packed: bool = False

    def writer(self) -> MemoryWriter | SpillWriter:
        """A writer for one bundle."""
        return SpillWriter(self.spill_folder, self.packed) if self.spill_folder else MemoryWriter()
