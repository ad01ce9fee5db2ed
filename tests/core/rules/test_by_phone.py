import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.rules.by_phone import differing
from tests.core.rules.examples import outcome, with_limits

WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
ZHANG = {"name": "张丽华", "cert_type": "RIC", "cert_no": "320115200106150025"}
ZHAO = {"name": "赵国庆", "cert_type": "RIC", "cert_no": "320111196904303116"}
PHONE = {"mobile": "13905142687"}
AGENT = {"source": "directory", "role": "contact", "directory_kind": "agent", "customer_type": None}
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)

bodies = st.integers(10**16, 10**17 - 1)


def whole(body: int) -> str:
    """The body with the check character of GB 11643."""
    digits = str(body)
    return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS, strict=True)) % 11]


@given(st.lists(st.tuples(bodies, bodies | bodies.map(lambda body: body // 1000 * 1000)), min_size=1))
def test_numbers_differ_in_as_many_characters_as_they_do_when_written_out(pairs):
    one, other = np.array(pairs, dtype=np.uint64).T
    wanted = [sum(a != b for a, b in zip(whole(x), whole(y), strict=True)) for x, y in pairs]
    assert differing(one, other).tolist() == wanted


def test_four_persons_on_one_phone_fail_and_three_pass():
    rows = [WANG | PHONE, LI | PHONE, ZHANG | PHONE, ZHAO | PHONE]
    assert outcome(rows[:3], "P08") == ["passed"] * 3
    assert outcome(rows, "P08") == ["too_many"] * 4
    assert outcome(rows, "P08", with_limits(persons_per_phone=4)) == ["passed"] * 4


def test_one_person_in_many_records_and_sources_counts_once():
    rows = [
        WANG | PHONE | {"role": role, "policy_no": f"P{place}"}
        for place in range(4)
        for role in ("policyholder", "insured", "owner")
    ]
    claims = [WANG | PHONE | {"source": "claims", "role": "driver"}]
    assert set(outcome(rows + claims, "P08")) == {"passed", "not asked"}


def test_events_without_identity_count_for_nobody():
    events = [
        {"source": source, "role": "contact", "name": name} | PHONE
        for source in ("sms", "wechat", "callbacks")
        for name in "甲乙丙丁"
    ]
    assert outcome([WANG | PHONE, *events], "P08")[0] == "passed"


def test_a_slip_in_a_name_or_number_makes_no_further_person():
    slips = [WANG | PHONE | {"name": name} for name in ("王小眀", "王晓明", "王曉明", "王小名")]
    assert set(outcome([WANG | PHONE, *slips], "P08")) == {"passed"}
    numbers = [
        WANG | PHONE | {"cert_no": number}
        for number in ("320102198801011244", "320102198801011332", "320102198801011252")
    ]
    assert set(outcome([WANG | PHONE, *numbers], "P08")) == {"passed"}


def test_the_number_s_owner_by_the_directory_is_exempt_from_the_crowd_he_made():
    rows = [LI | PHONE, WANG | PHONE, ZHANG | PHONE, ZHAO | PHONE, AGENT | LI | PHONE]
    assert outcome(rows, "P08") == ["passed", "too_many", "too_many", "too_many", "not asked"]
    assert outcome(rows, "P07") == ["passed", "directory_phone", "directory_phone", "directory_phone", "not asked"]


@pytest.mark.parametrize(
    ("party", "listed", "expected"),
    [
        (LI, LI, "passed"),
        (LI, {"name": "李强"}, "passed"),
        ({"name": "李强"}, LI, "passed"),
        (WANG | {"name": "李强"}, LI, "directory_phone"),
        (WANG, LI, "directory_phone"),
        ({}, LI, "directory_phone"),
        (
            {"customer_type": "organisation", "name": "南京和燕汽车有限公司"},
            {"directory_kind": "dealer", "name": "南京和燕汽车有限公司"},
            "passed",
        ),
    ],
)
def test_a_directory_phone_is_its_owner_s_by_number_or_else_by_name(party: dict, listed: dict, expected: str):
    assert outcome([party | PHONE, AGENT | listed | PHONE], "P07")[0] == expected


def test_the_branch_switchboard_is_known_behind_any_extension():
    listed = AGENT | {"directory_kind": "branch", "name": "城南支公司", "landline": "025-84550000"}
    assert outcome([WANG | {"landline": "025-84550000-8001"}, listed], "P07")[0] == "directory_phone"
    assert outcome([WANG | PHONE | {"landline": "025-84550000"}, listed], "P07")[0] == "directory_phone_beside"
    assert outcome([WANG | PHONE | {"landline": "025-84550001"}, listed], "P07")[0] == "passed"


def test_a_further_number_of_the_directory_counts_too():
    listed = AGENT | LI | {"mobile": "13705141234", "other_phones": ["13905142687"]}
    assert outcome([WANG | PHONE, listed], "P07")[0] == "directory_phone"


def test_a_repair_shop_that_reports_a_claim_is_not_asked():
    shop = AGENT | {"directory_kind": "repair_shop", "name": "和燕修理厂"} | PHONE
    rows = [WANG | PHONE | {"source": "claims", "role": role} for role in ("reporter", "driver")]
    assert outcome([*rows, shop], "P07")[:2] == ["not asked", "directory_phone"]


def test_a_relay_number_of_the_directory_is_suspect_but_nobody_s_own():
    relay = AGENT | {"directory_kind": "relay"} | PHONE
    assert outcome([WANG | PHONE, relay], "P21")[0] == "relay_listed"
    assert outcome([WANG | PHONE, relay], "P07")[0] == "passed"
    looks_like_a_hotline = {"mobile": "0950-10000013"}
    assert outcome([WANG | looks_like_a_hotline, relay | looks_like_a_hotline], "P21")[0] == "relay_listed"


def test_two_kinds_of_lifetime_number_are_one_person_s_right():
    permit = {"name": "王小明", "cert_type": "HM_PERMIT", "cert_no": "H12345678"} | PHONE
    residence = {"name": "王小明", "cert_type": "HMT_RESIDENCE", "cert_no": "810000199003074016"} | PHONE
    assert outcome([permit, residence], "D25") == ["passed", "passed"]
    assert outcome([permit, permit | {"cert_no": "H12345679"}], "D25") == ["transcription"] * 2
    assert outcome([permit, permit | {"cert_no": "M87654321"}], "D25") == ["several"] * 2


def test_namesakes_on_different_phones_are_two_persons():
    assert outcome([WANG | PHONE, WANG | {"cert_no": LI["cert_no"], "mobile": "13705141234"}], "D25") == ["passed"] * 2


def test_masked_numbers_bring_nobody_together():
    rows = [person | {"mobile": "139****5678"} for person in (WANG, LI, ZHANG, ZHAO)]
    assert outcome(rows, "P08") == ["unknown"] * 4
    assert outcome([rows[0], WANG | {"mobile": "139****5678", "cert_no": LI["cert_no"]}], "D25") == ["unknown"] * 2
