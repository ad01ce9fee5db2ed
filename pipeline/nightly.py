"""One night from the first look at the feeds to publication.

Feeds are inspected in the driver before anything runs; what cannot be used is refused there. A feed most of whose rows
turn out unusable is refused too, and the night is made again without it.
"""

import logging
import time
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import Any

import polars as pl

from pipeline import app
from pipeline.assessing import Assessment, assess
from pipeline.core import decisions, ledger
from pipeline.core.assessment.freezing import FrozenMonth
from pipeline.core.assessment.reward import RewardSettings
from pipeline.core.authenticity.calibers import defined
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.core.authenticity.evidence_tables import FORMER_NUMBERS
from pipeline.core.authenticity.party_table import PARTIES
from pipeline.core.lists.callbacks import CallPlan
from pipeline.core.matching import contraction
from pipeline.core.night import Night
from pipeline.core.rulings.known import Bounds
from pipeline.core.rulings.ruling_table import RULINGS
from pipeline.core.schema import (
    CHANGES,
    CUSTOMERS,
    LEDGER,
    OBSERVATIONS,
    RATES,
    REVIEW_PAIRS,
    RULE_STATS,
)
from pipeline.core.standardise import FeedSpec
from pipeline.deciding import decided
from pipeline.engine import Engine, held_bytes, packed, spill_folder, threads
from pipeline.errors import LedgerUnbalanced, RunError
from pipeline.inspecting import inspect, refuse, seen, stop_when_obligatory, useless
from pipeline.listing import PARTY, Listing
from pipeline.measured import measured
from pipeline.order import Order
from pipeline.ports import FeedReport, PublishedNight, Staging
from pipeline.run_record import described, knowledge
from pipeline.settings import MatchingSettings, Settings
from pipeline.transforms.progress import Progress
from pipeline.transforms.segments import HELD, Shuffling

log = logging.getLogger(__name__)

PARTITION_ROWS = 225_000
"""Observations a partition should hold: small enough for memory, large enough that fixed costs do not show."""


@dataclass(frozen=True)
class Made:
    """A published night. ``refused``: optional feeds not used; ``written``: rows of customers, changes and review_pairs."""

    place: str
    run: Mapping[str, Any]
    reports: Sequence[FeedReport]
    totals: Mapping[str, pl.DataFrame]
    written: Mapping[str, int]

    @property
    def refused(self) -> list[str]:
        """Optional feeds that could not be used."""
        return [report.feed for report in self.reports if report.refused]


def make(order: Order) -> Made:
    """Make and publish a night.

    Raises :class:`FeedRefused` when an obligatory feed cannot be used and :class:`RunError` when the run fails; then
    nothing is published.
    """
    started = time.monotonic()
    with order.archive.stage(order.day) as staging:
        previous = order.archive.last_before(order.day)
        reports = inspect(order.sources, order.day, previous)
        inspected = time.monotonic()
        tables, reports, measures = _run(order, reports, previous, staging)
        ran = time.monotonic()
        # A hundred files of many megabytes each: a third of a second that nobody need wait for.
        with ThreadPoolExecutor(1) as beside:
            beside.submit(staging.forget_spilled)
            found = assess(staging, _assessment(order, previous))
        assessed = time.monotonic()
        tables = {**tables, ESTIMATES.name: found.estimates}
        run = described(order, reports, previous, tables) | knowledge(order, reports, found)
        timings = {"inspect_s": inspected - started, "run_s": ran - inspected, "assess_s": assessed - ran, **measures}
        written = {table.name: staging.rows(table.name) for table in (CUSTOMERS, CHANGES, REVIEW_PAIRS)}
        return Made(staging.publish(run, timings), run, reports, tables, written)


def _assessment(order: Order, previous: PublishedNight | None) -> Assessment:
    told = order.settings.assessment
    return Assessment(
        order.day,
        {caliber.name: caliber for caliber in order.verdicts.calibers},
        order.settings.target_rate,
        _feeds_of(order, "claims"),
        told.least_parties,
        RewardSettings(tuple((band.rate, band.factor) for band in told.reward_bands), told.least_parties),
        {
            month: FrozenMonth(partial(order.archive.frozen, month), defined(order.archive.frozen_definition(month)))
            for month in order.archive.frozen_months()
        },
        _listing(order, previous),
    )


def _listing(order: Order, previous: PublishedNight | None) -> Listing:
    told, limits = order.settings.lists, order.rules.limits
    plan = CallPlan(
        told.calls,
        told.least_of_stratum,
        told.issued_days,
        told.rest_days,
        told.tries,
        told.tries_days,
        limits.calls_from_hour,
        limits.calls_until_hour,
    )
    kinds = {kind: _feeds_of(order, kind) for kind in ("do_not_call", "claims", "underwriting")}
    if order.secret is None:
        log.warning("no call-back list and no sample is drawn: there is no secret. Set ZHENKE_DRAW_SECRET.")
    return Listing(
        order.secret,
        plan,
        told.lapsed,
        told.lapsed_days,
        told.caliber,
        told.unsubscribed_days,
        _drawn_from(previous, order.day - timedelta(days=told.issued_days)),
        kinds["do_not_call"],
        kinds["claims"],
        kinds["underwriting"],
    )


def _drawn_from(previous: PublishedNight | None, since: date) -> pl.DataFrame:
    """Parties of policies issued ``since`` then that the last night's list could be drawn from; none if it drew none."""
    nobody = pl.DataFrame(schema=PARTY)
    if previous is None or any(one["about"] == "draw" for one in previous.run.get("not_known", ())):
        return nobody
    recent = previous.scan(PARTIES.name).filter(pl.col("issued_on") >= since)
    return recent.select(PARTY).collect()


