"""Rules about several records: of one policy or claim, or with one phone, document, address, vehicle in common."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.digest import digest, partition_of
from pipeline.core.night import COUNTED_ONCE, Night, known
from pipeline.core.rules import policy, shared
from pipeline.transforms.coders import to_batch
from pipeline.transforms.guard import guarded
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches, gather
from pipeline.transforms.standardise import OBSERVATIONS

DEVIATIONS = "deviations"
POLICY = "policy"
DEVIATION_SCHEMA = pl.Schema({"record": pl.UInt64(), "rule": pl.UInt8(), "outcome": pl.UInt8()})


@dataclass
class AskTogether(beam.PTransform):  # type: ignore[misc]
    """PCollection[(record partition, segment)] -> PCollection[(record partition, segment of ``deviations``)].

    Two shuffles of narrow batches: to the shared value, and back to the record.
    """

    night: Night
    shuffling: Shuffling
    progress: Progress

    def expand(self, by_record: beam.PCollection) -> beam.PCollection:
        """Project, bring together, ask, send back."""
        return (
            by_record
            | "Records" >> beam.GroupByKey()
            | "Project" >> beam.ParDo(_Project(self.night, self.shuffling.partitions, self.progress))
            | "To value" >> PartitionBatches(self.shuffling)
            | "Values" >> beam.GroupByKey()
            | "Ask" >> beam.ParDo(_Ask(self.night, self.progress))
            | "To record" >> PartitionBatches(self.shuffling)
        )


class _Project(beam.DoFn):  # type: ignore[misc]
    def __init__(self, night: Night, partitions: int, progress: Progress) -> None:
        self.night = night
        self.partitions = partitions
        self.progress = progress

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[pa.RecordBatch]:
        number, segments = partition
        travelled = gather(segments).get(OBSERVATIONS)
        if travelled is None:
            return
        standing = known(travelled, self.night).with_columns(_part=pl.lit(number, pl.UInt16))
        self.progress.mark("known", standing.height)
        for kind, keys in shared.project(standing, self.night.on, self.night.kinds).items():
            if keys.height:
                to = partition_of(digest(keys["key"]), self.partitions)
                yield to_batch(keys.with_columns(_to=pl.Series(to)), kind)


class _Ask(beam.DoFn):  # type: ignore[misc]
    def __init__(self, night: Night, progress: Progress) -> None:
        self.night = night
        self.progress = progress

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[pa.RecordBatch]:
        for kind, keys in gather(partition[1]).items():
            self.progress.mark("asked together", keys.height)
            found = [shared.ask(kind, keys, self.night.rules, self.night.on)]
            if kind == POLICY:
                once = policy.counted_once(keys)
                found.append(once.with_columns(rule=pl.lit(COUNTED_ONCE, pl.UInt8), outcome=pl.lit(1, pl.UInt8)))
            deviations = pl.concat([part.select("_part", *DEVIATION_SCHEMA) for part in found])
            if deviations.height:
                yield to_batch(deviations.rename({"_part": "_to"}), DEVIATIONS)
