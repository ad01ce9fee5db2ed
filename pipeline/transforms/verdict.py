"""Evidence meets its parties, parties are judged: two shuffles, by what evidence is about and by policy."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import pyarrow as pa

from pipeline.core.authenticity import meeting
from pipeline.core.authenticity.evidence_tables import EVIDENCE as EVIDENCE_TABLE
from pipeline.core.authenticity.evidence_tables import FORMER_NUMBERS, NUMBERS
from pipeline.core.authenticity.evidence_tables import PIECES as PIECES_SCHEMA
from pipeline.core.authenticity.judging import CALLS, INSTEAD, UNDERWRITTEN, Told, judged
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.night import Night
from pipeline.core.rulings.ruling_table import OVERRIDDEN_EVIDENCE, OVERRIDDEN_PARTIES
from pipeline.core.schema import REJECTS, RULE_STATS
from pipeline.ports import Sink
from pipeline.transforms.coders import compact, of_batches, to_batch
from pipeline.transforms.customers import CELLS, STANDING, STANDING_RULED, STANDING_TOLD, VALUES, by_value
from pipeline.transforms.guard import guarded
from pipeline.transforms.judge import (
    AS_RULED,
    CALLED,
    CHANGED,
    COUNTS,
    EVIDENCE,
    KEYS,
    KEYS_AS_RULED,
    PIECES,
    TO_PLACE,
    UNDERWRITING,
)
from pipeline.transforms.partitions import Partition, PartitionFn, of_policies
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches, found, gather, here

NUMBERS_BEFORE = "numbers_before"

_MET = "met"
_UNMET = "unmet"
_MET_AS_RULED = "met_as_ruled"


@dataclass
class JudgeParties(beam.PTransform):
    """{EVIDENCE, TO_PLACE, NUMBERS_BEFORE: PCollection[RecordBatch with ``_to``]} -> {COUNTS, STANDING: same}.

    COUNTS: counts under the calibers. STANDING: the parties of customers and what evidence says of
    their values, on the way to the customer. Writes evidence,
    parties, numbers, rejects and what rulings override, a part per partition of policies.
    """

    night: Night
    sink: Sink
    shuffling: Shuffling
    progress: Progress

    def expand(self, streams: Any) -> Any:
        """Meet by place, then judge by policy."""
        told = dict(streams)
        met = (
            told[TO_PLACE]
            | "To place" >> PartitionBatches(self.shuffling, 1)
            | "Places" >> beam.GroupByKey()
            | "Meet" >> beam.ParDo(_Meet(self.night, self.shuffling))
        )
        judging = _JudgeParties(self.night, self.sink, self.shuffling, self.progress)
        judged_parties = (
            tuple(
                rows | f"Cut {name}" >> PartitionBatches(self.shuffling, readers)
                for name, rows, readers in (
                    ("met", met, 1),
                    ("told", told[EVIDENCE], 0),
                    ("numbers", told[NUMBERS_BEFORE], 0),
                )
            )
            | "All" >> beam.Flatten()
            | "Policies" >> beam.GroupByKey()
            | "Parties" >> of_batches(beam.ParDo(judging), STANDING, main=COUNTS)
        )
        return {COUNTS: judged_parties[COUNTS], STANDING: judged_parties[STANDING]}


class _Meet(PartitionFn):
    """All pieces and parties' keys of a place -> pieces on their way to the policies they may speak of."""

    def __init__(self, night: Night, shuffling: Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.night = night
        self.policies = of_policies(shuffling.partitions)

    @guarded
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        number, segments = partition
        frames = gather(segments)
        placed = meeting.folded(found(frames, PIECES, meeting.PLACED), self.night.on)
        keys = found(frames, KEYS, meeting.KEYS)
        met, unmet = meeting.met(placed, keys)
        told = [(_MET, met)]
        if KEYS_AS_RULED in frames:
            ruled = frames[KEYS_AS_RULED].join(keys, on=meeting.KEYS.names(), how="anti")
            told.append((_MET_AS_RULED, meeting.met(placed, ruled)[0]))
        for kind, pieces in told:
            if pieces.height:
                yield to_batch(pieces.rename({"home": "_to"}), kind)
        if unmet.height:
            yield here(unmet, number % self.policies, _UNMET)


class _JudgeParties(PartitionFn):
    def __init__(self, night: Night, sink: Sink, shuffling: Shuffling, progress: Progress) -> None:
        super().__init__(shuffling.threads)
        self.night = night
        self.sink = sink
        self.partitions = shuffling.partitions
        self.progress = progress

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
        number, segments = partition
        frames = gather(segments)
        told = Told(
            found(frames, UNDERWRITING, UNDERWRITTEN),
            found(frames, CALLED, CALLS),
            found(frames, _MET, PIECES_SCHEMA),
            found(frames, _UNMET, PIECES_SCHEMA),
            found(frames, CHANGED, NUMBERS),
            found(frames, NUMBERS_BEFORE, NUMBERS),
            found(frames, AS_RULED, INSTEAD),
            found(frames, _MET_AS_RULED, PIECES_SCHEMA),
        )
        done = judged(told, self.night.verdicts, self.night.on, self.night.rules)
        written = (
            (EVIDENCE_TABLE.name, number, done.evidence),
            (PARTIES.name, number, done.parties),
            (FORMER_NUMBERS.name, number, done.numbers),
            (OVERRIDDEN_PARTIES.name, number, done.overridden_parties),
            (OVERRIDDEN_EVIDENCE.name, number, done.overridden_evidence),
            # Rejects of rows have the partitions' own numbers.
            (REJECTS.name, self.partitions + number, done.rejects),
        )
        for table, part, rows in written:
            if rows.height:
                self.sink.write(table, part, compact(rows))
        self.progress.mark("parties judged", done.parties.height)
        for kind, counts in ((CELLS, done.cells), (RULE_STATS.name, done.rule_stats)):
            if counts.height:
                yield here(counts, 0, kind)
        of_customers = (
            (STANDING, done.standing.untouched),
            (STANDING_RULED, done.standing.ruled),
            (STANDING_TOLD, done.standing.told),
            (VALUES, done.verified),
        )
        for kind, rows in of_customers:
            if rows.height:
                yield beam.pvalue.TaggedOutput(STANDING, by_value(rows, "customer_id", self.partitions, kind))
