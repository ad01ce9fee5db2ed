"""Wide sums: a row per cell, a column per caliber and measure. What a partition sends on is this, not a row per caliber.

A *finest* cell is a month and a value of every dimension; periods and single dimensions are margins of it, made once, of
the sums of all partitions. Customers in several finest cells count once in each margin: theirs are made where they are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.states import AUTHENTIC, EXCLUDED, REFUTED, opens, states
from pipeline.core.distinct import encoded

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
    own = _own(dimensions)
    return told.group_by("month", *own).agg(_sums(calibers)).with_columns(pl.col(own).fill_null(""))


def margins(finest: pl.DataFrame, on: date, dimensions: Sequence[str] = DIMENSIONS) -> pl.DataFrame:
    """Sums of ``finest`` by :data:`CELL`: every period to ``on``, every dimension."""
    columns = [name for name in finest.columns if ":" in name]
    parts = []
    for dimension in dimensions:
        value = pl.lit("") if dimension == "city" else pl.col(dimension)
        months = finest.group_by("month", value.alias(dimension)).agg(pl.col(columns).sum()).with_columns(**periods(on))
        for kind in PERIODS:
            cells = months.drop_nulls(kind).group_by(kind, dimension).agg(pl.col(columns).sum())
            parts.append(_named(cells, kind, dimension))
    return pl.concat(parts)


def of_customers(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> Cells:
    """The same of calibers by customer: each counts once in every cell he is in. All parties of a customer must be there.

    A party without a customer is one of its own. The worst state of the customer's parties is his. Most are in one finest
    cell and add up like parties; the others are counted margin by margin.
    """
    who = told.select(who=pl.coalesce("customer_id", pl.concat_str("policy_no", pl.lit("/"), "counted_as")))["who"]
    worst = _worst(calibers)
    own = _own(dimensions)
    numbered = told.with_columns(who=encoded(who)[0].cast(pl.UInt64))
    by_cell = numbered.group_by("who", "month", *own).agg(worst)
    again = by_cell["who"].is_duplicated()
    spread = by_cell.filter(again).with_columns(pl.col("who").rank("dense").cast(pl.UInt64))
    return Cells(finest(by_cell.filter(~again), calibers, dimensions), _spread(spread, calibers, on, dimensions))


def _spread(several: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str]) -> pl.DataFrame:
    """Margins of customers in several finest cells: a row for each, with the number ``who`` of the customer."""
    if several.is_empty():
        return NOTHING.margins.drop(COUNTED_IN)
    values = {"city": pl.lit(""), **{name: pl.col(name).fill_null("") for name in _own(dimensions)}}
    told = several.with_columns(**values).with_columns(**periods(on))
    # Numbers instead of words: each row is grouped two dozen times.
    words = {name: told[name].drop_nulls().unique().sort() for name in (*dimensions, *PERIODS)}
    numbers = {name: pl.Series(range(len(known)), dtype=pl.UInt64) for name, known in words.items()}
    coded = told.with_columns(
        # Without a single word polars would leave the texts as they are, but for the default.
        pl.col(name).replace_strict(words[name], numbers[name], default=None, return_dtype=pl.UInt64)
        for name in words
    )
    people = told.height + 1
    margins = list(product(PERIODS, dimensions))
    keys, rows, starts = [], [], [0]
    for kind, dimension in margins:
        width = max(len(words[dimension]), 1)
        cell = starts[-1] + pl.col(kind) * width + pl.col(dimension)
        own = coded.select(at=cell * people + pl.col("who")).with_row_index("row").drop_nulls("at")
        keys.append(own["at"].to_numpy())
        rows.append(own["row"].to_numpy())
        starts.append(starts[-1] + max(len(words[kind]), 1) * width)
    # All margins at once: there are two dozen of them, and each is small.
    sums = _summed(np.concatenate(keys), np.concatenate(rows), coded, people, calibers)
    cells = sums["cell"].to_numpy().astype(np.intp)
    parts: list[pl.DataFrame] = []
    for (kind, dimension), first, last in zip(margins, *_bounds(cells, starts), strict=True):
        at, width = cells[first:last] - starts[len(parts)], max(len(words[dimension]), 1)
        named = [
            words[kind].gather(at // width).alias("period"),
            words[dimension].gather(at % width).alias("value"),
            pl.lit(kind).alias("period_kind"),
            pl.lit(dimension).alias("dimension"),
        ]
        parts.append(sums[first:last].drop("cell").with_columns(named))
    return pl.concat(parts)


def _bounds(cells: npt.NDArray[np.intp], starts: Sequence[int]) -> tuple[list[int], list[int]]:
    """First and last row of each margin: its cells are numbered from its start to that of the next."""
    places = np.searchsorted(cells, starts).tolist()
    return places[:-1], places[1:]


def _summed(
    keys: npt.NDArray[np.uint64],
    rows: npt.NDArray[np.uint32],
    coded: pl.DataFrame,
    people: int,
    calibers: Sequence[Caliber],
) -> pl.DataFrame:
    """Sums by cell, sorted, of the persons ``rows`` of ``coded`` are of; a key is the cell's number times ``people``, and who.

    The same as :func:`_worst` by person and :func:`_sums` by cell, of sorted numbers: to group them so often is dearer.
    """
    order = np.argsort(keys)
    keys, rows = keys[order], rows[order]
    persons = runs.starts(keys)
    cell = keys[persons] // np.uint64(people)
    cells = runs.starts(cell)
    premium = np.add.reduceat(coded["premium"].fill_null(0).to_numpy()[rows], persons)
    columns: dict[str, npt.NDArray[np.integer]] = {"cell": cell[cells]}
    for caliber in calibers:
        state = coded[f"state:{caliber.name}"].fill_null(_NONE).to_numpy()[rows]
        undecided = coded[f"open:{caliber.name}"].fill_null(value=True).to_numpy()[rows]
        state, undecided = np.minimum.reduceat(state, persons), np.logical_and.reduceat(undecided, persons)
        counted = state != _NONE
        weight = premium if caliber.weight == "premium" else np.ones(len(state), np.int64)
        marks = {
            "population": counted,
            "denominator": counted & (state != EXCLUDED),
            "numerator": state == AUTHENTIC,
            "refuted": state == REFUTED,
            "unverified": counted & undecided,
        }
        for measure, mark in marks.items():
            columns[column(measure, caliber)] = np.add.reduceat(weight * mark, cells)
    return pl.DataFrame(columns)


_NONE = 255
"""State of who is not counted: after all states."""


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


def _own(dimensions: Sequence[str]) -> list[str]:
    return [name for name in dimensions if name != "city"]


def _worst(calibers: Sequence[Caliber]) -> list[pl.Expr]:
    return [
        pl.col(states(calibers)).min(),
        *(pl.col(open_).all().alias(open_) for open_ in opens(calibers)),
        pl.col("premium").sum(),
    ]


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
