"""What was compared and what was not: pattern counts and over-large blocks, as published."""

import polars as pl

from pipeline.core.matching.comparisons import unpacked
from pipeline.core.matching.matcher import Matcher
from pipeline.core.matching.model import MILLIBITS
from pipeline.core.schema import BLOCKS, PATTERNS, level_column


def summed(seen: pl.DataFrame) -> pl.DataFrame:
    """SEEN_SCHEMA with each pattern once."""
    return seen.group_by("pattern").agg(pl.col("pairs").sum()).sort("pattern")


def patterns(seen: pl.DataFrame, matcher: Matcher) -> pl.DataFrame:
    """PATTERNS of counts of patterns (SEEN_SCHEMA, a pattern may come often)."""
    counted = summed(seen)
    numbers = counted["pattern"].to_numpy()
    levels = unpacked(numbers, matcher.comparisons)
    named = [
        pl.Series(["unknown", *one.levels]).gather(pl.Series(levels[:, place])).alias(level_column(one.name))
        for place, one in enumerate(matcher.comparisons)
    ]
    weight = matcher.model.score(numbers, matcher.comparisons) / MILLIBITS
    told = pl.DataFrame(named).with_columns(counted["pairs"], weight=pl.Series(weight, dtype=pl.Float64))
    return told.select(PATTERNS.schema.names()).sort(PATTERNS.sorted_by)


def blocks(capped: pl.DataFrame, matcher: Matcher) -> pl.DataFrame:
    """BLOCKS of blocks that made no pairs (CAPPED_SCHEMA, a row per block)."""
    names = pl.Series([key.name for key in matcher.keys], dtype=pl.String)
    told = capped.with_columns(key=names.gather(capped["which"]))
    counted = told.group_by("key", "reason").agg(blocks=pl.len().cast(pl.Int64), tellings=pl.col("tellings").sum())
    return counted.select(BLOCKS.schema.names()).sort(BLOCKS.sorted_by)
