"""The figures of the verdicts beside the truth, on a few parties by hand."""

import polars as pl
import pytest

from benchmarks import verdict
from benchmarks.verdict_cost import Meter, Moment, watched

NOBODY = pl.DataFrame(schema={"policy_no": pl.String, "role": pl.String})


def party(number, told, causes=(), reasons=(), reach="own", **false):
    return {
        "policy_no": number,
        "role": "policyholder",
        "same_person": False,
        "unit": "江宁",
        "verdict": told,
        "reasons": list(reasons),
        "causes": list(causes),
        "reach": reach,
        **dict.fromkeys(verdict.TRUE, True),
        **false,
    }


def city(*parties):
    frame = pl.DataFrame(list(parties), schema_overrides={"reasons": pl.List(pl.String), "causes": pl.List(pl.String)})
    return frame.with_columns(
        true=pl.all_horizontal(verdict.TRUE),
        heard_true=pl.all_horizontal(verdict.TRUE[:3]),
        family=pl.col("reach") == "family",
    )


CITY = city(
    party("P1", "refuted", ["mobile:agent"], ["P07.directory_phone"], "seller", mobile_true=False),
    party("P2", "authentic", ["mobile:agent"], reach="seller", mobile_true=False),
    party("P3", "refuted", ["name:short"], ["D04.check_digit", "P07.directory_phone"]),
    party("P4", "unverified"),
    party("P5", "refuted", ["name:title"], ["D04.check_digit"], name_true=False),
)


def test_recall_is_told_per_planted_cause():
    told = {row["cause"]: row for row in verdict.recall_by_cause(CITY, NOBODY).to_dicts()}
    agents = told["agent's or shop's phone"]
    assert (agents["parties"], agents["refuted"], agents["authentic"]) == (2, 0.5, 0.5)
    assert told["number of a seller or shop"]["parties"] == 2
    honest = told["honest: all true"]
    assert (honest["parties"], honest["refuted"]) == (2, 0.5)
    assert told["honest noise: true, written in another form"]["parties"] == 1


def test_precision_is_told_per_first_reason_and_field():
    told = {row["reason"]: row for row in verdict.precision_by_reason(CITY, 1).to_dicts()}
    assert (told["P07.directory_phone"]["precision"], told["P07.directory_phone"]["in_its_field"]) == (1, 1)
    # P5 is false, but not in its document.
    assert (told["D04.check_digit"]["precision"], told["D04.check_digit"]["in_its_field"]) == (0.5, 0)


def test_both_verdicts_have_precision_and_recall():
    told = verdict.overall(CITY)
    assert told["precision of refuted"] == pytest.approx(2 / 3, abs=1e-4)
    assert told["recall of refuted"] == pytest.approx(2 / 3, abs=1e-4)
    assert (told["precision of authentic"], told["recall of authentic"]) == (0, 0)


def test_the_cost_is_held_against_the_rest_of_the_night():
    meter = Meter()
    meter.add("assess", Moment(1.0, 3.0), Moment(2.0, 4.0))
    meter.add("assess", Moment(2.0, 3.5), Moment(3.0, 4.5))
    assert meter.cpu(12.0)["added to the rest"] == 0.2
    assert meter.clock(9.0)["added to the rest"] == 0.2


def test_everything_that_is_timed_is_there() -> None:
    with watched(Meter()):
        pass
