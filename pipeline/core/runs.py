"""Runs of equal values in a sorted column, and what is folded over each."""

from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

_Bits = TypeVar("_Bits", bound=np.unsignedinteger[Any])


def starts(values: npt.NDArray[Any]) -> npt.NDArray[np.intp]:
    """Where each run of equal ``values`` begins; nowhere when there are none."""
    return np.flatnonzero(np.concatenate([values[:1] == values[:1], values[1:] != values[:-1]]))


def united(numbers: npt.NDArray[np.integer], bits: npt.NDArray[_Bits], height: int) -> npt.NDArray[_Bits]:
    """Per number, 0 to ``height`` - 1, the union of its ``bits``. ``numbers`` are sorted."""
    told = np.zeros(height, bits.dtype)
    first = starts(numbers)
    if len(first):
        told[numbers[first]] = np.bitwise_or.reduceat(bits, first)
    return told
