"""Resident identity numbers, GB 11643: region (6), date of birth (8), order (3, odd is male), check character.

The residence permits of Hong Kong, Macao and Taiwan residents (since 2018) have the same form and open with 810000,
820000 or 830000. Cards of the first generation had 15 digits, without century and check character, and are no valid
document since 2013; ``clean`` gives them the 18 characters of today.

The region is where the number was first given, often the parents' home, and stays when the place is renamed or merged:
the year of birth says nothing about it and is never compared with the years of the code.

>>> clean(pl.Series(["330102200403064"]))["value"].to_list()
['33010219200403064X']
"""

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.core import check_digits
from pipeline.core.check_digits import Flags, Matrix
from pipeline.core.fields import certificate_facts, embedded_dates, region
from pipeline.core.fields.certificate_facts import mask

__all__ = ["RESIDENCE_PERMIT", "RESIDENT", "SAMPLES", "check", "clean", "mask"]

RESIDENT: Final = "resident_id"
RESIDENCE_PERMIT: Final = "hmt_residence"

SAMPLES: Final = ("11010519491231002X", "440524188001010014", "34052419800101001X")
"""Published sample numbers: the two of GB 11643 and the one of the usual tutorials."""

_LENGTH: Final = 18
_LETTER_X: Final = ord("X") - check_digits.ZERO
_PERMIT_REGIONS: Final = (810_000, 820_000, 830_000)
_MARKED: Final = np.uint8(4)
_REGION_WORDS: Final = pl.Series(["unknown_province", "unknown_county", "known", "known"])

# The order in which the first thing wrong is looked for is _FIRST_WRONG's; county and permit are only remarkable.
_REASONS: Final = pl.Series(
    [
        None,
        "hmt_permit",
        "region_county",
        "region_province",
        "date",
        "check_digit",
        "precision_lost",
        "shape",
        "masked",
        "placeholder",
    ],
    dtype=pl.String,
)
_FINE, _PERMIT, _COUNTY, _PROVINCE, _DATE, _CHECK, _LOST, _SHAPE, _MASKED, _PLACEHOLDER = range(len(_REASONS))


def clean(values: pl.Series) -> pl.DataFrame:
    """18 characters for 15 digits with a real date in an allocated province (19 before the year); all else as it is.

    Repair: converted_from_15. Wants values without separators, as ``certificate.clean`` leaves them.
    """
    told = values.to_frame("value").with_row_index("row")
    old = told.filter(pl.col("value").str.contains("^[1-8][0-9]{14}$"))
    old = old.filter(~certificate_facts.is_placeholder(old["value"]))
    body = old.select((pl.col("value").str.slice(0, 6) + "19" + pl.col("value").str.slice(6)).alias("new")).to_series()
    digits = _digits(check_digits.characters(body, _LENGTH - 1))
    real = embedded_dates.dates(digits[6:14])[0] & (_places(digits) & ~_MARKED != region.UNKNOWN_PROVINCE)
    last = pl.Series([chr(code) for code in range(128)]).gather(check_digits.mod_11_2(digits))
    new = pl.DataFrame([old["row"], body + last]).filter(pl.Series(real))
    return told.join(new, on="row", how="left", maintain_order="left").select(
        value=pl.coalesce("new", "value"), repair=pl.when(pl.col("new").is_not_null()).then(pl.lit("converted_from_15"))
    )


def check(values: pl.Series, on: date, declared: str = RESIDENT) -> pl.DataFrame:
    """Facts about 18-character numbers on the day ``on``, columns of :data:`certificate_facts.SCHEMA`.

    ``declared`` is RESIDENT or RESIDENCE_PERMIT. A residence permit among resident ids is looked at as what it is
    (``asked``) and remarked upon (``hmt_permit``); any other number among residence permits has not their form.
    """
    return certificate_facts.of_told(values, lambda told: _check(told, on, declared))


def _check(values: pl.Series, on: date, declared: str) -> pl.DataFrame:
    long = values.str.len_bytes() == _LENGTH
    at = None if long.all() else np.flatnonzero(long.to_numpy())
    numbers = values if at is None else values.filter(long)
    matrix = check_digits.characters(numbers, _LENGTH)
    digits = _digits(matrix)
    places = _places(digits)
    permit = _is_permit(digits)
    formed = _well_formed(digits)
    if declared == RESIDENCE_PERMIT:
        formed &= permit
    fits = check_digits.mod_11_2(digits) == matrix[:, -1]
    real, days = embedded_dates.dates(digits[6:14])
    alive = real & embedded_dates.of_the_living(days, on)
    reasons = _first_wrong(digits, formed, fits, alive, places & ~_MARKED)
    if declared == RESIDENT:
        reasons[permit & (reasons == _FINE)] = _PERMIT
    _mark_placeholders(reasons, places, numbers)
    told = pl.DataFrame(
        {
            "asked": _asked(permit, declared),
            "reason": reasons,
            "well_formed": formed,
            "check_digit_ok": fits,
            "date_ok": alive,
            "birth_date": pl.Series(days).cast(pl.Date),
            "male": digits[16] & 1 == 1,
            "region": _REGION_WORDS.gather(places & ~_MARKED),
        }
    )
    return _finished(_spread(told, at, len(values)), values, declared)


