"""Post-strata wide enough to be estimated: those with too few calls are told together."""

from collections.abc import Sequence

import polars as pl

from pipeline.core.authenticity.drawn_calls import GROUP
from pipeline.core.distinct import ordered_words

COUNT_SCHEMA = pl.Schema(
    {
        **dict.fromkeys(GROUP, pl.String()),
        "post_stratum": pl.String(),
        "population": pl.Int64(),  # parties counted
        "system_authentic": pl.Int64(),  # of them authentic by the caliber the estimate is held against
    }
)
"""Parties per group and post-stratum, from the census of the night."""


def collapse(counts: pl.DataFrame, answers: pl.DataFrame, smallest: int, group: Sequence[str] = GROUP) -> pl.DataFrame:
    """``counts`` with ``cell``: the post-stratum, or one shared name for those told together.

    The rule: post-strata with fewer than ``smallest`` answers go together; if these still have fewer, the one of the
    others whose system rate is nearest joins (the first by name among equals). ``answers``: group, post_stratum, answers.
    ``group``: columns that tell groups apart.
    """
    keys = (*group, "post_stratum")
    told = counts.join(answers, on=keys, how="left").with_columns(pl.col("answers").fill_null(0))
    small = pl.col("answers") < smallest
    rate = pl.col("system_authentic") / pl.col("population")
    pooled = pl.col("system_authentic").filter(small).sum() / pl.col("population").filter(small).sum()
    told = told.sort(keys).with_columns(
        small=small,
        distance=pl.when(~small).then((rate - pooled.over(group)).abs()),
        short=(small.any() & (pl.col("answers").filter(small).sum() < smallest)).over(group),
    )
    nearest = pl.col("distance").rank("ordinal").over(group) == 1
    joins = pl.col("small") | (pl.col("short") & nearest.fill_null(value=False))
    apart = pl.lit("=") + pl.col("post_stratum").cast(pl.String)
    told = told.with_columns(cell=pl.when(joins).then(pl.lit("together")).otherwise(apart))
    return told.select(*counts.columns, pl.col("cell").cast(ordered_words(told["cell"])))
