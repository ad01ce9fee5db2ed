"""Numbers of organisations.

* unified social credit code (GB 32100): authority, category, region (6), organisation code (9), check character MOD 31.
  Authorities 1–9, A (Central Military Commission), N (agriculture) and Y (others). Fujian and Xiamen gave codes before
  the standard was out; real ones such as 91350211M0000XUF46 fail it and are only remarkable (``early_fujian``).
* organisation code (GB 11714): eight characters and a check character, printed 12345678-8, kept without the hyphen.
* licence number of 15 digits (GS 15, MOD 11,10): replaced by the credit code, so even a right one is ``obsolete``.
* tax number: 15 (region and organisation code), 17, 18 or 20 characters, no check digit of its own.

>>> check(pl.Series(["91320100MA1X7K3P4X"]), "USCC")["valid"].to_list()
[True]
"""

from typing import Final

import numpy as np
import polars as pl

from pipeline.core import check_digits
from pipeline.core.check_digits import GB_32100_ALPHABET
from pipeline.core.fields import certificate_facts, region
from pipeline.core.fields.certificate_facts import mask

__all__ = ["KINDS", "check", "clean", "mask", "of_a_place"]

KINDS: Final = ("USCC", "BIZ", "ORG", "TAX")
"""Document types this module answers for."""

_AUTHORITIES: Final = "123456789ANY"
_USCC: Final = f"^[{_AUTHORITIES}][1-9][0-9]{{6}}[{GB_32100_ALPHABET}]{{10}}$"
_ORG: Final = "^[0-9A-Z]{8}[0-9X]$"
_LICENCE: Final = "^[0-9]{15}$"
_TAX: Final = "^(?:[0-9A-Z]{15}|[0-9A-Z]{17}|[0-9A-Z]{18}|[0-9A-Z]{20})$"
_EARLY_FUJIAN: Final = "9135"
_NATIONAL: Final = ("100000", "000000")
"""Regions of organisations registered with the state itself."""


def clean(values: pl.Series) -> pl.DataFrame:
    """``value`` without the hyphen an organisation code is printed with, ``repair`` always null."""
    return values.to_frame("value").select(
        value=pl.col("value").str.replace("^([0-9A-Z]{8})-([0-9X])$", "${1}${2}"), repair=pl.lit(None, dtype=pl.String)
    )


def check(values: pl.Series, declared: str) -> pl.DataFrame:
    """Facts about numbers declared as one of :data:`KINDS`, columns of :data:`certificate_facts.SCHEMA`.

    A business licence (BIZ) may bear either number: 15 digits are asked as a licence, anything else as a credit code.
    """
    return certificate_facts.of_told(values, lambda told: _check(told, declared))


def _check(values: pl.Series, declared: str) -> pl.DataFrame:
    if declared == "TAX":
        return certificate_facts.by_form(values, "tax_number", _TAX)
    if declared == "ORG":
        return certificate_facts.by_form(values, "organisation_code", _ORG, check_digits.organisation_code_ok)
    if declared == "USCC":
        return _credit_code(values)
    licences = values.str.contains(_LICENCE)
    if not licences.any():
        return _credit_code(values)
    both = pl.concat([_licence(values.filter(licences)), _credit_code(values.filter(~licences))])
    order = np.argsort(np.concatenate([licences.arg_true().to_numpy(), (~licences).arg_true().to_numpy()]))
    return both.select(pl.all().gather(order))


def _credit_code(values: pl.Series) -> pl.DataFrame:
    told = certificate_facts.by_form(values, "credit_code", _USCC, check_digits.mod_31_ok)
    early = (pl.col("reason") == "check_digit") & values.str.starts_with(_EARLY_FUJIAN)
    return told.with_columns(reason=pl.when(early).then(pl.lit("early_fujian")).otherwise("reason"))


def _licence(values: pl.Series) -> pl.DataFrame:
    told = certificate_facts.by_form(values, "licence", _LICENCE, check_digits.mod_11_10_ok)
    return told.with_columns(reason=pl.when("valid").then(pl.lit("obsolete")).otherwise("reason"))


def of_a_place(codes: pl.Series) -> pl.Series:
    """Whether six digits name a province or the state itself, as those in an organisation's number do."""
    known = region.status(codes.cast(pl.Int32, strict=False).fill_null(0).to_numpy()) != region.UNKNOWN_PROVINCE
    return pl.Series("of_a_place", known) | codes.is_in(_NATIONAL)
