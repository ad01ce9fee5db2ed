"""Counts under a caliber: numerator, denominator and the unverified, per dimension and period.

Counts are integers (fen where a caliber weighs by premium) and are exact; the ratio is taken where it is printed.
"""

from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.evidence_sources.answers import callback_codes

COUNTS = pl.Schema(
    {
        "caliber": pl.String(),
        "digest": pl.String(),
        "period_kind": pl.String(),  # all, month, quarter or year_to_date
        "period": pl.String(),  # all, 2026-03, 2026-Q1 or 2026; empty without a date of issue
        "dimension": pl.String(),
        "value": pl.String(),
        "population": pl.Int64(),
        "denominator": pl.Int64(),  # population without the excluded
        "numerator": pl.Int64(),
        "refuted": pl.Int64(),
        "unverified": pl.Int64(),  # no evidence decides, or the call did not; whatever the caliber counts them as
    }
)

DIMENSIONS = {
    "city": pl.lit(""),
    "unit": pl.col("unit"),
    "channel": pl.col("channel"),
    "agency": pl.col("agency_code"),
    "salesperson": pl.col("salesperson_code"),
}
"""Dimension -> where its value stands in the parties table."""

_STATES = pl.Enum(["refuted", "authentic", "unverified", "excluded"])
"""Worst first: a party told of under two roles, or a customer with several policies, is refuted by any of them."""


def count(parties: pl.DataFrame, caliber: Caliber, on: date) -> pl.DataFrame:
    """Counts of ``parties`` (PARTIES, judged in the caliber's order of evidence) in :data:`COUNTS`; all periods to ``on``."""
    told = _merged(_stated(_population(parties, caliber, on), caliber))
    parts = [
        _cells(told.with_columns(period_kind=pl.lit(kind), period=period, dimension=pl.lit(name), value=value), caliber)
        for kind, period in _periods(on).items()
        for name, value in DIMENSIONS.items()
    ]
    whole = pl.concat(parts).with_columns(caliber=pl.lit(caliber.name), digest=pl.lit(caliber.digest))
    return whole.select(COUNTS.names()).cast(COUNTS).sort(COUNTS.names())


def _population(parties: pl.DataFrame, caliber: Caliber, on: date) -> pl.DataFrame:
    """Who is counted; a policy issued after ``on`` is not yet."""
    persons = pl.lit(caliber.organisations) | (pl.col("customer_type").fill_null("person") == "person")
    return parties.filter(
        persons
        & pl.col("role").is_in(caliber.roles)
        & ~pl.col("policy_status").fill_null("in_force").is_in(caliber.excluded_status)
        & ~pl.col("vehicle_kind").fill_null("").is_in(caliber.excluded_vehicles)
        & ~pl.col("channel").fill_null("").is_in(caliber.excluded_channels)
        & (pl.col("issued_on").is_null() | (pl.col("issued_on") <= on))
    )


def _stated(parties: pl.DataFrame, caliber: Caliber) -> pl.DataFrame:
    """``state`` of each party under the caliber, and ``open``: no evidence decides it."""
    if caliber.basis == "callback":
        return parties.with_columns(state=_called(caliber)).with_columns(
            open=pl.col("callback_answer").is_not_null() & (pl.col("state") == "excluded")
        )
    rules_only = caliber.basis == "rules"
    standing = _has("failed_fields" if rules_only else "standing_fields", caliber.fields)
    missing = pl.col("missing_fields").list.set_intersection(list(caliber.obligatory)).list.len() > 0
    refuted = standing | missing
    if not rules_only:
        refuted = refuted | _has("refuted_fields", caliber.fields)
    unproven = pl.lit(list(caliber.proof), dtype=pl.List(pl.String)).list.set_difference("confirmed_fields")
    proven = (unproven.list.len() == 0) & ~pl.lit(rules_only)
    not_reached = (pl.col("callback_direction") == "not_reached").fill_null(value=False)
    as_unverified = pl.lit("authentic" if rules_only else caliber.unverified)
    untold = pl.when(not_reached & ~pl.lit(rules_only)).then(_not_reached(caliber)).otherwise(as_unverified)
    suspect = _has("suspect_fields", caliber.fields) & pl.lit(caliber.suspects is not None)
    state = (
        pl.when(refuted)
        .then(pl.lit("refuted"))
        .when(suspect)
        .then(pl.lit(caliber.suspects or "authentic"))
        .when(proven)
        .then(pl.lit("authentic"))
        .otherwise(untold)
    )
    return parties.with_columns(state=state, open=~refuted & ~proven & ~suspect & ~pl.lit(rules_only))


