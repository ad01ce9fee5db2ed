"""League tables, reward base and claims capture, by hand."""

from datetime import date, datetime

import polars as pl

from pipeline.core.assessment.claims_capture import NEEDED, claims_capture, last_team
from pipeline.core.assessment.reward import RewardSettings, premiums, reward_base, reward_evidence
from pipeline.core.assessment.scorecards import scorecards
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.counts import CLAIMS_TEAM, count, count_customers, counted, total
from pipeline.core.authenticity.rates import rates
from pipeline.core.schema import OBSERVATIONS
from tests.core.authenticity.histories import NIGHT, finding, judged, policy

FALSE = finding("D04", "check_digit")
CITY = judged(
    policy("P1", agency_code="A1", premium=100_000),
    policy("P2", agency_code="A1", premium=50_001, **FALSE),
    policy("P3", agency_code="A2", premium=70_000),
    policy("P4", agency_code="A3", premium=30_000, issued_on=date(2026, 4, 2), **FALSE),
    policy("P5", agency_code="A3", premium=30_000),
    policy("P6", agency_code="A3", premium=99, role="owner", **FALSE),
)
FINAL = CALIBERS["final"]
RATES = rates([count(counted(CITY, [FINAL], NIGHT), [FINAL], NIGHT)], [])
REFUTED = CITY.filter((pl.col("verdict") == "refuted") & (pl.col("role") != "owner"))
LEAGUE = scorecards(RATES, REFUTED, "final", 0.93, 1)


def test_ranks_are_shared_and_changes_are_against_the_period_before() -> None:
    may = LEAGUE.filter(period="2026-05", dimension="agency").sort("value")
    assert may.select("value", "rate", "met", "rank", "change").rows() == [
        ("A1", 0.5, False, 3, None),
        ("A2", 1.0, True, 1, None),
        ("A3", 1.0, True, 1, 1.0),
    ]
    assert may["main_reasons"].to_list() == [["D04.check_digit"], [], []]


def test_few_parties_are_told_and_not_ranked() -> None:
    told = scorecards(RATES, REFUTED, "final", 0.93, 2).filter(period="2026-05", dimension="agency").sort("value")
    assert told.select("ranked", "rank").rows() == [(True, 1), (False, None), (False, None)]


def test_the_base_is_premium_times_the_factor_of_the_rate_in_whole_fen() -> None:
    bands = RewardSettings(((0.9, 1.0), (0.5, 0.3333), (0.0, 0.0)), least=1)
    quarter = reward_base(LEAGUE, [premiums(CITY)], bands, FINAL).filter(period="2026-Q2").sort("agency")
    # A1: 150,001 fen at 0.5 earn 0.3333; A3: 60,000 fen at 0.5.
    assert quarter.select("agency", "premium", "factor", "base").rows() == [
        ("A1", 150_001, 0.3333, 49_995),
        ("A2", 70_000, 1.0, 70_000),
        ("A3", 60_000, 0.3333, 19_998),
    ]
    few = reward_base(LEAGUE, [premiums(CITY)], RewardSettings(least=3), FINAL).filter(period="2026-Q2")
    assert few["base"].to_list() == [None, None, None]


def test_every_refuted_party_is_told_for_appeal() -> None:
    told = reward_evidence(REFUTED)
    assert told.select("month", "agency", "policy_no").rows() == [("2026-04", "A3", "P4"), ("2026-05", "A1", "P2")]
    assert told["reasons"].list.first().unique().to_list() == ["D04.check_digit"]


def test_claims_are_counted_once_by_team_and_day() -> None:
    noon = datetime(2026, 6, 1, 12)
    rows = [
        {"claim_no": "C1", "role": "owner", "team": "T1"},
        {"claim_no": "C1", "role": "driver", "team": "T1"},
        {"claim_no": "C2", "role": "owner", "team": "T1", **finding("C01", "incomplete")},
        {"claim_no": "C3", "role": "owner", "team": "T2", **finding("P02", "not_mobile")},
        {"claim_no": "C4", "role": "third_party", "team": "T2"},
    ]
    told = pl.DataFrame([{"source": "claims", "captured_at": noon} | row for row in rows], schema=OBSERVATIONS.schema)
    table = claims_capture(told.select(NEEDED))
    assert table.select("team", "day", "claims", "complete", "rate").rows() == [
        ("T1", noon.date(), 2, 1, 0.5),
        ("T2", noon.date(), 1, 1, 1.0),
    ]


def test_parties_are_told_by_the_claims_team_that_met_them_last() -> None:
    met = [
        {"customer_id": "20260630-A", "team": "T1", "captured_at": datetime(2026, 6, 1), "record_id": "claims/1"},
        {"customer_id": "20260630-A", "team": "T2", "captured_at": datetime(2026, 6, 2), "record_id": "claims/2"},
        {"customer_id": "20260630-B", "team": "T1", "captured_at": datetime(2026, 6, 1), "record_id": "claims/3"},
        {"customer_id": "20260630-C", "team": "T1", "role": "third_party", "record_id": "claims/4"},
        {"customer_id": None, "team": "T1", "record_id": "claims/5"},
    ]
    told = pl.DataFrame([{"source": "claims", "role": "owner"} | row for row in met], schema=OBSERVATIONS.schema)
    teams = last_team(told)
    assert teams.rows() == [("20260630-A", "T2"), ("20260630-B", "T1")]
    parties = judged(
        policy("P1"),
        policy("P2", **FALSE),
        policy("P3", customer_id="20260630-B"),
        policy("P4", customer_id="20260630-C"),
    )
    persons = counted(parties, [FINAL], NIGHT).join(teams, on="customer_id")
    by_party = total([count(persons, [FINAL], NIGHT, (CLAIMS_TEAM,))]).filter(period_kind="all")
    assert by_party.select("dimension", "value", "denominator", "numerator").rows() == [
        ("claims_team", "T1", 1, 1),
        ("claims_team", "T2", 2, 1),
    ]
    by_customer = total([count_customers(persons, [FINAL], NIGHT, (CLAIMS_TEAM,))]).filter(period_kind="all")
    assert by_customer.select("value", "denominator", "numerator").rows() == [("T1", 1, 1), ("T2", 1, 0)]
