from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import certificate_facts, other_id
from tests.strategies_certificates import (
    ON,
    neighbour_swaps,
    odd_texts,
    one_character_errors,
    permanent_residence,
    with_check_character,
)


def facts(declared: str, *numbers: str | None) -> pl.DataFrame:
    return other_id.check(pl.Series(numbers, dtype=pl.String), declared, ON)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        # Samples of the immigration administration and of the rules.
        ("932682198501010017", None),
        ("911398199012310021", None),
        ("911124198108030024", None),
        ("932682198501010018", "check_digit"),
        ("KAZ110090123105", None),
        ("KAZ110090123106", "check_digit"),
        (with_check_character("99668219850101001"), "region_province"),
        (with_check_character("93268219851301001"), "date"),
        (with_check_character("93268220300101001"), "date"),
        (with_check_character("93299919850101001"), "country"),
        (with_check_character("93200019850101001"), None),
        ("832682198501010017", "shape"),
        ("93268219850101001", "shape"),
        ("QQQ110090123106", "country"),
        ("E12345678", "shape"),
        ("932682********0017", "masked"),
        ("99999999999999999X", "placeholder"),
        (None, None),
    ],
)
def test_permanent_residence(number: str | None, reason: str | None) -> None:
    told = facts("FPR", number).row(0, named=True)
    assert told["reason"] == reason
    assert told["valid"] == (None if number is None else reason is None)


def test_facts_of_the_official_sample() -> None:
    told = facts("FPR", "932682198501010017").row(0, named=True)
    assert (told["asked"], told["birth_date"], told["male"]) == ("foreign_resident", date(1985, 1, 1), True)
    assert (told["region"], told["lifetime_no"]) == ("known", "932682198501010017")
    assert facts("FPR", "911124198108030024")["male"].to_list() == [False]


def test_the_old_number_is_not_for_life_and_its_century_may_be_uncertain() -> None:
    told = facts("FPR", "KAZ110090123105", "KAZ110010010111", "932682198501010017")
    assert told["birth_date"].to_list() == [date(1990, 12, 31), None, date(1985, 1, 1)]
    assert told["date_ok"].to_list() == [True, True, True]
    assert told["lifetime_no"].to_list() == [None, None, "932682198501010017"]


@given(st.lists(permanent_residence(), min_size=1, max_size=100))
def test_right_numbers_are_valid(numbers: list[str]) -> None:
    assert facts("FPR", *numbers)["valid"].all()


@given(permanent_residence())
def test_single_digit_errors_and_swaps_are_noticed(number: str) -> None:
    wrong = [body + number[17] for body in one_character_errors(number[:17], "0123456789")]
    assert not facts("FPR", *wrong, *neighbour_swaps(number))["valid"].any()


@pytest.mark.parametrize(
    ("declared", "number", "reason"),
    [
        # D16 and the examples of the libraries it is taken from.
        ("PASSPORT_CN", "E12345678", None),
        ("PASSPORT_CN", "E1234567", "shape"),
        ("PASSPORT_CN", "EA1234567", None),
        ("PASSPORT_CN", "EI1234567", "shape"),
        ("PASSPORT_CN", "EO1234567", "shape"),
        ("PASSPORT_CN", "G28233515", None),
        ("PASSPORT_CN", "S28233515", None),
        ("PASSPORT_CN", "141234567", None),
        ("PASSPORT_CN", "159203084", None),
        ("PASSPORT_CN", "MA1234567", None),
        ("PASSPORT_CN", "MB1234567", None),
        ("PASSPORT_CN", "K25345719", None),
        ("PASSPORT_CN", "KJ0101505", None),
        ("PASSPORT_CN", "H01234567", None),
        ("PASSPORT_CN", "PE1234567", None),
        ("PASSPORT_CN", "SE1234567", None),
        ("PASSPORT_CN", "DE1234567", None),
        ("PASSPORT_CN", "P1234567", None),
        ("PASSPORT_CN", "P12345678", None),
        ("PASSPORT_CN", "161234567", "shape"),
        ("PASSPORT_CN", "G00000000", "placeholder"),
        ("PASSPORT_CN", "E****5678", "masked"),
        ("PASSPORT_X", "C01X00T47", None),
        ("PASSPORT_X", "X123", "shape"),
        ("PASSPORT_X", "123456789", "placeholder"),
        ("TRAVEL", "T1234567", None),
        ("TRAVEL", "旅12345", "shape"),
        # D17.
        ("HM_PERMIT", "H12345678", None),
        ("HM_PERMIT", "M12345678", None),
        ("HM_PERMIT", "H1234567890", None),
        ("HM_PERMIT", "A12345678", "shape"),
        ("HM_PERMIT", "H123456789", "shape"),
        ("HM_PERMIT", "H1234567A", "shape"),
        ("HM_PERMIT", "C12345678", "mainland_permit"),
        ("HM_PERMIT", "W12345678", "mainland_permit"),
        ("HM_PERMIT", "CA1234567", "mainland_permit"),
        ("TW_PERMIT", "12345678", None),
        ("TW_PERMIT", "00000000", "placeholder"),
        ("TW_PERMIT", "0123456789", None),
        ("TW_PERMIT", "1234567890B", None),
        ("TW_PERMIT", "1234567", "shape"),
        ("TW_PERMIT", "123456789", "shape"),
        ("TW_PERMIT", "T12345678", "mainland_permit"),
        # D18.
        ("MIL", "军字第2001988号", None),
        ("MIL", "士字第P011816X号", None),
        ("MIL", "南字第01000001", None),
        ("MIL", "字第2001988号", None),
        ("MIL", "2001988", "shape"),
        ("MIL", "军字第200号", "shape"),
    ],
)
def test_documents_known_by_their_form(declared: str, number: str, reason: str | None) -> None:
    told = facts(declared, number).row(0, named=True)
    assert told["reason"] == reason
    assert told["valid"] == (reason in (None, "mainland_permit"))
    assert told["check_digit_ok"] is None


def test_a_permit_keeps_nine_characters_for_life() -> None:
    told = facts("HM_PERMIT", "H1234567801", "H12345678", "C12345678", "A12345678", None)
    assert told["lifetime_no"].to_list() == ["H12345678", "H12345678", None, None, None]


def test_passports_and_taiwan_permits_change_with_each_issue() -> None:
    assert facts("PASSPORT_CN", "E12345678")["lifetime_no"].to_list() == [None]
    assert facts("TW_PERMIT", "01234567")["lifetime_no"].to_list() == [None]


@pytest.mark.parametrize("declared", other_id.KINDS)
@given(told=st.lists(st.none() | odd_texts, max_size=20))
def test_every_kind_answers_any_text_with_the_same_columns(declared: str, told: list[str | None]) -> None:
    answers = facts(declared, *told)
    assert answers.schema == certificate_facts.SCHEMA
    assert answers.height == len(told)
    assert answers["valid"].is_null().to_list() == [text is None for text in told]


def test_clean_leaves_spelling_to_certificate() -> None:
    assert other_id.clean(pl.Series(["E12345678", None])).rows() == [("E12345678", None), (None, None)]
