from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from polars.testing import assert_frame_equal

from pipeline.core.rules.facts import examine
from tests.core.rules.examples import NIGHT, observations
from tests.strategies_rules import nights


def facts(**columns: object) -> dict[str, object]:
    return examine(observations([columns]), NIGHT).row(0, named=True)


@given(nights(most=12))
@settings(max_examples=20, deadline=None)
def test_facts_of_a_row_do_not_depend_on_its_neighbours(rows):
    frame = observations(rows)
    whole = examine(frame, NIGHT)
    assert_frame_equal(
        pl.concat([examine(frame[place : place + 3], NIGHT) for place in range(0, frame.height, 3)]), whole
    )
    assert whole.select(frame.columns).equals(frame)


@pytest.mark.parametrize(
    ("columns", "organisation"),
    [
        ({"customer_type": "organisation"}, True),
        ({"customer_type": "person", "name": "南京江宁物流有限公司"}, False),
        ({"customer_type": None, "name": "南京江宁物流有限公司"}, True),
        ({"customer_type": None, "cert_type": "USCC"}, True),
        ({"customer_type": None, "name": "王小明"}, False),
        ({"customer_type": None}, False),
    ],
)
def test_an_organisation_is_one_by_its_type_or_else_by_document_or_name(columns: dict[str, object], organisation: bool):
    assert facts(**columns)["party__organisation"] is organisation


@pytest.mark.parametrize(
    ("source", "role", "policy", "claim", "customer"),
    [
        ("underwriting", "insured", True, False, True),
        ("underwriting", "payer", False, False, True),
        ("claims", "owner", False, True, True),
        ("claims", "third_party", False, False, True),
        ("wechat", "contact", False, False, True),
        ("directory", "contact", False, False, False),
        ("do_not_call", "contact", False, False, False),
    ],
)
def test_who_a_party_is_follows_from_source_and_role(source: str, role: str, policy: bool, claim: bool, customer: bool):
    told = facts(source=source, role=role)
    assert (told["party__of_policy"], told["party__of_claim"], told["party__customer"]) == (policy, claim, customer)


def test_a_feed_of_another_name_is_of_the_kind_the_settings_say():
    frame = observations([{"source": "core_system"}])
    assert examine(frame, NIGHT)["party__of_policy"].to_list() == [False]
    assert examine(frame, NIGHT, {"core_system": "underwriting"})["party__of_policy"].to_list() == [True]


def test_a_number_without_a_declared_type_is_taken_for_what_it_plainly_is():
    assert facts(cert_type=None, cert_no="320102198801011236")["cert_no__type"] == "RIC"
    assert facts(cert_type=None, cert_no="320102198801011234")["cert_no__type"] == "RIC"
    assert facts(cert_type="PASSPORT_X", cert_no="320102198801011236")["cert_no__type"] == "PASSPORT_X"
    assert facts(cert_type=None, cert_no=None)["cert_no__type"] is None


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("王小明", True),
        ("JOHN SMITH", True),
        ("王总", True),
        ("王先生", False),
        ("王*明", False),
        ("王", False),
        ("测试", False),
        (None, False),
    ],
)
def test_a_name_is_complete_when_it_can_tell_persons_apart(name: str | None, complete: bool):
    assert facts(name=name)["name__complete"] is complete


def test_any_further_number_that_can_be_called_counts():
    assert facts(other_phones=["139****5678", "025-84550000"])["other_phones__usable"] is True
    assert facts(other_phones=["139****5678"])["other_phones__usable"] is False
    assert facts(other_phones=[])["other_phones__usable"] is False
    assert facts(other_phones=None)["other_phones__usable"] is False


@pytest.mark.parametrize(
    ("region_code", "county", "conflict"),
    [
        ("320115", "江宁区", False),
        ("320115", "玄武区", True),
        ("320100", "玄武区", False),
        (None, "玄武区", False),
        ("320115", None, False),
    ],
)
def test_region_code_and_address_conflict_only_on_a_level_both_tell(
    region_code: str | None, county: str | None, conflict: bool
):
    frame = observations([{}]).with_columns(
        region_code=pl.lit(region_code, pl.String), county=pl.lit(county, pl.String)
    )
    assert examine(frame, NIGHT)["region_code__conflict"].to_list() == [conflict]


@pytest.mark.parametrize(
    ("plate", "plate_type", "agrees"),
    [
        ("苏A12345", "02", True),
        ("苏AD12345", "52", True),
        ("苏AD12345", "02", False),
        ("苏A1234警", "23", True),
        ("苏A12345", "99", None),
        ("苏A12345", None, None),
        ("苏A12345", "自编", None),
        ("苏A1234", "02", None),
        (None, "02", None),
    ],
)
def test_a_plate_agrees_with_its_type_where_the_type_says_anything(
    plate: str | None, plate_type: str | None, agrees: bool | None
):
    assert facts(plate=plate, plate_type=plate_type)["plate__agrees"] is agrees


def test_facts_of_documents_depend_on_the_business_date():
    frame = observations([{"cert_type": "RIC", "cert_no": "320102201706011216"}])
    assert examine(frame, date(2017, 5, 31))["cert_no__date_ok"].to_list() == [False]
    assert examine(frame, date(2017, 6, 1))["cert_no__date_ok"].to_list() == [True]
