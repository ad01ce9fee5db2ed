"""What a measure is: one number of a night, with how much it rests on. No customer value is ever among them."""

import polars as pl

MEASURES = pl.Schema(
    {"key": pl.String(), "observed": pl.Float64(), "evaluated": pl.Int64(), "failed": pl.Int64(), "detail": pl.String()}
)
LEAST_PARTIES = 30
"""Fewer parties of a unit, channel or agency do not make a worst slice."""


def measure(key: str, observed: float | None, evaluated: int, failed: int = 0, detail: str = "") -> pl.DataFrame:
    """MEASURES of one measure; ``observed`` is None where there is nothing to measure."""
    return pl.DataFrame([[key, observed, evaluated, failed, detail]], schema=MEASURES, orient="row")
