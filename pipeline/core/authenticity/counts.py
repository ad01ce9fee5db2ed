"""Counts under calibers: numerator, denominator and the unverified, per dimension and period.

Counts are integers (fen where a caliber weighs by premium) and are exact; the ratio is taken where it is printed. All
calibers are counted at once: each party gets a state per caliber, and a group is summed once for all of them.
"""

from collections.abc import Sequence
from datetime import date
from itertools import product

import polars as pl

from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.states import AUTHENTIC, CODES, EXCLUDED, REFUTED, alike, opens, stated, states

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
MEASURES = ("population", "denominator", "numerator", "refuted", "unverified")

WITHOUT = tuple(f"{measure}_without" for measure in MEASURES)
"""The same measures without the rulings of stewards."""

PAIRED = pl.Schema({**COUNTS, **dict.fromkeys(WITHOUT, pl.Int64())})

DIMENSIONS = ("city", "unit", "channel", "agency", "salesperson", "source")
"""What rates are told for; the city is everything."""

CLAIMS_TEAM = "claims_team"
"""Another dimension: the claims team that met the customer last, told of those who had a claim."""

_OF_PARTY = {
    "unit": pl.col("unit"),
    "channel": pl.col("channel"),
    "agency": pl.col("agency_code"),
    "salesperson": pl.col("salesperson_code"),
    "source": pl.col("record_id").str.split_exact("/", 1).struct.field("field_0"),
}
"""Dimension -> where its value stands in the parties table."""

PERIODS = ("all", "month", "quarter", "year_to_date")
"""Kinds of period, by month of issue."""

QUARTER = pl.concat_str(
    pl.col("month").str.slice(0, 4), pl.lit("-Q"), (pl.col("month").str.slice(5).cast(pl.Int8) + 2) // 3
)
"""Quarter of the column ``month``, 2026-Q1."""

_CELL = ("period_kind", "period", "dimension", "value")


