from datetime import timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.authenticity import advice
from pipeline.core.authenticity.evidence_settings import EvidenceSettings
from pipeline.core.authenticity.evidence_sources.answers import callback_codes, check_codes
from pipeline.core.authenticity.grounds import FIELD_OF_FAMILY
from pipeline.core.rules.catalogue import BY_ID, RULES
from pipeline.core.tables import csv_table
from tests.core.authenticity.histories import (
    CERT_NO,
    ISSUED,
    OTHER_PHONE,
    call,
    check,
    claim,
    finding,
    judged,
    policy,
    verdict,
    wechat,
)

WRONG_DIGIT = finding("D04", "check_digit")


def row(*rows, **kept) -> dict[str, object]:
    return judged(*rows, **kept).row(0, named=True)


def test_an_insured_said_to_be_a_policyholder_nobody_told_of_misses_what_he_has_not_told_himself() -> None:
    told = row(policy(role="insured", same_person_flag=True, customer_id=None, address=None))
    assert (told["missing_fields"], told["verdict"], told["refuted_kind"]) == (["address"], "refuted", "missing")


@settings(max_examples=6)
@given(
    st.lists(
        st.sampled_from(
            [call("00", 5), call("00", 30), call("10", 9), check("three_factor", "一致"), wechat(), claim()]
        ),
        unique_by=lambda heard: heard["record_id"],
    )
)
def test_nothing_that_is_heard_heals_a_wrong_check_digit(heard) -> None:
    told = row(policy(**WRONG_DIGIT, sms_verified=True), *heard)
    assert (told["verdict"], told["refuted_kind"], told["standing_fields"]) == ("refuted", "false", ["cert_no"])
    assert told["reasons"][0] == "D04.check_digit"
    assert told["advice"][0] == "ask_document"


def test_a_call_shows_that_a_segment_exists_and_nothing_else() -> None:
    segment = finding("P02", "segment")
    assert verdict(policy(**segment)) == "refuted"
    told = row(policy(**segment), call("00"))
    assert (told["verdict"], told["failed_fields"], told["standing_fields"]) == ("authentic", ["phone"], [])
    assert told["reasons"] == ["healed.P02.segment", "callback.confirmed"]
    assert verdict(policy(**segment), claim()) == "refuted"
    assert verdict(policy(**finding("P07", "directory_phone")), call("00")) == "refuted"


def test_missing_is_told_apart_from_false() -> None:
    no_phone = policy(mobile=None, **finding("P01", "missing"))
    told = row(no_phone)
    assert (told["verdict"], told["refuted_kind"], told["reasons"]) == ("refuted", "missing", ["missing.phone"])
    assert told["advice"] == ["ask_number"]
    both = row(policy(address=None, **WRONG_DIGIT))
    assert (both["refuted_kind"], both["reasons"]) == ("false", ["D04.check_digit", "missing.address"])


def test_refuting_evidence_comes_before_findings_and_suspicions_come_last() -> None:
    found = {"failed_rules": [*finding("P09", "run", "W")["failed_rules"], *WRONG_DIGIT["failed_rules"]]}
    told = row(policy(**found), call("12"), check("identity", "一致"))
    assert told["reasons"] == ["callback.stranger", "D04.check_digit", "identity.agrees", "P09.run"]
    assert (told["suspect_fields"], told["refuted_fields"]) == (["phone"], ["phone"])
    assert told["deciding"] == [f"{call('12')['record_id']}#phone"]
    assert told["advice"] == ["ask_number", "ask_document"]


def test_information_is_no_reason() -> None:
    assert row(policy(**finding("P16", "split", "I")), call("00"))["reasons"] == ["callback.confirmed"]


def test_proof_of_another_field_is_not_enough_unless_settings_say_so() -> None:
    told = row(policy(), check("identity", "一致"))
    assert (told["verdict"], told["reasons"]) == ("unverified", ["identity.agrees"])
    assert (
        verdict(policy(), check("identity", "一致"), settings=EvidenceSettings(proof=("name", "cert_no")))
        == "authentic"
    )
    assert verdict(policy(), call("00"), settings=EvidenceSettings(proof=())) == "unverified"


def test_an_unverified_party_is_to_be_called() -> None:
    told = row(policy(**finding("P09", "run", "W")))
    assert (told["reasons"], told["advice"]) == (["no_evidence", "P09.run"], ["call_number"])
    assert row(policy(), call("24"))["advice"] == ["call_again"]
    assert row(policy(), call("51"))["advice"] == []


def test_a_newer_number_is_proposed_where_the_own_one_is_not_confirmed() -> None:
    told = row(policy(), call("20"), wechat(OTHER_PHONE))
    assert (told["reasons"], told["advice"]) == (["callback.empty_number"], ["take_newer_number", "ask_number"])
    assert row(policy(), call("00"), wechat(OTHER_PHONE))["advice"] == []


def test_a_wrong_birth_date_is_to_be_corrected() -> None:
    assert row(policy(**finding("D08", "differs")))["advice"] == ["correct_birth_date"]


def test_claims_confirm_the_document_too() -> None:
    told = row(policy(), claim(cert_no=CERT_NO))
    assert (told["verdict"], told["confirmed_fields"]) == ("authentic", ["cert_no", "phone"])


def test_the_newest_telling_of_a_party_is_judged() -> None:
    later = policy(observed_at=ISSUED + timedelta(days=1), record_id="underwriting/P1-2/policyholder", **WRONG_DIGIT)
    assert verdict(policy(), later) == "refuted"


def test_every_reason_and_advice_has_texts() -> None:
    texts = advice.texts()
    assert texts["code"].is_unique().all()
    assert texts.filter(pl.any_horizontal(pl.col("zh", "en").fill_null("") == "")).height == 0
    codes = set(texts.filter(pl.col("kind") == "reason")["code"])
    calls = set("callback." + callback_codes()["answer"]) | {"callback.suspended_long", "callback.written_back"}
    checks = set(check_codes()["check"] + "." + check_codes()["answer"])
    said = {"sms_code.verified", "wechat.same", "claims.same", "no_evidence", "missing.phone", "D04.check_digit"}
    assert calls | checks | said <= codes
    advised = {advised for _, advised in csv_table.read("verdict_advice.csv").iter_rows()}
    assert advised <= set(texts.filter(pl.col("kind") == "advice")["code"])


def test_every_refuting_finding_has_advice() -> None:
    known = set(csv_table.read("verdict_advice.csv")["on"])
    assert {FIELD_OF_FAMILY[rule.id[0]] for rule in RULES} <= known


@pytest.mark.parametrize(("rule", "reason"), csv_table.read("healed_findings.csv").select("rule", "reason").rows())
def test_findings_that_can_be_healed_are_refuting_ones_and_never_check_digits(rule: str, reason: str) -> None:
    assert "F" in {way.severity for way in BY_ID[rule].reasons if way.code == reason}
    assert "digit" not in reason


def test_what_the_policy_tells_of_one_person_under_one_role_it_need_not_tell_under_another() -> None:
    insured = {"record_id": "underwriting/P1/insured", "role": "insured", "mobile": None, "address": None}
    parties = judged(policy(), policy(**insured), policy(**(insured | {"role": "owner", "customer_id": "20260630-Z"})))
    assert dict(parties.select("role", "missing_fields").rows()) == {
        "insured": [],
        "owner": ["phone", "address"],
        "policyholder": [],
    }
    both = judged(policy(address=None), policy(**insured))
    assert both.filter(pl.col("role") == "insured")["missing_fields"].item().to_list() == ["address"]
