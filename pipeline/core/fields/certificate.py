"""Document numbers of any type: which validator a declared type asks, and what the number itself would be.

``check`` gives the columns of :mod:`pipeline.core.fields.certificate_facts` and

* ``passes_as``: the one other type whose validator the number fully passes, null when none or several do;
* ``presumed_type``: where no type was declared, the type the answers speak of, null when that cannot be told.

``asked`` is resident_id (RIC, HUKOU, DRIVER), hmt_residence, foreign_resident, passport_cn, passport_foreign,
travel_document, hm_permit, tw_permit, military, credit_code (USCC, BIZ), licence (BIZ of 15 digits), organisation_code
or tax_number; null for RIC_ABN and OTHER, whose numbers have no form.

Reasons, by who gives them: placeholder, masked, shape, check_digit (all); date, region_province (resident id, residence
permit, permanent residence); country (permanent residence); precision_lost (a resident id that ends in the 000 of a
spreadsheet cell and fails its check digit); archive_number (a driver's file number of 12 digits); early_fujian (credit
code older than the standard). Only remarkable, the number stays valid: region_county (six digits never allocated),
hmt_permit (residence permit declared as resident id), mainland_permit (travel permit of a mainland resident), obsolete
(business licence of 15 digits).
"""

from datetime import date
from functools import cache
from typing import Final

import numpy as np
import polars as pl

from pipeline.core import check_digits
from pipeline.core.fields import certificate_facts, organisation_id, other_id, resident_id
from pipeline.core.fields.certificate_facts import mask
from pipeline.core.fields.certificate_type import holders, only_type, type_codes
from pipeline.core.fields.text import NULL_WORDS, to_ascii_forms

__all__ = ["FACTS", "check", "clean", "holders", "mask", "type_codes"]

FACTS: Final = pl.Schema(
    [*certificate_facts.SCHEMA.items(), ("passes_as", pl.String()), ("presumed_type", pl.String())]
)
"""Columns ``check`` gives."""

_CITIZEN: Final = ("RIC", "HUKOU", "DRIVER")
_OF_HOLDERS: Final = (*_CITIZEN, "HMT_RESIDENCE", "FPR")
"""Types whose numbers tell a date of birth."""
_OLD_FORM: Final = (*_CITIZEN, "RIC_ABN")

_PLAIN: Final = "^[0-9A-Z]{2,14}$|^[0-9A-Z]{16,20}$"
_BLANK: Final = r"\s"
_QUOTES: Final = "[\"'`´‘’“”=]"
_DECORATION: Final = "[\\s\"'`´‘’“”=\\-‐‑‒–—―−_.·•()\\[\\]]"
_EXPONENT: Final = r"^[+-]?[0-9]+(?:\.[0-9]*E[+-]?|E[+-])[0-9]{1,3}$"
_TOO_LONG_FLOAT: Final = r"^[0-9]{16,}\.[0-9]*$"
_FLOAT_TAIL: Final = r"^([0-9]{1,15})\.0+$"
_X_SIGN: Final = "^([0-9]{17})[*×✕✖ΧХⅩ]$"
_PRINTED: Final = r"^\s*(?:[0-9A-Za-z]{8}-[0-9Xx]|[0-9]{10}\([A-Za-z]\))\s*$"
_NEARLY_CITIZEN: Final = "^[1-8][0-9*]{13,17}[0-9X*]$"
_ARCHIVE: Final = "^[0-9]{12}$"


def clean(values: pl.Series, cert_type: pl.Series) -> pl.DataFrame:
    """Numbers in capitals, without decoration, resident ids with 18 characters; Chinese words of military ids stay.

    Repairs: full_width, separators, apostrophe (the one spreadsheets put before text), x_sign (* or × for the check
    character X, where X fits), float_tail, converted_from_15 (resident id, household register, driving licence, and
    undeclared numbers that are no licence number). Set aside: null_word, precision_lost.
    """
    plain = (values.str.contains(_PLAIN) & ~values.is_in(_null_words())) | values.is_null()
    at = (~plain).arg_true()
    if at.is_empty():
        return pl.DataFrame(
            {"value": values, "repair": pl.Series([None], dtype=pl.String).new_from_index(0, len(values))}
        )
    odd = _clean_odd(values.gather(at), cert_type.cast(pl.String).gather(at))
    rows = np.arange(len(values))
    rows[at.to_numpy()] = len(values) + np.arange(len(at))
    repaired = np.zeros(len(values), dtype=np.int64)
    repaired[at.to_numpy()] = np.arange(1, len(at) + 1)
    nothing = pl.Series([None], dtype=pl.String)
    return pl.DataFrame(
        {
            "value": pl.concat([values, odd["value"]]).gather(rows),
            "repair": pl.concat([nothing, odd["repair"]]).gather(repaired),
        }
    )


