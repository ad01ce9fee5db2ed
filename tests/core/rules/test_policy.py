import pytest

from tests.core.rules.examples import outcome

WANG = {"name": "王小明", "cert_type": "RIC", "cert_no": "320102198801011236"}
LI = {"name": "李强", "cert_type": "RIC", "cert_no": "320106198502281231"}
FIRM = {
    "customer_type": "organisation",
    "name": "南京江宁物流有限公司",
    "cert_type": "USCC",
    "cert_no": "91320100MA1X7K3P4X",
}


def parties(**roles: dict) -> list[dict]:
    return [{"role": role, "policy_no": "P1"} | columns for role, columns in roles.items()]


@pytest.mark.parametrize(
    ("insured", "rule", "expected"),
    [
        (LI, "R02", "missing"),
        (LI | {"relation": "spouse"}, "R02", "passed"),
        (LI | {"relation": "other"}, "R02", "other"),
        (WANG, "R02", "passed"),
        ({}, "R02", "unknown"),
        ({"relation": "spouse"}, "R02", "passed"),
        ({"name": "王晓明"}, "R02", "unknown"),
        (FIRM, "R02", "not asked"),
        (WANG | {"same_person_flag": True}, "R01", "passed"),
        (LI | {"same_person_flag": True}, "R01", "number_differs"),
        ({"name": "李强", "same_person_flag": True}, "R01", "name_differs"),
        ({"name": "王曉明", "same_person_flag": True}, "R01", "spelt_differently"),
        (WANG | {"cert_no": "320102198801011234", "same_person_flag": True}, "R01", "spelt_differently"),
        (WANG | {"cert_type": "PASSPORT_CN", "cert_no": "E12345678", "same_person_flag": True}, "R01", "passed"),
        (LI, "R01", "not asked"),
        (LI | {"mobile": "13905142687"}, "P10", "shared"),
        (WANG | {"mobile": "13905142687"}, "P10", "passed"),
        ({"mobile": "13905142687"}, "P10", "unknown"),
        ({"mobile": "13705141234"}, "P10", "passed"),
    ],
)
def test_insured_beside_policyholder(insured: dict, rule: str, expected: str):
    rows = parties(insured=insured, policyholder=WANG | {"mobile": "13905142687"})
    assert outcome(rows, rule)[0] == expected


def test_a_relation_to_an_organisation_is_not_asked():
    assert outcome(parties(insured=WANG, policyholder=FIRM), "R02")[0] == "not asked"


def test_a_relation_told_on_the_policyholder_s_side_counts():
    assert outcome(parties(insured=LI, policyholder=WANG | {"relation": "spouse"}), "R02")[0] == "passed"


@pytest.mark.parametrize(
    ("owner", "insured", "expected"),
    [
        (WANG, WANG, "passed"),
        (WANG, LI, "differ"),
        (WANG | {"relation": "spouse"}, LI, "passed"),
        (WANG, LI | {"vehicle_relation": "use"}, "passed"),
        (FIRM | {"vehicle_relation": "lease"}, LI, "passed"),
        (FIRM, LI, "differ"),
        (FIRM, FIRM, "passed"),
        (WANG | {"channel": "platform"}, LI, "not asked"),
        (WANG, {}, "unknown"),
    ],
)
def test_owner_beside_insured(owner: dict, insured: dict, expected: str):
    assert outcome(parties(owner=owner, insured=insured), "R03")[0] == expected


@pytest.mark.parametrize(
    ("payer", "holder", "expected"),
    [
        ({"name": "王小明"}, WANG, "passed"),
        ({"name": "王曉明"}, WANG, "passed"),
        ({"name": "李强"}, WANG, "other_account"),
        ({"name": "李强", "account_name": "王小明"}, WANG, "passed"),
        (WANG | {"account_name": "李强"}, WANG, "other_account"),
        ({"name": "南京江宁物流有限公司"}, WANG, "other_account"),
        ({"name": "李强"}, FIRM, "not asked"),
        ({"name": "王先生"}, WANG, "unknown"),
        ({"name": "李强", "channel": "platform"}, WANG, "not asked"),
    ],
)
def test_payer_beside_policyholder(payer: dict, holder: dict, expected: str):
    assert outcome(parties(payer=payer, policyholder=holder), "R04")[0] == expected


def test_parties_without_a_policyholder_cannot_be_compared():
    rows = parties(insured=WANG | {"mobile": "13905142687", "same_person_flag": True}, payer={"name": "王小明"})
    assert [outcome(rows, rule)[0] for rule in ("R01", "R02", "P10")] == ["unknown"] * 3
    assert outcome(rows, "R04")[1] == "unknown"


def test_a_licence_is_compared_within_one_policy_or_claim_only():
    licence = WANG | {"cert_type": "DRIVER", "cert_no": "320100123456"}
    assert outcome(parties(policyholder=licence, insured=WANG), "D26")[0] == "differs"
    assert outcome(parties(policyholder=licence, insured=LI), "D26")[0] == "unknown"
    apart = [{"role": "policyholder", "policy_no": "P1"} | licence, {"role": "insured", "policy_no": "P2"} | WANG]
    assert outcome(apart, "D26")[0] == "unknown"
    claim = [
        {"source": "claims", "claim_no": "C1"} | row for row in ({"role": "driver"} | licence, {"role": "owner"} | WANG)
    ]
    assert outcome(claim, "D26") == ["differs", "not asked"]
