"""What each party counts as under each caliber: a small number, worst first.

The worst state wins where several rows are counted as one: a party told of under two roles, or a customer with several
policies, is refuted by any of them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl

from pipeline.core.authenticity import field_sets
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.evidence_sources.answers import callback_codes
from pipeline.core.authenticity.field_sets import Sets

REFUTED, AUTHENTIC, UNVERIFIED, EXCLUDED = range(4)
"""States, worst first; who is not in a caliber's population has none (null)."""

CODES = {"refuted": REFUTED, "authentic": AUTHENTIC, "unverified": UNVERIFIED, "excluded": EXCLUDED}


def states(calibers: Sequence[Caliber]) -> list[str]:
    """Names of the state columns of ``calibers``."""
    return [f"state:{caliber.name}" for caliber in calibers]


def opens(calibers: Sequence[Caliber]) -> list[str]:
    """Names of the columns that say: no evidence decides this party, whatever the caliber counts it as."""
    return [f"open:{caliber.name}" for caliber in calibers]


SETS = (
    *("missing_fields", "failed_fields", "standing_fields", "suspect_fields", "confirmed_fields", "refuted_fields"),
    "corrected_fields",
)
"""Lists of fields that states are told by, as sets (:mod:`field_sets`)."""

_ASKED = (
    *("customer_type", "role", "policy_status", "vehicle_kind", "channel", "issued_on"),
    *("callback_answer", "callback_direction"),
)


def stated(
    parties: pl.DataFrame, calibers: Sequence[Caliber], on: date, sets: Mapping[str, Sets] | None = None
) -> pl.DataFrame:
    """``parties`` (PARTIES) with state (UInt8) and open flag of each of ``calibers`` on the night ``on``.

    ``sets``: their :data:`SETS`, where they are known.
    """
    sets = {name: field_sets.of_lists(parties[name]) for name in SETS} if sets is None else sets
    asked = parties.select(_ASKED).with_columns(pl.Series(name, sets[name]) for name in SETS)
    columns, names = {}, alike(calibers)
    for caliber in calibers:
        if names[caliber.name] != caliber.name:
            continue
        inside = _population(caliber, on)
        state, undecided = _called(caliber) if caliber.basis == "callback" else _judged(caliber)
        columns[f"state:{caliber.name}"] = pl.when(inside).then(state).cast(pl.UInt8)
        columns[f"open:{caliber.name}"] = pl.when(inside).then(undecided)
    # Calibers ask much the same: what is lazy is computed once for all of them.
    marks = asked.lazy().select(**columns).collect()
    return parties.hstack(marks).with_columns(
        pl.col(f"{mark}:{first}").alias(f"{mark}:{name}") for name, first in names.items() for mark in ("state", "open")
    )


def alike(calibers: Sequence[Caliber]) -> dict[str, str]:
    """Name of each caliber -> the first that gives every party the same state: they differ in what is counted only."""
    firsts: dict[Caliber, str] = {}
    return {
        caliber.name: firsts.setdefault(replace(caliber, name="", zh="", unit="party", weight="count"), caliber.name)
        for caliber in calibers
    }


@cache
def _population(caliber: Caliber, on: date) -> pl.Expr:
    """Who is counted; a policy issued after ``on`` is not yet."""
    persons = pl.lit(caliber.organisations) | (pl.col("customer_type").fill_null("person") == "person")
    return (
        persons
        & pl.col("role").is_in(caliber.roles)
        & ~pl.col("policy_status").fill_null("in_force").is_in(caliber.excluded_status)
        & ~pl.col("vehicle_kind").fill_null("").is_in(caliber.excluded_vehicles)
        & ~pl.col("channel").fill_null("").is_in(caliber.excluded_channels)
        & (pl.col("issued_on").is_null() | (pl.col("issued_on") <= on))
    )


def _unproved(fields: Sequence[str]) -> pl.Expr:
    """Whether a steward corrected a field (of ``fields``, any when none is named) that no evidence has confirmed since."""
    corrected = pl.col("corrected_fields") & ~pl.col("confirmed_fields")
    return (corrected & _mask(fields)) != 0


@cache
def _judged(caliber: Caliber) -> tuple[pl.Expr, pl.Expr]:
    """State by findings, and by evidence unless only the rules are asked; and whether no evidence decides."""
    rules_only = caliber.basis == "rules"
    refuted = _has("failed_fields" if rules_only else "standing_fields", caliber.fields)
    if caliber.obligatory:
        refuted = refuted | _has("missing_fields", caliber.obligatory)
    suspect = _has("suspect_fields", caliber.fields) if caliber.suspects else pl.lit(value=False)
    if rules_only:
        found = pl.when(refuted).then(REFUTED).when(suspect).then(CODES[caliber.suspects or "authentic"])
        return found.otherwise(AUTHENTIC), pl.lit(value=False)
    refuted = refuted | _has("refuted_fields", caliber.fields)
    proof = pl.lit(field_sets.of(caliber.proof), pl.UInt64)
    proven = ((pl.col("confirmed_fields") & proof) == proof) & ~_unproved(caliber.fields)
    not_reached = (pl.col("callback_direction") == "not_reached").fill_null(value=False)
    state = (
        pl.when(refuted)
        .then(REFUTED)
        .when(suspect)
        .then(CODES[caliber.suspects or "authentic"])
        .when(proven)
        .then(AUTHENTIC)
        .when(not_reached)
        .then(CODES[caliber.unverified if caliber.not_reached == "unverified" else caliber.not_reached])
        .otherwise(CODES[caliber.unverified])
    )
    return state, ~refuted & ~proven & ~suspect


@cache
def _called(caliber: Caliber) -> tuple[pl.Expr, pl.Expr]:
    """State by the call that stands alone: its code says whether it is in the denominator."""
    codes = callback_codes()
    rule = pl.col("callback_answer").replace_strict(
        dict(zip(codes["answer"], codes["denominator"], strict=True)), default="yes", return_dtype=pl.String
    )
    family = "yes" if caliber.family else "no"
    settled = rule.replace({"family": family, "tries": "no"})
    outside = pl.col("callback_answer").is_null() | (settled != "yes")
    state = (
        pl.when(outside)
        .then(EXCLUDED)
        .when(pl.col("callback_direction") == "confirms")
        .then(AUTHENTIC)
        .otherwise(REFUTED)
    )
    return state, pl.col("callback_answer").is_not_null() & outside


def _has(column: str, fields: Sequence[str]) -> pl.Expr:
    """Any of ``fields`` is in the set ``column``; any at all when none is named."""
    return (pl.col(column) & _mask(fields)) != 0


def _mask(fields: Sequence[str]) -> pl.Expr:
    return pl.lit(field_sets.of(fields or field_sets.FIELDS), pl.UInt64)
