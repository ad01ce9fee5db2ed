"""Parties counted, and the share of them that is authentic.

The unit of count is (policy, role); policyholder and insured are one when they are the same person. Counts are integers
and add up in any order; the ratio is taken once, at the end.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.authenticity.caliber import SYSTEM, is_counted
from pipeline.core.digest import combine, digest
from pipeline.core.schema import RATES

PARTY_SCHEMA = pl.Schema(
    {
        "party": pl.UInt64(),  # digest of feed, policy and role counted
        "refuted": pl.Boolean(),
        "period": pl.String(),
        "unit": pl.String(),
        "channel": pl.String(),
        "agency": pl.String(),
        "salesperson": pl.String(),
        "source": pl.String(),
    }
)

ALL = "all"
_DIMENSIONS = ("city", "unit", "channel", "agency", "salesperson", "source")
_COUNTS = ("population", "authentic", "refuted", "unverified")


def parties(
    observations: pl.DataFrame, refuted: npt.NDArray[np.bool_], counted_with_policyholder: npt.NDArray[np.bool_]
) -> pl.DataFrame:
    """Observations that count, in :data:`PARTY_SCHEMA`; a party told of by several rows stands in several.

    ``observations`` have ``kind`` beside their columns; ``counted_with_policyholder`` marks an insured who is the
    policyholder.
    """
    told = observations.with_columns(
        refuted=pl.Series(refuted),
        counted_as=pl.when(pl.Series(counted_with_policyholder)).then(pl.lit("policyholder")).otherwise("role"),
    ).filter(is_counted())
    return told.select(
        party=combine(digest(told["source"]), digest(told["policy_no"]), digest(told["counted_as"])),
        refuted="refuted",
        period=pl.col("issued_on").dt.strftime("%Y-%m").fill_null(""),
        unit="unit",
        channel="channel",
        agency="agency_code",
        salesperson="salesperson_code",
        source="source",
    ).cast(PARTY_SCHEMA)


def count(told: pl.DataFrame) -> pl.DataFrame:
    """Counts per period and dimension of parties in :data:`PARTY_SCHEMA`; all rows of a party must be in ``told``."""
    first = [pl.col(column).min() for column in PARTY_SCHEMA if column not in ("party", "refuted")]
    merged = told.group_by("party").agg(pl.col("refuted").any(), *first).with_columns(city=pl.lit(""))
    parts = [
        merged.group_by(period=period, value=pl.col(dimension).fill_null("")).agg(
            population=pl.len().cast(pl.Int64), refuted=pl.col("refuted").sum().cast(pl.Int64)
        ).with_columns(dimension=pl.lit(dimension))
        for dimension in _DIMENSIONS
        for period in (pl.col("period"), pl.lit(ALL))
    ]  # fmt: skip
    return _as_counts(pl.concat(parts, how="diagonal"))


def total(parts: Iterable[pl.DataFrame]) -> pl.DataFrame:
    """The rates table: counts added up, the ratio taken."""
    empty = RATES.schema.to_frame(eager=True)
    keys = ("caliber", "period", "dimension", "value")
    summed = pl.concat([empty, *parts]).group_by(keys).agg(pl.col(_COUNTS).sum())
    told = summed.with_columns(
        rate=pl.when(pl.col("population") > 0).then(pl.col("authentic") / pl.col("population")),
        interval_low=pl.lit(None, pl.Float64),
        interval_high=pl.lit(None, pl.Float64),
        method=pl.lit("census"),
    )
    return told.select(RATES.schema.names()).sort(RATES.sorted_by)


def _as_counts(counts: pl.DataFrame) -> pl.DataFrame:
    told = counts.with_columns(
        caliber=pl.lit(SYSTEM.name), authentic=pl.col("population") - pl.col("refuted"), unverified=pl.lit(0, pl.Int64)
    )
    return pl.concat([RATES.schema.to_frame(eager=True), told], how="diagonal").select(RATES.schema.names())
