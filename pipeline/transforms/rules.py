"""Every rule asked: of each record alone, and of records with one policy, claim, phone, document, address or vehicle."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.core.digest import digest, partition_of
from pipeline.core.matching.decided import alone
from pipeline.core.matching.tellings import rows, tell
from pipeline.core.night import Night, known
from pipeline.core.rules import shared
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import evaluate
from pipeline.core.rules.facts import examine
from pipeline.transforms.coders import to_batch
from pipeline.transforms.guard import guarded
from pipeline.transforms.pairs import GONE, GONE_SCHEMA, MEMBERS, POLICIES, TELLINGS, sent
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches, gather
from pipeline.transforms.standardise import OBSERVATIONS

DEVIATIONS = "deviations"
ANSWERS = "answers"
TOLD = "told"
VALUES = "values"
OUTCOMES = "outcomes"
OUTCOME_SCHEMA = pl.Schema({"record": pl.UInt64(), "outcomes": pl.Array(pl.UInt8(), len(RULES))})
DEVIATION_SCHEMA = pl.Schema({"record": pl.UInt64(), "rule": pl.UInt8(), "outcome": pl.UInt8()})


@dataclass
class AskRules(beam.PTransform):
    """PCollection[(record partition, segment)] -> {ANSWERS, TOLD}.

    ANSWERS: (record partition, segment of ``outcomes`` | ``deviations``). TOLD: (telling partition, segment of what
    matching needs).

    Each standing record is examined once. What rules over several records need goes through two shuffles of narrow
    batches: to the shared value, and back to the record.
    """

    night: Night
    shuffling: Shuffling
    progress: Progress

    def expand(self, by_record: beam.PCollection) -> Any:
        """Ask alone, project, bring together, ask together, send back."""
        asking = _AskAlone(self.night, self.shuffling.partitions, self.progress)
        alone = (
            by_record | "Records" >> beam.GroupByKey() | "Alone" >> beam.ParDo(asking).with_outputs(TOLD, main=VALUES)
        )
        answers = (
            alone[VALUES]
            | "To value" >> PartitionBatches(self.shuffling)
            | "Values" >> beam.GroupByKey()
            | "Together" >> beam.ParDo(_AskTogether(self.night, self.progress))
            | "To record" >> PartitionBatches(self.shuffling)
        )
        return {ANSWERS: answers, TOLD: alone[TOLD] | "Cut tellings" >> PartitionBatches(self.shuffling)}


class _AskAlone(beam.DoFn):
    def __init__(self, night: Night, partitions: int, progress: Progress) -> None:
        self.night = night
        self.partitions = partitions
        self.progress = progress

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[Any]:
        number, segments = partition
        travelled = gather(segments).get(OBSERVATIONS)
        if travelled is None:
            return
        knowledge = known(travelled, self.night)
        standing = knowledge.standing.with_columns(_part=pl.lit(number, pl.UInt16))
        examined = examine(standing, self.night.on, self.night.kinds)
        matrix = evaluate(examined, self.night.on, self.night.rules)
        outcomes = pl.DataFrame(
            {"record": standing["_record"], "outcomes": np.ascontiguousarray(matrix)}, schema=OUTCOME_SCHEMA
        )
        # Of no value, so they travel under the record's number and are handed on.
        yield to_batch(outcomes.with_columns(_to=pl.lit(number, pl.UInt16)), OUTCOMES)
        self.progress.mark("asked alone", standing.height)
        for kind, keys in shared.project(examined, self.night.on).items():
            if keys.height:
                to = partition_of(digest(keys["key"]), self.partitions)
                yield to_batch(keys.with_columns(_to=pl.Series(to)), kind)
        yield from self._told(examined, knowledge.gone)

    def _told(self, examined: pl.DataFrame, gone: pl.DataFrame) -> Iterator[Any]:
        """What matching needs of the records: their tellings, and customers whose records are gone or name nobody now."""
        told = tell(rows(examined), alone(examined["_record"], examined["_customer"], self.night.ends))
        for kind, frame in ((TELLINGS, told.tellings), (MEMBERS, told.members), (POLICIES, told.policies)):
            if frame.height:
                yield beam.pvalue.TaggedOutput(TOLD, sent(frame, "telling", self.partitions, kind))
        nobody = examined.filter(pl.col("_customer").is_not_null()).select(record="_record", customer_id="_customer")
        lost = [gone, nobody.join(told.members, on="record", how="anti")]
        away = pl.concat([frame.select(GONE_SCHEMA.names()) for frame in lost])
        if away.height:
            to = partition_of(digest(away["customer_id"]), self.partitions)
            yield beam.pvalue.TaggedOutput(TOLD, to_batch(away.with_columns(_to=pl.Series(to)), GONE))


class _AskTogether(beam.DoFn):
    def __init__(self, night: Night, progress: Progress) -> None:
        self.night = night
        self.progress = progress

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[pa.RecordBatch]:
        for kind, keys in gather(partition[1]).items():
            if kind == OUTCOMES:
                yield to_batch(keys.with_columns(_to=pl.lit(partition[0], pl.UInt16)), OUTCOMES)
                continue
            self.progress.mark("asked together", keys.height)
            deviations = shared.ask(kind, keys, self.night.rules, self.night.on).select("_part", *DEVIATION_SCHEMA)
            if deviations.height:
                yield to_batch(deviations.rename({"_part": "_to"}), DEVIATIONS)
