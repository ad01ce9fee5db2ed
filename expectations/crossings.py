"""Which lines a night crossed that somebody should be told of at once. Words only: no figure, no customer's value."""

from datetime import timedelta
from pathlib import Path
from typing import Any, NamedTuple

import polars as pl

from expectations.reporting import Report
from expectations.results import FILE, RESULTS
from expectations.run import HISTORY_DAYS, kept
from expectations.scorecard import words
from pipeline.core.authenticity.calibers import HEADLINE
from pipeline.ports import Archive, PublishedNight


class Crossing(NamedTuple):
    """One line crossed, in Chinese and English."""

    zh: str
    en: str


def crossings(archive: Archive, night: PublishedNight, made: Report) -> list[Crossing]:
    """The rate crossing its target, critical failures that are new, feeds refused and not before, a report that failed."""
    earlier = archive.nights(night.day - timedelta(days=HISTORY_DAYS), night.day - timedelta(days=1))
    before = earlier[-1] if earlier else None
    return [*_failed(made), *_rate(night, before), *_critical(made, before), *_refused(night, before)]


def _failed(made: Report) -> list[Crossing]:
    return [] if made.whole else [Crossing("报告失败或不完整", "the report failed or is incomplete")]


def _rate(night: PublishedNight, before: PublishedNight | None) -> list[Crossing]:
    now, then = _met(night.run), _met(before.run) if before else None
    if now is None or now == then or (then is None and now):
        return []
    if now:
        return [Crossing("全市真实率已达到目标", "the city's rate reaches its target again")]
    return [Crossing("全市真实率跌破目标" if before else "全市真实率低于目标", "the city's rate fell below its target")]


def _met(run: Any) -> bool | None:
    rate = next((row[-1] for row in run["rates"] if row[0] == HEADLINE), None)
    return None if rate is None else bool(rate >= run["target_rate"])


def _critical(made: Report, before: PublishedNight | None) -> list[Crossing]:
    """Critical failures that were none the night before; the rate's own has a line of its own."""
    known = kept(Path(before.place), FILE, RESULTS) if before else RESULTS.to_frame(eager=True)
    failed = (pl.col("severity") == "critical") & ~pl.col("success").fill_null(value=True)
    old = set(known.filter(failed)["id"])
    new = made.validation.results.filter(failed & ~pl.col("id").is_in(sorted(old)) & (pl.col("id") != "RATE-01"))
    return [
        Crossing(f"新的严重问题：{row['zh']}（{row['id']}）", f"new critical failure: {row['en']} ({row['id']})")
        for row in new.iter_rows(named=True)
    ]


def _refused(night: PublishedNight, before: PublishedNight | None) -> list[Crossing]:
    feeds = before.run["feeds"] if before else {}
    told = []
    for name, feed in sorted(night.run["feeds"].items()):
        if feed["refused"] and not feeds.get(name, {}).get("refused"):
            zh, en = words.feed(name, feed["kind"])
            told.append(Crossing(f"来源被拒收：{zh}", f"feed refused: {en}"))
    return told
