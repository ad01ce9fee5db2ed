"""What stewards decided, read before a night runs: every worker needs all of it.

Rows of a feed of kind ``decisions`` are of two layouts, told apart row by row: two ends that are one or not one, and
findings of a work list with what was done about them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl
import pyarrow as pa

from pipeline.core import decisions, ledger
from pipeline.core.batches import to_batch, to_frame
from pipeline.core.rulings import known, understand
from pipeline.core.rulings.ruling_table import OVERRIDDEN, RULINGS
from pipeline.core.schema import DECISIONS, LEDGER, OBSERVATIONS, REJECTS, RULE_STATS, Table
from pipeline.core.standardise import FeedSpec
from pipeline.ports import FeedReport, PublishedNight

_READ_ROWS = 65_536


@dataclass(frozen=True)
class Decided:
    """``decisions`` and ``rulings`` of all nights; ``overridden``: last night's observations without rulings.

    ``used``: the ledger's entries, and ``rejects``, as they travel.
    """

    decisions: pl.DataFrame
    rulings: pl.DataFrame
    overridden: pl.DataFrame
    used: Sequence[pa.RecordBatch]
    rejects: Sequence[pa.RecordBatch]


def decided(
    reports: Sequence[FeedReport], specs: Mapping[str, FeedSpec], previous: PublishedNight | None, bounds: known.Bounds
) -> Decided:
    """What the feeds of ``reports`` decide tonight, with what is kept of the night before."""
    ends, rulings = _kept(previous, DECISIONS), _kept(previous, RULINGS)
    overridden = _kept(previous, OVERRIDDEN)
    nothing = RULINGS.schema.to_frame(eager=True).with_columns(undated=pl.lit(value=False))
    tonight = [nothing]
    used: list[pl.DataFrame] = []
    rejects: list[pl.DataFrame] = []
    for report in reports:
        for kind, data in (batch for chunk in report.chunks for batch in chunk.read(_READ_ROWS)):
            rows = to_frame(data)
            if kind == "rejects":
                rejects.append(rows)
                continue
            of_findings = _of_findings(rows)
            if not of_findings.all():
                told = decisions.understand(rows.filter(~of_findings), specs[report.feed])
                ends = decisions.known(ends, told.decisions)
                used.append(ledger.entry(report.feed, "rows_used", told.decisions.height))
                rejects.append(told.rejects)
            if of_findings.any():
                rows = rows.filter(of_findings)
                ruled = understand.understand(rows, specs[report.feed], _records(previous, rulings, rows["record"]))
                tonight.append(ruled.rulings)
                used.append(ledger.entry(report.feed, "rows_used", ruled.rulings.height))
                if ruled.pending:
                    used.append(ledger.entry(report.feed, "rows_excluded", ruled.pending, understand.PENDING))
                rejects.append(ruled.rejects)
    here = pl.lit(0, pl.UInt16)
    # Together, so that how files are cut decides nothing.
    rulings = known.known(rulings, pl.concat(tonight))
    return Decided(
        decisions.known(ends, DECISIONS.schema.to_frame(eager=True)),
        known.bounded(rulings, _findings(previous), bounds) if rulings.height else rulings,
        overridden,
        [to_batch(rows.with_columns(_to=here), LEDGER.name) for rows in used],
        [to_batch(rows.with_columns(_to=here), REJECTS.name) for rows in rejects if rows.height],
    )


def _of_findings(rows: pl.DataFrame) -> pl.Series:
    """Which rows are of a work list of findings."""
    marks = [pl.col(name).is_not_null() for name in understand.MARKS if name in rows.columns]
    return rows.select(pl.any_horizontal(pl.lit(value=False), *marks).alias("marked"))["marked"]


def _records(previous: PublishedNight | None, rulings: pl.DataFrame, named: pl.Series) -> pl.DataFrame:
    """record_id, unit, policy_no and role of the records ``named`` that the last night had, or that were ruled before."""
    columns = ("record_id", "unit", "policy_no", "role")
    before = rulings.select(columns)
    if previous is None:
        return before
    there = previous.scan(OBSERVATIONS.name).select(columns).filter(pl.col("record_id").is_in(named.unique().implode()))
    return pl.concat([there.collect(), before]).unique("record_id", keep="first", maintain_order=True)


def _findings(previous: PublishedNight | None) -> pl.DataFrame:
    """Rule and ``failed``, of the night before."""
    stats = _kept(previous, RULE_STATS)
    return stats.group_by("rule").agg(pl.col("failed").sum())


def _kept(night: PublishedNight | None, table: Table) -> pl.DataFrame:
    """A table of an earlier night, empty where it has none."""
    parts = night.parts(table.name) if night and table.name in night.run["tables"] else []
    batches = [to_frame(batch) for part in parts for batch in part.read(_READ_ROWS)]
    return pl.concat([table.schema.to_frame(eager=True), *(rows.select(table.schema.names()) for rows in batches)])
