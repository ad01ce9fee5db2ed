"""Documents of persons other than the resident identity card.

* permanent residence of foreigners, since 2023-12-01: 9, province (2), ISO 3166 country number (3), date of birth
  (8), order (3, odd is male), MOD 11-2 check character: 932682198501010017 is a man from Saudi Arabia who applied in
  Jiangsu. Until then: country letters (3), region (4), date of birth YYMMDD, order (1), ICAO 7-3-1 check digit:
  KAZ110090123105.
* passports of China, Hong Kong and Macao, by their series; any other by length and characters only.
* travel permits: H or M and 8 digits, with 2 digits more for the number of issues; for Taiwan residents 8 digits,
  formerly 10 and a letter. The permits of mainland residents (C, W to Hong Kong and Macao; T, L to Taiwan) share
  their names in many code sets and are remarked upon (``mainland_permit``).
* military: 军字第2001988号; there are many spellings and no check.
* travel documents (旅行证): by length and characters only.
"""

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from pipeline.core import check_digits
from pipeline.core.fields import certificate_facts, embedded_dates, region
from pipeline.core.fields.certificate_facts import mask
from pipeline.core.tables import csv_table

__all__ = ["KINDS", "check", "clean", "mask"]

_FORMS: Final = {
    "PASSPORT_CN": (
        "passport_cn",
        "^(?:E[0-9]{8}|E[A-HJ-NP-Z][0-9]{7}|G[0-9]{8}|1[45][0-9]{7}|[PSD][0-9]{7,8}|[SPD]E[0-9]{7}|M[AB][0-9]{7}|[HK][0-9]{8,10}|[HK]J[0-9]{7})$",
    ),
    "PASSPORT_X": ("passport_foreign", "^[A-Z0-9]{5,20}$"),
    "TRAVEL": ("travel_document", "^[A-Z0-9]{5,20}$"),
    "HM_PERMIT": ("hm_permit", r"^(?:[HM][0-9]{8}(?:[0-9]{2})?|[CW][0-9]{8}|C[A-HJ-NP-Z][0-9]{7})$"),
    "TW_PERMIT": ("tw_permit", "^(?:[0-9]{8}|[0-9]{10}[A-Z]?|[TL][0-9]{8})$"),
    "MIL": ("military", r"^\p{Han}?字第[0-9A-Z]{4,9}号?$"),
}
_MAINLAND: Final = {"HM_PERMIT": "^[CW]", "TW_PERMIT": "^[TL]"}
KINDS: Final = (*_FORMS, "FPR")
"""Document types this module answers for."""

_NEW: Final = "^9[0-9]{16}[0-9X]$"
_OLD: Final = "^[A-Z]{3}[0-9]{12}$"
_HM_LIFETIME: Final = 9


def clean(values: pl.Series) -> pl.DataFrame:
    """``value`` as it is, ``repair`` always null: spelling is :func:`pipeline.core.fields.certificate.clean`'s work."""
    return values.to_frame("value").select("value", repair=pl.lit(None, dtype=pl.String))


def check(values: pl.Series, declared: str, on: date) -> pl.DataFrame:
    """Facts on the day ``on`` about numbers of one of :data:`KINDS`, columns of :data:`certificate_facts.SCHEMA`."""
    if declared == "FPR":
        return certificate_facts.of_told(values, lambda told: _permanent(told, on))
    return certificate_facts.of_told(values, lambda told: _by_form(told, declared))


def _by_form(values: pl.Series, declared: str) -> pl.DataFrame:
    asked, form = _FORMS[declared]
    # Eight digits given one after the other come to 12345678 some day.
    told = certificate_facts.by_form(values, asked, form, runs=declared != "TW_PERMIT")
    if declared in _MAINLAND:
        mainland = values.str.contains(_MAINLAND[declared])
        told = told.with_columns(
            reason=pl.when(pl.col("valid") & mainland).then(pl.lit("mainland_permit")).otherwise("reason")
        )
    if declared == "HM_PERMIT":
        own = pl.col("valid") & ~mainland
        # The two digits after the ninth character count the issues and change with each.
        told = told.with_columns(lifetime_no=pl.when(own).then(values.str.slice(0, _HM_LIFETIME)))
    return told


