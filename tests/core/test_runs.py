from functools import reduce
from itertools import groupby
from operator import or_

import numpy as np
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
