"""Where the rate stands: the trend with what happened in it, the way from rows to authentic, what is missing."""

from collections.abc import Callable

import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.measure import measure
from expectations.scorecard import expected, standing
from tests.expectations.conftest import rewrite

NONE = pl.DataFrame(schema={**measure("x", None, 0).schema, "day": pl.Date})


class Nights(LocalArchive):
    """An archive whose nights are given."""

    def nights(self, *_: object) -> list[LocalNight]:
        return self.given  # type: ignore[attr-defined,no-any-return]


def test_the_trend_says_what_happened_between_its_nights(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight]
) -> None:
    first, second, third = earlier(3), earlier(2), earlier(1)
    second.run["feeds"]["claims"]["refused"] = True
    second.run["rules"].remove("N07")
    third.run["settings_digest"] = night.run["settings_digest"] = "another"
    night.run["version"] = "9.9"
    night.run["matching"]["digest"] = "another"
    found = Nights(archive.folder)
    object.__setattr__(found, "given", [first, second, third, night])
    past = measure("rate.city_without", 0.5, 9).with_columns(day=pl.lit(third.day))
    told = standing.trend(found, night, past)
    assert [one["zh"] for one in told] == [
        "",
        "拒收理赔；停用规则 N07",
        "新增规则 N07；设置变更",
        "程序升级至 9.9；匹配模型变更",
    ]
    assert told[1]["en"] == "claims refused; rules dropped: N07"
    assert [one["without"] for one in told] == [None, None, 0.5, None]


def test_the_trend_goes_back_ninety_nights(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight]
) -> None:
    nights = [earlier(days) for days in (90, 89, 1)]
    days = [one["day"] for one in standing.trend(archive, night, NONE)]
    assert days == [one.day.isoformat() for one in (*nights[1:], night)]


def test_what_was_measured_is_kept_by_day(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight]
) -> None:
    before = earlier(1)
    for one, failed in ((before, 3), (night, 5)):
        (one.folder / "expectations").mkdir()
        measure("rule.D04", 0.9, 50, failed).write_parquet(one.folder / "expectations" / "measures.parquet")
    past = expected.past(archive, night)
    assert past.select("day", "key", "failed").rows() == [(before.day, "rule.D04", 3), (night.day, "rule.D04", 5)]


def test_each_kind_of_step_has_a_whole_of_its_own(night: LocalNight) -> None:
    steps = standing.funnel(night, night.scan("rates").collect())
    assert [step["group"] for step in steps] == [0, 0, 1, 2, 2, 2]
    assert [step["share"] is None for step in steps] == [True, False, True, True, False, False]
    parties, standing_, proven = steps[3:]
    assert standing_["share"] == pytest.approx(standing_["count"] / parties["count"])
    assert proven["count"] <= standing_["count"] <= parties["count"]
    read, used = steps[:2]
    assert read["count"] == night.scan("ledger").filter(pl.col("measure") == "rows_read").collect()["count"].sum()
    assert used["share"] == used["count"] / read["count"]


def test_rows_of_work_lists_that_nobody_filled_in_are_no_loss(night: LocalNight) -> None:
    usual = standing.funnel(night, night.scan("rates").collect())

    def pending(accounts: pl.DataFrame) -> pl.DataFrame:
        here = accounts.filter(pl.col("measure") == "rows_read").head(1)
        return pl.concat([accounts, here.with_columns(feed=pl.lit("returned"), count=pl.lit(900, pl.Int64))])

    rewrite(night, "ledger", pending)
    night.run["feeds"]["returned"] = {"kind": "decisions"}
    assert standing.funnel(night, night.scan("rates").collect()) == usual


@pytest.mark.parametrize(("counted", "authentic", "gap"), [(100, 92, 1), (100, 93, 0), (1000, 900, 30), (0, 0, 0)])
def test_the_gap_is_who_must_be_put_right(counted: int, authentic: int, gap: int) -> None:
    assert standing._gap(counted, authentic, 0.93) == gap
