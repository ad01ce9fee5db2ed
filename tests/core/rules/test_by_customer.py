from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.core.rules import by_customer
from pipeline.core.rules.by_customer import CLAIM, LEAD, OTHER, POLICY, RECORDS_SCHEMA
from pipeline.core.rules.catalogue import RULES
from pipeline.core.rules.rule import FAILED

WANG = 32010219880101123
LI = 32010619850228123
PERMIT = 10**18 + 12345678


def records(*told: dict[str, Any]) -> pl.DataFrame:
    plain = {
        "part": 0, "group": 1, "customer_id": "A", "name_code": 7, "cert_code": 9, "masked": False,
        "tells_of": POLICY, "person": 0, "vin_code": 0, "keeps": False, "day": date(2026, 3, 1),
    }  # fmt: skip
    rows = [{"record": place, **plain, **row} for place, row in enumerate(told)]
    return pl.DataFrame(rows, schema=RECORDS_SCHEMA)


def failing(deviations: pl.DataFrame) -> dict[int, set[str]]:
    found: dict[int, set[str]] = {}
    for record, rule, outcome in deviations.select("record", "rule", "outcome").rows():
        found.setdefault(record, set()).add(f"{RULES[rule].id}.{RULES[rule].reasons[outcome - FAILED].code}")
    return found


def asked(*told: dict[str, Any]) -> dict[int, set[str]]:
    return failing(by_customer.ask(records(*told)))


def changed_hands(*told: dict[str, Any]) -> dict[int, set[str]]:
    return failing(by_customer.ask_vehicles(by_customer.vehicles(records(*told))))


def test_one_name_and_number_in_underwriting_is_one_entry():
    assert asked({}, {}, {"name_code": 8, "tells_of": CLAIM}, {"cert_code": 1, "tells_of": OTHER}) == {}


def test_a_masked_number_is_no_other_number():
    told = asked({"cert_code": 9}, {"cert_code": 5, "masked": True})
    assert told == {0: {"R06.several_entries"}, 1: {"R06.several_entries"}}


def test_several_numbers_are_worse_than_several_spellings():
    assert set.union(*asked({}, {"cert_code": 5}, {"name_code": 8}).values()) == {"R06.several_numbers"}


def test_entries_of_two_customers_are_not_one_customers():
    assert asked({"group": 1}, {"group": 2, "cert_code": 5, "name_code": 8}) == {}


def test_two_numbers_of_one_kind_fail_and_two_of_two_kinds_do_not():
    assert set(asked({"person": WANG}, {"person": LI}, {})) == {0, 1}
    assert asked({"person": WANG}, {"person": PERMIT}, {"person": WANG}) == {}


def test_a_lead_is_a_contact_where_there_is_a_customer():
    assert asked({"tells_of": LEAD}, {}) == {0: {"C03.customer"}}
    assert asked({"tells_of": LEAD, "customer_id": None}) == {}


def test_leads_alone_are_no_customer():
    groups, tells_of = np.array([0, 1, 1, 2]), np.array([LEAD, LEAD, POLICY, CLAIM], np.uint8)
    assert by_customer.only_leads(groups, tells_of, 3).tolist() == [True, False, False, False]


SOLD = {"vin_code": 5, "day": date(2025, 3, 1)}
BOUGHT = {"vin_code": 5, "day": date(2026, 3, 1), "group": 2, "customer_id": "B", "keeps": True}


@pytest.mark.parametrize(
    ("told", "reason"), [(POLICY, "later_policy"), (CLAIM, "claim"), (LEAD, "lead")], ids=["policy", "claim", "lead"]
)
def test_who_comes_to_a_vehicle_after_another_customer_is_told_of(told: int, reason: str):
    assert changed_hands(SOLD | {"keeps": True}, BOUGHT | {"tells_of": told}) == {1: {f"V07.{reason}"}}


def test_a_lead_that_is_no_customer_can_be_the_buyer():
    assert changed_hands(SOLD, BOUGHT | {"tells_of": LEAD, "customer_id": None}) == {1: {"V07.lead"}}


def test_parties_of_one_policy_do_not_come_one_after_the_other():
    assert changed_hands(SOLD, BOUGHT | {"day": SOLD["day"]}) == {}


def test_a_claim_on_the_day_of_issue_comes_after_it():
    assert changed_hands(SOLD, BOUGHT | {"day": SOLD["day"], "tells_of": CLAIM}) == {1: {"V07.claim"}}


def test_who_is_known_of_a_policy_is_not_new_to_its_vehicle():
    insured = BOUGHT | {"day": date(2025, 3, 1), "keeps": False}
    assert changed_hands(SOLD, insured, BOUGHT, BOUGHT | {"tells_of": CLAIM}) == {}


def test_only_the_first_policy_of_a_newcomer_is_told_of():
    assert set(changed_hands(SOLD, BOUGHT, BOUGHT | {"day": date(2027, 3, 1)})) == {1}


def test_other_vehicles_and_records_without_one_say_nothing():
    assert changed_hands(SOLD | {"vin_code": 6}, BOUGHT) == {}
    assert changed_hands(SOLD | {"vin_code": 0}, BOUGHT | {"vin_code": 0}) == {}


def test_answers_do_not_depend_on_the_order_of_records():
    told = records(SOLD | {"person": WANG}, BOUGHT, {"person": LI}, {"cert_code": 3}, {"tells_of": LEAD}, SOLD | BOUGHT)
    turned = told.reverse()
    assert_frame_equal(by_customer.ask(told), by_customer.ask(turned))
    assert_frame_equal(
        *(by_customer.ask_vehicles(by_customer.vehicles(rows).sample(fraction=1, shuffle=True, seed=seed))
          for seed, rows in enumerate((told, turned)))
    )  # fmt: skip
