"""Frames as Arrow record batches and back: an element of the pipeline is a batch, the work on it is done on frames."""

import polars as pl
import pyarrow as pa

KIND = b"kind"
"""Where a batch says what it holds, in the metadata of its schema."""


def to_batch(frame: pl.DataFrame, kind: str = "") -> pa.RecordBatch:
    """``frame`` as one batch that shares its memory: for handing on within a worker."""
    return _one(frame.rechunk().to_arrow(compat_level=pl.CompatLevel.newest()), kind)


def compact(frame: pl.DataFrame, kind: str = "") -> pa.RecordBatch:
    """``frame`` as one batch of contiguous values: a slice of polars' string views would carry every value."""
    return _one(frame.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest()), kind)


def _one(table: pa.Table, kind: str) -> pa.RecordBatch:
    batches = table.combine_chunks().to_batches()
    batch = batches[0] if batches else _nothing(table.schema)
    return batch.replace_schema_metadata({KIND: kind.encode()}) if kind else batch


def _nothing(schema: pa.Schema) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays([pa.nulls(0, field.type) for field in schema], schema=schema)


def to_frame(batch: pa.RecordBatch) -> pl.DataFrame:
    """The frame of a batch."""
    frame = pl.from_arrow(batch)
    if not isinstance(frame, pl.DataFrame):
        raise TypeError("a record batch makes a frame")
    return frame


def kind_of(batch: pa.RecordBatch) -> str:
    """What :func:`to_batch` was told the batch holds."""
    return (batch.schema.metadata or {}).get(KIND, b"").decode()  # type: ignore[no-any-return]
