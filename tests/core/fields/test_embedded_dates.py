from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import check_digits
from pipeline.core.fields import embedded_dates


def digits_of(*texts: str) -> check_digits.Matrix:
    return check_digits.columns(check_digits.characters(pl.Series(texts), 8)) - np.uint8(check_digits.ZERO)


@given(
    st.lists(
        st.from_regex("[0-9]{8}", fullmatch=True) | st.dates().map(lambda day: f"{day:%Y%m%d}".zfill(8)), min_size=1
    )
)
def test_days_are_those_of_the_standard_library(texts: list[str]) -> None:
    real, days = embedded_dates.dates(digits_of(*texts))
    for text, is_real, number in zip(texts, real.tolist(), days.tolist(), strict=True):
        try:
            wanted = date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            assert not is_real
        else:
            assert is_real
            assert date(1970, 1, 1) + timedelta(days=number) == wanted


@pytest.mark.parametrize("text", ["19850229", "19000229", "20001301", "20000001", "20000100", "20000431", "ABCDEFGH"])
def test_what_is_in_no_calendar_is_no_date(text: str) -> None:
    assert embedded_dates.dates(digits_of(text))[0].tolist() == [False]


@pytest.mark.parametrize(
    ("birth", "on", "alive"),
    [
        (date(2026, 11, 22), date(2026, 11, 22), True),
        (date(2026, 11, 23), date(2026, 11, 22), False),
        (date(1905, 11, 23), date(2026, 11, 22), True),
        (date(1905, 11, 22), date(2026, 11, 22), False),
        (date(1907, 3, 1), date(2028, 2, 29), True),
        (date(1907, 2, 28), date(2028, 2, 29), False),
    ],
)
def test_nobody_is_unborn_or_older_than_120_years(birth: date, on: date, alive: bool) -> None:
    days = np.array([(birth - date(1970, 1, 1)).days], dtype=np.int32)
    assert embedded_dates.of_the_living(days, on).tolist() == [alive]
