import numpy as np
import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.core.matching import latin, people
from pipeline.core.matching.comparisons import (
    Comparison,
    Sides,
    digits_apart,
    first_true,
    levels_of,
    patterns,
    unpacked,
)

SETS = st.sampled_from([people.COMPARISONS, latin.COMPARISONS])


@settings(max_examples=30)
@given(SETS, st.data())
def test_a_pattern_stands_for_its_levels_and_for_no_others(comparisons: tuple[Comparison, ...], data) -> None:
    row = st.tuples(*(st.integers(0, len(one.levels)) for one in comparisons))
    rows = data.draw(st.lists(row, max_size=8, unique=True))
    levels = np.array(rows, np.uint8).reshape(-1, len(comparisons))
    packed = patterns(levels, comparisons)
    assert unpacked(packed, comparisons).tolist() == levels.tolist()
    assert len(set(packed.tolist())) == len(rows)


@given(SETS)
def test_the_highest_pattern_has_room(comparisons: tuple[Comparison, ...]) -> None:
    highest = np.array([[len(one.levels) for one in comparisons]], np.uint8)
    kinds = np.prod([len(one.levels) + 1 for one in comparisons], dtype=np.uint64)
    assert patterns(highest, comparisons).tolist() == [int(kinds) - 1]
    assert kinds < 2**32


numbers = st.lists(st.tuples(st.integers(0, 10**14), st.integers(0, 10**14)), min_size=1, max_size=8)


@given(numbers, st.integers(1, 14))
def test_digits_apart_are_those_of_the_written_numbers(pairs: list[tuple[int, int]], digits: int) -> None:
    one, other = (np.array([pair[side] for pair in pairs], np.uint64) for side in (0, 1))
    written = [[f"{number:015}"[-digits:] for number in pair] for pair in pairs]
    assert digits_apart(one, other, digits).tolist() == [
        sum(a != b for a, b in zip(*pair, strict=True)) for pair in written
    ]


@given(st.lists(st.lists(st.booleans(), min_size=3, max_size=3), max_size=4), st.just(3))
def test_the_first_answer_that_holds_is_the_level(answers: list[list[bool]], pairs: int) -> None:
    flags = [np.array(answer, np.bool_) for answer in answers]
    expected = [next((number for number, a in enumerate(answers, 1) if a[place]), 0) for place in range(pairs)]
    assert first_true(pairs, *flags).tolist() == expected


def test_what_one_side_does_not_tell_is_neither_told_nor_equal() -> None:
    frame = pl.DataFrame({"code": [0, 5, 5, 6]}, schema={"code": pl.UInt64})
    left, right = np.array([0, 0, 1, 1]), np.array([0, 1, 2, 3])
    sides = Sides(frame, left, right, np.zeros(4, np.uint32))
    assert sides.told("code").tolist() == [False, False, True, True]
    assert sides.equal("code").tolist() == [False, False, True, False]
    assert len(sides) == 4
    same = Comparison("code", ("same", "other"), lambda s: first_true(len(s), s.equal("code"), s.told("code")))
    assert levels_of(sides, [same, same]).tolist() == [[0, 0], [0, 0], [1, 1], [2, 2]]
