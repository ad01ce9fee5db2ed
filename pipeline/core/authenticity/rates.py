"""The rates table: counts added up, the ratio taken once, at the end."""

from collections.abc import Collection, Sequence

import polars as pl

from pipeline.core.authenticity.counts import total
from pipeline.core.authenticity.intervals import DIGITS, wilson
from pipeline.core.distinct import order_of
from pipeline.core.schema import RATES


def rates(parts: Sequence[pl.DataFrame], samples: Collection[str]) -> pl.DataFrame:
    """The rates of counts in PAIRED added up, see :func:`rated`."""
    return rated(total(parts), samples)


def rated(counts: pl.DataFrame, samples: Collection[str]) -> pl.DataFrame:
    """The rates of ``counts`` (PAIRED, a row per cell). ``samples``: calibers whose denominator is a sample of parties, not
    all of them.

    A census has no interval. A rate of nobody is null.
    """
    told = counts.rename({"numerator": "authentic", "numerator_without": "authentic_without"})
    low, high, method = wilson(told["authentic"].to_numpy(), told["denominator"].to_numpy())
    counted = pl.col("denominator") > 0
    sampled = pl.col("caliber").is_in(list(samples)) & counted
    rows = told.with_columns(
        rate=pl.when(counted).then(pl.col("authentic") / pl.col("denominator")),
        interval_low=pl.when(sampled).then(pl.Series(low).round(DIGITS)),
        interval_high=pl.when(sampled).then(pl.Series(high).round(DIGITS)),
        method=pl.when(sampled).then(pl.lit(method)).otherwise(pl.lit("census")),
        rate_without=pl.when(pl.col("denominator_without") > 0).then(
            pl.col("authentic_without") / pl.col("denominator_without")
        ),
    ).select(RATES.schema.names()).cast(RATES.schema)  # fmt: skip
    return rows[order_of(rows.select(RATES.sorted_by))]


def without_rulings(rates: pl.DataFrame) -> pl.DataFrame:
    """``rates`` (RATES) as they are without the rulings of stewards, in the columns of those with them."""
    names = ("population", "denominator", "authentic", "refuted", "unverified", "rate")
    return rates.with_columns(pl.col(f"{name}_without").alias(name) for name in names)
