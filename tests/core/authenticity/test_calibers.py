from dataclasses import replace

import polars as pl
import pytest

from pipeline.core.authenticity.calibers import CALIBERS, Caliber
from pipeline.core.authenticity.counts import total
from tests.core.authenticity.histories import NIGHT, call, counts_of, finding, judged, policy

CITY = [
    policy("P1"),  # called and confirmed
    policy(
        "P2", customer_id="20260630-B", unit="鼓楼", issued_on=NIGHT.replace(month=2, day=3), premium=100_000
    ),  # silent
    policy("P3", **finding("D04", "check_digit")),
    policy("P4", customer_id="20260630-C", **finding("P09", "run", "W")),
    policy("P5", customer_id="20260630-D"),  # not reached
    policy("P6", customer_id="20260630-E", mobile=None),
    policy("P7", policy_status="cancelled"),
    policy("P8", vehicle_kind="tractor"),
    policy("P9", customer_type="organisation"),
    policy("P1", role="insured", record_id="underwriting/P1/insured"),  # the policyholder himself
    call("00", policy_no="P1"),
    call("24", policy_no="P5"),
    call("00", policy_no="P4"),
]
PARTIES = judged(*CITY)


def sums(caliber: Caliber | str, parties: pl.DataFrame = PARTIES) -> tuple[int, ...]:
    """Population, denominator, numerator, refuted and unverified of the city."""
    chosen = CALIBERS[caliber] if isinstance(caliber, str) else caliber
    cells = counts_of(parties, chosen).filter((pl.col("dimension") == "city") & (pl.col("period_kind") == "all"))
    return cells.select("population", "denominator", "numerator", "refuted", "unverified").row(0)


@pytest.mark.parametrize(
    ("caliber", "expected"),
    [
        ("system", (6, 6, 4, 2, 0)),
        ("strict", (6, 6, 3, 3, 0)),
        ("proven", (6, 6, 2, 2, 2)),
        ("final", (6, 6, 4, 2, 2)),
        ("callback", (6, 2, 2, 0, 1)),
        ("phone_only", (6, 6, 5, 1, 3)),
    ],
)
def test_the_named_calibers(caliber: str, expected: tuple[int, ...]) -> None:
    assert sums(caliber) == expected


def test_variants() -> None:
    final = CALIBERS["final"]
    assert sums(replace(final, not_reached="refuted")) == (6, 6, 3, 3, 2)
    assert sums(replace(final, not_reached="excluded")) == (6, 5, 3, 2, 2)
    assert sums(replace(final, suspects="refuted")) == (6, 6, 3, 3, 2)
    assert sums(replace(final, organisations=True))[0] == 7
    assert sums(replace(final, unit="customer")) == (5, 5, 3, 2, 2)
    assert sums(replace(final, weight="premium")) == (1_600_000, 1_600_000, 1_000_000, 600_000, 400_000)
    assert sums(replace(final, obligatory=())) == (6, 6, 5, 1, 3)


def test_policyholder_and_insured_who_are_one_are_refuted_together() -> None:
    insured = policy(role="insured", record_id="underwriting/P1/insured", **finding("D04", "check_digit"))
    assert sums("final", judged(policy(), insured)) == (1, 1, 0, 1, 0)
    other = judged(policy(), {**insured, "customer_id": "20260630-Z"})
    assert sums("final", other) == (2, 2, 1, 1, 1)


def test_a_policy_is_what_the_worst_of_its_parties_is() -> None:
    insured = policy(role="insured", record_id="underwriting/P1/insured", customer_id="20260630-Z")
    wrong = insured | finding("D04", "check_digit")
    assert sums("final_by_policy", judged(policy(), insured, policy("P2"))) == (2, 2, 2, 0, 2)
    assert sums("final_by_policy", judged(policy(), wrong, policy("P2"))) == (2, 2, 1, 1, 1)


def test_every_dimension_and_period_adds_up() -> None:
    cells = counts_of(PARTIES, CALIBERS["final"])
    sums = cells.group_by("dimension", "period_kind").agg(pl.col("population", "numerator", "unverified").sum())
    assert sums.select("population", "numerator", "unverified").unique().rows() == [(6, 4, 2)]
    assert set(cells.filter(pl.col("period_kind") == "quarter")["period"]) == {"2026-Q1", "2026-Q2"}
    assert set(cells.filter(pl.col("period_kind") == "month")["period"]) == {"2026-02", "2026-05"}


def test_year_to_date_forgets_last_year_and_knows_nothing_of_tomorrow() -> None:
    last_year = policy("P1", issued_on=NIGHT.replace(year=2025))
    tomorrow = policy("P2", issued_on=NIGHT.replace(month=7))
    cells = counts_of(judged(last_year, tomorrow, policy("P3")), CALIBERS["final"])
    city = cells.filter(pl.col("dimension") == "city")
    assert dict(city.group_by("period_kind").agg(pl.col("population").sum()).iter_rows()) == {
        "all": 2,
        "month": 2,
        "quarter": 2,
        "year_to_date": 1,
    }


def test_the_digest_tells_definitions_apart_and_not_names() -> None:
    assert len({caliber.digest for caliber in CALIBERS.values()}) == len(CALIBERS)
    final = CALIBERS["final"]
    assert replace(final, name="headline").digest == final.digest
    assert replace(final, suspects="refuted").digest != final.digest
    assert final.digest == "e8ea52e2ca6da351"


def test_the_order_of_parties_does_not_matter() -> None:
    for caliber in CALIBERS.values():
        assert total([counts_of(PARTIES.reverse(), caliber)]).equals(total([counts_of(PARTIES, caliber)]))


@pytest.mark.parametrize("unit", ["party", "policy", "customer"])
def test_parties_without_a_date_count_in_no_year(unit: str) -> None:
    parties = judged(policy("P1", issued_on=None), policy("P2", issued_on=None, customer_id="20260630-B"))
    cells = counts_of(parties, replace(CALIBERS["final"], unit=unit)).filter(pl.col("dimension") == "city")
    told = cells.select("period_kind", "period", "population").sort("period_kind").rows()
    assert told == [("all", "all", 2), ("month", "", 2), ("quarter", "", 2)]
