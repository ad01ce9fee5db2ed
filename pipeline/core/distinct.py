"""Work on the distinct values of a column once, and hand the answers back to every row."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

FEW = 1_024
"""So few distinct values are always remembered; more only where they repeat within the column."""
MOST = 262_144
"""Values remembered at one time."""


def on_distinct(values: pl.Series, function: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Answers of ``function`` for every row of ``values``, computed once per distinct value.

    ``function`` takes distinct values (one of them may be null) and gives a frame with as many rows.
    """
    codes, distinct = encoded(values)
    return function(distinct).select(pl.all().gather(codes))


def on_distinct_rows(keys: pl.DataFrame, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """The same for several columns together: ``function`` takes their distinct rows."""
    codes, distinct = numbered_rows(keys)
    return function(distinct).select(pl.all().gather(codes))


def numbered_rows(keys: pl.DataFrame) -> tuple[pl.Series, pl.DataFrame]:
    """The number of each row among the distinct rows of ``keys``, and these, in order of first appearance."""
    codes, most = pl.Series("code", [0], pl.UInt64).new_from_index(0, keys.height), 1
    for column in keys:
        part, distinct = encoded(column)
        if most * max(len(distinct), 1) > _MOST_COMBINATIONS:
            codes, known = encoded(codes)
            codes, most = codes.cast(pl.UInt64), max(len(known), 1)
        codes, most = codes * max(len(distinct), 1) + part.cast(pl.UInt64), most * max(len(distinct), 1)
    codes, _ = encoded(codes)
    # Codes count up in order of first appearance.
    return codes, keys.select(pl.all().gather(codes.arg_unique()))


def order_of(keys: pl.DataFrame) -> npt.NDArray[np.intp]:
    """Order of the rows sorted by the columns of ``keys``, all of text: null first, of equals the earlier row.

    Where columns say the same words again and again a number stands for them all: a fifth of the cost of sorting the words.
    """
    number, most = np.zeros(keys.height, np.uint64), 1
    for column in keys:
        codes, words = encoded(column)
        place = np.empty(len(words), np.uint64)
        place[words.arg_sort().to_numpy()] = np.arange(len(words), dtype=np.uint64)
        most *= max(len(words), 1)
        if most > _MOST_COMBINATIONS:
            return keys.select(pl.arg_sort_by(keys.columns, maintain_order=True)).to_series().to_numpy().astype(np.intp)
        number = number * np.uint64(len(words)) + place[codes.to_numpy()]
    return np.argsort(number, kind="stable")


_MOST_COMBINATIONS = 1 << 64


class Remembered:
    """A function of distinct values and what it answered: a column of codes says the same few values all night.

    The answer to a value may depend on nothing but the value. Threads may share it: one sees what another remembered, or
    asks again.
    """

    def __init__(self, function: Callable[[pl.Series], pl.DataFrame]) -> None:
        self._function = function
        self._told: tuple[pa.Array | None, pl.DataFrame] = (None, pl.DataFrame())

    def on(self, values: pl.Series) -> pl.DataFrame:
        """As :func:`on_distinct`."""
        codes, distinct = encoded(values)
        few = 0 < len(distinct) <= FEW
        if not few and (2 * len(distinct) >= len(values) or len(distinct) > MOST):
            return self._function(distinct).select(pl.all().gather(codes))
        places, answers = self._known(distinct)
        return answers.select(pl.all().gather(places.gather(codes)))

    def _known(self, distinct: pl.Series) -> tuple[pl.Series, pl.DataFrame]:
        """Where the answer to each value stands, and the table of answers."""
        told = _in_arrow(distinct)
        known, answers = self._told
        known = told.slice(0, 0) if known is None else known
        places = pl.Series(pc.index_in(told, value_set=known), dtype=pl.UInt32)
        new = places.is_null()
        if not new.any():
            return places, answers
        if len(known) + new.sum() > MOST:
            known, new = known.slice(0, 0), pl.repeat(value=True, n=len(distinct), eager=True)
        more = self._function(distinct.filter(new))
        answers = pl.concat([answers, more], rechunk=True) if len(known) else more
        self._told = (pa.concat_arrays([known, told.filter(_in_arrow(new))]), answers)
        at = new.arg_true()
        return places.scatter(at, pl.int_range(len(known), len(known) + len(at), dtype=pl.UInt32, eager=True)), answers


def encoded(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Codes of the rows, and the distinct values they stand for, in order of first appearance."""
    if len(values) and values.null_count() == len(values):
        return pl.Series(values.name, [0], pl.Int32).new_from_index(0, len(values)), values.head(1)
    # Arrow's encoder passes over the values once; polars' unique and join would hash them twice.
    told = _in_arrow(values)
    dictionary = told.dictionary_encode(null_encoding="encode")
    return pl.Series(values.name, dictionary.indices), pl.Series(values.name, dictionary.dictionary, dtype=values.dtype)


def _in_arrow(values: pl.Series) -> pa.Array:
    told = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    return told.combine_chunks() if isinstance(told, pa.ChunkedArray) else told
