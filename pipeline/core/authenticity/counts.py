"""Counts under calibers: numerator, denominator and the unverified, per dimension and period.

Counts are integers (fen where a caliber weighs by premium) and are exact; the ratio is taken where it is printed. All
calibers are counted at once: each party gets a state per caliber, and a group is summed once for all of them.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.authenticity import cells, customer_cells
from pipeline.core.authenticity.calibers import Caliber
from pipeline.core.authenticity.cells import DIMENSIONS, MEASURES
from pipeline.core.authenticity.field_sets import Sets
from pipeline.core.authenticity.folded import Ways, folded, numbered
from pipeline.core.authenticity.party_facts import JUDGED_ROLES
from pipeline.core.authenticity.states import CODES, alike, opens, stated, states
from pipeline.core.distinct import on_distinct, ordered_words
from pipeline.core.record_ids import feed_of

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
WITHOUT = tuple(f"{measure}_without" for measure in MEASURES)
"""The same measures without the rulings of stewards."""

PAIRED = pl.Schema({**COUNTS, **dict.fromkeys(WITHOUT, pl.Int64())})

CLAIMS_TEAM = "claims_team"
"""Another dimension: the claims team that met the customer last, told of those who had a claim."""

_OF_PARTY = {
    "unit": pl.col("unit"),
    "channel": pl.col("channel"),
    "agency": pl.col("agency_code"),
    "salesperson": pl.col("salesperson_code"),
    "source": feed_of(pl.col("record_id")),
}
"""Dimension -> where its value stands in the parties table."""

WHO = (
    *("policy_no", "role", "record_id", "customer_id", "verdict", "unit", "channel", "agency_code", "salesperson_code"),
    *("issued_on", "premium", "policy_status", "same_person"),
)
NEEDED = (
    *WHO,
    *("missing_fields", "failed_fields", "standing_fields", "suspect_fields", "confirmed_fields", "refuted_fields"),
    *("corrected_fields", "callback_answer", "callback_direction", "customer_type", "vehicle_kind"),
)
"""Columns of the parties table that are asked for what a party counts as; of them, who it is."""


def counted(
    parties: pl.DataFrame, calibers: Sequence[Caliber], on: date, sets: Mapping[str, Sets] | None = None
) -> pl.DataFrame:
    """Who is counted: one row per policy and person, with a state and an ``open`` flag per caliber.

    ``parties``: PARTIES, judged in the calibers' order of evidence, and their ``sets`` where these are known
    (:func:`stated`); all parties of a policy must be there. An insured who
    is the policyholder counts once with him. Columns: ``policy_no``, ``counted_as``, ``customer_id``, ``month`` (of issue,
    2026-03), the dimensions, ``premium``, ``verdict`` (state of the worst), and :func:`states` and :func:`opens` of ``calibers``; null where not counted.
    """
    return persons(stated(parties, calibers, on, sets), calibers)


def marked(parties: pl.DataFrame, calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    """``parties`` (:data:`NEEDED`) :func:`stated`, who they are alone: lists of fields are dear to carry."""
    return stated(parties, calibers, on).select(*WHO, *states(calibers), *opens(calibers))


def persons(
    told: pl.DataFrame,
    calibers: Sequence[Caliber],
    dimensions: Sequence[str] = tuple(_OF_PARTY),
    least: Sequence[str] = (),
) -> pl.DataFrame:
    """:func:`counted` of parties that are :func:`marked` already; of the dimensions only these.

    ``least``: further columns, of which the least of a person's parties is told.
    """
    told = told.with_columns(
        counted_as=pl.when("same_person").then(pl.lit("policyholder")).otherwise("role"),
        month=on_distinct(told["issued_on"], _months)["month"],
        verdict=pl.col("verdict").replace_strict(CODES, return_dtype=pl.UInt8),
        **{name: _OF_PARTY[name] for name in dimensions},
    )
    same = alike(calibers)
    once = [caliber for caliber in calibers if same[caliber.name] == caliber.name]
    ways = Ways(("customer_id", "month", *dimensions, *least, "verdict", *states(once)), ("premium",), opens(once))
    row = ["policy_no", "counted_as", *ways.least, *ways.greatest, *ways.every]
    summed = folded(told.select(row), _persons(told), ways)
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


def _months(days: pl.Series) -> pl.DataFrame:
    return pl.DataFrame({"month": days.dt.strftime("%Y-%m")})


def _persons(told: pl.DataFrame) -> npt.NDArray[np.uint64]:
    """The number of the person each party is: the same within a policy where they are counted as one."""
    place = pl.col("counted_as").replace_strict(JUDGED_ROLES, range(len(JUDGED_ROLES)), return_dtype=pl.UInt64)
    roles = told.select(place).to_series().to_numpy()
    persons: npt.NDArray[np.uint64] = numbered(told["policy_no"]) * np.uint64(len(JUDGED_ROLES)) + roles
    return persons


def count(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> pl.DataFrame:
    """Counts of ``told`` (:func:`counted`) in :data:`COUNTS`, all periods to ``on``; calibers by party only. :func:`total` sorts."""
    return count_cells(cells.finest(told, calibers, dimensions), calibers, on, dimensions)


def count_cells(
    finest: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> pl.DataFrame:
    """The same of finest cells (:func:`cells.finest`)."""
    return _told(cells.margins(finest, on, dimensions), calibers).cast(COUNTS)


def policies(told: pl.DataFrame, calibers: Sequence[Caliber]) -> pl.DataFrame:
    """``told`` (:func:`counted`) a row per policy: its worst state; open when evidence decides none of its parties."""
    ways = Ways(("month", *_OF_PARTY, *states(calibers)), ("premium",), opens(calibers))
    row = ["policy_no", *ways.least, *ways.greatest, *ways.every]
    return folded(told.select(row), numbered(told["policy_no"]), ways)


def count_customers(
    told: pl.DataFrame, calibers: Sequence[Caliber], on: date, dimensions: Sequence[str] = DIMENSIONS
) -> pl.DataFrame:
    """The same of calibers by customer (:func:`customer_cells.of_customers`)."""
    summed = customer_cells.of_customers(told, calibers, on, dimensions)
    return _told(cells.added([cells.margins(summed.finest, on, dimensions), summed.margins]), calibers).cast(COUNTS)


def told_by_all(summed: cells.Cells, calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    """PAIRED of the cells of all partitions, each row marked with the counts it is in (:data:`cells.COUNTED_IN`).

    Words may be numbers (Enum): there are hundreds of thousands of rows.
    """
    ruled = _in_counts(summed, (cells.ALWAYS, cells.RULED), calibers, on)
    marks = {mark for part in (summed.finest, summed.margins) for mark in part[cells.COUNTED_IN].unique()}
    if marks <= {cells.ALWAYS}:
        return paired(ruled, ruled)
    told = _in_counts(summed, (cells.ALWAYS, cells.TOLD), calibers, on)
    return paired(ruled.cast(COUNTS), told.cast(COUNTS))


def _in_counts(summed: cells.Cells, marks: Sequence[str], calibers: Sequence[Caliber], on: date) -> pl.DataFrame:
    within = pl.col(cells.COUNTED_IN).is_in(marks)
    parts = [cells.margins(summed.finest.filter(within), on), summed.margins.filter(within).drop(cells.COUNTED_IN)]
    return _told(cells.added(parts), calibers)


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


def _told(wide: pl.DataFrame, calibers: Sequence[Caliber]) -> pl.DataFrame:
    """Margins -> COUNTS, a row per caliber, words as numbers (Enum); cells in which nobody is counted are left out."""
    # Cells come in any order: the numbers go by the words.
    wide = wide.cast({name: ordered_words(wide[name]) for name in cells.CELL})
    names = pl.Enum([caliber.name for caliber in calibers])
    digests = pl.Enum(list(dict.fromkeys(caliber.digest for caliber in calibers)))
    told = [
        wide.select(
            *cells.CELL,
            *(pl.col(cells.column(measure, caliber)).alias(measure) for measure in MEASURES),
            caliber=pl.lit(caliber.name, names),
            digest=pl.lit(caliber.digest, digests),
        ).filter(pl.col("population") > 0)
        for caliber in calibers
        if cells.column(MEASURES[0], caliber) in wide.columns
    ]
    if not told:
        return COUNTS.to_frame(eager=True)
    return pl.concat([part.select(COUNTS.names()) for part in told]).cast(dict.fromkeys(MEASURES, pl.Int64))
