"""A line that is crossed is told once; one that was crossed the night before is not told again."""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.crossings import crossings
from expectations.reporting import Report, report
from expectations.run import validate


def with_rate(night: LocalNight, rate: float) -> None:
    night.run["rates"][:] = [[*row[:-1], rate if row[0] == "final" else row[-1]] for row in night.run["rates"]]


def told(archive: LocalArchive, night: LocalNight, made: Report) -> list[str]:
    return [one.en for one in crossings(archive, night, made)]


@pytest.fixture
def made(archive: LocalArchive, night: LocalNight) -> Report:
    """A report that is whole, in which nothing critical failed."""
    found = report(archive, night)
    calm = found.validation.results.with_columns(success=pl.lit(value=True))
    return replace(found, validation=replace(found.validation, results=calm))


class Before(LocalArchive):
    """An archive whose night before is given."""

    def nights(self, *_: object) -> list[LocalNight]:
        return self.earlier  # type: ignore[attr-defined,no-any-return]


def archive_with(folder: LocalArchive, *nights: LocalNight) -> LocalArchive:
    found = Before(folder.folder)
    object.__setattr__(found, "earlier", list(nights))
    return found


@pytest.mark.parametrize(
    ("then", "now", "said"),
    [
        (0.94, 0.92, ["the city's rate fell below its target"]),
        (0.92, 0.94, ["the city's rate reaches its target again"]),
        (0.92, 0.91, []),
        (0.94, 0.95, []),
        (None, 0.92, ["the city's rate fell below its target"]),
        (None, 0.94, []),
    ],
)
def test_the_rate_is_told_when_it_crosses(  # noqa: PLR0917
    archive: LocalArchive,
    night: LocalNight,
    earlier: Callable[[int], LocalNight],
    made: Report,
    then: float | None,
    now: float,
    said: list[str],
) -> None:
    nights = []
    if then is not None:
        nights = [earlier(1)]
        with_rate(nights[0], then)
    with_rate(night, now)
    assert told(archive_with(archive, *nights), night, made) == said


def test_a_refusal_is_told_when_it_is_new(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight], made: Report
) -> None:
    before = earlier(1)
    for one in (before, night):
        with_rate(one, 0.95)
    night.run["feeds"]["claims"]["refused"] = True
    assert told(archive_with(archive, before), night, made) == ["feed refused: claims"]
    before.run["feeds"]["claims"]["refused"] = True
    assert told(archive_with(archive, before), night, made) == []


def test_a_critical_failure_is_told_when_it_is_new(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight], made: Report
) -> None:
    before = earlier(1)
    for one in (before, night):
        with_rate(one, 0.95)
    validate(archive_with(archive), before, before.folder)
    harmed = made.validation.results.with_columns(success=pl.col("id") != "FEED-03")
    failed = replace(made, validation=replace(made.validation, results=harmed))
    found = told(archive_with(archive, before), night, failed)
    assert found == ["new critical failure: the ledger balances (imbalances) (FEED-03)"]
    harmed.write_parquet(before.folder / "expectations" / "results.parquet")
    assert told(archive_with(archive, before), night, failed) == []


def test_a_report_that_failed_is_told(archive: LocalArchive, night: LocalNight, made: Report) -> None:
    with_rate(night, 0.95)
    assert told(archive_with(archive), night, replace(made, failures=("x",))) == ["the report failed or is incomplete"]


def test_no_figure_is_told(archive: LocalArchive, night: LocalNight) -> None:
    with_rate(night, 0.5)
    for one in crossings(archive_with(archive), night, report(archive, night)):
        assert "%" not in one.zh.replace("100%", "") and "0.5" not in one.zh