def _first_wrong(digits: Matrix, formed: Flags, fits: Flags, alive: Flags, places: Matrix) -> Matrix:
    """Code of the first thing wrong of each number: form, check digit, date, province, county."""
    reasons = np.zeros(len(formed), dtype=np.uint8)
    reasons[places == region.UNKNOWN_COUNTY] = _COUNTY
    reasons[places == region.UNKNOWN_PROVINCE] = _PROVINCE
    reasons[~alive] = _DATE
    reasons[~fits] = _CHECK
    # A numeric spreadsheet cell keeps 15 digits and shows 000 for the others.
    reasons[~fits & (digits[15] == 0) & (digits[16] == 0) & (digits[17] == 0)] = _LOST
    reasons[~formed] = _SHAPE
    return reasons


def _mark_placeholders(reasons: Matrix, places: Matrix, numbers: pl.Series) -> None:
    """Set the reason of samples, of digits all alike and of runs; only few regions can open one."""
    candidates = np.flatnonzero(places >= _MARKED)
    suspects = numbers.gather(candidates)
    found = certificate_facts.is_placeholder(suspects) | suspects.is_in(SAMPLES)
    reasons[candidates[found.to_numpy()]] = _PLACEHOLDER


def _asked(permit: Flags, declared: str) -> pl.Series:
    if declared == RESIDENCE_PERMIT or not permit.any():
        return pl.Series([declared]).new_from_index(0, len(permit))
    return pl.Series([RESIDENT, RESIDENCE_PERMIT]).gather(permit.astype(np.uint8))


def _spread(told: pl.DataFrame, at: NDArray[np.intp] | None, size: int) -> pl.DataFrame:
    """``told`` as rows ``at`` of ``size`` rows; the others are null."""
    if at is None:
        return told
    rows = (
        pl.Series([None], dtype=pl.UInt32)
        .new_from_index(0, size)
        .scatter(at, pl.Series(range(len(at)), dtype=pl.UInt32))
    )
    return told.select(pl.all().gather(rows))


def _finished(told: pl.DataFrame, values: pl.Series, declared: str) -> pl.DataFrame:
    """Words for the reason codes, and nulls for what a badly formed number cannot say."""
    formed = pl.col("well_formed").fill_null(value=False)
    told = told.with_columns(values.alias("value"), pl.col("reason").fill_null(_SHAPE), well_formed=formed)
    odd = told.select(pl.col("reason") == _SHAPE).to_series()
    if odd.any():
        told = told.with_columns(
            reason=_odd_reasons(told["reason"], values, odd), asked=pl.col("asked").fill_null(declared)
        )
        depends = ("check_digit_ok", "date_ok", "male", "region")
        told = told.with_columns(pl.when("well_formed").then(pl.col(name)).alias(name) for name in depends)
    valid = pl.col("reason") <= _COUNTY
    return certificate_facts.frame(
        told.with_columns(
            reason=_REASONS.gather(told["reason"]),
            birth_date=pl.when("date_ok").then("birth_date"),
            placeholder=pl.col("reason") == _PLACEHOLDER,
            valid=valid,
            lifetime_no=pl.when(valid).then("value"),
        )
    )


def _odd_reasons(reasons: pl.Series, values: pl.Series, odd: pl.Series) -> pl.Series:
    """What is the matter with numbers of another form: placeholder, masked or simply the shape."""
    at = odd.arg_true()
    few = values.gather(at)
    masked = few.str.contains("*", literal=True)
    codes = (
        pl.when(certificate_facts.is_placeholder(few)).then(_PLACEHOLDER).when(masked).then(_MASKED).otherwise(_SHAPE)
    )
    return reasons.clone().scatter(at, pl.select(codes.cast(pl.UInt8)).to_series())


def _digits(matrix: Matrix) -> Matrix:
    """Digit values, one row per position; what is no digit is above 9."""
    return check_digits.columns(matrix) - np.uint8(check_digits.ZERO)


def _well_formed(digits: Matrix) -> Flags:
    """1–8, sixteen digits, and a digit or X."""
    formed: Flags = (digits[0] >= 1) & (digits[0] <= 8)
    for column in digits[1:-1]:
        formed &= column <= 9
    formed &= (digits[-1] <= 9) | (digits[-1] == _LETTER_X)
    return formed


def _is_permit(digits: Matrix) -> Flags:
    code = embedded_dates.number(digits[:6])
    found: Flags = code == _PERMIT_REGIONS[0]
    for other in _PERMIT_REGIONS[1:]:
        found |= code == other
    return found


@cache
def _place_table() -> Matrix:
    """For every six digits: their status as a region code, plus _MARKED where a sample or a run of digits may begin."""
    every = np.arange(1_000_000, dtype=np.int32)
    table = region.status(every)
    begins = certificate_facts.is_placeholder(pl.Series(every).cast(pl.String).str.zfill(6)).to_numpy()
    table[begins] += _MARKED
    for code in {int(sample[:6]) for sample in SAMPLES}:
        table[code] |= _MARKED
    return table


def _places(digits: Matrix) -> Matrix:
    return _place_table()[np.minimum(embedded_dates.number(digits[:6]), 999_999)]
