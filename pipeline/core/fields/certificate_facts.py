"""What is said about a document number, in the same columns for every kind of document.

============== ======= ===============================================================================================
asked          String  validator that looked at it, null when there was nothing to ask
reason         String  the first thing wrong or remarkable, null when fine (see :mod:`pipeline.core.fields.certificate`)
well_formed    Boolean length and characters are those of the document
check_digit_ok Boolean the check digit fits; null where there is none or the number is not well formed
date_ok        Boolean the date inside is real, not after the day asked and at most 120 years before it
birth_date     Date    that date, where it is one and its century is certain
male           Boolean sex inside the number
region         String  known, unknown_county or unknown_province; null where the number has none
placeholder    Boolean all digits alike, a run like 123456, or a published sample number
valid          Boolean nothing wrong that refutes it; an unknown county, an obsolete or foreign form is only remarkable
lifetime_no    String  the number that stays with its holder for life, null when not valid or not for life
============== ======= ===============================================================================================
"""

from collections.abc import Callable
from functools import cache
from typing import Final

import polars as pl

from pipeline.core import check_digits
from pipeline.core.check_digits import Flags, Matrix
from pipeline.core.fields.text import stars

SCHEMA: Final = pl.Schema(
    {
        "asked": pl.String,
        "reason": pl.String,
        "well_formed": pl.Boolean,
        "check_digit_ok": pl.Boolean,
        "date_ok": pl.Boolean,
        "birth_date": pl.Date,
        "male": pl.Boolean,
        "region": pl.String,
        "placeholder": pl.Boolean,
        "valid": pl.Boolean,
        "lifetime_no": pl.String,
    }
)

ASCENDING: Final = "01234567890123456789012345678901"
_ALIKE: Final = "^[A-Z]{0,3}(?:" + "|".join(f"{digit}{{6,}}" for digit in range(10)) + ")$"
_LEAST_RUN: Final = 6


def frame(told: pl.DataFrame) -> pl.DataFrame:
    """``told`` with the columns it lacks as nulls, in the order of :data:`SCHEMA`."""
    return told.select(_columns(tuple(told.columns)))


@cache
def _columns(given: tuple[str, ...]) -> list[pl.Expr]:
    return [
        pl.col(name).cast(dtype) if name in given else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in SCHEMA.items()
    ]


def of_told(values: pl.Series, answer: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Facts of every row: those of ``answer`` where there is a value, nulls where there is none."""
    if values.null_count() == 0:
        return answer(values)
    told = values.is_not_null()
    at = pl.select(pl.when(told).then(told.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return answer(values.filter(told)).select(pl.all().gather(at))


def is_placeholder(values: pl.Series, *, runs: bool = True) -> pl.Series:
    """Whether six digits or more are all alike (after up to three letters) or, with ``runs``, one run up or down.

    The check character of 18 does not count: it may be anything.
    """
    return values.to_frame("v").select(_placeholder("v", runs=runs).alias("placeholder")).to_series()


@cache
def _placeholder(column: str, *, runs: bool) -> pl.Expr:
    value = pl.col(column)
    body = pl.when(value.str.len_bytes() == 18).then(value.str.slice(0, 17)).otherwise(value)
    alike = body.str.contains(_ALIKE)
    if not runs:
        return alike
    run = pl.lit(ASCENDING).str.contains(body, literal=True) | pl.lit(ASCENDING[::-1]).str.contains(body, literal=True)
    return alike | (run & (value.str.len_bytes() >= _LEAST_RUN))


def by_form(
    values: pl.Series, asked: str, form: str, fits: Callable[[Matrix], Flags] | None = None, *, runs: bool = True
) -> pl.DataFrame:
    """Facts of numbers without a date: the regular expression ``form``, then their check digit.

    A ``form`` with a check digit has one length; ``fits`` takes the character matrix of the well formed ones. ``runs``:
    a run of digits is a placeholder. Reasons: placeholder, masked, shape, check_digit. No value is null.
    """
    told = values.to_frame("v").select(_questions(form, runs=runs))
    fitting = _fitting(values, told["well_formed"], fits)
    told = told.with_columns(fitting.alias("check_digit_ok")).with_columns(_reason().alias("reason"))
    return frame(told.with_columns(asked=pl.lit(asked), valid=pl.col("reason").is_null()))


@cache
def _questions(form: str, *, runs: bool) -> list[pl.Expr]:
    """What is asked of a number ``v``. Building the questions takes longer than asking them of a few numbers."""
    return [
        pl.col("v").str.contains(form).alias("well_formed"),
        _placeholder("v", runs=runs).alias("placeholder"),
        _placeholder("v", runs=False).alias("alike"),
        pl.col("v").str.contains("*", literal=True).alias("masked"),
    ]


@cache
def _reason() -> pl.Expr:
    """The first thing wrong with a number, by the answers."""
    return (
        pl.when(pl.col("alike") | (pl.col("placeholder") & ~pl.col("well_formed")))
        .then(pl.lit("placeholder"))
        .when(pl.col("masked") & ~pl.col("well_formed"))
        .then(pl.lit("masked"))
        .when(~pl.col("well_formed"))
        .then(pl.lit("shape"))
        .when(~pl.col("check_digit_ok"))
        .then(pl.lit("check_digit"))
        .when("placeholder")
        .then(pl.lit("placeholder"))
    )


def _fitting(values: pl.Series, formed: pl.Series, fits: Callable[[Matrix], Flags] | None) -> pl.Series:
    if fits is None or not formed.any():
        return pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(values))
    if formed.all():
        return pl.Series(fits(check_digits.characters(values, len(values[0]))))
    at = formed.arg_true()
    numbers = values.gather(at)
    unknown = pl.Series([None], dtype=pl.Boolean).new_from_index(0, len(values))
    return unknown.scatter(at, pl.Series(fits(check_digits.characters(numbers, len(numbers[0])))))


def mask(values: pl.Series) -> pl.Series:
    """First and last character only (``3****************6``); nothing at all of fewer than eight characters."""
    length, hidden = pl.col("v").str.len_chars(), pl.col("hidden")
    shown = pl.col("v").str.slice(0, 1) + hidden.str.slice(2) + pl.col("v").str.slice(-1)
    told = pl.DataFrame({"v": values, "hidden": stars(values)})
    return told.select(pl.when(length >= 8).then(shown).otherwise(hidden).alias(values.name)).to_series()
