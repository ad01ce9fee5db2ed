"""Every rule asked: of each record alone, and of records with one policy, claim, phone, document, address or vehicle."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa

from pipeline.core.digest import digest, partition_of
from pipeline.core.matching.decided import alone
from pipeline.core.matching.describe import forms_of_names
from pipeline.core.matching.tellings import rows, tell
from pipeline.core.night import Night, known
from pipeline.core.rules import shared
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.evaluate import evaluate
from pipeline.core.rules.facts import examine
from pipeline.core.rulings.corrected import corrected
from pipeline.core.rulings.overrides import INSTEAD
from pipeline.transforms.coders import of_batches, to_batch
from pipeline.transforms.guard import guarded
from pipeline.transforms.pairs import GONE, GONE_SCHEMA, MEMBERS, PAPERS, TELLINGS
from pipeline.transforms.partitions import Partition, PartitionFn
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches, gather, sent
from pipeline.transforms.standardise import OBSERVATIONS

DEVIATIONS = "deviations"
ANSWERS = "answers"
TOLD = "told"
VALUES = "values"
OUTCOMES = "outcomes"
OUTCOMES_INSTEAD = "outcomes:instead"
_INSTEAD = ":instead"
_REPLACED = ":replaced"
"""After a kind of key: rows of records as stewards corrected them, and of these records as told."""

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
        asking = _AskAlone(self.night, self.shuffling, self.progress)
        alone = (
            by_record | "Records" >> beam.GroupByKey() | "Alone" >> of_batches(beam.ParDo(asking), TOLD, main=VALUES)
        )
        answers = (
            alone[VALUES]
            | "To value" >> PartitionBatches(self.shuffling)
            | "Values" >> beam.GroupByKey()
            | "Together" >> beam.ParDo(_AskTogether(self.night, self.progress))
            | "To record" >> PartitionBatches(self.shuffling)
        )
        return {ANSWERS: answers, TOLD: alone[TOLD] | "Cut tellings" >> PartitionBatches(self.shuffling, 2)}


class _AskAlone(PartitionFn):
    def __init__(self, night: Night, shuffling: Shuffling, progress: Progress) -> None:
        super().__init__(shuffling.threads)
        self.night = night
        self.partitions = shuffling.partitions
        self.progress = progress

    def start_bundle(self) -> None:
        super().start_bundle()
        self._forms = forms_of_names()

    def finish_bundle(self) -> Iterator[Any]:
        yield from super().finish_bundle()
        del self._forms

    @guarded
    def work(self, partition: Partition) -> Iterator[Any]:
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
        yield from self._keys(examined, "")
        if self.night.in_force.corrections.height:
            yield from self._instead(examined, standing, number)
        yield from self._told(examined, knowledge.gone)

    def _keys(self, examined: pl.DataFrame, as_what: str) -> Iterator[Any]:
        for kind, keys in shared.project(examined, self.night.on).items():
            if keys.height:
                to = partition_of(digest(keys["key"]), self.partitions)
                yield to_batch(keys.with_columns(_to=pl.Series(to)), kind + as_what)

    def _instead(self, examined: pl.DataFrame, standing: pl.DataFrame, number: int) -> Iterator[Any]:
        """The records that stewards corrected, asked alone as corrected, and what they have in common with others."""
        rows = corrected(standing, self.night.in_force.corrections).rows
        if rows.is_empty():
            return
        rows = rows.with_columns(_record=pl.Series(rows["_record"].to_numpy() ^ INSTEAD, dtype=pl.UInt64))
        again = examine(rows, self.night.on, self.night.kinds)
        matrix = np.ascontiguousarray(evaluate(again, self.night.on, self.night.rules))
        outcomes = pl.DataFrame({"record": again["_record"], "outcomes": matrix}, schema=OUTCOME_SCHEMA)
        yield to_batch(outcomes.with_columns(_to=pl.lit(number, pl.UInt16)), OUTCOMES_INSTEAD)
        yield from self._keys(again, _INSTEAD)
        yield from self._keys(examined.join(rows, on="record_id", how="semi", maintain_order="left"), _REPLACED)

    def _told(self, examined: pl.DataFrame, gone: pl.DataFrame) -> Iterator[Any]:
        """What matching needs of the records: their tellings, and customers whose records are gone or name nobody now."""
        told = tell(rows(examined, self._forms), alone(examined["_record"], examined["_customer"], self.night.ends))
        for kind, frame in ((TELLINGS, told.tellings), (MEMBERS, told.members), (PAPERS, told.papers)):
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
        frames = gather(partition[1])
        for kind, keys in frames.items():
            if kind in (OUTCOMES, OUTCOMES_INSTEAD):
                yield to_batch(keys.with_columns(_to=pl.lit(partition[0], pl.UInt16)), kind)
            elif kind.endswith(_INSTEAD):
                yield from self._asked(kind.removesuffix(_INSTEAD), _with_instead(frames, kind), keys["_record"])
            elif not kind.endswith(_REPLACED):
                self.progress.mark("asked together", keys.height)
                yield from self._asked(kind, keys)

    def _asked(self, kind: str, keys: pl.DataFrame, only: pl.Series | None = None) -> Iterator[pa.RecordBatch]:
        deviations = shared.ask(kind, keys, self.night.rules, self.night.on).select("_part", *DEVIATION_SCHEMA)
        if only is not None:
            deviations = deviations.filter(pl.col("record").is_in(only.implode()))
        if deviations.height:
            yield to_batch(deviations.rename({"_part": "_to"}), DEVIATIONS)


def _with_instead(frames: Mapping[str, pl.DataFrame], kind: str) -> pl.DataFrame:
    """All rows of the keys that corrected records have: these as corrected, everybody else as told."""
    instead = frames[kind]
    usual = kind.removesuffix(_INSTEAD)
    if usual not in frames:
        return instead
    told = frames[usual].join(instead, on="key", how="semi")
    if usual + _REPLACED in frames:
        told = told.join(frames[usual + _REPLACED], on="_record", how="anti")
    return pl.concat([told, instead.select(told.columns)])
