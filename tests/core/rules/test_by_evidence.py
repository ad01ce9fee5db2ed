"""Rules of evidence, asked of hand-made histories; what each should say stands in the catalogue of the business."""

from datetime import timedelta

import polars as pl
import pytest

from pipeline.core.authenticity import evidence, party_facts
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.heard import heard
from pipeline.core.rules.by_evidence import CALL_RULES, PARTY_RULES, Asked, ask, stats
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.limits import RuleSettings
from pipeline.core.rules.rule import FAILED, PASSED, UNKNOWN
from tests.core.authenticity.histories import (
    ISSUED,
    NIGHT,
    OTHER_PHONE,
    Row,
    call,
    check,
    claim,
    frame,
    judged,
    policy,
    wechat,
)

WORDS = {PASSED: "passed", UNKNOWN: "unknown"}


def asked(*rows: Row, settings: RuleSettings | None = None, weighing: EvidenceSettings | None = None) -> Asked:
    told, weighing = frame(*rows), weighing or EvidenceSettings()
    underwriting = told.filter(pl.col("kind") == "underwriting")
    newest = underwriting.sort("observed_at").unique("record_id", keep="last")
    facts = party_facts.numbered(party_facts.facts(party_facts.underwritten(newest)))
    numbers = party_facts.numbers(underwriting)
    table = evidence.evidence(evidence.pieces(told, weighing), facts, numbers, weighing, NIGHT)
    return ask(facts, heard(table, facts), party_facts.changed_numbers(underwriting), settings or RuleSettings())


def answer(rule: str, *rows: Row, settings: RuleSettings | None = None) -> str:
    """Reason of a failure, passed or unknown; empty when the rule was not asked."""
    told = asked(*rows, settings=settings).answers.filter(pl.col("rule") == rule)
    assert told.height <= 1
    if not told.height:
        return ""
    outcome, reason = told.select("outcome", "reason").row(0)
    return reason if outcome == FAILED else WORDS[outcome]


LENGTH = {"talk_seconds": 40}
CHANGED = policy(mobile=OTHER_PHONE, observed_at=ISSUED + timedelta(days=18))
CASES = [
    ("D27", [check("identity", "一致")], "passed"),
    ("D27", [check("identity", "不一致")], "mismatch"),
    ("D27", [check("identity", "注销")], "deregistered"),
    ("D27", [check("identity", "库中无此号")], "unknown"),
    ("D27", [check("identity", "不一致", day=10), check("identity", "一致", day=20)], "passed"),
    ("D27", [check("identity", "不一致", day=-200)], ""),  # stale
    ("D27", [], ""),
    ("P12", [check("number_status", "1", day=50)], "passed"),
    ("P12", [check("number_status", "0", day=50)], "empty_number"),
    ("P12", [check("number_status", "2", day=50)], "suspended"),
    ("P12", [check("number_status", "5", day=50)], "risky"),
    ("P12", [check("number_status", "4", day=50)], "unknown"),  # silent
    ("P12", [check("number_status", "2", day=50, vendor="B")], "empty_number"),
    ("P12", [check("number_status", "0", day=20)], ""),  # older than 30 days
    ("P13", [check("three_factor", "一致")], "passed"),
    ("P13", [check("three_factor", "姓名不一致")], "other_name"),
    ("P13", [check("three_factor", "证件不一致")], "registered_to_another"),
    ("P13", [check("three_factor", "查无")], "unknown"),
    ("P14", [], "none"),
    ("P14", [wechat()], "passed"),
    ("P14", [wechat(OTHER_PHONE)], "none"),
    ("P14", [call("00")], "passed"),
    ("P15", [wechat(OTHER_PHONE)], "newer_elsewhere"),
    ("P15", [wechat(OTHER_PHONE, day=-20)], "passed"),  # older than the policy's
    ("P15", [wechat(OTHER_PHONE, day=20), wechat(day=21)], "passed"),
    ("P15", [], ""),
    ("P19", [call("00", mobile=OTHER_PHONE), CHANGED], "changed"),
    ("P19", [call("00", day=30, mobile=OTHER_PHONE), CHANGED], "passed"),
    ("P19", [call("00")], "passed"),
    ("P19", [CHANGED], ""),
    ("C02", [claim()], "passed"),
    ("C02", [claim(OTHER_PHONE)], "phone"),
    ("C02", [claim(OTHER_PHONE, cert_no="320106198502281231")], "cert_no"),
    ("C02", [], ""),
    ("C05", [call("00", **LENGTH)], "passed"),
    ("C05", [call("00")], "no_length"),
    ("C05", [call("24")], "passed"),
    ("C05", [call("88", **LENGTH)], "unknown_code"),
    ("C05", [call("00", mobile=OTHER_PHONE, **LENGTH)], "other_number"),
    ("C05", [call("50", mobile="1")], "passed"),
    ("C05", [call("00", policy_no="P9", **LENGTH)], ""),
    ("C06", [call("24", day=15), call("00", day=30)], "passed"),
    ("C06", [call("00", day=16)], "late"),
    ("C06", [], ""),
    ("C07", [call("00")], "passed"),
    ("C07", [call("00", policy_no="P9")], "orphan"),
]


