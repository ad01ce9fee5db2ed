"""Sums per group that are the same on every machine.

Fractions added up in another order give another last digit, and polars adds them in as many parts as it has threads.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl


def sums(rows: pl.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of ``rows`` added up per ``keys``, null as nothing, in the order of the rows; sorted by ``keys``."""
    ordered = rows.select(*keys, *columns).sort(keys, maintain_order=True)
    if ordered.is_empty():
        return ordered
    begins = ordered.select(pl.any_horizontal(pl.col(key).ne_missing(pl.col(key).shift(1)) for key in keys))
    starts = np.flatnonzero(begins.to_series().to_numpy() | (np.arange(ordered.height) == 0))
    added = [pl.Series(name, np.add.reduceat(ordered[name].fill_null(0).to_numpy(), starts)) for name in columns]
    return ordered.select(pl.col(keys).gather(starts)).with_columns(added)
