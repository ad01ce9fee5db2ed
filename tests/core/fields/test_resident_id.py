from datetime import date

import id_validator.validator
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.fields import certificate_facts, resident_id
from tests.strategies_certificates import (
    COUNTIES,
    ON,
    neighbour_swaps,
    odd_texts,
    one_character_errors,
    resident_ids,
    with_check_character,
)


def facts(*numbers: str | None, on: date = ON, declared: str = resident_id.RESIDENT) -> pl.DataFrame:
    return resident_id.check(pl.Series(numbers, dtype=pl.String), on, declared)


@pytest.mark.parametrize(
    ("number", "reason", "valid"),
    [
        # D03–D06, as published with the rules.
        ("320102198801011236", None, True),
        ("3201021988010112", "shape", False),
        ("320102198801011234", "check_digit", False),
        ("320106198502281231", None, True),
        ("320106198502291237", "date", False),
        # 江宁区 was opened in 2000, 白下区 ended in 2012: the year of birth is never compared with them.
        ("320115200106150025", None, True),
        (with_check_character("32011519750615002"), None, True),
        (with_check_character("32010320200615002"), None, True),
        ("329999198801011237", "region_county", True),
        (with_check_character("39010219880101123"), "region_province", False),
        # D12.
        ("11010519491231002X", "placeholder", False),
        ("440524188001010014", "placeholder", False),
        ("34052419800101001X", "placeholder", False),
        ("111111111111111", "placeholder", False),
        ("111111111111111111", "placeholder", False),
        ("123456789012345678", "placeholder", False),
        ("98765432109876543X", "placeholder", False),
        # D14 among resident ids.
        ("810000199003074016", "hmt_permit", True),
        ("810000199003074011", "check_digit", False),
        # The example of python-stdnum.
        ("360426199101010071", None, True),
        # A region of the first list only, a city, Taiwan.
        (with_check_character("32012019600101001"), None, True),
        (with_check_character("32010019880101123"), None, True),
        (with_check_character("71000019880101123"), None, True),
        # Forms.
        ("330102200403064", "shape", False),
        ("33010219200403064X", None, True),
        ("33010219200403064x", "shape", False),
        ("932682198501010017", "shape", False),
        ("012345198801011234", "shape", False),
        ("320102********1236", "masked", False),
        ("3201**********1236", "masked", False),
        ("32010219880101123*", "masked", False),
        ("X20102198801011236", "shape", False),
        ("中文字符中文", "shape", False),
        ("", "shape", False),
        # Dates.
        (with_check_character("32010220261122001"), None, True),
        (with_check_character("32010220261123001"), "date", False),
        (with_check_character("32010219051123001"), None, True),
        (with_check_character("32010219051122001"), "date", False),
        (with_check_character("32010218800101001"), "date", False),
        (with_check_character("32010219881301001"), "date", False),
        (with_check_character("32010200000101001"), "date", False),
        # A spreadsheet's 15 digits.
        ("320106198801011000", "precision_lost", False),
        ("320106198801011003", "check_digit", False),
    ],
)
def test_published_and_edge_numbers(number: str, reason: str | None, valid: bool) -> None:
    told = facts(number).row(0, named=True)
    assert (told["reason"], told["valid"]) == (reason, valid)
    assert told["lifetime_no"] == (number if valid else None)
    assert told["placeholder"] == (reason == "placeholder")


def test_a_zero_tail_that_fits_is_a_number_like_any_other() -> None:
    number = next(
        with_check_character(f"3201021988{month:02}{day:02}{tens}00")
        for month in range(1, 13)
        for day in range(1, 29)
        for tens in range(10)
        if with_check_character(f"3201021988{month:02}{day:02}{tens}00").endswith("0")
    )
    assert facts(number)["reason"].to_list() == [None]


def test_facts_of_a_good_number() -> None:
    assert facts("320102198801011236").row(0, named=True) == {
        "asked": "resident_id",
        "reason": None,
        "well_formed": True,
        "check_digit_ok": True,
        "date_ok": True,
        "birth_date": date(1988, 1, 1),
        "male": True,
        "region": "known",
        "placeholder": False,
        "valid": True,
        "lifetime_no": "320102198801011236",
    }


def test_a_badly_formed_number_says_nothing_else() -> None:
    told = facts("3201021988010112").row(0, named=True)
    assert (told["well_formed"], told["check_digit_ok"], told["date_ok"], told["birth_date"]) == (
        False,
        None,
        None,
        None,
    )
    assert (told["male"], told["region"]) == (None, None)


def test_no_number_no_facts() -> None:
    told = facts(None, "320102198801011236", None)
    assert told["valid"].to_list() == [None, True, None]
    assert set(told.row(0)) == {None}
    assert facts().schema == certificate_facts.SCHEMA


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("810000199003074016", None),
        ("810000199003074011", "check_digit"),
        (with_check_character("82000019900307401"), None),
        (with_check_character("83000019900307401"), None),
        ("320102198801011236", "shape"),
        (with_check_character("81010119900307401"), "shape"),
        ("810000", "shape"),
    ],
)
def test_residence_permits_declared_as_such(number: str, reason: str | None) -> None:
    told = facts(number, declared=resident_id.RESIDENCE_PERMIT).row(0, named=True)
    assert (told["reason"], told["asked"]) == (reason, "hmt_residence")


