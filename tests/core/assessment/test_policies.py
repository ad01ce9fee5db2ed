"""Policies assessed part by part say the same as all at once, though a customer's lie in several parts."""

from datetime import date

import polars as pl
import pytest

from pipeline.core.assessment import drawn, signals
from pipeline.core.assessment.policies import EVIDENCE, PARTIES, Asked, Share, counts_of_teams, share
from pipeline.core.authenticity.calibers import CALIBERS, HEADLINE
from pipeline.core.authenticity.counts import CLAIMS_TEAM
from pipeline.core.schema import TEXT
from tests.core.authenticity.histories import NIGHT, Row, call, finding, heard, judged, policy, wechat

ONE, OTHER = "20260630-A", "20260630-B"
LIST: Row = {"list_id": "L1", "stratum": "silent", "inclusion_probability": 0.1}
ROWS = [
    policy("P1", agency_code="A1", customer_id=ONE),
    policy("P1", role="insured", record_id="underwriting/P1/insured", agency_code="A1", customer_id=ONE),
    policy("P2", agency_code="A1", customer_id=ONE, **finding("D04", "check_digit")),
    policy("P3", agency_code="A2", customer_id=OTHER, issued_on=date(2026, 6, 2)),
    policy("P4", agency_code="A2", customer_id=OTHER, **finding("P07", "directory_phone", "W")),
    call("00", policy_no="P1", **LIST),
    call("12", policy_no="P3", **LIST),
    wechat(),
]
PARTIES_OF, PIECES_OF = judged(*ROWS), heard(*ROWS)


@pytest.fixture
def asked() -> Asked:
    calls = drawn.outcomes(PIECES_OF, pl.DataFrame(schema={"feed": TEXT, "vendor": TEXT, "caller": TEXT}))
    weeks = drawn.weeks(PARTIES_OF, calls)
    teams = pl.DataFrame({"customer_id": [ONE, OTHER], CLAIMS_TEAM: ["T1", "T2"]})
    frozen = {CALIBERS["final"]: ["2026-05"]}
    return Asked(NIGHT, CALIBERS, ("system", "final"), calls, weeks, teams, frozen, HEADLINE, date(2026, 6, 1))


def shares(asked: Asked, *parts: tuple[str, ...]) -> list[Share]:
    """A share of each part, which holds the policies named."""
    inside = [pl.col("policy_no").is_in(part) for part in parts]
    return [share(PARTIES_OF.select(PARTIES).filter(i), PIECES_OF.select(EVIDENCE).filter(i), asked) for i in inside]


def test_parts_add_up_to_the_whole(asked: Asked) -> None:
    whole, parts = shares(asked, ("P1", "P2", "P3", "P4")), shares(asked, ("P1", "P4"), ("P2",), ("P3",), ())
    teams = [counts_of_teams([one.met for one in some], asked) for some in (whole, parts)]
    assert teams[0].equals(teams[1])
    tables = [signals.signals([one.sales for one in some])[0] for some in (whole, parts)]
    assert tables[0].equals(tables[1])
    for name in asked.estimated:
        told = [drawn.grouped([one.estimates[name] for one in some], asked.calls) for some in (whole, parts)]
        keys = told[0][1].columns
        assert told[0][0].equals(told[1][0])
        assert told[0][1].sort(keys).equals(told[1][1].sort(keys))
    for field in ("refuted", "premiums", "called", "candidates"):
        once, added = (pl.concat([getattr(one, field) for one in some]) for some in (whole, parts))
        sums = [name for name in ("policies", "premium") if name in once.columns]
        keys = [name for name in once.columns if name not in sums]
        totals = [rows.group_by(keys).agg(pl.col(sums).sum()).sort(keys) for rows in (once, added)]
        assert totals[0].equals(totals[1]), field


def test_a_customer_of_several_parts_counts_once_and_as_his_worst_policy(asked: Asked) -> None:
    parts = shares(asked, ("P1", "P3"), ("P2", "P4"))
    told = counts_of_teams([one.met for one in parts], asked).filter(
        caliber="final_by_customer", period="all", dimension=CLAIMS_TEAM
    )
    assert told.sort("value").select("value", "population", "refuted").rows() == [("T1", 1, 1), ("T2", 1, 1)]


def test_who_is_asked_for_is_told_once(asked: Asked) -> None:
    (told,) = shares(asked, ("P1", "P2", "P3", "P4"))
    assert sorted(told.candidates["policy_no"]) == ["P3"]
    assert sorted(told.called["policy_no"]) == ["P1", "P3"]
    assert sorted(told.refuted["policy_no"]) == ["P2", "P3"]
    assert set(told.frozen[CALIBERS["final"]]["policy_no"]) == {"P1", "P2", "P4"}