def _feeds_of(order: Order, kind: str) -> list[str]:
    return [feed for feed in order.settings.feeds if order.settings.kind_of(feed) == kind]


def _run(
    order: Order, reports: list[FeedReport], previous: PublishedNight | None, staging: Staging
) -> tuple[Mapping[str, pl.DataFrame], list[FeedReport], Mapping[str, Any]]:
    """Run until no feed is refused any more: once, or once more for each feed that turns out to be rubbish."""
    while True:
        plan = _planned(order, reports, previous, staging)
        with order.watcher.watch(plan.progress, sum(report.rows for report in reports if not report.refused)):
            measures = _execute(order.engine, plan)
        tables = {table.name: _read(staging, table.name) for table in (LEDGER, RATES, RULE_STATS, RULINGS)}
        rubbish = useless(order.settings, reports, tables[LEDGER.name])
        if not rubbish:
            break
        accounts = tables[LEDGER.name]
        reports = [refuse(report, accounts) if report.feed in rubbish else report for report in reports]
        stop_when_obligatory(reports)
        staging.clear()
    _stop_when_unbalanced(tables[LEDGER.name], staging.rows(OBSERVATIONS.name))
    return tables, reports, measures


def _stop_when_unbalanced(accounts: pl.DataFrame, written: int) -> None:
    problems = ledger.imbalances(accounts)
    due = accounts.filter(pl.col("measure") == "observations")["count"].sum()
    if due != written:
        problems.append(f"{written} observations written, {due} accounted for")
    if problems:
        raise LedgerUnbalanced("ledger", "; ".join(problems), "Rows were lost on the way: run again, and report it.")


def _planned(
    order: Order, reports: Sequence[FeedReport], previous: PublishedNight | None, staging: Staging
) -> app.Plan:
    settings, engine, day = order.settings, order.engine, order.day
    used = [report for report in reports if not report.refused]
    specs = specs_of(settings, used, day)
    told = decided(
        [report for report in used if report.kind == decisions.KIND],
        specs,
        previous,
        Bounds(day, settings.stewards.false_positive_share),
    )
    kinds = {name: settings.kind_of(name) for name in settings.feeds}
    full = frozenset(report.feed for report in used if report.mode == "full")
    spill = spill_folder(settings.engine, engine, staging.spill_folder)
    expected = _expected(used, previous)
    return app.Plan(
        chunks=[chunk for report in used if report.kind != decisions.KIND for chunk in report.chunks],
        state=previous.parts(OBSERVATIONS.name) if previous else [],
        overridden=told.overridden,
        former=previous.parts(CUSTOMERS.name) if previous else [],
        numbers=previous.parts(FORMER_NUMBERS.name) if previous else [],
        specs=specs,
        night=Night(
            day,
            kinds,
            full,
            {name: feed.max_age_days for name, feed in settings.feeds.items()},
            order.rules,
            order.matcher,
            keyless=frozenset(report.feed for report in used if not report.key),
            decisions=told.decisions,
            verdicts=order.verdicts,
            rulings=told.rulings,
        ),
        seen=[*seen(reports), *told.used],
        undecided=told.rejects,
        sink=staging.sink,
        shuffling=Shuffling(
            settings.engine.partitions or _partitions(expected),
            spill,
            threads(settings.engine, engine),
            packed(expected),
            held_bytes(engine, spill),
        ),
        batch_rows=settings.engine.batch_rows,
        progress=Progress(staging.progress_folder if engine.local else ""),
        contraction_rounds=_contraction_rounds(settings.matching, expected),
    )


def _contraction_rounds(told: MatchingSettings, expected: int) -> int:
    """As told, or what so many observations need: known before the night is laid out, for each round costs steps."""
    if told.contraction_rounds != "auto":
        return told.contraction_rounds
    rounds = contraction.rounds_for(expected, told.largest_forest)
    if rounds:
        log.info("links are contracted in %d rounds before they are connected", rounds)
    return rounds


def _expected(reports: Sequence[FeedReport], previous: PublishedNight | None) -> int:
    """Observations to expect from what is read."""
    told = sum(
        report.rows * max(1, sum(target.endswith(".name") for target in report.columns.values())) for report in reports
    )
    return told + (previous.rows(OBSERVATIONS.name) if previous else 0)


def _partitions(expected: int) -> int:
    """Partitions by the observations to expect: it depends on what is read alone, so that the files do too."""
    return max(1, -(-expected // PARTITION_ROWS))


def _execute(engine: Engine, plan: app.Plan) -> dict[str, Any]:
    try:
        return measured(engine.run(lambda root: app.build(root, plan)))
    finally:
        HELD.clear()


def specs_of(settings: Settings, reports: Sequence[FeedReport], day: date) -> dict[str, FeedSpec]:
    """What standardising needs to know of each feed."""
    return {report.feed: _spec(settings, report, day) for report in reports}


def _spec(settings: Settings, report: FeedReport, day: date) -> FeedSpec:
    feed = settings.feeds[report.feed]
    return FeedSpec(
        report.feed,
        report.kind,
        report.key,
        day,
        feed.codes,
        frozenset(feed.null_words),
        tuple(feed.date_formats),
        feed.defaults,
    )


def _read(staging: Staging, table: str) -> pl.DataFrame:
    frame = pl.from_arrow(staging.read(table))
    if not isinstance(frame, pl.DataFrame):
        raise RunError(table, "was not written as a table")
    return frame
