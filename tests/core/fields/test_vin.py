"""Vehicle identification numbers against GB 16735 / ISO 3779 and against vininfo."""

import polars as pl
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from vininfo import Vin
from vininfo.exceptions import ValidationError

from pipeline.core.fields import vin
from tests.strategies_text import dirty_texts

ALPHABET = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"
VALUES = {
    **dict(zip("ABCDEFGH", range(1, 9), strict=True)), **dict(zip("JKLMN", range(1, 6), strict=True)), "P": 7, "R": 9,
    **dict(zip("STUVWXYZ", range(2, 10), strict=True)), **{digit: int(digit) for digit in "0123456789"},
}  # fmt: skip
"""Table 3 of ISO 3779's check digit, written down anew."""

VALID = [
    "LSVAB2BR8KN123456",
    "LSJA24U62JG269225",
    "LDC613P23A1305189",
    "1M8GDM9AXKP042788",
    "5GZCZ43D13S812715",
]
"""Examples of the rule catalogue, of public validators and of encyclopaedias."""

bodies = st.text(ALPHABET, min_size=17, max_size=17)


def check_digit(body: str) -> str:
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(VALUES[character] * weight for character, weight in zip(body, weights, strict=True)) % 11
    return "X" if rest == 10 else str(rest)


vins = bodies.map(lambda body: body[:8] + check_digit(body) + body[9:]).filter(lambda value: len(set(value)) > 1)


def checked(value: str | None) -> tuple[str | None, bool | None]:
    told = vin.check(pl.Series([value], dtype=pl.String))
    return told["reason"].item(), told["check_digit_ok"].item()


def cleaned(value: str | None) -> tuple[str | None, str | None]:
    told = vin.clean(pl.Series([value], dtype=pl.String))
    return told["value"].item(), told["repair"].item()


@pytest.mark.parametrize("value", VALID)
def test_published_numbers_pass(value: str) -> None:
    assert checked(value) == (None, True)
    assert cleaned(value) == (value, None)


@pytest.mark.parametrize(
    ("value", "reason", "check_digit_ok"),
    [
        ("LSVAB2BR8KN12345", "length", None),
        ("LSVAB2BR8KN1234567", "length", None),
        ("LSVAB2BR7KN123456", "check_digit", False),
        ("SGZCZ43D13S812715", "check_digit", False),
        ("LOC613P23A1305189", "characters", None),
        ("LSVAB2BR8*N123456", "characters", None),
        ("LSVAB2BR8KN12345王", "characters", None),
        ("11111111111111111", "repeated", True),
        ("AAAAAAAAAAAAAAAAA", "repeated", False),
        (None, None, None),
    ],
)
def test_a_number_is_told_by_what_is_wrong(
    value: str | None, reason: str | None, *, check_digit_ok: bool | None
) -> None:
    assert checked(value) == (reason, check_digit_ok)


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        (" lsvab2br8kn123456 ", "LSVAB2BR8KN123456", None),
        ("LSV AB2BR8 KN123456", "LSVAB2BR8KN123456", None),
        ("*LSVAB2BR8KN123456*", "LSVAB2BR8KN123456", "separators"),
        ("LSVAB2BR8-KN123456", "LSVAB2BR8KN123456", "separators"),
        ("ＬＳＶＡＢ２ＢＲ８ＫＮ１２３４５６", "LSVAB2BR8KN123456", "full_width"),
        ("LSVAB2BR8KNI23456", "LSVAB2BR8KN123456", "letter_swap"),
        ("1M8GDM9AXKPO42788", "1M8GDM9AXKP042788", "letter_swap"),
        ("1M8GDM9AXKPQ42788", "1M8GDM9AXKP042788", "letter_swap"),
        ("IM8GDM9AXKPO42788", "1M8GDM9AXKP042788", "letter_swap"),
        ("LSVAB2BR7KNI23456", "LSVAB2BR7KNI23456", None),
        ("LOC613P23A1305189", "LOC613P23A1305189", None),
        ("未知", None, "placeholder"),
        ("00000000000000000", None, "placeholder"),
        ("XXXXXXXXXXXXXXXXX", None, "placeholder"),
        ("*****************", None, "placeholder"),
        ("无", None, "null_word"),
        ("*无*", None, "null_word"),
        ("-", None, "null_word"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_what_is_typed_becomes_the_number(raw: str | None, value: str | None, repair: str | None) -> None:
    assert cleaned(raw) == (value, repair)


def test_a_mask_shows_the_maker_and_the_tail_of_seventeen_characters_only() -> None:
    told = vin.mask(pl.Series(["LSVAB2BR8KN123456", "LSVAB2BR8KN12345", None]))
    assert told.to_list() == ["LSV**********3456", "****", None]


def test_cleaning_leaves_the_given_column_alone() -> None:
    given_values = pl.Series(["lsvab2br8kn123456", "LSVAB2BR8KN123456"])
    vin.clean(given_values)
    assert given_values.to_list() == ["lsvab2br8kn123456", "LSVAB2BR8KN123456"]


def test_no_values_give_no_rows() -> None:
    nothing = pl.Series([], dtype=pl.String)
    assert vin.clean(nothing).shape == (0, 2)
    assert vin.check(nothing).shape == (0, 2)


@given(st.lists(st.one_of(dirty_texts, bodies, st.text("LSVIOQ10*- ", max_size=17))))
def test_cleaning_twice_is_cleaning_once(values: list[str]) -> None:
    once = vin.clean(pl.Series(values, dtype=pl.String))["value"]
    again = vin.clean(once)
    assert again["value"].to_list() == once.to_list()
    assert again["repair"].is_null().all()


@given(st.lists(bodies, min_size=1))
def test_the_check_digit_is_that_of_the_norm(values: list[str]) -> None:
    told = vin.check_digit_holds(pl.Series(values))
    assert told.to_list() == [value[8] == check_digit(value) for value in values]


@given(vins, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_a_single_wrong_character_is_noticed_unless_it_has_the_same_value(value: str, place: int, other: str) -> None:
    """The norm's own limit: A, J and 1 count the same, and position 9 is compared as it stands."""
    assume(other != value[place])
    wrong = value[:place] + other + value[place + 1 :]
    assert checked(wrong)[1] is (place != 8 and VALUES[other] == VALUES[value[place]])


@given(vins, st.integers(0, 15).filter(lambda place: place not in (7, 8)))
def test_two_neighbours_in_the_wrong_order_are_noticed_unless_they_have_the_same_value(value: str, place: int) -> None:
    first, second = value[place : place + 2]
    wrong = value[:place] + second + first + value[place + 2 :]
    assert checked(wrong)[1] is (VALUES[first] == VALUES[second])


@given(st.one_of(bodies, vins, st.text(ALPHABET + "IOQ", min_size=15, max_size=18)))
def test_vininfo_agrees(value: str) -> None:
    """One exception: makers for whom vininfo knows that they use no check digit; it says false for all of theirs."""
    try:
        Vin.validate(value)
    except ValidationError:
        assert checked(value)[0] in ("length", "characters")
        return
    theirs = Vin(value)
    if getattr(theirs.assembler, "uses_sae_checkdigit", True):
        assert checked(value)[1] is theirs.verify_checksum(check_year=False)
    else:
        assert theirs.verify_checksum(check_year=False) is False
