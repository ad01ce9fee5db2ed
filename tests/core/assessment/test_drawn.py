"""Drawn calls and what they stand for, on hand-made histories."""

import polars as pl

from pipeline.core.assessment import drawn
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.states import stated
from pipeline.core.schema import TEXT
from tests.core.authenticity.histories import NIGHT, Row, call, check, finding, heard, judged, policy, wechat

NOBODY = pl.DataFrame(schema={"feed": TEXT, "vendor": TEXT, "caller": TEXT})
LIST: Row = {"list_id": "L1", "stratum": "dealer", "inclusion_probability": 0.1}


def outcomes(*rows: Row, flagged: pl.DataFrame = NOBODY) -> list[tuple[object, ...]]:
    told = drawn.outcomes(heard(*rows), flagged)
    return told.select("policy_no", "outcome", "flagged").rows()


def test_only_drawn_calls_count_and_several_attempts_are_one_outcome() -> None:
    assert outcomes(policy(), call("24", 10, **LIST), call("00", 12, **LIST)) == [("P1", "confirmed", False)]
    assert outcomes(policy(), call("00", 10, **LIST), call("24", 12, **LIST)) == [("P1", "confirmed", False)]
    assert outcomes(policy(), call("12", 12, **LIST), call("00", 14, **LIST)) == [("P1", "confirmed", False)]
    assert outcomes(policy(), call("00", 10)) == []


def test_a_call_that_is_no_evidence_is_drawn_and_not_heard() -> None:
    assert outcomes(policy(), call("00", 10, mobile="13900000001", **LIST)) == [("P1", "unusable", False)]
    assert outcomes(policy(), call("51", 10, **LIST)) == [("P1", "unusable", False)]


def test_calls_of_a_doubted_caller_are_marked() -> None:
    doubted = pl.DataFrame({"feed": ["callbacks"], "vendor": ["金陵呼叫"], "caller": ["W101"]})
    assert outcomes(policy(), call("00", **LIST), flagged=doubted) == [("P1", "confirmed", True)]


def test_post_strata_leave_calls_aside() -> None:
    rows = [
        policy(),
        policy("P2", **finding("D04", "check_digit")),
        policy("P3", customer_id="20260630-C"),
        policy("P4", mobile=None, customer_id="20260630-D"),
        call("12"),
        wechat(),
        check("three_factor", "姓名不一致", mobile="13905142689"),
    ]
    told = drawn.stratified(judged(*rows), heard(*rows))
    assert dict(told.select("policy_no", "post_stratum").rows()) == {
        "P1": "confirmed",
        "P2": "refuted_by_rules",
        "P3": "silent",
        "P4": "missing",
    }


def test_a_person_stands_once_and_only_those_who_could_be_drawn() -> None:
    rows = [
        policy(),
        policy("P1", role="insured", record_id="underwriting/P1/insured"),
        policy("P2", issued_on=NIGHT.replace(year=2025)),
        call("00", **LIST),
    ]
    final = CALIBERS["final"]
    parties = drawn.stratified(stated(judged(*rows), [final], NIGHT), heard(*rows))
    calls = drawn.outcomes(heard(*rows), NOBODY)
    framed = parties.filter(drawn.could_be_drawn(drawn.weeks(parties, calls)))
    persons = drawn.population(framed, [final], NIGHT)
    assert persons.select("policy_no", "role").rows() == [("P1", "policyholder")]
    counted, population = drawn.grouped([drawn.cells(persons, final, calls)], calls)
    city = (pl.col("dimension") == "city") & (pl.col("period") == "all")
    assert counted.filter(city).select("outcome", "calls").rows() == [("confirmed", 1)]
    assert population.filter(city).select("post_stratum", "population").rows() == [("silent", 1)]
