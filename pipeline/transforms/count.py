"""Partial counts -> the tables that are sums: rates, rule statistics, ledger."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import apache_beam as beam
import polars as pl

from pipeline.core import decisions, feed_rules, ledger, tallies
from pipeline.core.authenticity.cells import NOTHING, Cells, summed
from pipeline.core.authenticity.counts import told_by_all
from pipeline.core.authenticity.rates import rated
from pipeline.core.matching import seen
from pipeline.core.matching.blocking import CAPPED_SCHEMA
from pipeline.core.matching.decided import STATES_SCHEMA
from pipeline.core.matching.links import most_useful
from pipeline.core.matching.matcher import SEEN_SCHEMA
from pipeline.core.night import Night
from pipeline.core.rulings.known import settled
from pipeline.core.rulings.overrides import STATES_SCHEMA as STATES
from pipeline.core.rulings.ruling_table import RULINGS
from pipeline.core.schema import BLOCKS, DECISIONS, LEDGER, PATTERNS, RATES, REVIEW_PAIRS, RULE_STATS, Table
from pipeline.ports import Sink
from pipeline.transforms.coders import compact
from pipeline.transforms.customers import CELLS, CUSTOMER_CELLS, DECIDED, MARGINS
from pipeline.transforms.guard import guarded
from pipeline.transforms.judge import NEWEST, RULED
from pipeline.transforms.pairs import CAPPED, SEEN
from pipeline.transforms.segments import kind_of_segment
from pipeline.transforms.shuffle import found as of_kind
from pipeline.transforms.shuffle import gather

_COUNTED = (CELLS, CUSTOMER_CELLS, MARGINS)


@dataclass
class Count(beam.PTransform):
    """PCollection[(0, segment of counts)] -> PCollection[int]; everything meets in one place, and is small."""

    night: Night
    sink: Sink

    def expand(self, counts: beam.PCollection) -> beam.PCollection:
        """Add up and write."""
        return (
            counts | "Totals" >> beam.GroupByKey() | "Write totals" >> beam.ParDo(_WriteTotals(self.night, self.sink))
        )


class _WriteTotals(beam.DoFn):
    def __init__(self, night: Night, sink: Sink) -> None:
        self.night = night
        self.sink = sink

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[int]:
        # Nobody else works meanwhile: one table is written while the next is added up.
        with ThreadPoolExecutor(1) as beside:
            for written in [beside.submit(self._write, *told) for told in self._totals(list(partition[1]))]:
                written.result()
        yield partition[0]

    def _write(self, table: Table, rows: pl.DataFrame) -> None:
        self.sink.write(table.name, 0, compact(rows))

    def _totals(self, segments: Sequence[bytes]) -> Iterator[tuple[Table, pl.DataFrame]]:
        """The tables that are sums, the largest first."""
        # One kind after the other, each added up before the next is opened: these are most of what comes.
        cells = _cells({kind: summed(rows) for kind in _COUNTED for rows in gather(segments, kinds=(kind,)).values()})
        samples = [caliber.name for caliber in self.night.verdicts.calibers if caliber.basis == "callback"]
        yield RATES, rated(told_by_all(cells, self.night.verdicts.calibers, self.night.on), samples)
        found = gather(segments, kinds={kind_of_segment(segment) for segment in segments} - {*_COUNTED})
        parts = {table.name: [found[table.name]] if table.name in found else [] for table in (LEDGER, RULE_STATS)}
        newest = [found[NEWEST]] if NEWEST in found else []
        ages = feed_rules.of_age(newest, self.night.on, self.night.max_age_days)
        accounts = ledger.total(parts[LEDGER.name])
        reviews = most_useful(pl.concat([REVIEW_PAIRS.schema.to_frame(eager=True), *_of(found, REVIEW_PAIRS.name)]))
        yield REVIEW_PAIRS, reviews
        yield PATTERNS, seen.patterns(of_kind(found, SEEN, SEEN_SCHEMA), self.night.matcher)
        yield RULE_STATS, tallies.merge([*parts[RULE_STATS.name], feed_rules.of_ledger(accounts), ages])
        yield LEDGER, accounts
        decided = found.get(DECIDED, STATES_SCHEMA.to_frame(eager=True))
        yield DECISIONS, decisions.settled(self.night.decisions, decided)
        yield RULINGS, settled(self.night.rulings, found.get(RULED, STATES.to_frame(eager=True)))
        yield BLOCKS, seen.blocks(of_kind(found, CAPPED, CAPPED_SCHEMA), self.night.matcher)


@dataclass
class WriteSeen(beam.PTransform):
    """PCollection[(0, segment of SEEN and CAPPED)] -> PCollection[int]; writes ``seen``, each pattern once."""

    sink: Sink

    def expand(self, counts: beam.PCollection) -> beam.PCollection:
        """Add up and write."""
        return counts | "Total" >> beam.GroupByKey() | "Write" >> beam.ParDo(_WriteSeen(self.sink))


class _WriteSeen(beam.DoFn):
    def __init__(self, sink: Sink) -> None:
        self.sink = sink

    @guarded
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[int]:
        counts = of_kind(gather(partition[1]), SEEN, SEEN_SCHEMA)
        self.sink.write(SEEN, 0, compact(seen.summed(counts)))
        yield partition[0]


def _cells(found: Mapping[str, pl.DataFrame]) -> Cells:
    finest = [found[kind] for kind in (CELLS, CUSTOMER_CELLS) if kind in found]
    return Cells(
        pl.concat([NOTHING.finest, *finest], how="diagonal"),
        found.get(MARGINS, NOTHING.margins),
    )


def _of(found: Mapping[str, pl.DataFrame], kind: str) -> list[pl.DataFrame]:
    return [found[kind]] if kind in found else []
