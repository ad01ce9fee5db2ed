"""Lists per party, made of rows of numbers: each text is looked up once, and nothing is grouped by text."""

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa

Numbers = npt.NDArray[np.uint64]
BITS = np.uint64(32)
"""Bits of a key below the number of its party."""


def key(parties: npt.NDArray[np.integer], numbers: npt.NDArray[np.integer]) -> Numbers:
    """A number that sorts by party, then by number."""
    return (parties.astype(np.uint64) << BITS) | numbers.astype(np.uint64)


def taken_apart(keys: Numbers) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Parties and numbers of ``keys``."""
    return (keys >> BITS).astype(np.intp), (keys & np.uint64(0xFFFFFFFF)).astype(np.intp)


def lists(keys: Numbers, words: pl.Series, height: int) -> pl.Series:
    """Of every party, 0 to ``height`` - 1, the ``words`` its numbers stand for, each once, in the order of ``keys``.

    The keys of a party stand together, parties in their order.
    """
    parties, numbers = taken_apart(keys)
    first = pl.Series(keys).is_first_distinct().to_numpy()
    offsets = np.zeros(height + 1, np.int64)
    np.cumsum(np.bincount(parties[first], minlength=height), out=offsets[1:])
    # Views of the words: to copy each of them would cost more than all the rest.
    told = words.gather(numbers[first]).rechunk().to_arrow(compat_level=pl.CompatLevel.newest())
    return pl.Series(words.name, pa.LargeListArray.from_arrays(pa.array(offsets), told))