def _permanent(values: pl.Series, on: date) -> pl.DataFrame:
    """Both forms of the permanent residence number, each by its own check digit, date and country."""
    old = values.str.contains(_OLD)
    if not old.any():
        return _new_permanent(values, on)
    both = pl.concat([_old_permanent(values.filter(old), on), _new_permanent(values.filter(~old), on)])
    order = np.argsort(np.concatenate([old.arg_true().to_numpy(), (~old).arg_true().to_numpy()]))
    return both.select(pl.all().gather(order))


def _new_permanent(values: pl.Series, on: date) -> pl.DataFrame:
    told = certificate_facts.by_form(values, "foreign_resident", _NEW, _mod_11_2_ok)
    at = told["well_formed"].arg_true()
    numbers = values.gather(at)
    digits = _digits(numbers, 18)
    real, days = embedded_dates.dates(digits[6:14])
    found = pl.DataFrame(
        {
            "date_ok": real & embedded_dates.of_the_living(days, on),
            "birth_date": pl.Series(days).cast(pl.Date),
            "male": digits[16] & 1 == 1,
            "province": numbers.str.slice(1, 2),
            "country": numbers.str.slice(3, 3).is_in(_countries()["numeric"].drop_nulls().implode()),
            "lifetime_no": numbers,
        }
    )
    return _judged(told, at, found)


def _old_permanent(values: pl.Series, on: date) -> pl.DataFrame:
    """``values`` all have the old form."""
    told = certificate_facts.by_form(values, "foreign_resident", _OLD, check_digits.icao_ok)
    digits = _digits(values, 15)[7:13]
    centuries = [
        embedded_dates.dates(np.vstack([np.full((2, len(values)), [[c // 10], [c % 10]], np.uint8), digits]))
        for c in (19, 20)
    ]
    earlier, later = (real & embedded_dates.of_the_living(days, on) for real, days in centuries)
    days = np.where(later, centuries[1][1], centuries[0][1])
    found = pl.DataFrame(
        {
            "date_ok": earlier | later,
            # Two digits of the year may mean a child or someone past a hundred: then the date is not certain.
            "birth_date": pl.select(
                pl.when(pl.Series(earlier ^ later)).then(pl.Series(days).cast(pl.Date))
            ).to_series(),
            "province": values.str.slice(3, 2),
            "country": values.str.slice(0, 3).is_in(_countries()["alpha3"].implode()),
        }
    )
    return _judged(told, pl.Series(np.arange(len(values)), dtype=pl.UInt32), found)


def _judged(told: pl.DataFrame, at: pl.Series, found: pl.DataFrame) -> pl.DataFrame:
    """``told`` with what the well formed numbers (rows ``at``) say of date, province and country."""
    known = region.status(found["province"].cast(pl.Int32).to_numpy() * 10_000) != region.UNKNOWN_PROVINCE
    words = pl.Series(["unknown_province", "known"]).gather(known.astype(np.uint8))
    rows = (
        pl.Series([None], dtype=pl.UInt32)
        .new_from_index(0, told.height)
        .scatter(at, pl.Series(np.arange(len(at)), dtype=pl.UInt32))
    )
    facts = found.with_columns(words.alias("region")).select(pl.all().gather(rows))
    reason = (
        pl.when(pl.col("reason").is_not_null())
        .then("reason")
        .when(~facts["date_ok"])
        .then(pl.lit("date"))
        .when(facts["region"] == "unknown_province")
        .then(pl.lit("region_province"))
        .when(~facts["country"])
        .then(pl.lit("country"))
    )
    kept = [name for name in certificate_facts.SCHEMA if name in facts.columns]
    joined = told.with_columns(facts.select(kept)).with_columns(reason=reason)
    joined = joined.with_columns(valid=pl.col("reason").is_null(), birth_date=pl.when("date_ok").then("birth_date"))
    return joined.with_columns(lifetime_no=pl.when("valid").then("lifetime_no"))


def _mod_11_2_ok(matrix: check_digits.Matrix) -> check_digits.Flags:
    flags: check_digits.Flags = (
        check_digits.mod_11_2(check_digits.columns(matrix) - np.uint8(check_digits.ZERO)) == matrix[:, -1]
    )
    return flags


def _digits(numbers: pl.Series, width: int) -> check_digits.Matrix:
    return check_digits.columns(check_digits.characters(numbers, width)) - np.uint8(check_digits.ZERO)


@cache
def _countries() -> pl.DataFrame:
    return csv_table.read("countries.csv")