@cache
def _null_words() -> tuple[str, ...]:
    return ("", *sorted(word.upper() for word in NULL_WORDS))


def _clean_odd(raw: pl.Series, types: pl.Series) -> pl.DataFrame:
    """``clean`` for values that are not letters and digits already."""
    bare = pl.col("text").str.replace_all(_BLANK, "").str.replace_all(_QUOTES, "")
    body = bare.str.replace(_FLOAT_TAIL, "${1}")
    compact = body.str.replace_all(_DECORATION, "")
    lost = bare.str.contains(_EXPONENT) | bare.str.contains(_TOO_LONG_FLOAT) | compact.str.contains(_EXPONENT)
    nothing = compact.is_in(_null_words()) | bare.is_in(_null_words()) | compact.str.contains(r"^\*+$")
    told = pl.DataFrame({"raw": raw, "type": types, "text": to_ascii_forms(raw).str.to_uppercase()})
    told = told.with_columns(
        value=pl.when(~lost & ~nothing).then(compact),
        set_aside=pl.when(lost).then(pl.lit("precision_lost")).when(nothing & (bare != "")).then(pl.lit("null_word")),
        apostrophe=pl.col("text").str.contains(rf"^\s*{_QUOTES}|{_QUOTES}\s*$"),
        float_tail=bare.str.contains(_FLOAT_TAIL),
        full_width=pl.col("raw").str.contains(r"[\x{FF01}-\x{FF5E}]"),
        separators=_has_separators(bare),
    )
    signed = _with_x(told["value"])
    told = told.with_columns(value=signed, x_sign=signed.ne_missing(told["value"]))
    converted = _with_century(told["value"], told["type"])
    told = told.with_columns(value=converted, converted_from_15=converted.ne_missing(told["value"]))
    codes = ("apostrophe", "converted_from_15", "float_tail", "full_width", "separators", "x_sign")
    joined = pl.concat_str((pl.when(code).then(pl.lit(code)) for code in codes), separator="+", ignore_nulls=True)
    return told.select(
        "value", repair=pl.when(pl.col("value").is_null()).then("set_aside").when(joined != "").then(joined)
    )


def _has_separators(bare: pl.Expr) -> pl.Expr:
    """Something stands between the characters that the document itself does not print."""
    inner = pl.col("text").str.replace(rf"^(?:\s|{_QUOTES})+", "").str.replace(rf"(?:\s|{_QUOTES})+$", "")
    inner = pl.when(bare.str.contains(_FLOAT_TAIL)).then(inner.str.replace(r"\.0+$", "")).otherwise(inner)
    return inner.str.contains(_DECORATION) & ~inner.str.contains(_PRINTED)


def _with_x(values: pl.Series) -> pl.Series:
    """``values`` with X for the sign typed in its place, where X is what the other 17 digits ask for."""
    at = values.str.contains(_X_SIGN).fill_null(value=False).arg_true()
    if at.is_empty():
        return values
    body = values.gather(at).str.slice(0, 17)
    digits = check_digits.columns(check_digits.characters(body, 17)) - np.uint8(check_digits.ZERO)
    wanted = pl.Series(check_digits.mod_11_2(digits) == ord("X"))
    return values.clone().scatter(at.filter(wanted), (body + "X").filter(wanted))


def _with_century(values: pl.Series, types: pl.Series) -> pl.Series:
    """``values`` with resident ids of 15 digits in today's form."""
    short = (values.str.len_bytes() == 15).fill_null(value=False)
    if not short.any():
        return values
    undeclared = types.is_null() & ~organisation_id.check(values, "BIZ")["check_digit_ok"].fill_null(value=False)
    at = (short & (types.is_in(_OLD_FORM).fill_null(value=False) | undeclared)).arg_true()
    return values.clone().scatter(at, resident_id.clean(values.gather(at))["value"]) if len(at) else values


def check(values: pl.Series, cert_type: pl.Series, on: date) -> pl.DataFrame:
    """Facts about cleaned numbers of the canonical types ``cert_type`` on the day ``on``, columns of :data:`FACTS`."""
    told = values.is_not_null()
    types = cert_type.cast(pl.String)
    if told.all():
        return _check(values, types, on)
    rows = pl.select(pl.when(told).then(told.cast(pl.UInt32).cum_sum() - 1)).to_series()
    return _check(values.filter(told), types.filter(told), on).select(pl.all().gather(rows))


