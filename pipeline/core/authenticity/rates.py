"""The rates table: counts added up, the ratio taken once, at the end."""

from collections.abc import Collection, Sequence

import polars as pl

from pipeline.core.authenticity.counts import total
from pipeline.core.authenticity.intervals import DIGITS, wilson
from pipeline.core.distinct import order_of
from pipeline.core.schema import RATES


def rates(parts: Sequence[pl.DataFrame], samples: Collection[str]) -> pl.DataFrame:
    """The rates of counts in PAIRED added up, see :func:`rated`."""
    return rated(total(parts), samples).cast(RATES.schema)


def rated(counts: pl.DataFrame, samples: Collection[str]) -> pl.DataFrame:
    """The rates of ``counts`` (PAIRED, a row per cell). ``samples``: calibers whose denominator is a sample of parties, not
    all of them.

    A census has no interval. A rate of nobody is null. Words may be numbers (Enum).
    """
    told = counts.rename({"numerator": "authentic", "numerator_without": "authentic_without"})
    counted = pl.col("denominator") > 0
    sampled = told.select(pl.col("caliber").is_in(list(samples)) & counted).to_series()
    hits, size = (told[name].filter(sampled).to_numpy() for name in ("authentic", "denominator"))
    low, high, method = wilson(hits, size)
    at, nothing = sampled.arg_true(), pl.Series([None], dtype=pl.Float64).new_from_index(0, told.height)
    methods = pl.Enum([method, "census"])
    rows = told.with_columns(
        rate=pl.when(counted).then(pl.col("authentic") / pl.col("denominator")),
        interval_low=nothing.clone().scatter(at, pl.Series(low).round(DIGITS)),
        interval_high=nothing.clone().scatter(at, pl.Series(high).round(DIGITS)),
        method=pl.when(sampled).then(pl.lit(method, methods)).otherwise(pl.lit("census", methods)),
        rate_without=pl.when(pl.col("denominator_without") > 0).then(
            pl.col("authentic_without") / pl.col("denominator_without")
        ),
    ).select(RATES.schema.names())  # fmt: skip
    ordered: pl.DataFrame = rows[order_of(rows.select(RATES.sorted_by))]
    return ordered


def without_rulings(rates: pl.DataFrame) -> pl.DataFrame:
    """``rates`` (RATES) as they are without the rulings of stewards, in the columns of those with them."""
    names = ("population", "denominator", "authentic", "refuted", "unverified", "rate")
    return rates.with_columns(pl.col(f"{name}_without").alias(name) for name in names)
