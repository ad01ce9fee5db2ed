"""Measures of a night: planted faults show in the measure they belong to, and in no other number."""

import math

import polars as pl
import pytest

from connectors.archive import LocalNight
from expectations.families import capture, churn, feeds, rates, rules
from tests.expectations.conftest import rewrite


def by_key(told: pl.DataFrame) -> dict[str, dict[str, object]]:
    return {row["key"]: row for row in told.iter_rows(named=True)}


def test_c15_finds_the_lowest_and_says_what_it_rests_on(night: LocalNight) -> None:
    """600 parties of which 561 are authentic: Wilson's interval is 0.912 to 0.952 (by hand: z = 1.96)."""
    base = (
        night.scan("rates").filter((pl.col("caliber") == "final") & (pl.col("dimension") == "city")).head(1).collect()
    )

    def rows(_: pl.DataFrame) -> pl.DataFrame:
        planted = [
            ("all", "all", "city", "", 600, 561),
            ("all", "all", "unit", "甲", 400, 388),
            ("all", "all", "unit", "乙", 200, 173),
            ("all", "all", "unit", "丙", 29, 1),  # too few to be judged
            ("month", "2026-05", "city", "", 300, 270),
            ("month", "2026-06", "city", "", 300, 291),
        ]
        return pl.concat(
            base.with_columns(
                period_kind=pl.lit(kind),
                period=pl.lit(period),
                dimension=pl.lit(dimension),
                value=pl.lit(value),
                denominator=pl.lit(counted, pl.Int64),
                authentic=pl.lit(authentic, pl.Int64),
                refuted=pl.lit(counted - authentic, pl.Int64),
                unverified=pl.lit(counted // 4, pl.Int64),
                rate=pl.lit(authentic / counted),
            )
            for kind, period, dimension, value, counted, authentic in planted
        )

    rewrite(night, "rates", rows)
    told = by_key(rates(night))
    assert told["rate.city"]["observed"] == 0.935
    assert told["rate.city"]["failed"] == 39
    assert told["rate.city"]["detail"] == "561/600 · 95% 91.2%–95.2% · 未核实 unverified 25.0%"
    assert told["rate.unit"]["observed"] == pytest.approx(173 / 200)
    assert str(told["rate.unit"]["detail"]).startswith("乙 · 173/200 · ")
    assert told["rate.month"]["observed"] == pytest.approx(0.97)
    assert told["unverified.city"]["observed"] == 0.25


def test_a_rule_is_counted_over_all_slices_and_names_its_worst(night: LocalNight) -> None:
    base = night.scan("rule_stats").filter(pl.col("rule") == "D04").head(1).collect()

    def rows(stats: pl.DataFrame) -> pl.DataFrame:
        planted = [("甲", 100, 1), ("乙", 60, 6), ("丙", 29, 29), ("", 100, 50)]
        return pl.concat(
            [
                stats.filter(pl.col("rule") != "D04"),
                *(
                    base.with_columns(
                        unit=pl.lit(unit), evaluated=pl.lit(evaluated, pl.Int64), failed=pl.lit(failed, pl.Int64)
                    )
                    for unit, evaluated, failed in planted
                ),
            ]
        )

    rewrite(night, "rule_stats", rows)
    told = by_key(rules(night))["rule.D04"]
    assert (told["evaluated"], told["failed"], told["detail"]) == (289, 86, "乙 10.0%")
    assert math.isclose(float(str(told["observed"])), 1 - 86 / 289)


def test_a_ledger_out_of_balance_is_counted(night: LocalNight) -> None:
    assert by_key(feeds(night))["ledger.imbalances"]["observed"] == 0
    lost = (pl.col("feed") == "claims") & (pl.col("measure") == "rows_used")
    rewrite(
        night,
        "ledger",
        lambda told: told.with_columns(count=pl.when(lost).then(pl.col("count") - 1).otherwise("count")),
    )
    assert by_key(feeds(night))["ledger.imbalances"]["observed"] == 1


def test_refused_and_stale_feeds_are_named(night: LocalNight) -> None:
    night.run["feeds"]["claims"].update(refused=True, stale=True)
    night.run["feeds"]["sms"].update(stale=True)
    told = by_key(feeds(night))
    assert (told["feeds.refused"]["observed"], told["feeds.refused"]["detail"]) == (1, "claims")
    assert (told["feeds.stale"]["observed"], told["feeds.stale"]["detail"]) == (2, "claims sms")


def test_claims_capture_is_the_share_of_complete_claims(night: LocalNight) -> None:
    def rows(told: pl.DataFrame) -> pl.DataFrame:
        return told.head(2).with_columns(claims=pl.Series([8, 2]), complete=pl.Series([8, 1]))

    rewrite(night, "claims_capture", rows)
    assert capture(night).row(0)[:4] == ("claims.capture", 0.9, 10, 1)


def test_churn_counts_customers_not_events(night: LocalNight) -> None:
    assert churn(night)["observed"].item() == 0

    def rows(events: pl.DataFrame) -> pl.DataFrame:
        two = pl.concat([events.head(1)] * 2)
        return pl.concat([events, two.with_columns(event=pl.lit("joined"))])

    rewrite(night, "identity_events", rows)
    assert churn(night)["failed"].item() == 1