def _not_reached(caliber: Caliber) -> pl.Expr:
    """Not reached is unverified, and counts as the unverified do unless the caliber says otherwise."""
    return pl.lit(caliber.unverified if caliber.not_reached == "unverified" else caliber.not_reached)


def _called(caliber: Caliber) -> pl.Expr:
    """State by the call that stands alone: its code says whether it is in the denominator."""
    codes = callback_codes()
    rule = pl.col("callback_answer").replace_strict(
        dict(zip(codes["answer"], codes["denominator"], strict=True)), default="yes", return_dtype=pl.String
    )
    family = pl.lit("yes" if caliber.family else "no")
    settled = pl.when(rule == "family").then(family).when(rule == "tries").then(pl.lit("no")).otherwise(rule)
    return (
        pl.when(pl.col("callback_answer").is_null() | (settled != "yes"))
        .then(pl.lit("excluded"))
        .when(pl.col("callback_direction") == "confirms")
        .then(pl.lit("authentic"))
        .otherwise(pl.lit("refuted"))
    )


def _has(column: str, fields: tuple[str, ...]) -> pl.Expr:
    """Any of ``fields`` is in the list ``column``; any at all when none is named."""
    listed = pl.col(column)
    kept = listed.list.set_intersection(list(fields)) if fields else listed
    return kept.list.len() > 0


def _merged(parties: pl.DataFrame) -> pl.DataFrame:
    """One row per policy and person: an insured who is the policyholder counts once with him."""
    counted_as = pl.when(pl.col("same_person")).then(pl.lit("policyholder")).otherwise("role")
    told = parties.with_columns(counted_as=counted_as, state=pl.col("state").cast(_STATES))
    firsts = [pl.col(name).min() for name in ("unit", "channel", "agency_code", "salesperson_code", "issued_on")]
    return told.group_by("policy_no", "counted_as").agg(
        pl.col("customer_id").min(), pl.col("state").min(), pl.col("open").all(), pl.col("premium").max(), *firsts
    )


def _periods(on: date) -> dict[str, pl.Expr]:
    issued = pl.col("issued_on")
    quarter = pl.concat_str(issued.dt.year(), pl.lit("-Q"), issued.dt.quarter())
    this_year = pl.when(issued.dt.year() == on.year).then(issued.dt.strftime("%Y"))
    return {
        "all": pl.lit("all"),
        "month": issued.dt.strftime("%Y-%m").fill_null(""),
        "quarter": quarter.fill_null(""),
        "year_to_date": this_year,
    }


def _cells(told: pl.DataFrame, caliber: Caliber) -> pl.DataFrame:
    """The counts of one period kind and dimension; of customers each counts once in every cell he is in."""
    cell = ["period_kind", "period", "dimension", "value"]
    units = told.drop_nulls("period").with_columns(pl.col("value").fill_null(""))
    if caliber.unit == "customer":
        who = pl.coalesce("customer_id", pl.concat_str("policy_no", pl.lit("/"), "counted_as"))
        units = units.group_by(*cell, who=who).agg(pl.col("state").min(), pl.col("open").all(), pl.col("premium").sum())
    weight = pl.col("premium").fill_null(0) if caliber.weight == "premium" else pl.lit(1, pl.Int64)
    weighed = units.with_columns(weight=weight)
    heavy, state = pl.col("weight"), pl.col("state")
    return weighed.group_by(cell).agg(
        population=heavy.sum(),
        denominator=heavy.filter(state != "excluded").sum(),
        numerator=heavy.filter(state == "authentic").sum(),
        refuted=heavy.filter(state == "refuted").sum(),
        unverified=heavy.filter("open").sum(),
    )
