import polars as pl
import pytest

from pipeline.core.fields import certificate_facts


@pytest.mark.parametrize(
    ("number", "placeholder"),
    [
        ("111111111111111", True),
        ("000000", True),
        ("00000", False),
        ("G00000000", True),
        ("123456789012345", True),
        ("123456789012345678", True),
        ("98765432109876543X", True),
        ("987654", True),
        ("12345", False),
        ("E12345678", False),
        ("123456788", False),
        ("320102198801011236", False),
        ("11111111111111111X", True),
        ("军字第2001988号", False),
        ("", False),
    ],
)
def test_digits_alike_and_runs_are_placeholders(number: str, placeholder: bool) -> None:
    assert certificate_facts.is_placeholder(pl.Series([number])).to_list() == [placeholder]


def test_a_run_may_be_a_number_where_they_are_given_in_order() -> None:
    assert certificate_facts.is_placeholder(pl.Series(["12345678", "22222222"]), runs=False).to_list() == [False, True]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("320102198801011236", "3****************6"),
        ("军字第2001988号", "军*********号"),
        ("12345678", "1******8"),
        ("1234567", "*******"),
        ("", ""),
        (None, None),
        ("a\nb\ncdefgh", "a********h"),
    ],
)
def test_mask_shows_the_ends_of_long_numbers_only(number: str | None, shown: str | None) -> None:
    assert certificate_facts.mask(pl.Series("v", [number], dtype=pl.String)).to_list() == [shown]


def test_a_frame_has_every_fact_in_order() -> None:
    told = certificate_facts.frame(pl.DataFrame({"valid": [True], "asked": ["x"]}))
    assert told.schema == certificate_facts.SCHEMA
    assert told["valid"].to_list() == [True]


def test_rows_without_a_value_have_no_facts() -> None:
    told = certificate_facts.of_told(
        pl.Series([None, "E12345678", None, "E1"]), lambda values: certificate_facts.by_form(values, "p", "^E[0-9]{8}$")
    )
    assert told["valid"].to_list() == [None, True, None, False]
    assert told["asked"].to_list() == [None, "p", None, "p"]
