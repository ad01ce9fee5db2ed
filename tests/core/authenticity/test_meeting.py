import polars as pl

from pipeline.core.authenticity import attach, evidence, meeting, party_facts
from pipeline.core.authenticity.evidence_settings import SOURCES, EvidenceSettings
from tests.core.authenticity.histories import (
    CERT_NO,
    NAME,
    OTHER_PHONE,
    call,
    check,
    claim,
    frame,
    message,
    policy,
    wechat,
)


def test_what_meets_place_by_place_is_what_meets_at_once() -> None:
    settings = EvidenceSettings()
    told = frame(
        policy(sms_verified=True),
        policy("P2", mobile=OTHER_PHONE, customer_id="20260630-B"),
        policy("P3", name=None, cert_no=None, mobile=None, customer_id=None),
        call("00"),
        call("12", policy_no="P2"),
        call("24", policy_no="P9"),
        check("three_factor", "一致"),
        check("identity", "一致", mobile=None, name=NAME, cert_no=CERT_NO),
        check("number_status", "1", mobile=OTHER_PHONE),
        message("DELIVRD"),
        wechat(),
        wechat(customer_id=None, record_id="wechat/x/contact"),
        claim(OTHER_PHONE, customer_id="20260630-B"),
    )
    underwriting = told.filter(pl.col("kind") == "underwriting")
    facts, numbers = party_facts.facts(underwriting), party_facts.numbers(underwriting)
    pieces = evidence.pieces(told, settings)
    placed, parties = meeting.of_pieces(pieces), meeting.of_facts(facts)
    parts = [
        attach.attached(some.drop("place"), parties.filter(pl.col("place") == place).drop("place"), numbers)
        for (place,), some in placed.group_by("place")
    ]
    at_once = attach.attached(pieces, facts, numbers)
    order = ["evidence_id", "policy_no", "role"]
    assert pl.concat(parts).sort(order).equals(at_once.sort(order))
    assert set(at_once["policy_no"]) == {"P1", "P2", None}


def test_every_source_has_a_place_to_meet() -> None:
    assert set(meeting.KEY) == set(SOURCES)
