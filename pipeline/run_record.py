"""What ``run.json`` says of a night: what it was made from, what came out, and what could not be known."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipeline import __version__
from pipeline.assessing import Assessed
from pipeline.core.assessment import not_known
from pipeline.core.matching.matcher import described as described_matcher
from pipeline.core.rules.catalogue import RULES
from pipeline.core.schema import LEDGER, RATES, RULE_STATS
from pipeline.order import Order
from pipeline.ports import FeedReport, PublishedNight


def described(
    order: Order, reports: Sequence[FeedReport], previous: PublishedNight | None, tables: Mapping[str, pl.DataFrame]
) -> dict[str, Any]:
    """What ``run.json`` says: what the night was made from and what came out."""
    accounts = tables[LEDGER.name]
    stale = tables[RULE_STATS.name].filter((pl.col("rule") == "C13") & (pl.col("failed") > 0))["source"].to_list()
    return {
        "business_date": order.day.isoformat(),
        "version": __version__,
        "settings_digest": order.settings.digest,
        "state_from": previous.day.isoformat() if previous else None,
        "feeds": {report.feed: _feed(report, stale) for report in reports},
        "ledger": [list(row) for row in accounts.rows()],
        "rates": [
            list(row)
            for row in tables[RATES.name]
            .filter((pl.col("dimension") == "city") & (pl.col("period") == "all"))
            .select("caliber", "digest", "population", "authentic", "unverified", "rate")
            .rows()
        ],
        "target_rate": order.settings.target_rate,
        "matching": described_matcher(order.matcher),
        "rules": [rule.id for rule in RULES if rule.id not in order.rules.off],
        "rejects": {
            f"{feed}: {reason}": count
            for feed, reason, count in accounts.filter(pl.col("measure") == "rows_rejected")
            .select("feed", "reason", "count")
            .rows()
        },
    }


def _feed(report: FeedReport, stale: Sequence[str]) -> dict[str, Any]:
    return {
        "kind": report.kind,
        "mode": report.mode,
        "refused": report.refused,
        "stale": report.refused or report.feed in stale,
        "business_date": report.business_date.isoformat() if report.business_date else None,
        "files": [
            {"name": file.name, "bytes": file.bytes, "digest": file.digest, "rows": file.rows} for file in report.files
        ],
        "problems": [str(problem) for problem in report.problems],
    }


def knowledge(order: Order, reports: Sequence[FeedReport], found: Assessed) -> dict[str, Any]:
    """What ``run.json`` says of evidence and the true rate, and of what could not be known."""
    feeds = [not_known.Feed(report.kind, report.refused, report.rows) for report in reports]
    lacking = not_known.not_known(feeds, found.pieces, found.estimates, secret=order.secret is not None)
    city = (pl.col("dimension") == "city") & (pl.col("period") == "all")
    return {
        "evidence_in_use": dict(found.pieces),
        "not_known": [one._asdict() for one in lacking],
        "estimates": found.estimates.filter(city).to_dicts(),
    }
