"""Sums per group that are the same on every machine.

Fractions added up in another order give another last digit, and polars adds them in as many parts as it has threads.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.distinct import in_order


def sums(rows: pl.DataFrame, keys: Sequence[str], columns: Sequence[str]) -> pl.DataFrame:
    """``columns`` of ``rows`` added up per ``keys``, null as nothing, in the order of the rows; sorted by ``keys``."""
    if rows.is_empty():
        return rows.select(*keys, *columns)
    number, most = in_order(rows.select(keys))
    order = runs.order(number, most)
    starts = runs.starts(number[order])
    added = [pl.Series(name, np.add.reduceat(rows[name].fill_null(0).to_numpy()[order], starts)) for name in columns]
    return rows.select(pl.col(keys).gather(order[starts])).with_columns(added)
