"""Frozen months and what later nights restate of them.

A frozen month keeps its persons with what each counted as. A later night that sees one of them otherwise says so, person
by person and cell by cell, so that the differences add up; the frozen numbers never change.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.counts import marked, persons
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED
from pipeline.core.schema import COUNT, RATIO, TEXT, Column, Table

DIMENSIONS = ("city", "unit", "channel", "agency", "salesperson")
STATES = ("refuted", "authentic", "unverified", "excluded")


@dataclass(frozen=True)
class FrozenMonth:
    """``persons`` (FROZEN_PERSONS) of a month, read when they are asked for, and the definition they were counted under."""

    persons: Callable[[], pl.DataFrame]
    caliber: Caliber


FROZEN_PERSONS = pl.Schema(
    {
        "policy_no": pl.String(),
        "role": pl.String(),  # counted as
        "state": pl.String(),  # of STATES, under the headline caliber
        "caliber": pl.String(),
        "digest": pl.String(),
        **dict.fromkeys(DIMENSIONS, pl.String()),
    }
)
"""One row per person of a policy of a month."""

RESTATED_PARTIES = Table(
    "restated_parties",
    "追溯更正明细",
    "persons of a frozen month that count otherwise now: what was frozen, and what tonight says",
    (
        Column("month", TEXT, "月份", "frozen month of issue"),
        Column("caliber", TEXT, "口径", "definition it was frozen under"),
        Column("policy_no", TEXT, "保单号", "policy number"),
        Column("role", TEXT, "角色", "role counted as"),
        Column("frozen_state", TEXT, "冻结时", "refuted, authentic, unverified or excluded; empty: not counted then"),
        Column("state", TEXT, "现在", "the same tonight; empty: not counted now"),
        *(Column(f"frozen_{name}", TEXT, f"冻结时{name}", f"{name} it was frozen with") for name in DIMENSIONS[1:]),
        *(Column(name, TEXT, f"现在{name}", f"{name} tonight") for name in DIMENSIONS[1:]),
    ),
    ("month", "policy_no", "role"),
)

RESTATEMENTS = Table(
    "restatements",
    "追溯更正",
    "cells of a frozen month that differ now; both numbers are kept",
    (
        Column("month", TEXT, "月份", "frozen month of issue"),
        Column("caliber", TEXT, "口径", "definition it was frozen under"),
        Column("digest", TEXT, "口径摘要", "16 hexadecimal digits of that definition"),
        Column("dimension", TEXT, "维度", "city, unit, channel, agency or salesperson"),
        Column("value", TEXT, "取值", "value of the dimension"),
        Column("frozen_denominator", COUNT, "冻结分母", "as frozen"),
        Column("frozen_authentic", COUNT, "冻结真实数", "as frozen"),
        Column("frozen_rate", RATIO, "冻结真实率", "as frozen"),
        Column("denominator", COUNT, "现分母", "tonight"),
        Column("authentic", COUNT, "现真实数", "tonight"),
        Column("rate", RATIO, "现真实率", "tonight"),
        Column("parties", COUNT, "更正人数", "rows of restated_parties that make the difference"),
    ),
    ("month", "caliber", "dimension", "value"),
)

_KEY = ["policy_no", "role"]


def counted_in(parties: pl.DataFrame, caliber: Caliber, months: Collection[str], on: date) -> pl.DataFrame:
    """Who of ``parties`` (PARTIES of the night ``on``) is counted in one of ``months`` (2026-03), with the month and a state."""
    inside = pl.col("issued_on").dt.strftime("%Y-%m").is_in(list(months)).fill_null(value=False)
    told = marked(parties, [caliber], on)
    # All parties of such a policy: the first of its months counts.
    told = told.join(told.filter(inside).select("policy_no").unique(), on="policy_no", how="semi")
    state = pl.col(f"state:{caliber.name}")
    return (
        persons(told, [caliber])
        .filter(pl.col("month").is_in(list(months)) & state.is_not_null())
        .select("policy_no", "counted_as", "month", *DIMENSIONS[1:], state=state)
    )


def persons_of(told: pl.DataFrame, caliber: Caliber, month: str) -> pl.DataFrame:
    """FROZEN_PERSONS of ``month`` (2026-03), from those :func:`counted_in` it."""
    words = dict(enumerate(STATES))
    return (
        told.filter(pl.col("month") == month)
        .with_columns(
            role="counted_as",
            state=pl.col("state").replace_strict(words, return_dtype=pl.String),
            caliber=pl.lit(caliber.name),
            digest=pl.lit(caliber.digest),
            city=pl.lit(""),
            **{name: pl.col(name).fill_null("") for name in DIMENSIONS[1:]},
        )
        .select(FROZEN_PERSONS.names())
        .cast(FROZEN_PERSONS)
        .sort(_KEY)
    )


def restated(frozen: pl.DataFrame, now: pl.DataFrame, month: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """RESTATEMENTS and RESTATED_PARTIES of ``month``: ``frozen`` beside ``now``, both FROZEN_PERSONS."""
    both = frozen.drop("digest").join(now.drop("digest", "caliber"), on=_KEY, how="full", coalesce=True, suffix="_now")
    names = ["state", *DIMENSIONS]
    differs = pl.any_horizontal(pl.col(name).ne_missing(pl.col(f"{name}_now")) for name in names)
    changed = both.filter(differs)
    caliber = pl.lit(frozen["caliber"].first() if frozen.height else None, pl.String)
    rows = changed.select(
        *_KEY,
        month=pl.lit(month),
        caliber=caliber,
        frozen_state="state",
        state="state_now",
        **{f"frozen_{name}": pl.col(name) for name in DIMENSIONS[1:]},
        **{name: pl.col(f"{name}_now") for name in DIMENSIONS[1:]},
    )
    digest = pl.lit(frozen["digest"].first() if frozen.height else None, pl.String)
    cells = _differences(frozen, now, rows).with_columns(month=pl.lit(month), caliber=caliber, digest=digest)
    return (
        cells.select(RESTATEMENTS.schema.names()).cast(RESTATEMENTS.schema).sort(RESTATEMENTS.sorted_by),
        rows.select(RESTATED_PARTIES.schema.names()).cast(RESTATED_PARTIES.schema).sort(RESTATED_PARTIES.sorted_by),
    )


def _differences(frozen: pl.DataFrame, now: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """Cells, by dimension and value, in which a restated person stands or stood."""
    was, is_ = _cells(frozen, "frozen_"), _cells(now, "")
    touched = []
    for name in DIMENSIONS:
        stood = pl.lit("") if name == "city" else pl.col(f"frozen_{name}")
        stands = pl.lit("") if name == "city" else pl.col(name)
        values = pl.concat(
            [
                rows.filter(pl.col("frozen_state").is_not_null()).select(*_KEY, value=stood),
                rows.filter(pl.col("state").is_not_null()).select(*_KEY, value=stands),
            ]
        ).unique()
        touched.append(
            values.group_by("value").agg(parties=pl.len().cast(pl.Int64)).with_columns(dimension=pl.lit(name))
        )
    cell = ["dimension", "value"]
    told = pl.concat(touched).join(was, on=cell, how="left").join(is_, on=cell, how="left")
    counts = [f"{when}{name}" for when in ("frozen_", "") for name in ("denominator", "authentic")]
    return told.with_columns(pl.col(counts).fill_null(0)).with_columns(
        frozen_rate=_rate("frozen_authentic", "frozen_denominator"), rate=_rate("authentic", "denominator")
    )


def _cells(persons: pl.DataFrame, prefix: str) -> pl.DataFrame:
    state = pl.col("state")
    return pl.concat(
        [
            persons.group_by(value=name)
            .agg(
                (state != STATES[EXCLUDED]).sum().cast(pl.Int64).alias(f"{prefix}denominator"),
                (state == STATES[AUTHENTIC]).sum().cast(pl.Int64).alias(f"{prefix}authentic"),
            )
            .with_columns(dimension=pl.lit(name))
            for name in DIMENSIONS
        ]
    )


def _rate(part: str, whole: str) -> pl.Expr:
    return pl.when(pl.col(whole) > 0).then(pl.col(part) / pl.col(whole))
