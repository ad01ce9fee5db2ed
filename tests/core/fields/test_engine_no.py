"""Engine numbers: no norm, so only plain fillers are told."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import engine_no
from tests.strategies_text import dirty_texts


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        ("EA888123456", "EA888123456", None),
        (" ea888 123456 ", "EA888123456", None),
        ("*4G15 S8R1234*", "4G15S8R1234", None),
        ("4G15-S8R*1234", "4G15-S8R*1234", None),
        ("ＥＡ８８８１２３４５６", "EA888123456", "full_width"),
        ("000000", "000000", None),
        ("见行驶证", None, "placeholder"),
        ("***", None, "placeholder"),
        ("无", None, "null_word"),
        ("暂 无", None, "null_word"),
        ("*无*", None, "null_word"),
        ("", None, None),
        (None, None, None),
    ],
)
def test_what_is_typed_becomes_the_number(raw: str | None, value: str | None, repair: str | None) -> None:
    told = engine_no.clean(pl.Series([raw], dtype=pl.String))
    assert (told["value"].item(), told["repair"].item()) == (value, repair)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("EA888123456", None),
        ("0001", None),
        ("000000", "repeated"),
        ("AAAA", "repeated"),
        ("123", "too_short"),
        ("AA", "too_short"),
        ("A", "too_short"),
        (None, None),
    ],
)
def test_fillers_are_told(value: str | None, reason: str | None) -> None:
    assert engine_no.check(pl.Series([value], dtype=pl.String))["reason"].item() == reason


def test_a_mask_shows_both_ends_of_a_long_number_only() -> None:
    assert engine_no.mask(pl.Series(["EA888123456", "A123456", None])).to_list() == ["EA****56", "****", None]


@given(st.lists(st.one_of(dirty_texts, st.text("*-A1 无"))))
def test_cleaning_twice_is_cleaning_once(values: list[str]) -> None:
    once = engine_no.clean(pl.Series(values, dtype=pl.String))["value"]
    again = engine_no.clean(once)
    assert again["value"].to_list() == once.to_list()
    assert again["repair"].is_null().all()
