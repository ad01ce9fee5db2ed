"""Raw rows -> observations on their way to the partition of their row key."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.digest import digest, partition_of
from pipeline.core.record_ids import row_keys
from pipeline.core.standardise import FeedSpec, standardise
from pipeline.transforms.coders import kind_of, to_batch, to_frame
from pipeline.transforms.guard import guarded
from pipeline.transforms.progress import Progress
from pipeline.transforms.read import REJECTS, ROWS

OBSERVATIONS = "observations"


@dataclass
class Standardise(beam.PTransform):
    """PCollection[RecordBatch of ``rows:<feed>`` | ``rejects``] -> PCollection[RecordBatch of ``observations`` | ``rejects``].

    n:m, no shuffle; every batch has ``_to``.
    """

    specs: Mapping[str, FeedSpec]
    partitions: int
    progress: Progress

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Standardise every batch."""
        return batches | "Standardise" >> beam.ParDo(_Standardise(self.specs, self.partitions, self.progress))


class _Standardise(beam.DoFn):
    def __init__(self, specs: Mapping[str, FeedSpec], partitions: int, progress: Progress) -> None:
        self.specs = specs
        self.partitions = partitions
        self.progress = progress

    @guarded
    def process(self, batch: pa.RecordBatch) -> Iterator[pa.RecordBatch]:
        kind = kind_of(batch)
        if kind == REJECTS:
            yield _rejects(to_frame(batch), self.partitions)
            return
        done = standardise(to_frame(batch), self.specs[kind.removeprefix(ROWS)])
        self.progress.mark("standardised", done.observations.height)
        if done.observations.height:
            yield by_row_key(done.observations, self.partitions)
        if done.rejects.height:
            yield _rejects(done.rejects, self.partitions)


def by_row_key(observations: pl.DataFrame, partitions: int) -> pa.RecordBatch:
    """Observations on their way to the partition that holds every telling of their feed row."""
    to = partition_of(digest(row_keys(observations["record_id"])), partitions)
    return to_batch(observations.with_columns(_to=pl.Series(to)), OBSERVATIONS)


def _rejects(rejects: pl.DataFrame, partitions: int) -> pa.RecordBatch:
    to = partition_of(digest(rejects["raw"].fill_null("")), partitions)
    return to_batch(rejects.with_columns(_to=pl.Series(to)), REJECTS)
