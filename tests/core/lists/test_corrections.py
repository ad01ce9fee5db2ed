from datetime import date

import polars as pl

from pipeline.core.lists.corrections import KNOWN, correction_list, known_of
from tests.core.authenticity.histories import (
    CERT_NO,
    ISSUED,
    NAME,
    OTHER_PHONE,
    Row,
    call,
    check,
    finding,
    frame,
    heard,
    judged,
    policy,
    wechat,
)

OTHER_NUMBER = "110105199003078211"


def corrections(*rows: Row, known: pl.DataFrame | None = None) -> pl.DataFrame:
    told = (
        "observed_at",
        "name",
        "mobile",
        "landline",
        "cert_type",
        "cert_no",
        "address",
        "birth_date",
        "plate",
        "vin",
        "engine_no",
        "failed_rules",
    )
    contacts = frame(*rows).select("record_id", *told)
    nothing = KNOWN.to_frame(eager=True)
    return correction_list(
        judged(*rows), contacts.unique("record_id"), heard(*rows), nothing if known is None else known
    )


def golden_record(**sources: str) -> pl.DataFrame:
    """What is known of a customer whose golden record has another name and number, told by ``sources``."""
    told = {"customer_id": "20260630-A", "name": "王小明", "cert_no": OTHER_NUMBER} | sources
    return known_of(pl.DataFrame([told]), ["underwriting"])


def test_a_wrong_number_is_told_with_the_newer_one_the_customer_gave() -> None:
    told = corrections(policy(), call("20"), wechat(OTHER_PHONE))
    assert told.select("field", "proposed", "proposed_by").rows() == [("phone", OTHER_PHONE, "wechat")]


def test_a_missing_field_has_no_value_and_nobody_authentic_is_told() -> None:
    told = corrections(policy(address=None), policy("P2"))
    assert told.select("policy_no", "field", "value", "proposed").rows() == [("P1", "address", None, None)]


def test_an_owner_is_asked_for_nothing_that_was_not_told() -> None:
    owner = policy(role="owner", mobile="14212345678", address=None, **finding("P02", "segment"))
    assert corrections(owner).select("role", "field", "value").rows() == [("owner", "phone", "14212345678")]
    assert corrections(policy(role="owner", mobile=None, address=None)).is_empty()


def test_a_date_of_birth_is_proposed_by_a_number_that_is_confirmed() -> None:
    wrong = policy(birth_date=date(1988, 11, 1), **finding("D08", "differs"))
    told = corrections(wrong, check("identity", "一致"))
    assert told.select("field", "value", "proposed", "proposed_by").rows() == [
        ("birth_date", "1988-11-01", "1988-01-01", "cert_no")
    ]
    assert corrections(wrong).select("field", "value", "proposed").rows() == [("cert_no", CERT_NO, None)]


def test_what_underwriting_told_on_another_policy_is_proposed() -> None:
    wrong = policy(**finding("D04", "check_digit"))
    told = corrections(wrong, known=golden_record(name_source="claims", document_source="underwriting"))
    assert told.select("field", "value", "proposed", "proposed_by").rows() == [
        ("cert_no", CERT_NO, OTHER_NUMBER, "golden_record")
    ]
    by_claims = corrections(wrong, known=golden_record(name_source="underwriting", document_source="claims"))
    assert by_claims["proposed"].to_list() == [None]


def test_a_value_is_not_proposed_in_its_own_place() -> None:
    wrong = policy(cert_no=OTHER_NUMBER, **finding("D24", "other_name"))
    told = corrections(wrong, known=golden_record(name_source="underwriting", document_source="underwriting"))
    assert told.select("field", "proposed").rows() == [("cert_no", None)]


def test_every_finding_has_its_own_row_by_which_it_is_known_again() -> None:
    both = {
        "failed_rules": [
            finding(rule, reason)["failed_rules"][0] for rule, reason in (("N05", "title"), ("D04", "check_digit"))
        ]
    }
    told = corrections(policy(**both))
    assert told.select("record_id", "rule", "field", "value").rows() == [
        ("underwriting/P1/policyholder", "N05", "name", NAME),
        ("underwriting/P1/policyholder", "D04", "cert_no", CERT_NO),
    ]
    assert told["reasons"].to_list() == [["N05.title"], ["D04.check_digit"]]
    assert told["observed_at"].to_list() == [ISSUED, ISSUED]


def test_a_suspicion_is_no_finding_to_act_on() -> None:
    told = corrections(policy(address=None, **finding("N12", "agent_name", "W")))
    assert told["field"].to_list() == ["address"]


def test_a_finding_about_a_vehicle_comes_with_what_its_rule_asked_of() -> None:
    vehicle = {"plate": "苏A1234", "vin": "LSVAB2BR8KN12345", "engine_no": "000000"}
    found = [one for rule, why in (("V01", "grammar"), ("V03", "length")) for one in finding(rule, why)["failed_rules"]]
    told = corrections(policy(**vehicle, failed_rules=found))
    assert told.select("rule", "field", "value").rows() == [
        ("V01", "vehicle", "苏A1234"),
        ("V03", "vehicle", "LSVAB2BR8KN12345"),
    ]
