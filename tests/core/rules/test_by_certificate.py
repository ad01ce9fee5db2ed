from datetime import date

import pytest

from tests.core.rules.examples import outcome, with_limits

NUMBER = {"cert_type": "RIC", "cert_no": "320102198801011236"}


def named(*names: str | None, **columns: object) -> list[dict[str, object]]:
    return [NUMBER | {"name": name, "policy_no": f"P{place}"} | columns for place, name in enumerate(names)]


def holding(*plates: str, **columns: object) -> list[dict[str, object]]:
    return [NUMBER | {"name": "王小明", "plate": plate, "policy_no": f"P{plate}"} | columns for plate in plates]


PLATES = ("苏A12340", "苏A12341", "苏A12342", "苏A12343")


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("王小明", "李强"), ["other_name"] * 2),
        (("王小明", "王小明", "李强"), ["passed", "passed", "other_name"]),
        (("王小明", "王小眀", "李强"), ["passed", "passed", "other_name"]),
        (("王小明", "王小明", "李强", "李强"), ["other_name"] * 4),
        (("王小明", "王晓明", "王曉明"), ["passed"] * 3),
        (("王小明", "李强", "张丽华"), ["other_name"] * 3),
        (("王小明", "王小明", "王小明", "李强", "张丽华"), ["passed"] * 3 + ["other_name"] * 2),
        (("王小明", "王先生", None), ["passed", "unknown", "unknown"]),
    ],
)
def test_the_name_most_records_bear_stands_and_incompatible_ones_fail(names: tuple, expected: list[str]):
    assert outcome(named(*names), "D24") == expected


@pytest.mark.parametrize("contradiction", [{"gender": "female"}, {"birth_date": date(1990, 5, 1)}])
def test_records_that_contradict_the_number_have_no_vote(contradiction: dict):
    rows = named("王小明") + named("李强", "李强", "李强", **contradiction)
    assert outcome(rows, "D24") == ["passed", *["other_name"] * 3]


def test_a_number_that_fails_its_check_proves_nothing():
    rows = [row | {"cert_no": "320102198801011234"} for row in named("王小明", "李强")]
    assert outcome(rows, "D24") == ["unknown"] * 2


def test_a_passport_changes_hands_of_numbers_and_is_not_asked_to_last():
    rows = [row | {"cert_type": "PASSPORT_CN", "cert_no": "E12345678"} for row in named("王小明", "李强")]
    assert outcome(rows, "D24") == ["unknown"] * 2


def test_claims_and_the_directory_speak_of_a_number_too():
    told = [
        NUMBER | {"source": "claims", "role": "driver", "name": "李强"},
        NUMBER | {"source": "directory", "role": "contact", "name": "李强"},
    ]
    assert outcome([*named("王小明"), *told], "D24") == ["other_name", "passed", "not asked"]


def test_vehicles_of_others_are_counted_beyond_the_limit():
    assert outcome(holding(*PLATES[:3]), "D28") == ["passed"] * 3
    assert outcome(holding(*PLATES), "D28") == ["too_many"] * 4
    assert outcome(holding(*PLATES), "D28", with_limits(cars_not_owned=4)) == ["passed"] * 4


def test_two_policies_of_one_car_are_one_car():
    assert outcome(holding(*PLATES[:3], *PLATES[:3]), "D28") == ["passed"] * 6


def test_a_fleet_of_his_own_is_not_one_of_others():
    owned = [row | {"role": "owner"} for row in holding(*PLATES)]
    assert outcome(holding(*PLATES) + owned, "D28")[:4] == ["passed"] * 4
    assert outcome(holding(*PLATES, vehicle_relation="own"), "D28") == ["passed"] * 4


def test_only_the_policies_on_vehicles_of_others_are_marked():
    rows = [*holding("苏B00001"), *holding(*PLATES), *holding("苏B00001", role="owner")]
    assert outcome(rows, "D28") == ["passed", *["too_many"] * 4, "not asked"]


@pytest.mark.parametrize("over", [{"cover_to": date(2025, 1, 1)}, {"policy_status": "cancelled"}])
def test_policies_that_are_over_hold_no_vehicle(over: dict):
    assert "too_many" not in outcome(holding(*PLATES[:3]) + holding(PLATES[3], **over), "D28")