@pytest.mark.parametrize(("rule", "heard", "expected"), CASES)
def test_what_a_rule_says_of_a_history(rule: str, heard: list[Row], expected: str) -> None:
    assert answer(rule, policy(), *heard) == expected


def test_every_rule_of_evidence_is_asked_and_every_reason_is_given() -> None:
    entries = {rule.id: rule for rule in RULES if rule.scope == "evidence"}
    assert set(entries) == {*PARTY_RULES, *CALL_RULES, "C08"}
    given = {(rule, expected) for rule, _, expected in CASES}
    untried = {(rule.id, reason.code) for rule in entries.values() for reason in rule.reasons} - given
    assert untried == {("C08", "flagged"), ("C05", "no_time"), ("C05", "distrusted")}


def test_a_call_without_a_time_and_one_of_a_distrusted_caller_are_no_evidence() -> None:
    assert answer("C05", policy(), call("00", captured_at=None)) == "no_time"
    distrusting = EvidenceSettings(distrusted=frozenset({("金陵呼叫", "W101")}))
    told = asked(policy(), call("00"), weighing=distrusting).answers
    assert told.filter(rule="C05")["reason"].to_list() == ["distrusted"]


def test_the_days_are_limits_and_a_rule_may_be_off_or_graded_anew() -> None:
    longer = RuleSettings(limits=RuleSettings().limits.__class__(first_call_days=20))
    assert answer("C06", policy(), call("00", day=16), settings=longer) == "passed"
    assert answer("C06", policy(), call("00", day=16), settings=RuleSettings(off=frozenset({"C06"}))) == ""
    graded = RuleSettings(severities={("P14", "none"): "W"})
    found = asked(policy(), settings=graded).suspected
    assert [(party, found.suspicions.row(number)) for party, number in found.rows.rows()] == [(0, ("P14", "W", "none"))]


def test_what_is_counted() -> None:
    told = asked(
        policy(),
        policy("P2"),
        check("three_factor", "证件不一致"),
        call("00", policy_no="P2"),
        call("12", policy_no="P9"),
    )
    counts = {row["rule"]: row for row in stats(told, RuleSettings()).iter_rows(named=True) if row["rule"] != "C07"}
    assert (counts["P13"]["evaluated"], counts["P13"]["failed_w"], counts["P13"]["failed_f"]) == (2, 2, 0)
    assert (counts["P14"]["evaluated"], counts["P14"]["failed_i"]) == (2, 1)
    assert counts["P13"]["source"] == "underwriting" and counts["P13"]["unit"] == "江宁"
    of_calls = stats(told, RuleSettings()).filter(rule="C07")
    assert of_calls.select("source", "evaluated", "failed_f").row(0) == ("callbacks", 2, 1)


def test_a_number_in_anothers_name_is_suspect_unless_the_province_demands_the_own() -> None:
    rows = [policy(), check("three_factor", "证件不一致")]
    assert judged(*rows)["verdict"].item() == "unverified"
    assert judged(*rows, settings=EvidenceSettings(own_name_required=True))["verdict"].item() == "refuted"
