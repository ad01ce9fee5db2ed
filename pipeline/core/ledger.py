"""The account of where every row went, and the sum that must come out.

Per feed: rows read = rows used + rejected + excluded; observations = parties of used rows + carried over - superseded.
Entries are counts: adding them is associative and commutative, an empty ledger is neutral.
"""

from collections.abc import Iterable

import polars as pl

from pipeline.core.schema import LEDGER


def entries(frame: pl.DataFrame, measure: str, reason: str = "") -> pl.DataFrame:
    """Number of rows of ``frame`` per ``source`` (and per its column ``reason``) under ``measure``."""
    told = pl.col(reason) if reason else pl.lit("")
    return (
        frame.group_by(feed=pl.col("source"), reason=told)
        .agg(count=pl.len().cast(pl.Int64))
        .select("feed", pl.lit(measure).alias("measure"), pl.col("reason").cast(pl.String), "count")
    )


def entry(feed: str, measure: str, count: int, reason: str = "") -> pl.DataFrame:
    """One entry."""
    return pl.DataFrame([{"feed": feed, "measure": measure, "reason": reason, "count": count}], schema=LEDGER.schema)


def total(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """All entries added up, in the ledger's order."""
    together = pl.concat([LEDGER.schema.to_frame(eager=True), *parts])
    return together.group_by("feed", "measure", "reason").agg(pl.col("count").sum()).sort(LEDGER.sorted_by)


def imbalances(ledger: pl.DataFrame) -> list[str]:
    """What does not add up, in words; empty when everything does."""
    sums = ledger.pivot("measure", index="feed", values="count", aggregate_function="sum").sort("feed")
    wanted = [name for name in _MEASURES if name not in sums.columns]
    sums = sums.with_columns(pl.lit(0, pl.Int64).alias(name) for name in wanted).fill_null(0)
    rows = sums.with_columns(
        rows_out=pl.col("rows_used") + pl.col("rows_rejected") + pl.col("rows_excluded"),
        observations_due=pl.col("parties_of_used_rows") + pl.col("carried_over") - pl.col("superseded"),
    )
    told = rows.filter(
        (pl.col("rows_read") != pl.col("rows_out")) | (pl.col("observations") != pl.col("observations_due"))
    ).select(
        pl.format(
            "feed {}: {} rows read, {} accounted for; {} observations, {} due",
            "feed", "rows_read", "rows_out", "observations", "observations_due",
        )
    )  # fmt: skip
    return told.to_series().to_list()


_MEASURES = (
    "rows_read",
    "rows_used",
    "rows_rejected",
    "rows_excluded",
    "parties_of_used_rows",
    "carried_over",
    "superseded",
    "observations",
)
