"""What the operator sees: progress while the night runs, a summary when it is done.

On a terminal a line per step with rows and rows per second; in a job a plain log line now and then.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

import polars as pl
from rich.console import Console
from rich.progress import Progress as Bars
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from pipeline.core.authenticity.calibers import BY_CUSTOMER, BY_POLICY, HEADLINE
from pipeline.core.authenticity.estimates_table import ESTIMATES
from pipeline.foretelling import Foretold
from pipeline.nightly import Made
from pipeline.ports import FeedReport
from pipeline.transforms.progress import Progress

log = logging.getLogger(__name__)

GLANCE_SECONDS = 0.5
LINE_SECONDS = 30.0


@dataclass
class ConsoleWatcher:
    """Progress on ``console``."""

    console: Console
    _stop: threading.Event = field(default_factory=threading.Event, repr=False)

    @contextmanager
    def watch(self, progress: Progress, rows: int) -> Iterator[None]:
        """Watch ``progress`` while the block runs; ``rows`` are to be read."""
        self._stop = threading.Event()
        show = self._bars if self.console.is_terminal else self._lines
        thread = threading.Thread(target=show, args=(progress, rows), daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._stop.set()
            thread.join()

    def _bars(self, progress: Progress, rows: int) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}"),
            TextColumn("{task.fields[told]}"),
            TimeElapsedColumn(),
        )
        started = time.monotonic()
        with Bars(*columns, console=self.console, transient=True) as bars:
            tasks: dict[str, object] = {}
            while not self._stop.wait(GLANCE_SECONDS):
                for step, passed in progress.rows().items():
                    told = _told(step, passed, rows, time.monotonic() - started)
                    if step not in tasks:
                        tasks[step] = bars.add_task(step, told=told)
                    bars.update(tasks[step], told=told)  # type: ignore[arg-type]

    def _lines(self, progress: Progress, rows: int) -> None:
        started = time.monotonic()
        while not self._stop.wait(LINE_SECONDS):
            seconds = time.monotonic() - started
            for step, passed in progress.rows().items():
                log.info("%s: %s", step, _told(step, passed, rows, seconds))


def _told(step: str, passed: int, rows: int, seconds: float) -> str:
    of = f" of {rows:,}" if step == "read" else ""
    return f"{passed:,}{of} rows, {passed / max(seconds, 0.001):,.0f}/s"


def summary(console: Console, made: Made, target: float) -> None:
    """Rows, rejects by reason, the rate against the target, where everything is."""
    accounts = made.totals["ledger"]
    table = Table(title=f"night of {made.run['business_date']}", show_edge=False)
    measures = {"read": "rows_read", "used": "rows_used", "excluded": "rows_excluded", "rejected": "rows_rejected"}
    measures |= {"carried": "carried_over", "superseded": "superseded", "observations": "observations"}
    for heading in ("feed", *measures):
        table.add_column(heading, justify="left" if heading == "feed" else "right", no_wrap=True)
    sums = accounts.group_by("feed", "measure").agg(pl.col("count").sum())
    for report in made.reports:
        own = dict(sums.filter(pl.col("feed") == report.feed).select("measure", "count").rows())
        name = f"{report.feed} REFUSED" if report.refused else report.feed
        table.add_row(name, *(f"{own.get(measure, 0):,}" for measure in measures.values()))
    console.print(table)
    for feed, reason, count in _rejected(accounts).rows():
        console.print(f"rejected   {feed}: {reason} {count:,}", markup=False, highlight=False)
    known = {name: f"{rows:,}" for name, rows in made.written.items()}
    console.print(
        f"customers  {known['customers']}; {known['changes']} changed since the night before; "
        f"{known['review_pairs']} pairs to review",
        markup=False,
        highlight=False,
    )
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    for name, digest, counted, rate, unverified, without in _rates(made.totals["rates"]).rows():
        side = (
            "no party counted"
            if rate is None
            else f"{rate:.2%} of {counted:,} parties, {unverified:,} unverified; target {target:.0%} {_met(rate, target)}"
        )
        told = "" if rate is None or rate == without else f"; without rulings {_percent(without)}"
        say(f"rate       {name} [{digest}]: {side}{told}")
    for line in _rulings(made.totals["rulings"]):
        say(line)
    for line in true_rate(made.totals[ESTIMATES.name]):
        say(line)
    for lacking in made.run["not_known"]:
        say(f"not known  {lacking['about']} {lacking['why'].replace('_', ' ')}: {lacking['en']}")
    console.print(f"published  {made.place}", markup=False, highlight=False, soft_wrap=True)


def understood(console: Console, report: FeedReport) -> None:
    """What the inspection made of one feed."""
    state = "REFUSED" if report.refused else "usable"
    say = partial(console.print, markup=False, highlight=False, soft_wrap=True)
    say(f"\nfeed {report.feed} ({report.kind}, {report.mode}): {state}, {report.rows:,} rows")
    for file in report.files:
        extra = f", left out: {file.excluded}" if file.excluded else ""
        mixed = f", {file.replaced_lines:,} lines in another encoding" if file.replaced_lines else ""
        say(f"  file {file.name}: {file.bytes:,} bytes, {file.encoding}, {file.rows:,} rows{mixed}{extra}")
    if report.columns:
        say("  key " + (" + ".join(report.key) or "none: append-only"))
        say("  columns " + ", ".join(f"{header} -> {target}" for header, target in report.columns.items()))
    if report.unused_headers:
        say("  not used " + ", ".join(report.unused_headers))
    if report.unknown_headers:
        say("  not understood " + ", ".join(report.unknown_headers))
    for problem in report.problems:
        say(f"  {'refused' if problem.refuses else 'note'} [{problem.rule}] {problem}")


def foretold(console: Console, first: Foretold) -> None:
    """What the first rows of the feed would be rejected for."""
    for reason, name, advice, count, row in first.rejects.rows():
        where = f", field {name}" if name else ""
        told = f"  rejects {count:,} of the first {first.rows:,} rows: {reason}{where}, first in row {row}; {advice}"
        console.print(told, markup=False, highlight=False, soft_wrap=True)


def _percent(rate: float | None) -> str:
    return "–" if rate is None else f"{rate:.2%}"


def _rulings(rulings: pl.DataFrame) -> list[str]:
    """What became of the rulings of stewards that no later one replaced."""
    told = rulings.filter(pl.col("state") != "replaced").group_by("state").len().sort("state")
    states = [f"{count:,} {state.replace('_', ' ')}" for state, count in told.iter_rows()]
    return [f"rulings    {', '.join(states)}"] if states else []


def _met(rate: float, target: float) -> str:
    return "met" if rate >= target else "missed"


def _rejected(accounts: pl.DataFrame) -> pl.DataFrame:
    return accounts.filter(pl.col("measure") == "rows_rejected").select("feed", "reason", "count")


def _rates(rates: pl.DataFrame) -> pl.DataFrame:
    """The city's rates by party, the headline first."""
    city = (pl.col("dimension") == "city") & (pl.col("period_kind") == "all")
    others = pl.any_horizontal(pl.col("caliber").str.ends_with(unit) for unit in (BY_CUSTOMER, BY_POLICY))
    told = rates.filter(city & ~others)
    ordered = told.sort(pl.col("caliber") != HEADLINE, "caliber")
    return ordered.select("caliber", "digest", "denominator", "rate", "unverified", "rate_without")


