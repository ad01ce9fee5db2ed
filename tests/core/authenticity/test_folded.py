"""A few rows made one: the least, the greatest, and whether all of them hold."""

import numpy as np
import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity.folded import Ways, folded

SCHEMA = pl.Schema({"key": pl.Int64(), "word": pl.String(), "most": pl.Int64(), "holds": pl.Boolean()})
rows = st.tuples(
    st.integers(0, 4), st.none() | st.sampled_from("abc"), st.none() | st.integers(0, 3), st.none() | st.booleans()
)


@given(st.lists(rows, max_size=15))
def test_rows_of_a_key_are_folded_column_by_column(told: list[tuple[int, str | None, int | None, bool | None]]) -> None:
    frame = pl.DataFrame(told, schema=SCHEMA, orient="row")
    one_each = folded(frame, frame["key"].to_numpy(), Ways(("word",), ("most",), ("holds",)))
    wanted = frame.group_by("key").agg(
        pl.col("word").min(), pl.col("most").max(), pl.col("holds").fill_null(value=True).all()
    )
    assert one_each.schema == SCHEMA
    assert one_each.rows() == wanted.sort("key").rows()


def test_of_several_that_say_the_same_the_first_stands() -> None:
    frame = pl.DataFrame([(1, "a", 2, True)] * 3 + [(0, "b", 1, False)], schema=SCHEMA, orient="row")
    one_each = folded(frame, np.array([1, 1, 1, 0]), Ways(("word",), ("most",), ("holds",)))
    assert one_each.rows() == [(0, "b", 1, False), (1, "a", 2, True)]