def counted(parties: pl.DataFrame, calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    """Who is counted: one row per policy and person, with a state and an ``open`` flag per caliber.

    ``parties``: PARTIES, judged in the calibers' order of evidence; all parties of a policy must be there. An insured who
    is the policyholder counts once with him. Columns: ``policy_no``, ``counted_as``, ``customer_id``, ``month`` (of issue,
    2026-03), the dimensions, ``premium``, ``verdict`` (state of the worst), and :func:`states` and :func:`opens` of ``calibers``; null where not counted.
    """
    told = stated(parties, calibers, on).with_columns(
        counted_as=pl.when("same_person").then(pl.lit("policyholder")).otherwise("role"),
        month=pl.col("issued_on").dt.strftime("%Y-%m"),
        verdict=pl.col("verdict").replace_strict(CODES, return_dtype=pl.UInt8),
        **_OF_PARTY,
    )
    firsts = [pl.col(name).min() for name in ("customer_id", "month", *_OF_PARTY)]
    same = alike(calibers)
    once = [caliber for caliber in calibers if same[caliber.name] == caliber.name]
    row = [
        "policy_no",
        "counted_as",
        "customer_id",
        "month",
        *_OF_PARTY,
        "premium",
        "verdict",
        *states(once),
        *opens(once),
    ]
    told = told.select(*row, again=pl.struct("policy_no", "counted_as").is_duplicated())
    several = told.filter("again").group_by("policy_no", "counted_as").agg(
        *firsts,
        pl.col("premium").max(),
        pl.col("verdict").min(),
        pl.col(states(once)).min(),
        pl.col(opens(once)).all(),
    )  # fmt: skip
    # all() takes no part in what is null: who is alone is treated the same.
    alone = told.filter(~pl.col("again")).with_columns(pl.col(opens(once)).fill_null(value=True))
    summed = pl.concat([alone.select(row), several.select(row)])
    marks = ("state", "open")
    return (
        summed.with_columns(
            pl.col(f"{mark}:{first}").alias(f"{mark}:{name}") for name, first in same.items() for mark in marks
        )
        # all() of nothing is true: who is not counted is not open.
        .with_columns(
            pl.when(pl.col(state).is_not_null()).then(pl.col(open_)).alias(open_)
            for state, open_ in zip(states(calibers), opens(calibers), strict=True)
        )
    )


def count(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> pl.DataFrame:
    """Counts of ``told`` (:func:`counted`) in :data:`COUNTS`, all periods to ``on``; calibers by party only. :func:`total` sorts."""
    sums = [
        expression.alias(f"{measure}:{caliber.name}")
        for caliber in calibers
        for measure, expression in _measures(caliber).items()
    ]
    columns = [f"{measure}:{caliber.name}" for caliber in calibers for measure in MEASURES]
    # Sums of the finest cells first: there are far fewer of them than parties.
    own = [name for name in dimensions if name != "city"]
    finest = told.group_by("month", *own).agg(sums).with_columns(**_values(own))
    parts = []
    for dimension in dimensions:
        months = finest.group_by("month", dimension).agg(pl.col(columns).sum()).with_columns(**periods(on))
        for kind in PERIODS:
            cells = months.drop_nulls(kind).group_by(kind, dimension).agg(pl.col(columns).sum())
            parts.append(_named(cells, kind, dimension))
    return _told(parts, calibers)


def policies(told: pl.DataFrame, calibers: Sequence[Caliber]) -> pl.DataFrame:
    """``told`` (:func:`counted`) a row per policy: its worst state; open when evidence decides none of its parties."""
    return told.group_by("policy_no").agg(
        pl.col("customer_id", "month", *_OF_PARTY).min(),
        pl.col("premium").max(),
        pl.col(states(calibers)).min(),
        pl.col(opens(calibers)).all(),
    )


def count_customers(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> pl.DataFrame:
    """The same of calibers by customer: each counts once in every cell he is in. All parties of a customer must be there.

    A party without a customer is one of its own. The worst state of the customer's parties is his.
    """
    if told.is_empty():
        return COUNTS.to_frame(eager=True)
    who = pl.coalesce("customer_id", pl.concat_str("policy_no", pl.lit("/"), "counted_as"))
    worst = [
        pl.col(states(calibers)).min(),
        *(pl.col(open_).all().alias(open_) for open_ in opens(calibers)),
        pl.col("premium").sum(),
    ]
    sums = [
        expression.alias(f"{measure}:{caliber.name}")
        for caliber in calibers
        for measure, expression in _measures(caliber).items()
    ]
    spread = told.with_columns(**_values([name for name in dimensions if name != "city"])).with_columns(**periods(on))
    # Numbers instead of words: each row is grouped two dozen times.
    words = {name: spread[name].drop_nulls().unique().sort() for name in (*dimensions, *PERIODS)}
    numbers = {name: pl.Series(range(len(known)), dtype=pl.UInt64) for name, known in words.items()}
    coded = spread.with_columns(
        who=who.rank("dense").cast(pl.UInt64),
        **{
            name: pl.col(name).replace_strict(words[name], numbers[name], default=None, return_dtype=pl.UInt64)
            for name in words
        },
    )
    people = told.height + 1
    parts = []
    for kind, dimension in product(PERIODS, dimensions):
        width = max(len(words[dimension]), 1)
        cell = pl.col(kind) * width + pl.col(dimension)
        persons = coded.drop_nulls(kind).group_by(at=cell * people + pl.col("who")).agg(worst)
        sums_of = persons.group_by(cell=pl.col("at") // people).agg(sums)
        places = {kind: pl.col("cell") // width, dimension: pl.col("cell") % width}
        named = {
            name: place.replace_strict(numbers[name], words[name], default=None, return_dtype=pl.String)
            for name, place in places.items()
        }
        parts.append(_named(sums_of.with_columns(**named).drop("cell"), kind, dimension))
    return _told(parts, calibers)


def paired(ruled: pl.DataFrame, told: pl.DataFrame) -> pl.DataFrame:
    """PAIRED of two COUNTS: with the rulings of stewards honoured, and without them."""
    if ruled is told:
        return told.with_columns(pl.col(MEASURES).name.suffix("_without"))
    zero = [pl.lit(0, pl.Int64).alias(name) for name in (*MEASURES, *WITHOUT)]
    without = told.rename(dict(zip(MEASURES, WITHOUT, strict=True))).with_columns(zero[: len(MEASURES)])
    both = [ruled.with_columns(zero[len(MEASURES) :]), without]
    return total(both)


def total(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Counts of :data:`PAIRED` added up, sorted; COUNTS are the same with and without rulings.

    Associative, commutative; an empty frame is neutral.
    """
    both = [part if WITHOUT[0] in part.columns else paired(part, part) for part in parts]
    together = pl.concat([PAIRED.to_frame(eager=True), *(part.select(PAIRED.names()) for part in both)])
    measures = [*MEASURES, *WITHOUT]
    keys = [name for name in PAIRED if name not in measures]
    return together.group_by(keys).agg(pl.col(measures).sum()).sort(keys).select(PAIRED.names())


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


def _values(dimensions: Sequence[str]) -> dict[str, pl.Expr]:
    """Value of each dimension, empty where there is none."""
    return {"city": pl.lit(""), **{name: pl.col(name).fill_null("") for name in dimensions}}


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


def _named(sums: pl.DataFrame, kind: str, dimension: str) -> pl.DataFrame:
    """Sums per period and value of a dimension, in the columns of :data:`_CELL`."""
    told = sums.rename({kind: "period", dimension: "value"})
    return told.with_columns(period_kind=pl.lit(kind), dimension=pl.lit(dimension))


def _told(parts: Sequence[pl.DataFrame], calibers: Sequence[Caliber]) -> pl.DataFrame:
    """Wide sums -> a row per caliber; cells in which nobody is counted are left out."""
    wide = pl.concat(parts, how="diagonal")
    told = [
        wide.select(
            *_CELL,
            *(pl.col(f"{measure}:{caliber.name}").alias(measure) for measure in MEASURES),
            caliber=pl.lit(caliber.name),
            digest=pl.lit(caliber.digest),
        ).filter(pl.col("population") > 0)
        for caliber in calibers
    ]
    return pl.concat([COUNTS.to_frame(eager=True), *(part.select(COUNTS.names()).cast(COUNTS) for part in told)])
