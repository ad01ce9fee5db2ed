"""A few rows made one: parties of a person, persons of a policy.

Hardly any group has more than three rows, so that the first rows of all groups are held against the second ones column by
column; to group them by key would visit each group alone.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs


class Ways(NamedTuple):
    """Columns of which the least counts, the greatest, or whether all of them hold. Null takes no part."""

    least: Sequence[str]
    greatest: Sequence[str]
    every: Sequence[str]


def folded(rows: pl.DataFrame, keys: npt.NDArray[np.integer], ways: Ways) -> pl.DataFrame:
    """``rows`` of the same of ``keys`` as one; columns that no way names are the same in all of them."""
    order = np.argsort(keys, kind="stable")
    ordered = keys[order]
    starts = runs.starts(ordered)
    sizes = np.diff(np.append(starts, len(ordered)))
    told = rows.with_columns(pl.col(ways.every).fill_null(value=True))
    parts = [told.clear()]
    for size in np.unique(sizes):
        first = starts[sizes == size]
        parts.append(_one([told[order[first + place]] for place in range(size)], ways))
    return pl.concat(parts, rechunk=True)


def _one(members: Sequence[pl.DataFrame], ways: Ways) -> pl.DataFrame:
    """The first, second … row of each group as one."""
    first, *others = members
    if not others:
        return first
    named = [rows.select(pl.all().name.prefix(f"{place}:")) for place, rows in enumerate(others)]
    beside = pl.concat([first, *named], how="horizontal")
    told = {name: [name, *(f"{place}:{name}" for place in range(len(others)))] for name in first.columns}
    return beside.select(
        *(pl.col(name) for name in first.columns if name not in {*ways.least, *ways.greatest, *ways.every}),
        *(pl.min_horizontal(told[name]).alias(name) for name in ways.least),
        *(pl.max_horizontal(told[name]).alias(name) for name in ways.greatest),
        *(pl.all_horizontal(told[name]).alias(name) for name in ways.every),
    ).select(first.columns)


def numbered(values: pl.Series) -> npt.NDArray[np.uint64]:
    """A number for each of ``values``, the same for the same; they mostly come sorted."""
    numbers = values.rle_id() if values.is_sorted() else values.rank("dense")
    told: npt.NDArray[np.uint64] = numbers.cast(pl.UInt64).to_numpy()
    return told
