"""Rules answered by the inspection and the ledger: repeated delivery C11, file checks C12, freshness C13, reconciliation
C16, and the leads that were set aside for want of consent or circumstances, C03.
"""

from collections.abc import Iterable, Mapping
from datetime import date

import polars as pl

from pipeline.core import ledger
from pipeline.core.quarantine import LEAD_NEEDS
from pipeline.core.schema import RULE_STATS

FEED_AGE_DAYS = 1

NEWEST_SCHEMA = pl.Schema({"feed": pl.String(), "newest": pl.Date()})
"""Day of the newest information of each feed."""


def newest(observations: pl.DataFrame) -> pl.DataFrame:
    """Day of the newest information of each source, in :data:`NEWEST_SCHEMA`."""
    days = observations.group_by(feed=pl.col("source")).agg(newest=pl.col("observed_at").max().dt.date())
    return days.sort("feed").cast(NEWEST_SCHEMA)


def of_age(parts: Iterable[pl.DataFrame], on: date, max_age_days: Mapping[str, int]) -> pl.DataFrame:
    """C13 of every feed told of: its newest information is at most so many days older than the business date."""
    days = (
        pl.concat([NEWEST_SCHEMA.to_frame(eager=True), *parts])
        .group_by("feed")
        .agg(pl.col("newest").max())
        .sort("feed")
    )
    outcomes = (
        outcome("C13", feed, "W" if (on - day).days > max_age_days.get(feed, FEED_AGE_DAYS) else "")
        for feed, day in days.rows()
    )
    return pl.concat([RULE_STATS.schema.to_frame(eager=True), *outcomes])


def outcome(rule: str, feed: str, severity: str = "") -> pl.DataFrame:
    """Statistics of one feed rule asked once; ``severity`` of its failure, empty when it passed."""
    failed = {f"failed_{level.lower()}": int(severity == level) for level in "FWI"}
    row = {
        "rule": rule,
        "source": feed,
        "unit": "",
        "channel": "",
        "evaluated": 1,
        "failed": int(bool(severity)),
        "unknown": 0,
        "standing": int(bool(severity)),
    }
    return pl.DataFrame([row | failed], schema=RULE_STATS.schema)


def of_ledger(accounts: pl.DataFrame) -> pl.DataFrame:
    """C11 and C16 of every feed in the ledger."""
    unbalanced = " ".join(ledger.imbalances(accounts))
    repeated = accounts.filter(
        (pl.col("reason") == "duplicate_key")
        | ((pl.col("reason") == "repeated_file") & (pl.col("measure") == "rows_excluded"))
    )["feed"]
    parts: Iterable[pl.DataFrame] = (
        part
        for feed in accounts["feed"].unique().sort()
        for part in (
            outcome("C11", feed, "F" if feed in repeated else ""),
            outcome("C16", feed, "F" if f"feed {feed}:" in unbalanced else ""),
        )
    )
    return pl.concat([RULE_STATS.schema.to_frame(eager=True), *parts, _incomplete_leads(accounts)])


def _incomplete_leads(accounts: pl.DataFrame) -> pl.DataFrame:
    """C03 of leads that were set aside: they failed it before they could become observations."""
    incomplete = accounts.filter((pl.col("measure") == "rows_rejected") & pl.col("reason").is_in(list(LEAD_NEEDS)))
    counts = incomplete.group_by("feed").agg(pl.col("count").sum()).sort("feed")
    zero = pl.lit(0, pl.Int64)
    return counts.select(
        rule=pl.lit("C03"),
        source="feed",
        unit=pl.lit(""),
        channel=pl.lit(""),
        evaluated="count",
        failed="count",
        failed_f="count",
        failed_w=zero,
        failed_i=zero,
        unknown=zero,
        standing="count",
    )
