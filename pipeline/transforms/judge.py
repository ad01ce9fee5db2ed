"""Record partitions -> published rows, and partial counts on their way to be added up."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline.core.authenticity import meeting
from pipeline.core.digest import digest, partition_of
from pipeline.core.golden.faults import in_bits
from pipeline.core.golden.settings import GoldenSettings
from pipeline.core.night import ASSIGNED_SCHEMA, GOLDEN_COLUMNS, Judged, Night, judge
from pipeline.core.rulings.overrides import Answers
from pipeline.core.rulings.ruling_table import OVERRIDDEN
from pipeline.core.schema import LEADS, LEDGER, OBSERVATIONS, REJECTS, RULE_STATS
from pipeline.core.standardise import TRAVEL_SCHEMA
from pipeline.ports import Sink
from pipeline.transforms.coders import compact, of_batches, to_batch
from pipeline.transforms.customers import ASSIGNED, GOLDEN, by_value
from pipeline.transforms.guard import guarded
from pipeline.transforms.partitions import Partition, PartitionFn, of_policies
from pipeline.transforms.progress import Progress
from pipeline.transforms.rules import DEVIATION_SCHEMA, DEVIATIONS, OUTCOME_SCHEMA, OUTCOMES, OUTCOMES_INSTEAD
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import found, gather, sent

COUNTS = "counts"
EVIDENCE = "evidence"
TO_PLACE = "to_place"
UNDERWRITING = "underwriting"
CALLED = "called"
CHANGED = "changed"
PIECES = "pieces"
KEYS = "keys"
NEWEST = "newest"
AS_RULED = "as_ruled"
KEYS_AS_RULED = "keys_as_ruled"
RULED = "ruled"
"""Parties as rulings have them, their keys, and what became of rulings."""


@dataclass
class Judge(beam.PTransform):
    """{by_record, answers, assigned: PCollection[(partition, segment)]} -> {COUNTS, GOLDEN, EVIDENCE, TO_PLACE: PCollection[RecordBatch]}.

    EVIDENCE: what underwriting, calls and changed numbers say, on the way to the partition of the policy. TO_PLACE: PIECES
    and KEYS on the way to where they meet. Writes observations, what rulings override of them, leads and rejects, a part per partition.
    """

    night: Night
    sink: Sink
    shuffling: Shuffling
    progress: Progress

    def expand(self, streams: Any) -> Any:
        """Bring records and answers together and judge. ``streams`` is a mapping; Beam warns of a hint that says so."""
        judging = _Judge(self.night, self.sink, self.shuffling, self.progress)
        judged = (
            dict(streams)
            | "Together" >> beam.CoGroupByKey()
            | "Judge" >> of_batches(beam.ParDo(judging), GOLDEN, EVIDENCE, TO_PLACE, main=COUNTS)
        )
        return {name: judged[name] for name in (COUNTS, GOLDEN, EVIDENCE, TO_PLACE)}


class _Judge(PartitionFn):
    def __init__(self, night: Night, sink: Sink, shuffling: Shuffling, progress: Progress) -> None:
        super().__init__(shuffling.threads)
        self.night = night
        self.sink = sink
        self.partitions = shuffling.partitions
        self.progress = progress

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        number, streams = partition
        records = gather(streams["by_record"])
        answers = gather(streams["answers"])
        assigned = gather(streams["assigned"])
        judged = judge(
            records.get(OBSERVATIONS.name, TRAVEL_SCHEMA.to_frame(eager=True)),
            records.get(REJECTS.name, REJECTS.schema.to_frame(eager=True)),
            Answers(
                found(answers, OUTCOMES, OUTCOME_SCHEMA),
                pl.concat([found(told, DEVIATIONS, DEVIATION_SCHEMA) for told in (answers, assigned)]),
                found(answers, OUTCOMES_INSTEAD, OUTCOME_SCHEMA),
            ),
            found(assigned, ASSIGNED, ASSIGNED_SCHEMA),
            self.night,
        )
        told = (
            (OBSERVATIONS, judged.observations),
            (OVERRIDDEN, judged.overridden),
            (LEADS, judged.leads),
            (REJECTS, judged.rejects),
        )
        for table, rows in told:
            if rows.height:
                self.sink.write(table.name, number, compact(rows))
        self.progress.mark("judged", judged.observations.height)
        yield from _counts(judged)
        yield from _heard(judged, self.partitions)
        members = judged.observations.select(GOLDEN_COLUMNS).drop_nulls("customer_id")
        if members.height:
            members = in_bits(members, GoldenSettings(self.night.on, self.night.kinds))
            yield beam.pvalue.TaggedOutput(GOLDEN, by_value(members, "customer_id", self.partitions, GOLDEN))


def _heard(judged: Judged, partitions: int) -> Iterator[Any]:
    """What the verdicts need, on its way to the policies and to the places where evidence meets its parties."""
    told = (
        (UNDERWRITING, judged.underwritten),
        (CALLED, judged.calls),
        (CHANGED, judged.changed_numbers),
        (AS_RULED, judged.instead),
    )
    for kind, rows in told:
        if rows.height:
            homed = rows.with_columns(_to=home_of(rows, partitions))
            yield beam.pvalue.TaggedOutput(EVIDENCE, to_batch(homed, kind))
    keys = meeting.of_parties(judged.underwritten, home_of(judged.underwritten, partitions))
    ruled = meeting.of_parties(judged.instead, home_of(judged.instead, partitions))
    for kind, rows in ((KEYS, keys), (PIECES, meeting.of_pieces(judged.pieces)), (KEYS_AS_RULED, ruled)):
        if rows.height:
            yield beam.pvalue.TaggedOutput(TO_PLACE, sent(rows, "place", partitions, kind))


def home_of(rows: pl.DataFrame, partitions: int) -> pl.Series:
    """Partition of the policy of each row; ``partitions``: those of records."""
    return pl.Series(partition_of(digest(rows["policy_no"]), of_policies(partitions)), dtype=pl.UInt16)


def _counts(judged: Judged) -> Iterator[pa.RecordBatch]:
    to_total = pl.lit(0, pl.UInt16)
    told = (
        (RULE_STATS.name, judged.rule_stats),
        (LEDGER.name, judged.ledger),
        (NEWEST, judged.newest),
        (RULED, judged.ruled),
    )
    for kind, counts in told:
        if counts.height:
            yield to_batch(counts.with_columns(_to=to_total), kind)
