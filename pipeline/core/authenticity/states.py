"""What each party counts as under each caliber: a small number, worst first.

The worst state wins where several rows are counted as one: a party told of under two roles, or a customer with several
policies, is refuted by any of them.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.evidence_sources.answers import callback_codes

REFUTED, AUTHENTIC, UNVERIFIED, EXCLUDED = range(4)
"""States, worst first; who is not in a caliber's population has none (null)."""

CODES = {"refuted": REFUTED, "authentic": AUTHENTIC, "unverified": UNVERIFIED, "excluded": EXCLUDED}


def states(calibers: Sequence[Caliber]) -> list[str]:
    """Names of the state columns of ``calibers``."""
    return [f"state:{caliber.name}" for caliber in calibers]


def opens(calibers: Sequence[Caliber]) -> list[str]:
    """Names of the columns that say: no evidence decides this party, whatever the caliber counts it as."""
    return [f"open:{caliber.name}" for caliber in calibers]


def stated(parties: pl.DataFrame, calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    """``parties`` (PARTIES) with state (UInt8) and open flag of each of ``calibers`` on the night ``on``."""
    columns, names = {}, alike(calibers)
    for caliber in calibers:
        if names[caliber.name] != caliber.name:
            continue
        inside = _population(caliber, on)
        waiting = unproved(parties, caliber.fields)
        state, undecided = _called(caliber) if caliber.basis == "callback" else _judged(caliber, waiting)
        columns[f"state:{caliber.name}"] = pl.when(inside).then(state).cast(pl.UInt8)
        columns[f"open:{caliber.name}"] = pl.when(inside).then(undecided)
    # Calibers ask much the same: what is lazy is computed once for all of them.
    told = parties.lazy().with_columns(**columns).collect()
    return told.with_columns(
        pl.col(f"{mark}:{first}").alias(f"{mark}:{name}") for name, first in names.items() for mark in ("state", "open")
    )


def alike(calibers: Sequence[Caliber]) -> dict[str, str]:
    """Name of each caliber -> the first that gives every party the same state: they differ in what is counted only."""
    firsts: dict[Caliber, str] = {}
    return {
        caliber.name: firsts.setdefault(replace(caliber, name="", zh="", unit="party", weight="count"), caliber.name)
        for caliber in calibers
    }


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


def any_corrected(parties: pl.DataFrame) -> bool:
    """Whether a steward corrected anything of ``parties``."""
    return bool(parties["corrected_fields"].list.len().sum())


def unproved(parties: pl.DataFrame, fields: Sequence[str] = ()) -> pl.Expr:
    """Whether a steward corrected a field (of ``fields``, any when none is named) that no evidence has confirmed since."""
    if not any_corrected(parties):
        return pl.lit(value=False)
    corrected = pl.col("corrected_fields").fill_null([])
    if fields:
        corrected = corrected.list.set_intersection(list(fields))
    return corrected.list.set_difference(pl.col("confirmed_fields").fill_null([])).list.len() > 0


def _judged(caliber: Caliber, waiting: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """State by findings, and by evidence unless only the rules are asked; and whether no evidence decides.

    ``waiting``: a corrected value that is not proved yet.
    """
    rules_only = caliber.basis == "rules"
    refuted = _has("failed_fields" if rules_only else "standing_fields", caliber.fields)
    if caliber.obligatory:
        refuted = refuted | _has("missing_fields", caliber.obligatory)
    suspect = _has("suspect_fields", caliber.fields) if caliber.suspects else pl.lit(value=False)
    if rules_only:
        found = pl.when(refuted).then(REFUTED).when(suspect).then(CODES[caliber.suspects or "authentic"])
        return found.otherwise(AUTHENTIC), pl.lit(value=False)
    refuted = refuted | _has("refuted_fields", caliber.fields)
    proven = pl.all_horizontal(
        pl.lit(value=True), *(pl.col("confirmed_fields").list.contains(field) for field in caliber.proof)
    )
    proven = proven & ~waiting
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


def _has(column: str, fields: tuple[str, ...]) -> pl.Expr:
    """Any of ``fields`` is in the list ``column``; any at all when none is named."""
    listed = pl.col(column)
    if not fields:
        return listed.list.len() > 0
    return pl.any_horizontal(listed.list.contains(field) for field in fields)
