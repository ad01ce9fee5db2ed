"""Wide sums: a row per cell, a column per caliber and measure. What a partition sends on is this, not a row per caliber.

A *finest* cell is a month and a value of every dimension; periods and single dimensions are margins of it, made once, of
the sums of all partitions. Customers in several finest cells count once in each margin: theirs are made where they are (:mod:`customer_cells`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED, REFUTED

MEASURES = ("population", "denominator", "numerator", "refuted", "unverified")

DIMENSIONS = ("city", "unit", "channel", "agency", "salesperson", "source")
"""What rates are told for; the city is everything."""

PERIODS = ("all", "month", "quarter", "year_to_date")
"""Kinds of period, by month of issue."""

QUARTER = pl.concat_str(
    pl.col("month").str.slice(0, 4), pl.lit("-Q"), (pl.col("month").str.slice(5).cast(pl.Int8) + 2) // 3
)
"""Quarter of the column ``month``, 2026-Q1."""

CELL = ("period_kind", "period", "dimension", "value")

COUNTED_IN = "counted_in"
"""Column that says in which of the two counts a row is: with the rulings of stewards, without them, or both."""
ALWAYS, RULED, TOLD = "always", "ruled", "told"


@dataclass(frozen=True)
class Cells:
    """``finest``: sums by month and every dimension. ``margins``: sums by :data:`CELL`, to be added to the margins of those."""

    finest: pl.DataFrame
    margins: pl.DataFrame


NOTHING = Cells(
    pl.DataFrame(schema=dict.fromkeys(("month", *DIMENSIONS[1:], COUNTED_IN), pl.String)),
    pl.DataFrame(schema=dict.fromkeys((*CELL, COUNTED_IN), pl.String)),
)
"""Nobody is counted."""


def column(measure: str, caliber: Caliber) -> str:
    """Name of the column of a measure under a caliber."""
    return f"{measure}:{caliber.name}"


def finest(told: pl.DataFrame, calibers: Sequence[Caliber], dimensions: Sequence[str] = DIMENSIONS) -> pl.DataFrame:
    """Sums of ``told`` (a row per person, or policy, with states) by month and ``dimensions``. The city needs no column."""
    own = own_columns(dimensions)
    return told.group_by("month", *own).agg(_sums(calibers)).with_columns(pl.col(own).fill_null(""))


def margins(finest: pl.DataFrame, on: date, dimensions: Sequence[str] = DIMENSIONS) -> pl.DataFrame:
    """Sums of ``finest`` by :data:`CELL`: every period to ``on``, every dimension."""
    columns = [name for name in finest.columns if ":" in name]
    parts = []
    for dimension in dimensions:
        value = pl.lit("") if dimension == "city" else pl.col(dimension)
        months = finest.group_by("month", value.alias(dimension)).agg(pl.col(columns).sum()).with_columns(**periods(on))
        for kind in PERIODS:
            cells = months.select(kind, dimension, *columns).drop_nulls(kind)
            if kind != "month":
                cells = cells.group_by(kind, dimension).agg(pl.col(columns).sum())
            parts.append(_named(cells, kind, dimension))
    return pl.concat(parts)


def summed(cells: pl.DataFrame) -> pl.DataFrame:
    """Cells of several partitions, each once: what partitions send is as often the same cell as there are partitions."""
    keys = [name for name in cells.columns if ":" not in name]
    return cells.group_by(keys).agg(pl.col(name).sum() for name in cells.columns if ":" in name)


def added(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Margins of several calibers or parts added up, a row per :data:`CELL`."""
    together = pl.concat(parts, how="diagonal")
    columns = [name for name in together.columns if ":" in name]
    return together.group_by(CELL).agg(pl.col(columns).sum())


def periods(on: date) -> dict[str, pl.Expr]:
    """Period of each kind the column ``month`` belongs to, null where to none."""
    month = pl.col("month")
    year = month.str.slice(0, 4)
    return {
        "all": pl.lit("all"),
        "month": month.fill_null(""),
        "quarter": QUARTER.fill_null(""),
        "year_to_date": pl.when(year == str(on.year)).then(year),
    }


def own_columns(dimensions: Sequence[str]) -> list[str]:
    """``dimensions`` that a column tells apart: the city needs none."""
    return [name for name in dimensions if name != "city"]


def _sums(calibers: Sequence[Caliber]) -> list[pl.Expr]:
    return [
        expression.alias(column(measure, caliber))
        for caliber in calibers
        for measure, expression in _measures(caliber).items()
    ]


def _measures(caliber: Caliber) -> dict[str, pl.Expr]:
    state, weight = pl.col(f"state:{caliber.name}"), pl.lit(1, pl.Int64)
    if caliber.weight == "premium":
        weight = pl.col("premium").fill_null(0)
    return {
        "population": pl.when(state.is_not_null()).then(weight).sum(),
        "denominator": pl.when(state != EXCLUDED).then(weight).sum(),
        "numerator": pl.when(state == AUTHENTIC).then(weight).sum(),
        "refuted": pl.when(state == REFUTED).then(weight).sum(),
        "unverified": pl.when(pl.col(f"open:{caliber.name}") & state.is_not_null()).then(weight).sum(),
    }


def _named(sums: pl.DataFrame, kind: str, dimension: str) -> pl.DataFrame:
    """Sums per period and value of a dimension, in the columns of :data:`CELL`."""
    told = sums.rename({kind: "period", dimension: "value"})
    return told.with_columns(period_kind=pl.lit(kind), dimension=pl.lit(dimension))
