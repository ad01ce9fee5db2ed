import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import postcode


@pytest.mark.parametrize(
    ("told", "value", "repair"),
    [
        ("210000", "210000", None),
        ("２１００３８", "210038", None),
        (" 210 038 ", "210038", None),
        ("210000.0", "210000", "float_tail"),
        ("10010", "010010", "leading_zero"),
        ("10010.0", "010010", "float_tail+leading_zero"),
        ("000000", None, "placeholder"),
        ("无", None, "null_word"),
        ("0", None, "null_word"),
        ("", None, None),
        (None, None, None),
        ("025", "025", None),
    ],
)
def test_clean(told: str | None, value: str | None, repair: str | None) -> None:
    assert postcode.clean(pl.Series([told], dtype=pl.String)).row(0) == (value, repair)


@pytest.mark.parametrize(
    ("code", "region_code", "reason"),
    [
        ("210000", "320100", None),
        ("226000", "320600", None),
        ("210000", None, None),
        ("025", None, "shape"),
        ("2100000", "320100", "shape"),
        ("200000", "320100", "province"),
        ("080000", None, "province"),
        ("230000", "340100", None),
        ("137400", "152200", None),
        ("999077", "810000", None),
        ("210000", "990000", None),
        (None, "320100", None),
    ],
)
def test_check(code: str | None, region_code: str | None, reason: str | None) -> None:
    told = postcode.check(pl.Series([code], dtype=pl.String), pl.Series([region_code], dtype=pl.String))
    assert told["reason"].to_list() == [reason]


def test_check_needs_no_region() -> None:
    assert postcode.check(pl.Series(["210000", "090000"]))["reason"].to_list() == [None, "province"]


@given(
    st.lists(
        st.text(st.sampled_from("0123456789.- ０１无n") | st.characters(exclude_categories=["Cs"]), max_size=9),
        max_size=40,
    )
)
def test_clean_is_idempotent(told: list[str]) -> None:
    once = postcode.clean(pl.Series(told, dtype=pl.String))["value"]
    assert postcode.clean(once)["value"].to_list() == once.to_list()


def test_mask_shows_the_province() -> None:
    assert postcode.mask(pl.Series("v", ["210038", None])).to_list() == ["21****", None]
