"""Dates of birth inside document numbers, for whole columns at once."""

from datetime import date
from typing import Final

import numpy as np
from numpy.typing import NDArray

from pipeline.core.check_digits import Flags, Matrix

OLDEST: Final = 120
"""Age in years beyond which a date of birth is a typing error."""

Days = NDArray[np.int32]
"""Days since 1970-01-01."""

_MONTH_LENGTHS: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31, 0], dtype=np.int32)
_BEFORE_MONTH: Final = np.cumsum(_MONTH_LENGTHS, dtype=np.int32) - _MONTH_LENGTHS
_YEARS: Final = np.arange(10_000)
_IS_LEAP: Final = (_YEARS % 4 == 0) & ((_YEARS % 100 != 0) | (_YEARS % 400 == 0))
_BEFORE_YEAR: Final = (
    _YEARS * 365 + (_YEARS + 3) // 4 - (_YEARS + 99) // 100 + (_YEARS + 399) // 400 - 719_528
).astype(np.int32)


def number(digits: Matrix) -> NDArray[np.int32]:
    """Decimal number of up to eight turned rows of digit values, the first row leading."""
    total = np.zeros(digits.shape[1], dtype=np.int32)
    for row in digits:
        total = total * np.int32(10) + row
    return total


def dates(digits: Matrix) -> tuple[Flags, Days]:
    """For turned rows YYYYMMDD: whether it is a day of the calendar, and which (meaningless where it is none)."""
    year = np.minimum(number(digits[:4]), 9_999)
    month = np.minimum(number(digits[4:6]), 13)
    day = number(digits[6:8])
    leap = _IS_LEAP[year]
    real: Flags = (year >= 1) & (day >= 1) & (day <= _MONTH_LENGTHS[month] + (leap & (month == 2)))
    return real, _BEFORE_YEAR[year] + _BEFORE_MONTH[month] + (leap & (month > 2)) + day - 1


def of_the_living(days: Days, on: date) -> Flags:
    """Whether someone born on ``days`` is born by ``on`` and then at most :data:`OLDEST` years old."""
    too_old = _day_number(_years_before(on, OLDEST + 1))
    alive: Flags = (days <= _day_number(on)) & (days > too_old)
    return alive


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days


def _years_before(day: date, years: int) -> date:
    """The same day ``years`` earlier, 28 February for a 29th that was none."""
    if (day.month, day.day) == (2, 29):
        day = day.replace(day=28)
    return day.replace(year=max(day.year - years, 1))
