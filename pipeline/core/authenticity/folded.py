"""A few rows made one: parties of a person, persons of a policy.

Hardly any group has more than three rows, so that the second rows of all groups are held against the first ones column by
column, then the third ones; to group them by key would visit each group alone.
"""

from collections.abc import Callable, Sequence
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
    """``rows`` of the same of ``keys`` as one, by key; columns that no way names are the same in all of them."""
    order = np.argsort(keys, kind="stable")
    starts = runs.starts(keys[order])
    sizes = np.diff(starts, append=len(order))
    told = rows.with_columns(pl.col(ways.every).fill_null(value=True))
    one_each = told[order[starts]]
    for place in range(1, sizes.max(initial=1)):
        groups = np.flatnonzero(sizes > place)
        one_each = _met(one_each, groups, told[order[starts[groups] + place]], ways)
    return one_each


def _met(one_each: pl.DataFrame, groups: npt.NDArray[np.intp], others: pl.DataFrame, ways: Ways) -> pl.DataFrame:
    """``one_each`` with what ``others`` say of its ``groups``."""
    mine = one_each[groups]
    way: dict[str, Callable[[str, str], pl.Expr]] = {
        **dict.fromkeys(ways.least, pl.min_horizontal),
        **dict.fromkeys(ways.greatest, pl.max_horizontal),
        **dict.fromkeys(ways.every, pl.all_horizontal),
    }
    # Mostly they say the same.
    differing = [name for name in way if not mine[name].equals(others[name], null_equal=True)]
    beside = mine.select(differing).hstack(others.select(pl.col(differing).name.prefix(_OTHER)))
    both = beside.select(way[name](name, f"{_OTHER}{name}").alias(name) for name in differing)
    place = np.arange(one_each.height)
    place[groups] = one_each.height + np.arange(len(groups))
    return one_each.with_columns(
        pl.concat([one_each[name], both[name]], rechunk=True).gather(place) for name in differing
    )


_OTHER = "other:"


def numbered(values: pl.Series) -> npt.NDArray[np.uint64]:
    """A number for each of ``values``, the same for the same; they mostly come sorted."""
    numbers = values.rle_id() if values.is_sorted() else values.rank("dense")
    told: npt.NDArray[np.uint64] = numbers.cast(pl.UInt64).to_numpy()
    return told
