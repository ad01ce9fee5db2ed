from collections import Counter
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.rules.examples import outcome, with_limits

DAY = date(2026, 3, 2)
SOLD = {"salesperson_code": "S100", "issued_on": DAY}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
ZHANG = {"name": "张丽华", "cert_type": "RIC", "cert_no": "320115200106150025"}
AGENT = {"source": "directory", "role": "contact", "directory_kind": "agent", "salesperson_code": "S100", **LI}


def policy(number: str, holder: dict, owner: dict) -> list[dict]:
    return [
        SOLD | {"policy_no": number, "role": role} | party
        for role, party in (("policyholder", holder), ("owner", owner))
    ]


def test_the_agent_as_policyholder_of_others_cars_is_suspect_from_the_second_policy():
    rows = [*policy("P1", LI, WANG), *policy("P2", LI, ZHANG), AGENT]
    assert outcome(rows, "N12")[::2] == ["agent_name", "agent_name", "not asked"]
    assert outcome([*policy("P1", LI, WANG), AGENT], "N12")[0] == "passed"
    assert outcome(rows, "N12", with_limits(agent_name_policies=3))[0] == "passed"


def test_the_agent_s_own_cars_are_his_own():
    assert outcome([*policy("P1", LI, LI), *policy("P2", LI, LI), AGENT], "N12")[::2] == [
        "passed",
        "passed",
        "not asked",
    ]


def test_a_namesake_with_a_valid_number_of_his_own_is_no_agent():
    namesake = LI | {"cert_no": "320111196904303116"}
    rows = [*policy("P1", namesake, WANG), *policy("P2", namesake, WANG), AGENT]
    assert outcome(rows, "N12")[0] == "passed"


def test_the_agent_s_name_over_several_customers_numbers_is_suspect():
    rows = [*policy("P1", WANG | {"name": "李强"}, {}), *policy("P2", ZHANG | {"name": "李强"}, {}), AGENT]
    assert outcome(rows, "N12")[::2] == ["agent_name", "agent_name", "not asked"]


def test_a_salesperson_the_directory_lacks_cannot_be_asked_about():
    assert outcome(policy("P1", LI, WANG), "N12")[0] == "unknown"
    assert outcome([*policy("P1", LI, WANG), AGENT | {"salesperson_code": "S999"}], "N12")[0] == "unknown"
    assert outcome([*policy("P1", LI, WANG), AGENT | {"directory_kind": "dealer"}], "N12")[0] == "unknown"


@given(st.lists(st.integers(13_912_345_690, 13_912_345_712), min_size=1, max_size=9))
@settings(max_examples=20, deadline=None)
def test_numbers_run_when_three_are_consecutive_or_share_nine_digits(numbers):
    told = outcome([SOLD | {"mobile": str(number)} for number in numbers], "P09")
    distinct = set(numbers)
    alike = Counter(number // 100 for number in distinct)
    for number, answer in zip(numbers, told, strict=True):
        run = any({number - back, number - back + 1, number - back + 2} <= distinct for back in range(3))
        assert answer == ("run" if run or alike[number // 100] >= 3 else "passed")


@pytest.mark.parametrize("column", ["salesperson_code", "issued_on"])
def test_numbers_of_other_salespersons_or_days_do_not_run_together(column: str):
    other = {"salesperson_code": "S200", "issued_on": date(2026, 3, 3)}[column]
    rows = [SOLD | {"mobile": f"1391234567{last}"} for last in range(3)]
    assert outcome(rows, "P09") == ["run"] * 3
    assert outcome([*rows[:2], rows[2] | {column: other}], "P09") == ["passed"] * 3


def test_a_run_may_cross_a_hundred():
    rows = [SOLD | {"mobile": mobile} for mobile in ("13912345699", "13912345700", "13912345701")]
    assert outcome(rows, "P09") == ["run"] * 3


def test_the_same_numbers_run_on_every_day_they_are_given():
    days = (DAY, date(2026, 3, 3))
    rows = [SOLD | {"mobile": f"1391234567{last}", "issued_on": day} for day in days for last in range(3)]
    assert outcome(rows, "P09") == ["run"] * 6


def test_one_number_on_many_policies_is_no_run():
    assert (
        outcome([SOLD | {"mobile": "13912345671", "policy_no": f"P{place}"} for place in range(5)], "P09")
        == ["passed"] * 5
    )


def test_an_agent_who_pays_is_suspect_unless_the_policy_is_his():
    payer = SOLD | {"role": "payer", "policy_no": "P1", "name": "李强"}
    assert outcome([payer, *policy("P1", WANG, WANG), AGENT], "R04")[0] == "agent_paid"
    assert outcome([payer, *policy("P1", LI, LI), AGENT], "R04")[0] == "passed"
    account = policy("P1", WANG | {"account_name": "李强"}, WANG)
    assert outcome([*account, AGENT], "R04")[0] == "agent_paid"
