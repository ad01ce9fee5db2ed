"""How alike two tellings are, field by field, in a few named levels each.

Level 0 of every comparison is *unknown*: a side does not tell. The other levels are ordered from agreement to
disagreement, but nothing depends on the order: each has a weight of its own in the model.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import polars as pl

Levels = npt.NDArray[np.uint8]
Column = npt.NDArray[Any]
Places = npt.NDArray[np.intp]
Flags = npt.NDArray[np.bool_]
UNKNOWN: Final = 0


class Sides:
    """Pairs of rows of one table of tellings. ``agreed``: bits of the keys each pair has in common."""

    def __init__(self, tellings: pl.DataFrame, left: Places, right: Places, agreed: npt.NDArray[np.uint32]) -> None:
        self.tellings, self.left, self.right, self.agreed = tellings, left, right, agreed
        self._met: dict[str, tuple[Column, Column]] = {}

    def both(self, column: str) -> tuple[Column, Column]:
        """The column of both sides, a value per pair."""
        if column not in self._met:
            values = self.tellings[column].to_numpy()
            self._met[column] = (values.take(self.left), values.take(self.right))
        return self._met[column]

    def equal(self, column: str) -> Flags:
        """Both tell the column and it is equal."""
        one, other = self.both(column)
        equal: Flags = (one == other) & (one != 0)
        return equal

    def told(self, column: str) -> Flags:
        """Both tell the column."""
        one, other = self.both(column)
        told: Flags = (one != 0) & (other != 0)
        return told

    def __len__(self) -> int:
        """Number of pairs."""
        return len(self.agreed)


@dataclass(frozen=True)
class Comparison:
    """``levels``: their names from level 1 on. ``compare`` gives the level of each pair."""

    name: str
    levels: tuple[str, ...]
    compare: Callable[[Sides], Levels]


def first_true(pairs: int, *answers: Flags) -> Levels:
    """1 where the first answer holds, 2 where the second holds and no earlier one, and so on; 0 where none does."""
    # The earlier, the larger: a largest value is several times as fast as to write where an answer holds.
    most = len(answers)
    first = np.zeros(pairs, np.uint8)
    for number, answer in enumerate(answers):
        np.maximum(first, answer.view(np.uint8) * np.uint8(most - number), out=first)
    return (np.uint8(most + 1) - first) * (first > 0)


def levels_of(sides: Sides, comparisons: Sequence[Comparison]) -> npt.NDArray[np.uint8]:
    """Levels of all comparisons, a row per pair."""
    matrix = np.empty((len(sides), len(comparisons)), np.uint8, order="F")
    for number, comparison in enumerate(comparisons):
        matrix[:, number] = comparison.compare(sides)
    return matrix


def patterns(levels: npt.NDArray[np.uint8], comparisons: Sequence[Comparison]) -> npt.NDArray[np.uint32]:
    """One number for each row of levels: mixed radix, the first comparison lowest."""
    number = np.zeros(len(levels), np.uint32)
    for place in range(len(comparisons) - 1, -1, -1):
        number = number * np.uint32(len(comparisons[place].levels) + 1) + levels[:, place]
    return number


def unpacked(pattern: npt.NDArray[np.uint32], comparisons: Sequence[Comparison]) -> npt.NDArray[np.uint8]:
    """The levels a pattern stands for."""
    matrix = np.empty((len(pattern), len(comparisons)), np.uint8, order="F")
    rest = pattern.copy()
    for place, comparison in enumerate(comparisons):
        base = np.uint32(len(comparison.levels) + 1)
        matrix[:, place] = rest % base
        rest //= base
    return matrix


def digits_apart(one: npt.NDArray[np.uint64], other: npt.NDArray[np.uint64], digits: int) -> npt.NDArray[np.uint8]:
    """In how many of the last ``digits`` decimal places two numbers differ."""
    apart = np.zeros(len(one), np.uint8)
    ten = np.uint64(10)
    for _ in range(digits):
        rest, rest_other = one // ten, other // ten
        apart += (one - rest * ten) != (other - rest_other * ten)
        one, other = rest, rest_other
    return apart