def test_residence_permits_among_resident_ids_are_looked_at_as_such() -> None:
    told = facts("810000199003074016", "320102198801011236")
    assert told["asked"].to_list() == ["hmt_residence", "resident_id"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("330102200403064", "33010219200403064X"),
        ("320311770706001", "320311197707060018"),
        ("150102880730303", "150102198807303035"),
        ("110105491231002", "11010519491231002X"),
        ("111111111111111", "111111111111111"),
        ("123456789012345", "123456789012345"),
        ("320102881301123", "320102881301123"),
        ("390102880101123", "390102880101123"),
        ("110108000000016", "110108000000016"),
        ("320102198801011236", "320102198801011236"),
        ("E12345678", "E12345678"),
        (None, None),
    ],
)
def test_fifteen_digits_become_eighteen(old: str | None, new: str | None) -> None:
    repair = "converted_from_15" if new != old else None
    assert resident_id.clean(pl.Series([old], dtype=pl.String)).row(0) == (new, repair)


@given(st.lists(resident_ids(), min_size=1, max_size=200))
def test_every_right_number_is_valid(numbers: list[str]) -> None:
    told = facts(*numbers)
    named = set(resident_id.SAMPLES)
    assert [number for number, ok in zip(numbers, told["valid"], strict=True) if not ok and number not in named] == []
    assert told["region"].unique().to_list() == ["known"]
    for number, birth, male in zip(numbers, told["birth_date"], told["male"], strict=True):
        assert f"{birth:%Y%m%d}" == number[6:14]
        assert male == (int(number[16]) % 2 == 1)


@given(resident_ids())
def test_every_single_digit_error_is_noticed_by_the_check_digit(number: str) -> None:
    wrong = one_character_errors(number[:17], "0123456789")
    told = facts(
        *(body + number[17] for body in wrong), *(number[:17] + last for last in "0123456789X" if last != number[17])
    )
    assert told.filter(pl.col("check_digit_ok").fill_null(value=False)).is_empty()
    assert not told["valid"].any()


@given(resident_ids())
def test_every_swap_of_neighbours_is_noticed(number: str) -> None:
    told = facts(*neighbour_swaps(number))
    assert told.filter(pl.col("check_digit_ok").fill_null(value=False)).is_empty()
    assert not told["valid"].any()


@settings(max_examples=20)
@given(resident_ids(COUNTIES), st.sampled_from([None, *range(17)]), st.integers(1, 9))
def test_id_validator_agrees(number: str, position: int | None, shift: int) -> None:
    if position is not None:
        wrong = str((int(number[position]) + shift) % 10)
        number = number[:position] + wrong + number[position + 1 :]
    if number[:6] not in OPENED_SINCE_2020:
        assert facts(number)["valid"].to_list() == [id_validator.validator.is_valid(number)]


# id-validator's list ends in 2020.
OPENED_SINCE_2020 = {
    "350404", "350405", "350604", "350605", "431181", "450181", "500157", "513402", "520581", "532302", "540481",
    "540581", "610305", "610981", "653132", "653228", "653229", "654203", "659011", "659012", "659013",
}  # fmt: skip


@pytest.mark.parametrize(
    ("number", "theirs", "ours"),
    [
        # It knows no placeholders, no oldest age and no code since 2020; codes it does not know it refuses.
        ("111111111111111", True, False),
        ("11010519491231002X", True, False),
        ("440524188001010014", True, False),
        (with_check_character("32010218800101001"), True, False),
        ("329999198801011237", False, True),
        (with_check_character("50015719880101123"), False, True),
        (with_check_character("71000019880101123"), False, True),
    ],
)
def test_documented_differences_from_id_validator(number: str, theirs: bool, ours: bool) -> None:
    assert bool(id_validator.validator.is_valid(number)) == theirs
    assert facts(number)["valid"].to_list() == [ours]


@settings(max_examples=10)
@given(resident_ids())
def test_conversion_is_that_of_id_validator(number: str) -> None:
    old = number[:6] + "88" + number[10:17]
    if old[:6] not in OPENED_SINCE_2020:
        ours = resident_id.clean(pl.Series([old]))["value"].to_list()
        assert ours == [id_validator.validator.upgrade_id(old) or old]


@given(st.lists(odd_texts | resident_ids() | st.from_regex("[1-8][0-9]{14}", fullmatch=True), max_size=40))
def test_clean_is_idempotent(told: list[str]) -> None:
    once = resident_id.clean(pl.Series(told, dtype=pl.String))["value"]
    assert resident_id.clean(once)["value"].to_list() == once.to_list()


@settings(max_examples=40)
@given(st.lists(odd_texts | resident_ids(), max_size=20))
def test_check_of_many_is_that_of_each(told: list[str]) -> None:
    alone = [facts(number).row(0) for number in told]
    assert facts(*told).rows() == alone


def test_mask_shows_two_characters() -> None:
    assert resident_id.mask(pl.Series(["320102198801011236", "3201"])).to_list() == ["3****************6", "****"]
