"""The first look at the feeds, before anything runs: what cannot be used is refused, and what was seen is counted."""

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl
import pyarrow as pa

from pipeline.core import feed_rules, ledger
from pipeline.core.batches import to_batch
from pipeline.core.schema import LEDGER, RULE_STATS
from pipeline.errors import FeedRefused
from pipeline.ports import FeedReport, Problem, PublishedNight, Source
from pipeline.settings import Settings

log = logging.getLogger(__name__)

FEED_REFUSED = "feed_refused"
"""Why rows of a refused feed are excluded."""


def inspect(sources: Sequence[Source], day: date, previous: PublishedNight | None) -> list[FeedReport]:
    """Look at every feed, say what was found, and stop when an obligatory one cannot be used."""
    reports = [source.inspect(day, previous.files if previous else frozenset()) for source in sources]
    for report in reports:
        for problem in report.problems:
            log.log(logging.ERROR if problem.refuses else logging.WARNING, "%s", problem)
        log.info(
            "feed %s: %d files, %d rows%s",
            report.feed,
            len(report.files),
            report.rows,
            ", REFUSED" if report.refused else "",
        )
    stop_when_obligatory(reports)
    return reports


def stop_when_obligatory(reports: Sequence[FeedReport]) -> None:
    """Raise :class:`FeedRefused` when a feed that must be there is refused."""
    for report in reports:
        if report.refused and report.obligatory:
            first = next(problem for problem in report.problems if problem.refuses)
            raise FeedRefused(f"feed {report.feed}", f"obligatory and refused: {first.problem}", first.advice)


def seen(reports: Sequence[FeedReport]) -> list[pa.RecordBatch]:
    """What the inspection counted: it is the ledger's side that no runner can lose."""
    entries = [LEDGER.schema.to_frame(eager=True)]
    asked = [RULE_STATS.schema.to_frame(eager=True)]
    for report in reports:
        entries.append(ledger.entry(report.feed, "rows_read", report.rows))
        for file in report.files:
            reason = FEED_REFUSED if report.refused else file.excluded
            if reason:
                entries.append(ledger.entry(report.feed, "rows_excluded", file.rows, reason))
        asked.extend(_inspected(report))
    return [
        to_batch(pl.concat(parts).with_columns(_to=pl.lit(0, pl.UInt16)), table.name)
        for table, parts in ((LEDGER, entries), (RULE_STATS, asked))
    ]


def _inspected(report: FeedReport) -> list[pl.DataFrame]:
    """What the inspection answered: C12 always, C13 when the files themselves are old. The rows tell the rest."""
    stats = []
    for rule in ("C12", "C13"):
        failed = [problem for problem in report.problems if problem.rule == rule]
        severity = ("F" if any(problem.refuses for problem in failed) else "W") if failed else ""
        if failed or rule == "C12":
            stats.append(feed_rules.outcome(rule, report.feed, severity))
    return stats


def useless(settings: Settings, reports: Sequence[FeedReport], accounts: pl.DataFrame) -> set[str]:
    """Feeds of whose rows more were rejected than their settings allow."""
    sums = accounts.filter(pl.col("measure") == "rows_rejected").group_by("feed").agg(pl.col("count").sum())
    rejected = dict(sums.rows())
    rows = {report.feed: report.rows for report in reports if report.rows and not report.refused}
    return {feed for feed, read in rows.items() if rejected.get(feed, 0) > read * settings.feeds[feed].max_reject_share}


def refuse(report: FeedReport, accounts: pl.DataFrame) -> FeedReport:
    """The report of a feed most of whose rows were rejected."""
    of_feed = accounts.filter((pl.col("feed") == report.feed) & (pl.col("measure") == "rows_rejected"))
    reasons = of_feed.sort("count", "reason", descending=[True, False]).select("reason", "count").rows()
    told = ", ".join(f"{reason} {count:,}" for reason, count in reasons[:5])
    problem = Problem(
        "C12",
        f"feed {report.feed}",
        f"most of its {report.rows:,} rows could not be used: {told}",
        "zhenke check shows what is wrong with its first rows; a run with max_reject_share: 1 rejects them one by one.",
        refuses=True,
    )
    log.error("%s", problem)
    return replace(report, problems=(*report.problems, problem))
