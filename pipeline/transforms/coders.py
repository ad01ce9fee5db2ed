"""Arrow record batches on the wire.

A batch is written as one IPC stream of its own rows only: the default pickle of a slice carries the whole parent.
Importing this module registers the coder; every module that defines a transform over batches imports it, and what
:mod:`pipeline.core.batches` knows of batches with it.
"""

from collections.abc import Collection

import apache_beam as beam
import pyarrow as pa

from pipeline.core.batches import KIND, compact, kind_of, to_batch, to_frame

__all__ = [
    "KIND",
    "RecordBatchCoder",
    "compact",
    "copied",
    "decode",
    "encode",
    "kind_of",
    "of_batches",
    "to_batch",
    "to_frame",
    "write",
]

_LZ4 = pa.ipc.IpcWriteOptions(compression="lz4", use_threads=False)
_PLAIN = pa.ipc.IpcWriteOptions(use_threads=False)


class RecordBatchCoder(beam.coders.Coder):
    """``pa.RecordBatch`` as an lz4 IPC stream. Never a key: its bytes depend on pyarrow's version."""

    def encode(self, value: pa.RecordBatch) -> bytes:
        """IPC stream of ``value``."""
        return encode(value)

    def decode(self, encoded: bytes) -> pa.RecordBatch:
        """The batch of an IPC stream."""
        return decode(encoded)

    def estimate_size(self, value: pa.RecordBatch) -> int:
        """Bytes in memory: Beam asks often, and encoding only to measure would cost more than the work."""
        return int(value.nbytes)

    def is_deterministic(self) -> bool:
        """Not a key."""
        return False

    def to_type_hint(self) -> type:
        """The type it stands for."""
        return pa.RecordBatch  # type: ignore[no-any-return]

    def __eq__(self, other: object) -> bool:
        """Two such coders are alike."""
        return type(self) is type(other)

    def __hash__(self) -> int:
        """Alike coders hash alike."""
        return 7


def encode(batch: pa.RecordBatch) -> bytes:
    """IPC stream of ``batch``, of its own values only, lz4."""
    sink = pa.BufferOutputStream()
    _write(batch, sink, _LZ4)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def write(batch: pa.RecordBatch, sink: pa.NativeFile, *, packed: bool) -> None:
    """The same onto an open ``sink``, not packed unless told."""
    _write(batch, sink, _LZ4 if packed else _PLAIN)


def _write(batch: pa.RecordBatch, sink: pa.NativeFile, options: pa.ipc.IpcWriteOptions) -> None:
    if any(pa.types.is_string_view(field.type) for field in batch.schema):
        batch = compact(to_frame(batch), kind_of(batch))
    with pa.ipc.new_stream(sink, batch.schema, options=options) as stream:
        stream.write_batch(batch)


def decode(encoded: bytes | pa.Buffer, columns: Collection[str] | None = None) -> pa.RecordBatch:
    """The batch in an IPC stream; only ``columns`` of it are unpacked when they are given."""
    if columns is None:
        return pa.ipc.open_stream(encoded).read_next_batch()
    schema = pa.ipc.open_stream(encoded).schema
    wanted = [place for place, name in enumerate(schema.names) if name in columns]
    options = pa.ipc.IpcReadOptions(included_fields=wanted, use_threads=False)
    return pa.ipc.open_stream(encoded, options=options).read_next_batch()


def copied(batch: pa.RecordBatch) -> pa.RecordBatch:
    """``batch`` in memory of its own: a slice of numbers would keep every number."""
    sink = pa.BufferOutputStream()
    write(batch, sink, packed=False)
    return decode(sink.getvalue())


def of_batches(step: beam.ParDo, *tags: str, main: str) -> beam.PTransform:
    """``step`` with the outputs ``main`` and ``tags``, all of batches. Beam takes what has no type for anything at all, and
    pickles whole batches of it only to learn how large they are.
    """
    return step.with_output_types(pa.RecordBatch, **dict.fromkeys(tags, pa.RecordBatch)).with_outputs(*tags, main=main)


beam.coders.registry.register_coder(pa.RecordBatch, RecordBatchCoder)
