import numpy as np
import polars as pl
import pytest
import stdnum.cn.ric
import stdnum.cn.uscc
import stdnum.iso7064.mod_11_10
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import check_digits


def matrix(*numbers: str) -> check_digits.Matrix:
    return check_digits.characters(pl.Series(numbers), len(numbers[0]))


def test_characters_are_read_from_a_slice_and_from_chunks() -> None:
    whole = pl.concat([pl.Series(["long enough to be stored apart", "abc"]), pl.Series(["xyz", "klm"])], rechunk=False)
    assert check_digits.characters(whole.slice(1), 3).tobytes() == b"abcxyzklm"


def test_no_values_give_an_empty_matrix() -> None:
    assert check_digits.characters(pl.Series([], dtype=pl.String), 18).shape == (0, 18)


@given(st.lists(st.from_regex("[0-9]{17}", fullmatch=True), min_size=1, max_size=50))
def test_mod_11_2_is_that_of_python_stdnum(bodies: list[str]) -> None:
    digits = check_digits.columns(matrix(*bodies)) - np.uint8(check_digits.ZERO)
    wanted = "".join(stdnum.cn.ric.calc_check_digit(body + "0") for body in bodies)
    assert check_digits.mod_11_2(digits).tobytes().decode() == wanted


@given(st.lists(st.text(check_digits.GB_32100_ALPHABET, min_size=18, max_size=18), min_size=1, max_size=50))
def test_mod_31_is_that_of_python_stdnum(codes: list[str]) -> None:
    wanted = [stdnum.cn.uscc.calc_check_digit(code[:-1]) == code[-1] for code in codes]
    assert check_digits.mod_31_ok(matrix(*codes)).tolist() == wanted


@given(st.lists(st.from_regex("[0-9]{15}", fullmatch=True), min_size=1, max_size=50))
def test_mod_11_10_is_that_of_python_stdnum(numbers: list[str]) -> None:
    wanted = [stdnum.iso7064.mod_11_10.is_valid(number) for number in numbers]
    assert check_digits.mod_11_10_ok(matrix(*numbers)).tolist() == wanted


@pytest.mark.parametrize(
    ("code", "right"),
    [
        ("123456788", True),
        ("123456789", False),
        # The organisation codes inside published credit codes.
        ("M000100Y4", True),
        ("708461136", True),
        ("551385082", True),
        ("000000000", True),
    ],
)
def test_organisation_codes_follow_gb_11714(code: str, right: bool) -> None:
    assert check_digits.organisation_code_ok(matrix(code)).tolist() == [right]


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=8, max_size=8))
def test_organisation_code_is_the_textbook_sum(body: str) -> None:
    total = sum(weight * int(character, 36) for weight, character in zip((3, 7, 9, 10, 5, 8, 4, 2), body, strict=True))
    wanted = "0123456789X0"[11 - total % 11]
    assert check_digits.organisation_code_ok(matrix(body + wanted)).tolist() == [True]
    assert check_digits.organisation_code_ok(matrix(body + ("1" if wanted == "0" else "0"))).tolist() == [False]


@pytest.mark.parametrize(
    ("number", "right"),
    [
        ("KAZ110090123105", True),
        ("KAZ110090123106", False),
        # ICAO Doc 9303-4, the specimen's passport number, date of birth and date of expiry.
        ("L898902C36", True),
        ("7408122", True),
        ("1204159", True),
        ("7408123", False),
    ],
)
def test_icao_digits_follow_doc_9303(number: str, right: bool) -> None:
    assert check_digits.icao_ok(matrix(number)).tolist() == [right]
