"""Work on the distinct values of a column once, and hand the answers back to every row."""

from collections.abc import Callable

import polars as pl
import pyarrow as pa


def on_distinct(values: pl.Series, function: Callable[[pl.Series], pl.DataFrame]) -> pl.DataFrame:
    """Answers of ``function`` for every row of ``values``, computed once per distinct value.

    ``function`` takes distinct values (one of them may be null) and gives a frame with as many rows.
    """
    codes, distinct = _encode(values)
    return function(distinct).select(pl.all().gather(codes))


def on_distinct_rows(keys: pl.DataFrame, function: Callable[[pl.DataFrame], pl.DataFrame]) -> pl.DataFrame:
    """The same for several columns together: ``function`` takes their distinct rows."""
    codes = pl.Series("code", [0], pl.Int64).new_from_index(0, keys.height)
    for column in keys:
        part, distinct = _encode(column)
        codes = codes * max(len(distinct), 1) + part.cast(pl.Int64)
    codes, _ = _encode(codes)
    first = pl.DataFrame({"code": codes}).with_row_index("row").group_by("code").agg(pl.col("row").first()).sort("code")
    answers = function(keys.select(pl.all().gather(first["row"])))
    return answers.select(pl.all().gather(codes))


def _encode(values: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Codes of the rows, and the distinct values they stand for, in order of first appearance."""
    # Arrow's encoder passes over the values once; polars' unique and join would hash them twice.
    told = values.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    if isinstance(told, pa.ChunkedArray):
        told = told.combine_chunks()
    encoded = told.dictionary_encode(null_encoding="encode")
    return pl.Series(values.name, encoded.indices), pl.Series(values.name, encoded.dictionary, dtype=values.dtype)
