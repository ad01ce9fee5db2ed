"""Chunks of feeds -> batches of raw rows and of rejects."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import pyarrow as pa

from pipeline.ports import Chunk
from pipeline.transforms import coders
from pipeline.transforms.guard import guarded
from pipeline.transforms.progress import Progress

REJECTS = "rejects"
ROWS = "rows:"
"""Kind of a batch of raw rows, followed by the feed's name."""


@dataclass
class ReadFeeds(beam.PTransform):
    """PBegin -> PCollection[RecordBatch], of kind ``rows:<feed>`` or ``rejects``. Chunks spread over the workers."""

    chunks: Sequence[Chunk]
    batch_rows: int
    progress: Progress

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection:
        """Read every chunk."""
        return (
            root
            | "Chunks" >> beam.Create(list(self.chunks), reshuffle=False)
            | "Spread" >> beam.Reshuffle()
            | "Read" >> beam.ParDo(_Read(self.batch_rows, self.progress))
        )


class _Read(beam.DoFn):
    def __init__(self, batch_rows: int, progress: Progress) -> None:
        self.batch_rows = batch_rows
        self.progress = progress

    # The element is a port: Beam cannot check a hint that is a protocol.
    @guarded
    def process(self, chunk: Any) -> Iterator[pa.RecordBatch]:
        for kind, data in chunk.read(self.batch_rows):
            self.progress.mark("read", data.num_rows)
            yield data.replace_schema_metadata(
                {coders.KIND: (REJECTS if kind == "rejects" else ROWS + chunk.feed).encode()}
            )
