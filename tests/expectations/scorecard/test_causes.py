"""Why the rate is what it is: minimum counts, rates with and without rulings, what is to be done first."""

import polars as pl

from connectors.archive import LocalNight
from expectations.measure import LEAST_PARTIES
from expectations.scorecard import causes
from pipeline.core.authenticity.states import AUTHENTIC, REFUTED

PEOPLE = pl.Schema(
    {
        "unit": pl.String(),
        "channel": pl.String(),
        "state": pl.UInt8(),
        "reason": pl.String(),
        "advice": pl.String(),
        "parties": pl.Int64(),
    }
)


def people(*cells: tuple[str, str, int, int]) -> pl.DataFrame:
    """Parties by unit, channel, authentic, refuted."""
    rows = [
        (unit, channel, state, None, None, count)
        for unit, channel, good, bad in cells
        for state, count in ((AUTHENTIC, good), (REFUTED, bad))
    ]
    return pl.DataFrame(rows, schema=PEOPLE, orient="row")


def test_a_cell_of_too_few_is_empty_and_a_unit_of_too_few_is_left_out() -> None:
    told = causes.heat(
        people(("甲", "direct", 27, 3), ("甲", "dealer", 28, 1), ("乙", "direct", 20, 9)), PEOPLE.to_frame(eager=True)
    )
    assert told["least"] == LEAST_PARTIES == 30
    assert [name for name, _, _ in told["channels"]] == ["direct"]
    assert told["rows"] == [{"unit": "甲", "whole": (55 / 59, 59, None), "cells": [(0.9, 30, None)]}]


def test_a_cell_says_its_rate_without_rulings_where_that_is_another() -> None:
    now = people(("甲", "direct", 38, 2), ("乙", "direct", 30, 10))
    told = causes.heat(now, people(("甲", "direct", 36, 4), ("乙", "direct", 30, 10)))
    assert told["rows"] == [
        {"unit": "乙", "whole": (0.75, 40, None), "cells": [(0.75, 40, None)]},
        {"unit": "甲", "whole": (0.95, 40, 0.9), "cells": [(0.95, 40, 0.9)]},
    ]


def test_without_rulings_nothing_is_counted_twice(night: LocalNight) -> None:
    assert causes.population(night, rulings=False).is_empty()
    assert causes.population(night)["parties"].sum() > 100


def test_the_league_is_of_the_latest_period_and_tells_both_rates(night: LocalNight) -> None:
    rates = night.scan("rates").collect()
    whole = night.scan("scorecards").collect()
    told = causes.league(night, rates)
    kinds = {"month", "quarter", "year_to_date"}
    assert {row["period_kind"] for row in told} == kinds
    assert {row["dimension"] for row in told} == {"unit", "channel", "agency", "salesperson"}
    for kind in kinds:
        latest = whole.filter("ranked", pl.col("period_kind") == kind)["period"].max()
        assert {row["period"] for row in told if row["period_kind"] == kind} == {latest}
    # Nobody ruled anything in this city.
    assert all(row["honoured"] == row["rate"] for row in told)
    moved = causes.league(night, rates.with_columns(pl.col("rate") / 2))
    assert [row["rate"] for row in moved] == [row["rate"] for row in told]
    assert moved[0]["honoured"] == told[0]["rate"] / 2


def test_what_raises_the_rate_most_comes_first_and_leads_to_its_rule(night: LocalNight) -> None:
    found = causes.reasons(night, causes.population(night))
    counts = [row["count"] for row in found]
    assert counts == sorted(counts, reverse=True)
    assert {row["rule"] for row in found if row["code"] == "missing.address"} == {"A01"}
    head = {"denominator": 1000, "gap": counts[0] + 1}
    steps = causes.first_steps(found, head)
    assert steps["enough"] == 2
    assert steps["steps"][0]["points"] == counts[0] / 1000
    assert causes.first_steps(found, {"denominator": 1000, "gap": 0})["enough"] == 0
