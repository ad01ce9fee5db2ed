"""Corrected parties beside evidence: unverified until it comes, never proved by what was known before."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from pipeline.core.authenticity import evidence
from pipeline.core.authenticity.cells import NOTHING, Cells
from pipeline.core.authenticity.counts import told_by_all
from pipeline.core.authenticity.evidence_tables import NUMBERS, PIECES, empty
from pipeline.core.authenticity.judging import CALLS, INSTEAD, JudgedParties, Told, VerdictSettings
from pipeline.core.authenticity.judging import judged as judged_parties
from pipeline.core.authenticity.party_facts import underwritten
from pipeline.core.rules.limits import RuleSettings
from tests.core.authenticity.histories import ISSUED, NIGHT, OTHER_PHONE, Row, call, finding, frame, policy, wechat

SETTINGS = VerdictSettings()
CORRECTED_ON = ISSUED + timedelta(days=30)
WRONG = {"mobile": "1390514268", **finding("P02", "segment")}


def done(instead: Row, field: str, *rows: Row) -> JudgedParties:
    """The night of ``rows``, the first of them as ``instead`` has it, its ``field`` corrected 30 days after issue."""
    told = frame(*rows)
    proof = pl.Series([[{"field": field, "at": CORRECTED_ON}]], dtype=INSTEAD["_corrected"])
    ruled = underwritten(frame(rows[0] | instead)).with_columns(_corrected=proof)
    elsewhere = told.filter(~pl.col("kind").is_in(["underwriting", "callbacks"]))
    return judged_parties(
        Told(
            underwritten(told.filter(pl.col("kind") == "underwriting")),
            told.filter(pl.col("kind") == "callbacks").select(CALLS.names()),
            evidence.pieces(elsewhere, SETTINGS.evidence),
            empty(PIECES),
            empty(NUMBERS),
            empty(NUMBERS),
            ruled,
        ),
        SETTINGS,
        NIGHT,
        RuleSettings(),
    )


def verdict(instead: Row, field: str, *rows: Row) -> tuple[str, str]:
    """With the correction, and without it."""
    both = done(instead, field, *rows)
    return both.parties["verdict"].item(), both.overridden_parties["verdict"].item()


NUMBER: Row = {"mobile": OTHER_PHONE, "failed_rules": None}


def test_a_corrected_number_is_unverified() -> None:
    both = done(NUMBER, "phone", policy(**WRONG))
    assert (both.parties["verdict"].item(), both.overridden_parties["verdict"].item()) == ("unverified", "refuted")
    assert both.parties["corrected_fields"].to_list() == [["phone"]]
    assert both.parties["reasons"].to_list() == [["corrected_unproved", "no_evidence"]]


@pytest.mark.parametrize(("day", "expected"), [(20, "unverified"), (40, "authentic")])
def test_only_later_evidence_proves_it(day: float, expected: str) -> None:
    for speaks in (call("00", day=day, mobile=OTHER_PHONE), wechat(OTHER_PHONE, day=day)):
        assert verdict(NUMBER, "phone", policy(**WRONG), speaks) == (expected, "refuted")


def test_the_code_at_issue_went_to_the_number_of_that_time() -> None:
    issued = policy(sms_verified=True, **WRONG)
    assert verdict(NUMBER | {"sms_verified": None}, "phone", issued) == ("unverified", "refuted")


def test_what_was_heard_of_the_wrong_number_is_over() -> None:
    dead = call("20", mobile=WRONG["mobile"])
    both = done(NUMBER, "phone", policy(**WRONG), dead)
    assert both.parties["verdict"].item() == "unverified"
    assert both.evidence["why_not"].to_list() == ["number_since_changed"]
    assert both.overridden_evidence.filter("used")["answer"].to_list() == ["empty_number"]


def test_a_proved_number_does_not_prove_a_corrected_document() -> None:
    wrong = policy(cert_no="320102198801011237", **finding("D04", "check_digit"))
    right: Row = {"cert_no": "320102198801011236", "failed_rules": None}
    assert verdict(right, "cert_no", wrong, wechat()) == ("unverified", "refuted")
    assert verdict(right, "cert_no", wrong, call("00", day=40)) == ("authentic", "refuted")


def test_other_policies_and_their_counts_are_untouched() -> None:
    rows = [policy(**WRONG), policy("P2", customer_id="20260630-B"), wechat(day=20, customer_id="20260630-B")]
    both = done(NUMBER, "phone", *rows)
    alone = judged_parties(
        Told(
            underwritten(frame(*rows[:2])),
            empty(CALLS),
            evidence.pieces(frame(rows[2]), SETTINGS.evidence),
            empty(PIECES),
            empty(NUMBERS),
            empty(NUMBERS),
        ),
        SETTINGS,
        NIGHT,
        RuleSettings(),
    )
    assert both.parties.filter(pl.col("policy_no") == "P2").equals(alone.parties.filter(pl.col("policy_no") == "P2"))
    city = (pl.col("caliber") == "final") & (pl.col("dimension") == "city") & (pl.col("period") == "all")
    told, usual = (
        told_by_all(Cells(one.cells, NOTHING.margins), SETTINGS.calibers, NIGHT).filter(city).row(0, named=True)
        for one in (both, alone)
    )
    assert (told["numerator"], told["numerator_without"]) == (2, 1)
    assert told["numerator_without"] == usual["numerator"] == usual["numerator_without"]


def test_a_number_is_a_party_s_from_its_correction_on() -> None:
    both = done(NUMBER, "phone", policy(**WRONG), call("00", day=29, mobile=OTHER_PHONE))
    assert both.evidence["why_not"].unique().to_list() == ["not_the_policys_number"]
    assert datetime(2026, 6, 3, 10) == CORRECTED_ON
