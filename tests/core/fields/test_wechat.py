"""OpenID and UnionID."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.fields import wechat
from tests.strategies_text import dirty_texts, unhurried

OPENID, UNIONID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M", "o6_bmasdasdsad6_2sgVt7hMZOPfL"
"""Both from the platform's documentation."""


@pytest.mark.parametrize(
    ("raw", "value", "repair"),
    [
        (OPENID, OPENID, None),
        (f" {OPENID}\n", OPENID, None),
        (f"{OPENID[:9]} {OPENID[9:]}", OPENID, None),
        (f"{OPENID}\u200b", OPENID, "zero_width"),
        ("ｏ" + OPENID[1:], OPENID, "full_width"),
        ("OPENID", None, "null_word"),
        ("null", None, "null_word"),
        ("", None, None),
        (None, None, None),
        ("oABC", "oABC", None),
    ],
)
def test_an_identifier_is_cleaned_and_the_repair_is_named(
    raw: str | None, value: str | None, repair: str | None
) -> None:
    assert wechat.clean(pl.Series([raw], dtype=pl.String)).row(0) == (value, repair)


@unhurried
@given(st.lists(dirty_texts | st.none(), max_size=8))
def test_cleaning_twice_is_cleaning_once(values: list[str | None]) -> None:
    column = pl.Series(values, dtype=pl.String)
    once = wechat.clean(column)["value"]
    assert wechat.clean(once)["value"].to_list() == once.to_list()
    assert column.to_list() == values


def test_only_the_two_published_shapes_pass() -> None:
    values = pl.Series([OPENID, UNIONID, OPENID[:-1], OPENID.upper(), "o" * 30, OPENID[:-1] + "*", "", None])
    assert wechat.check(values)["reason"].to_list() == [None, None, "shape", "shape", "shape", "shape", "shape", None]


def test_masks_show_three_characters_at_either_end() -> None:
    assert wechat.mask(pl.Series([OPENID, "oABC", None])).to_list() == ["o6_***L2M", "***", None]
