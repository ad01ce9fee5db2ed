"""Days as integers (since 1970-01-01), the form in which the city keeps its dates."""

from datetime import date, timedelta

import numpy as np
import polars as pl

from connectors.synthetic.draw import Ints

BASE_DATE = date(2026, 6, 30)
"""Business date of night 0. Every date of the city is counted from it; no clock is read."""

_EPOCH = date(1970, 1, 1)
LONG_TERM = (date(9999, 12, 31) - _EPOCH).days
NEVER = (date(2999, 12, 31) - _EPOCH).days


def day_of(day: date) -> int:
    """Day number of ``day``."""
    return (day - _EPOCH).days


def date_of(day: int) -> date:
    """Date of a day number."""
    return _EPOCH + timedelta(days=int(day))


def as_dates(days: Ints) -> pl.Series:
    """Date column of day numbers."""
    return pl.Series(days.astype(np.int32)).cast(pl.Date)


def as_ymd(days: Ints) -> Ints:
    """Day numbers as integers yyyymmdd."""
    when = days.astype("datetime64[D]")
    months = when.astype("datetime64[M]")
    month = months.astype(np.int64)
    day: Ints = (when - months).astype(np.int64) + 1
    return (month // 12 + 1970) * 10_000 + (month % 12 + 1) * 100 + day


def plus_years(days: Ints, years: Ints) -> Ints:
    """The same day ``years`` later; 29 February becomes the 28th."""
    moved = pl.DataFrame({"day": as_dates(days), "years": years.astype(np.int64)}).select(
        pl.col("day").dt.offset_by(pl.col("years").cast(pl.String) + "y").cast(pl.Int32)
    )
    return moved.to_series().to_numpy().astype(np.int64)


def text_of(days: Ints | pl.Series, form: str = "%Y%m%d") -> pl.Series:
    """Day numbers as text, 20260630 unless told otherwise."""
    column = days if isinstance(days, pl.Series) else as_dates(days)
    return column.cast(pl.Date).dt.strftime(form)


def stamps(days: Ints, seconds: Ints, form: str = "%Y-%m-%d %H:%M:%S") -> pl.Series:
    """Day numbers and seconds of the day as text."""
    return moments(days, seconds).dt.strftime(form)


def moments(days: Ints, seconds: Ints) -> pl.Series:
    """Datetime column of day numbers and seconds of the day."""
    return pl.Series((days.astype(np.int64) * 86_400 + seconds.astype(np.int64)) * 1_000_000).cast(pl.Datetime("us"))
