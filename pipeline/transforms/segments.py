"""Where a shuffled piece of a batch is: in the message itself, or in a spilled file the message names.

A segment is bytes either way, so that one transform serves both modes and Beam needs no coder of ours for it.
"""

import os
import uuid
from collections.abc import Collection
from dataclasses import dataclass, field
from io import BufferedWriter

import pyarrow as pa

from pipeline.transforms.coders import decode, encode

_HERE = b"\x00"
_SPILLED = b"\x01"
_SEPARATOR = b"\x00"


def open_segment(segment: bytes, columns: Collection[str] | None = None) -> pa.RecordBatch:
    """The batch of a segment, only ``columns`` of it when they are given."""
    if segment[:1] == _HERE:
        return decode(pa.py_buffer(segment)[1:], columns)
    path, offset, length = segment[1:].split(_SEPARATOR)
    with open(path, "rb") as file:
        file.seek(int(offset))
        return decode(pa.py_buffer(file.read(int(length))), columns)


@dataclass
class MemoryWriter:
    """Segments that hold their batch."""

    def write(self, batch: pa.RecordBatch) -> bytes:
        """The segment of ``batch``."""
        return _HERE + encode(batch)

    def close(self) -> None:
        """Nothing to close."""


@dataclass
class SpillWriter:
    """Segments in one file of ``folder`` per bundle. A retried bundle writes a new file; only committed references are read."""

    folder: str
    _path: str = ""
    _file: BufferedWriter | None = field(default=None, repr=False)

    def write(self, batch: pa.RecordBatch) -> bytes:
        """The segment of ``batch``: where its bytes stand."""
        if self._file is None:
            self._path = os.path.join(self.folder, uuid.uuid4().hex)
            self._file = open(self._path, "wb")  # noqa: SIM115  closed by close(), at the end of the bundle
        # Disk next door is cheaper than packing: digests do not shrink.
        encoded = encode(batch, packed=False)
        offset = self._file.tell()
        self._file.write(encoded)
        return _SPILLED + _SEPARATOR.join((self._path.encode(), str(offset).encode(), str(len(encoded)).encode()))

    def close(self) -> None:
        """Everything written so far can be read."""
        if self._file is not None:
            self._file.close()
            self._file = None


@dataclass(frozen=True)
class Shuffling:
    """How batches are shuffled: number of partitions, and the spill folder (empty: in memory)."""

    partitions: int
    spill_folder: str = ""

    def writer(self) -> MemoryWriter | SpillWriter:
        """A writer for one bundle."""
        return SpillWriter(self.spill_folder) if self.spill_folder else MemoryWriter()
