"""Types of documents: what sources call them, who can hold them, and which type a number would pass as."""

from datetime import date
from functools import cache
from typing import Final

import polars as pl

from pipeline.core.fields import organisation_id, other_id, resident_id
from pipeline.core.tables import csv_table

# Types known by length alone (foreign passport, travel document, tax number, eight digits of a Taiwan permit) are no
# candidates: anything passes them. The expressions are gates before the validators.
_GATES: Final = {
    "RIC": "^[1-8][0-9]{14}(?:[0-9]{2}[0-9X])?$",
    "USCC": "^[1-9ANY][1-9][0-9]{6}[0-9A-Z]{10}$",
    "BIZ": "^[0-9]{15}$",
    "ORG": "^[0-9A-Z]{8}[0-9X]$",
    "FPR": "^(?:9[0-9]{16}[0-9X]|[A-Z]{3}[0-9]{12})$",
    "PASSPORT_CN": "^(?:[A-Z]{1,2}[0-9]{7,10}|1[45][0-9]{7})$",
    "HM_PERMIT": "^[HM][0-9]{8,10}$",
    "MIL": "字第",
}


_DATED: Final = "^[0-9]{6}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9X]$"


@cache
def type_codes() -> dict[str, str]:
    """What sources write for a document type, in upper case -> canonical type."""
    codes = csv_table.read("cert_types.csv")
    own = codes.drop_nulls("code")
    found = dict(zip(codes["zh"], codes["canonical"], strict=True))
    found |= dict(zip(own["code"], own["canonical"], strict=True))
    # A spreadsheet eats the zero of 01.
    found |= {code.lstrip("0"): canonical for code, canonical in zip(own["code"], own["canonical"], strict=True)}
    aliases = csv_table.read("cert_type_aliases.csv")
    return found | dict(zip(aliases["alias"], aliases["canonical"], strict=True))


@cache
def holders() -> dict[str, str]:
    """Canonical type -> who can hold such a document: person, organisation or any."""
    codes = csv_table.read("cert_types.csv")
    return dict(zip(codes["canonical"], codes["holder"], strict=True))


def only_type(values: pl.Series, on: date) -> pl.Series:
    """The one type that each number fully passes; null where none or several do."""
    gates = values.to_frame("v").select(pl.col("v").str.contains(form).alias(kind) for kind, form in _GATES.items())
    passed = pl.Series([0], dtype=pl.UInt8).new_from_index(0, len(values))
    only = pl.Series("passes_as", [None], dtype=pl.String).new_from_index(0, len(values))
    for kind in _GATES:
        at = gates[kind].arg_true()
        if at.is_empty():
            continue
        found = _passing(kind, values.gather(at), on)
        at = at.filter(found.is_not_null())
        passed = passed.scatter(at, passed.gather(at) + 1)
        only = only.scatter(at, found.drop_nulls())
    return only.to_frame().select(pl.when(passed == 1).then("passes_as")).to_series()


def _passing(kind: str, values: pl.Series, on: date) -> pl.Series:
    """The name of the type for numbers that fully pass it; residence permits come with the resident ids."""
    told = pl.lit(kind)
    if kind == "RIC":
        facts = resident_id.check(resident_id.clean(values)["value"], on)
        told = pl.when(pl.col("asked") == resident_id.RESIDENCE_PERMIT).then(pl.lit("HMT_RESIDENCE")).otherwise(told)
        passes = pl.col("valid") & (pl.col("region") == "known")
    elif kind in organisation_id.KINDS:
        facts = organisation_id.check(values, kind)
        passes = pl.col("valid") & _by_design(kind, values)
    else:
        facts = other_id.check(values, kind, on)
        passes = pl.col("valid") & pl.col("reason").is_null()
    return facts.select(pl.when(passes).then(told)).to_series()


def _by_design(kind: str, values: pl.Series) -> pl.Series:
    """Whether an organisation's number that fits is one by design: one in 31, or in ten, fits by chance."""
    if kind == "ORG":
        return pl.Series([True]).new_from_index(0, len(values))
    if kind == "BIZ":
        return organisation_id.of_a_place(values.str.slice(0, 6))
    # A mistyped resident id gives itself away by its date.
    return organisation_id.of_a_place(values.str.slice(2, 6)) & ~values.str.contains(_DATED)
