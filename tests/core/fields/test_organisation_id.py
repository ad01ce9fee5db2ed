import polars as pl
import pytest
import stdnum.cn.uscc
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.check_digits import GB_32100_ALPHABET
from pipeline.core.fields import certificate_facts, organisation_id
from tests.strategies_certificates import credit_codes, neighbour_swaps, odd_texts, one_character_errors


def facts(declared: str, *numbers: str | None) -> pl.DataFrame:
    return organisation_id.check(pl.Series(numbers, dtype=pl.String), declared)


@pytest.mark.parametrize(
    ("declared", "number", "reason", "valid"),
    [
        # D19, D20, D21 as published with the rules.
        ("USCC", "91320100MA1X7K3P4X", None, True),
        ("USCC", "91320100MA1X7K3P4Y", "check_digit", False),
        ("ORG", "123456788", None, True),
        ("ORG", "123456789", "check_digit", False),
        ("BIZ", "110108000000017", "check_digit", False),
        ("BIZ", "110108000000016", "obsolete", True),
        ("BIZ", "91320100MA1X7K3P4X", None, True),
        # Registered companies, published as examples, and the example of GB 32100's first users.
        ("USCC", "91440300708461136T", None, True),
        ("USCC", "91110108551385082Q", None, True),
        ("USCC", "91350100M000100Y43", None, True),
        ("USCC", "913301086706280599", None, True),
        # Real codes older than the standard.
        ("USCC", "91350211M0000XUF46", "early_fujian", False),
        ("USCC", "91350100M0001TGQXM", "early_fujian", False),
        ("USCC", "91350203M0001FUE2P", "early_fujian", False),
        ("BIZ", "91350211M0000XUF46", "early_fujian", False),
        # Authorities that python-stdnum does not know.
        ("USCC", "N2320115MF1234567H", None, True),
        # Forms.
        ("USCC", "01440300708461136T", "shape", False),
        ("USCC", "91440300708461O36T", "shape", False),
        ("USCC", "91440300708461I36T", "shape", False),
        ("USCC", "91S40300708461136T", "shape", False),
        ("USCC", "91440300708461136", "shape", False),
        ("USCC", "914403********136T", "masked", False),
        ("USCC", "111111111111111111", "placeholder", False),
        ("ORG", "70846113-6", "shape", False),
        ("ORG", "000000000", "placeholder", False),
        ("ORG", "12345678", "placeholder", False),
        ("ORG", "1234567", "placeholder", False),
        ("ORG", "A234567", "shape", False),
        ("BIZ", "1101080000000", "shape", False),
        ("TAX", "320104708461136", None, True),
        ("TAX", "91440300708461136T", None, True),
        ("TAX", "32010419880101123601", None, True),
        ("TAX", "3201041988010112", "shape", False),
        (None, None, None, None),
    ],
)
def test_published_and_edge_numbers(
    declared: str | None, number: str | None, reason: str | None, valid: bool | None
) -> None:
    told = facts(declared or "USCC", number).row(0, named=True)
    assert (told["reason"], told["valid"]) == (reason, valid)
    assert told["lifetime_no"] is None


def test_a_licence_may_bear_either_number() -> None:
    told = facts("BIZ", "91320100MA1X7K3P4X", None, "110108000000016", "91440300708461136T")
    assert told["asked"].to_list() == ["credit_code", None, "licence", "credit_code"]


@given(st.lists(credit_codes(), min_size=1, max_size=100))
def test_right_codes_are_valid(codes: list[str]) -> None:
    told = facts("USCC", *codes)
    assert told.filter(~pl.col("valid") & ~pl.col("placeholder")).is_empty()


@given(credit_codes())
def test_single_character_errors_and_swaps_are_noticed(code: str) -> None:
    assert not facts("USCC", *one_character_errors(code, GB_32100_ALPHABET), *neighbour_swaps(code))["valid"].any()


@given(st.lists(credit_codes() | st.text(GB_32100_ALPHABET, min_size=18, max_size=18), min_size=1, max_size=100))
def test_python_stdnum_agrees_but_for_authorities_it_does_not_know(codes: list[str]) -> None:
    told = facts("USCC", *codes)
    for code, formed, fits in zip(codes, told["well_formed"], told["check_digit_ok"], strict=True):
        if code[0] in "ANY" or not formed:
            # It asks digits of the first eight characters: A, N and Y are refused though real.
            continue
        assert fits == stdnum.cn.uscc.is_valid(code)


def test_documented_differences_from_python_stdnum() -> None:
    assert not stdnum.cn.uscc.is_valid("N2320115MF1234567H")
    assert facts("USCC", "N2320115MF1234567H")["valid"].to_list() == [True]
    # It takes any first two digits.
    body = "0032011508461136A"
    code = body + stdnum.cn.uscc.calc_check_digit(body)
    assert stdnum.cn.uscc.is_valid(code)
    assert facts("USCC", code)["reason"].to_list() == ["shape"]


@pytest.mark.parametrize("declared", organisation_id.KINDS)
@given(told=st.lists(st.none() | odd_texts, max_size=20))
def test_every_kind_answers_any_text_with_the_same_columns(declared: str, told: list[str | None]) -> None:
    answers = facts(declared, *told)
    assert answers.schema == certificate_facts.SCHEMA
    assert answers["valid"].is_null().to_list() == [text is None for text in told]


@pytest.mark.parametrize(
    ("told", "value"),
    [("12345678-8", "123456788"), ("123456788", "123456788"), ("1234-5678", "1234-5678"), (None, None)],
)
def test_clean_drops_the_printed_hyphen(told: str | None, value: str | None) -> None:
    assert organisation_id.clean(pl.Series([told], dtype=pl.String)).row(0) == (value, None)


@pytest.mark.parametrize(("code", "known"), [("320100", True), ("100000", True), ("990000", False), ("ABCDEF", False)])
def test_regions_of_organisations(code: str, known: bool) -> None:
    assert organisation_id.of_a_place(pl.Series([code])).to_list() == [known]
