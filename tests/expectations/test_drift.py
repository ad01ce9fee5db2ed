"""C14: what moves more than three standard deviations is found, and named."""

import polars as pl
import pytest

from connectors.archive import LocalNight
from expectations.drift import LEAST_NIGHTS, drift
from expectations.measure import measure
from expectations.profile import profile
from tests.expectations.conftest import rewrite


def night(**observed: float) -> pl.DataFrame:
    return pl.concat([measure(key.replace("__", "."), value, 10_000) for key, value in observed.items()])


def told(now: pl.DataFrame, *history: pl.DataFrame) -> dict[str, tuple[float | None, str]]:
    return {row[0]: (row[1], row[4]) for row in drift(now, history).iter_rows()}


WEEK = [night(rows__claims=1000 + 10 * (day % 3), rule__D04=0.98, profile__claims__valid=0.9) for day in range(7)]


def test_a_usual_night_has_not_moved() -> None:
    found = told(night(rows__claims=1010, rule__D04=0.981, profile__claims__valid=0.902), *WEEK)
    assert all(z is not None and z < 1 for z, _ in found.values())


def test_each_family_names_what_moved_furthest() -> None:
    found = told(night(rows__claims=400, rule__D04=0.93, profile__claims__valid=0.85), *WEEK)
    assert {name: key for name, (_, key) in found.items()} == {
        "drift.rows": "claims",
        "drift.rules": "D04",
        "drift.profile": "claims.valid",
    }
    # 1009 rows on average, a standard deviation of at least 5 %: (1009 - 400) / 50
    assert found["drift.rows"][0] == pytest.approx(12.1, abs=0.1)
    # By chance 0.98 of 10,000 varies by 0.0014.
    assert found["drift.rules"][0] == pytest.approx(0.05 / 0.0014, rel=0.01)
    assert found["drift.profile"][0] == pytest.approx(0.05 / 0.005)


def test_a_short_history_says_nothing() -> None:
    found = told(night(rows__claims=1), *WEEK[: LEAST_NIGHTS - 1])
    assert found["drift.rows"][0] is None


def test_a_profile_is_shares_by_source(night: LocalNight) -> None:
    rewrite(
        night,
        "observations",
        lambda rows: rows.with_columns(
            mobile=pl.when(pl.col("source") == "claims").then(None).otherwise("mobile"),
            plate=pl.when(pl.col("source") == "underwriting").then(pl.lit("苏B12345")).otherwise("plate"),
        ),
    )
    found = {row["key"]: row["observed"] for row in profile(night).iter_rows(named=True)}
    assert found["profile.underwriting.plates B"] == 1
    assert found["profile.underwriting.without mobile"] < 0.2
    assert found["profile.wechat.without address"] == 1
    assert found["profile.claims.without mobile"] == 1
    assert found["profile.claims.phones"] == 0
    assert not any(value > 1 or value < 0 for value in found.values())
