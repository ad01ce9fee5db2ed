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
    number, most = in_order(rows[:, list(keys)])
    order = runs.order(number, most)
    starts = runs.starts(number[order])
    told = (rows[name].fill_null(0) if rows[name].null_count() else rows[name] for name in columns)
    added = [pl.Series(one.name, np.add.reduceat(one.to_numpy()[order], starts)) for one in told]
    return rows[order[starts], list(keys)].hstack(added)