def true_rate(estimates: pl.DataFrame) -> Iterator[str]:
    """The city's true rate as the drawn calls tell it, beside the headline's and the rules' own, and whether it is decided."""
    city = (pl.col("dimension") == "city") & (pl.col("period") == "all") & (pl.col("reached") > 0)
    told = estimates.filter(city).sort(pl.col("caliber") != HEADLINE, "caliber", pl.col("callers") != "unflagged")
    if not told.height:
        return
    best = told.row(0, named=True)
    doubted = ", callers in doubt left out" if best["callers"] == "unflagged" else ""
    yield (
        f"true rate  {best['caliber']} [{best['digest']}]: {best['estimate']:.2%}, between {best['low']:.2%} and "
        f"{best['high']:.2%} in {best['coverage']:.0%} of samples ({best['method']}); of {best['population']:,} parties "
        f"that could be drawn, by {best['reached']:,} answers to {best['drawn']:,} drawn calls{doubted}"
    )
    for row in told.filter(pl.col("callers") == best["callers"]).iter_rows(named=True):
        side = "too high" if row["bias"] >= 0 else "too low"
        yield f"           {row['caliber']} counts {row['naive_rate']:.2%} of the same: {abs(row['bias']) * 100:.2f} points {side}"
    yield (
        f"           target {best['target']:.0%} {best['decision']}; "
        + (
            "no sample decides yet"
            if best["decision"] == "open"
            else f"wrong with probability {best['error']:.1%} at most, if those not reached are like those reached"
        )
        + f"; whatever those not reached are, {best['worst_low']:.2%} to {best['worst_high']:.2%}: {best['worst_decision']}"
    )
