from datetime import date

import polars as pl

from pipeline.core.lists.corrections import correction_list
from tests.core.authenticity.histories import OTHER_PHONE, Row, call, finding, frame, heard, judged, policy, wechat


def corrections(*rows: Row) -> pl.DataFrame:
    contacts = frame(*rows).select("record_id", "name", "mobile", "landline", "cert_no", "address", "birth_date")
    return correction_list(judged(*rows), contacts.unique("record_id"), heard(*rows))


def test_a_wrong_number_is_told_with_the_newer_one_the_customer_gave() -> None:
    told = corrections(policy(), call("20"), wechat(OTHER_PHONE))
    assert told.select("field", "proposed", "proposed_by").rows() == [("phone", OTHER_PHONE, "wechat")]


def test_a_missing_field_has_no_value_and_nobody_authentic_is_told() -> None:
    told = corrections(policy(address=None), policy("P2"))
    assert told.select("policy_no", "field", "value", "proposed").rows() == [("P1", "address", None, None)]


def test_a_date_of_birth_is_proposed_by_the_number() -> None:
    told = corrections(policy(birth_date=date(1988, 11, 1), **finding("D08", "differs")))
    assert told.select("field", "value", "proposed", "proposed_by").rows() == [
        ("birth_date", "1988-11-01", "1988-01-01", "cert_no")
    ]
