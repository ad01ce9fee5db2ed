"""Observations of the last published night, on their way to the partition of their row key."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.standardise import travelling
from pipeline.ports import TablePart
from pipeline.transforms.coders import to_frame
from pipeline.transforms.guard import guarded
from pipeline.transforms.progress import Progress
from pipeline.transforms.standardise import by_row_key


@dataclass
class ReadState(beam.PTransform):
    """PBegin -> PCollection[RecordBatch of ``observations``], each with ``_to``.

    ``overridden``: observations as their sources told them, of those a ruling changed: they are what is carried over.
    """

    parts: Sequence[TablePart]
    overridden: pl.DataFrame
    batch_rows: int
    partitions: int
    progress: Progress

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection:
        """Read every part."""
        return (
            root
            | "Parts" >> beam.Create(list(self.parts), reshuffle=False)
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(_Read(self.overridden, self.batch_rows, self.partitions, self.progress))
        )


class _Read(beam.DoFn):
    def __init__(self, overridden: pl.DataFrame, batch_rows: int, partitions: int, progress: Progress) -> None:
        self.overridden = overridden
        self.batch_rows = batch_rows
        self.partitions = partitions
        self.progress = progress

    # The element is a port: Beam cannot check a hint that is a protocol.
    @guarded
    def process(self, part: Any) -> Iterator[pa.RecordBatch]:
        for batch in part.read(self.batch_rows):
            self.progress.mark("carried over", batch.num_rows)
            yield by_row_key(travelling(self._as_told(to_frame(batch))), self.partitions)

    def _as_told(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Rows as their sources told them."""
        told = self.overridden
        if told.height:
            told = told.join(rows, on="record_id", how="semi")
            rows = pl.concat([rows.join(told, on="record_id", how="anti"), told.select(rows.columns)])
        return rows