def told_of_holders(values: pl.Series, cert_type: pl.Series, on: date) -> pl.DataFrame:
    """``valid``, ``birth_date`` and ``male`` of :func:`check`, for a fraction of its cost: what else it says is not asked.

    ``valid`` is false of numbers that tell neither date of birth nor sex.
    """
    declared = cert_type.cast(pl.String)
    told = values.is_not_null()
    parts = []
    for rows, asked in (
        (told & declared.is_in(_OF_HOLDERS).fill_null(value=False), _by_type),
        (told & declared.is_null(), check),
    ):
        at = rows.arg_true()
        if len(at):
            facts = asked(values.gather(at), declared.gather(at), on).select("valid", "birth_date", "male")
            parts.append(facts.with_columns(at=at))
    none = pl.DataFrame(schema={"valid": pl.Boolean, "birth_date": pl.Date, "male": pl.Boolean, "at": pl.UInt32})
    found = pl.concat([none, *parts])
    places = pl.Series([None], dtype=pl.UInt32).new_from_index(0, len(values))
    places = places.scatter(found["at"], pl.Series(range(found.height), dtype=pl.UInt32))
    return found.select(pl.all().exclude("at").gather(places)).with_columns(pl.col("valid").fill_null(value=False))


def _check(values: pl.Series, types: pl.Series, on: date) -> pl.DataFrame:
    """What the declared validators say, and of what is not valid, what it would pass as."""
    facts = _by_type(values, types.fill_null("RIC"), on)
    odd = facts["valid"].not_().fill_null(value=True).arg_true()
    nothing = pl.Series("passes_as", [None], dtype=pl.String).new_from_index(0, len(values))
    only = nothing.clone()
    if len(odd):
        only = only.scatter(odd, only_type(values.gather(odd), on))
    permits = facts["reason"] == "hmt_permit"
    if permits.any():
        only = only.scatter(permits.arg_true(), "HMT_RESIDENCE")
    told = facts.with_columns(only, nothing.alias("presumed_type"))
    undeclared = types.is_null()
    return _presumed(told, values, undeclared, on) if undeclared.any() else told


def _presumed(told: pl.DataFrame, values: pl.Series, undeclared: pl.Series, on: date) -> pl.DataFrame:
    """``told`` with the presumed type of undeclared numbers: resident id, else what they pass as, else the look."""
    citizen = pl.when(pl.col("valid") & pl.col("passes_as").is_null()).then(pl.lit("RIC"))
    nearly = pl.when(values.str.contains(_NEARLY_CITIZEN)).then(pl.lit("RIC"))
    told = told.with_columns(
        reason=pl.when(~undeclared | (pl.col("reason") != "hmt_permit")).then("reason"),
        passes_as=pl.when(undeclared).then(pl.coalesce("passes_as", citizen)).otherwise("passes_as"),
        presumed_type=pl.when(undeclared).then(pl.coalesce("passes_as", citizen, nearly)),
    )
    again = (undeclared & ~told["valid"] & (told["presumed_type"].fill_null("") != "RIC")).arg_true()
    return told if again.is_empty() else _asked_again(told, values, again, on)


def _asked_again(told: pl.DataFrame, values: pl.Series, again: pl.Series, on: date) -> pl.DataFrame:
    """``told`` with rows ``again``, which are no resident ids after all, asked as what they were presumed to be."""
    types = told["presumed_type"].gather(again)
    facts = _by_type(values.gather(again), types.fill_null("OTHER"), on)
    facts = facts.with_columns(told["passes_as"].gather(again), types)
    order = np.arange(len(values))
    order[again.to_numpy()] = len(values) + np.arange(len(again))
    return pl.concat([told, facts]).select(pl.all().gather(order))


def _by_type(values: pl.Series, types: pl.Series, on: date) -> pl.DataFrame:
    """Each number asked by the validator of its type; no type is null."""
    kinds = types.unique().sort().to_list()
    if len(kinds) <= 1:
        return _ask(values, kinds[0] if kinds else "OTHER", on)
    rows = [(types == kind).arg_true() for kind in kinds]
    parts = [_ask(values.gather(mine), kind, on) for kind, mine in zip(kinds, rows, strict=True)]
    return pl.concat(parts).select(pl.all().gather(np.argsort(pl.concat(rows).to_numpy())))


def _ask(values: pl.Series, declared: str, on: date) -> pl.DataFrame:
    """Facts by the validator of ``declared``; of types without a form only whether the number is a placeholder."""
    if declared in _CITIZEN:
        facts = resident_id.check(values, on)
        if declared == "DRIVER":
            archive = (pl.col("reason") == "shape") & values.str.contains(_ARCHIVE)
            facts = facts.with_columns(reason=pl.when(archive).then(pl.lit("archive_number")).otherwise("reason"))
        return facts
    if declared == "HMT_RESIDENCE":
        return resident_id.check(values, on, resident_id.RESIDENCE_PERMIT)
    if declared in other_id.KINDS:
        return other_id.check(values, declared, on)
    if declared in organisation_id.KINDS:
        return organisation_id.check(values, declared)
    return certificate_facts.frame(pl.DataFrame({"placeholder": certificate_facts.is_placeholder(values)}))
