"""How far tonight's measures are from their own past."""

from collections.abc import Sequence

import polars as pl

from expectations.measure import MEASURES, measure

LEAST_NIGHTS = 7
"""Nights of history before drift is spoken of."""

LEAST_MOVE = {"rows.": 0.05, "profile.": 0.005}
"""A standard deviation is at least so much: of the mean for rows, absolute for shares of a profile. What hardly ever
moved would else be alarming by moving at all."""

FAMILIES = (("drift.rows", "rows."), ("drift.rules", "rule."), ("drift.profile", "profile."))


def drift(now: pl.DataFrame, history: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """How far the furthest measure of a family is from its own past, in standard deviations."""
    past = pl.concat([MEASURES.to_frame(eager=True), *history]).drop_nulls("observed")
    usual = past.group_by("key").agg(
        nights=pl.len(),
        mean=pl.col("observed").mean(),
        spread=pl.col("observed").std(),
        size=pl.col("evaluated").mean(),
    )
    told = now.join(usual.filter(pl.col("nights") >= LEAST_NIGHTS), on="key").drop_nulls("observed")
    key = pl.col("key")
    # A share that never moved moves at all by chance: at least the spread of a sample of its size.
    chance = (pl.col("mean") * (1 - pl.col("mean")) / pl.col("size")).clip(lower_bound=0).sqrt()
    floor = (
        pl.when(key.str.starts_with("rows."))
        .then(pl.col("mean").abs() * LEAST_MOVE["rows."])
        .when(key.str.starts_with("profile."))
        .then(pl.max_horizontal(chance, pl.lit(LEAST_MOVE["profile."])))
        .otherwise(chance)
    )
    scored = told.with_columns(
        z=(pl.col("observed") - pl.col("mean")).abs() / pl.max_horizontal("spread", floor, pl.lit(1e-9))
    )
    parts = []
    for name, prefix in FAMILIES:
        own = scored.filter(pl.col("key").str.starts_with(prefix)).sort("z", "key", descending=[True, False])
        first = own.row(0, named=True) if own.height else {}
        parts.append(measure(name, first.get("z"), own.height, 0, str(first.get("key", "")).removeprefix(prefix)))
    return pl.concat(parts)
