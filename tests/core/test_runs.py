from functools import reduce
from itertools import groupby
from operator import or_

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.core import runs


@given(st.lists(st.integers(0, 3), max_size=20))
def test_runs_begin_where_the_value_changes(values: list[int]) -> None:
    lengths = [len(list(run)) for _, run in groupby(values)]
    wanted = np.cumsum([0, *lengths])[:-1]
    assert runs.starts(np.array(values, np.int64)).tolist() == wanted.tolist()


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 255)), max_size=20).map(sorted))
def test_bits_of_a_number_are_united(told: list[tuple[int, int]]) -> None:
    numbers, bits = (np.array([row[place] for row in told], kind) for place, kind in ((0, np.int64), (1, np.uint8)))
    united = runs.united(numbers, bits, 5)
    assert united.dtype == np.uint8
    assert united.tolist() == [reduce(or_, (bit for number, bit in told if number == place), 0) for place in range(5)]


rows_of_runs = st.lists(st.tuples(st.integers(0, 3), st.integers(-2, 2), st.booleans()), max_size=20).map(
    lambda rows: sorted(rows, key=lambda row: row[0])
)


@given(rows_of_runs)
def test_of_each_run_the_row_that_comes_first_is_told(told: list[tuple[int, int, bool]]) -> None:
    columns = [np.array(values) for values in zip(*told, strict=True)] or [np.array([], np.int64)] * 3
    wanted = [min(run, key=lambda row: told[row][1:]) for _, run in groupby(range(len(told)), lambda row: told[row][0])]
    assert runs.firsts(*columns).tolist() == wanted


@given(st.lists(st.integers(0, 9), max_size=20), st.sampled_from([10, 1 << 62, 1 << 64]))
def test_rows_are_put_in_order_equals_as_they_came(numbers: list[int], most: int) -> None:
    order = runs.order(np.array(numbers, np.uint64), most)
    assert order.tolist() == sorted(range(len(numbers)), key=lambda row: numbers[row])


@given(st.lists(st.integers(0, (1 << 64) - 1) | st.integers(0, 3), max_size=20))
def test_numbers_are_sorted_and_told_once(numbers: list[int]) -> None:
    told = np.array(numbers, np.uint64)
    assert runs.ordered(told).tolist() == sorted(numbers)
    assert runs.distinct(told).tolist() == sorted(set(numbers))


@given(st.lists(st.none() | st.sampled_from(["", "a", "ab", "长"]), max_size=20))
def test_texts_are_sorted_null_first_and_of_equals_the_earlier_row_first(told: list[str | None]) -> None:
    order = runs.order_of_texts(pl.Series("told", told, dtype=pl.String)).to_list()
    assert order == sorted(range(len(told)), key=lambda row: (told[row] is not None, told[row] or "", row))


@pytest.mark.parametrize(
    "numbers", [[], [5], [1 << 60, 7, 1 << 60, 7, 3], [9, 8, 9, 8, 8], [2, 3, 2, 3, (1 << 64) - 1]]
)
def test_equal_digests_stand_beside_each_other_the_earlier_first(numbers: list[int]) -> None:
    told = runs.beside(np.array(numbers, np.uint64))
    assert sorted(told.tolist()) == list(range(len(numbers)))
    found = [numbers[row] for row in told]
    for number in set(numbers):
        rows = [row for row in told.tolist() if numbers[row] == number]
        at = found.index(number)
        assert rows == sorted(rows) and found[at : at + len(rows)] == [number] * len(rows)
