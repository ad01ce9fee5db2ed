"""Hypothesis strategies for document numbers, built from the norms and the oracles, never from our own check digits."""

from datetime import date

import polars as pl
import stdnum.cn.ric
import stdnum.cn.uscc
from hypothesis import strategies as st

from pipeline.core.fields import region
from pipeline.core.tables import csv_table

ON = date(2026, 11, 22)

_LIVE = region.table().filter(pl.col("last_year").is_null())
COUNTIES = _LIVE.filter(~pl.col("code").str.ends_with("00"))["code"].to_list()
EVERY_COUNTY = region.table().filter(~pl.col("code").str.ends_with("00"))["code"].unique().sort().to_list()
COUNTRIES = csv_table.read("countries.csv")["numeric"].drop_nulls().to_list()


def with_check_character(body: str) -> str:
    """``body`` of 17 digits with the MOD 11-2 character python-stdnum finds for it."""
    return body + stdnum.cn.ric.calc_check_digit(body + "0")


@st.composite
def resident_ids(draw: st.DrawFn, regions: list[str] = EVERY_COUNTY) -> str:
    """Right numbers of the living, in any county there ever was."""
    birth = draw(st.dates(date(1910, 1, 1), date(2026, 1, 1)))
    return with_check_character(f"{draw(st.sampled_from(regions))}{birth:%Y%m%d}{draw(st.integers(0, 999)):03}")


@st.composite
def permanent_residence(draw: st.DrawFn) -> str:
    """Right numbers of foreigners, form of 2023."""
    birth = draw(st.dates(date(1910, 1, 1), date(2026, 1, 1)))
    province = draw(st.sampled_from(["11", "31", "32", "44", "65"]))
    return with_check_character(
        f"9{province}{draw(st.sampled_from(COUNTRIES))}{birth:%Y%m%d}{draw(st.integers(0, 999)):03}"
    )


@st.composite
def credit_codes(draw: st.DrawFn) -> str:
    """Right unified social credit codes of the authorities python-stdnum knows."""
    head = draw(st.sampled_from(["91", "92", "93", "11", "12", "51", "52", "53"]))
    tail = draw(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9))
    body = head + draw(st.sampled_from(COUNTIES)) + tail
    return body + stdnum.cn.uscc.calc_check_digit(body)


def one_character_errors(number: str, alphabet: str) -> list[str]:
    """Every number that differs from ``number`` in one character of ``alphabet``."""
    return [
        number[:at] + other + number[at + 1 :] for at in range(len(number)) for other in alphabet if other != number[at]
    ]


def neighbour_swaps(number: str) -> list[str]:
    """Every number with two different neighbours of ``number`` changed over."""
    return [
        number[:at] + number[at + 1] + number[at] + number[at + 2 :]
        for at in range(len(number) - 1)
        if number[at] != number[at + 1]
    ]


odd_texts = st.text(
    st.sampled_from("0123456789XxE+-.*×＊Ｘ０１'’\"= \u3000\u200b\ufeff\u00a0()H军字第号_/无n")
    | st.characters(exclude_categories=["Cs"]),
    max_size=24,
)
"""Texts of the characters that give trouble in document numbers, and of any others."""
