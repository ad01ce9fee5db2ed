import os
import subprocess
import sys
from math import fsum

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core.authenticity.ordered_sums import sums

_rows = st.lists(
    st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 2), st.none() | st.integers(-9, 9)), max_size=30
)


@given(_rows)
def test_every_group_is_added_up(rows: list[tuple[str | None, int, int | None]]) -> None:
    frame = pl.DataFrame(rows, {"key": pl.String, "other": pl.Int64, "n": pl.Int64}, orient="row")
    told = {(key, other): n for key, other, n in sums(frame, ("key", "other"), ("n",)).iter_rows()}
    wanted: dict[tuple[str | None, int], int] = {}
    for key, other, n in rows:
        wanted[key, other] = wanted.get((key, other), 0) + (n or 0)
    assert told == wanted


def test_fractions_add_up() -> None:
    frame = pl.DataFrame({"key": ["a"] * 1000, "x": [1 / n for n in range(1, 1001)]})
    assert sums(frame, ("key",), ("x",))["x"][0] == pytest.approx(fsum(frame["x"]), rel=1e-14)


_MANY = """
import numpy as np, polars as pl
from pipeline.core.authenticity.ordered_sums import sums
of = np.random.default_rng(1)
frame = pl.DataFrame({"key": of.integers(0, 7, 500_000), "x": of.random(500_000) * 1000})
assert pl.thread_pool_size() == THREADS
print(sums(frame, ("key",), ("x",))["x"].to_list(), frame.group_by("key").agg(pl.col("x").sum()).sort("key")["x"].to_list(), sep="|")
"""


def test_the_last_digit_does_not_hang_on_the_number_of_threads() -> None:
    printed = []
    for threads in (1, 2):
        environment = {**os.environ, "POLARS_MAX_THREADS": str(threads)}
        command = [sys.executable, "-c", _MANY.replace("THREADS", str(threads))]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
        printed.append(done.stdout.split("|"))
    assert printed[0][0] == printed[1][0]
    # What polars would have told: these are fractions whose order matters.
    assert printed[0][1] != printed[1][1]
