"""Intervals of a share. Every function takes one number per row and tells low, high and the method's name.

A census has no interval; whoever counts everybody does not come here.
"""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.special import betainc, ndtri, stdtrit

Floats = npt.NDArray[np.float64]

COVERAGE = 0.95
"""Share of samples whose interval holds the true share, unless told otherwise."""

DIGITS = 10
"""Decimals published: sums of the same numbers in another order differ far behind them."""


class Interval(NamedTuple):
    """``low`` and ``high`` in 0-1, one per row, and the name printed beside them."""

    low: Floats
    high: Floats
    method: str


def wilson(hits: npt.ArrayLike, size: npt.ArrayLike, coverage: float = COVERAGE) -> Interval:
    """Score interval of ``hits`` among ``size``, which need not be whole numbers; 0-1 where ``size`` is 0.

    E. B. Wilson, JASA 22 (1927) 209-212; recommended near 0 and 1 by Brown, Cai, DasGupta, Statist. Sci. 16 (2001).

    >>> low, high, method = wilson([561], [600])
    >>> (round(float(low[0]), 3), round(float(high[0]), 3), method)
    (0.912, 0.952, 'wilson')
    """
    found, asked = _floats(hits), _floats(size)
    some = np.where(asked > 0, asked, 1.0)
    share = np.where(asked > 0, found / some, 0.5)
    squared = float(ndtri((1 + coverage) / 2)) ** 2
    centre = (share + squared / (2 * some)) / (1 + squared / some)
    half = np.sqrt(squared * (share * (1 - share) + squared / (4 * some)) / some) / (1 + squared / some)
    low = np.where((asked > 0) & (share > 0), centre - half, 0.0)
    high = np.where((asked > 0) & (share < 1), centre + half, 1.0)
    return Interval(np.clip(low, 0, 1), np.clip(high, 0, 1), "wilson")


def chance_of_as_many(hits: npt.ArrayLike, size: npt.ArrayLike, chance: npt.ArrayLike) -> Floats:
    """Binomial chance of ``hits`` or more among ``size`` whole numbers, each with ``chance``.

    By the incomplete beta function: the package of all distributions takes half a second to import.

    >>> chance_of_as_many([0, 1, 2, 3], 2, 0.5).tolist()
    [1.0, 0.75, 0.25, 0.0]
    """
    found, asked = _floats(hits), _floats(size)
    some = np.maximum(found, 1)
    chances = betainc(some, np.maximum(asked - some, 0) + 1, _floats(chance))
    return np.where(found > 0, np.where(found > asked, 0.0, chances), 1.0)


def least_as_rare(rare: float, size: npt.ArrayLike, chance: npt.ArrayLike) -> Floats:
    """Least number of hits among ``size`` whose :func:`chance_of_as_many` is no larger than ``rare``; 1 + size where none is.

    >>> least_as_rare(0.3, [2, 1], 0.5).tolist()
    [2.0, 2.0]
    """
    asked = _floats(size)
    low, high = np.zeros_like(asked), asked + 1
    while (low < high).any():
        middle = np.floor((low + high) / 2)
        enough = chance_of_as_many(middle, asked, chance) <= rare
        left = low < high
        low, high = np.where(left & ~enough, middle + 1, low), np.where(left & enough, middle, high)
    return low


def design_based(
    share: npt.ArrayLike,
    variance: npt.ArrayLike,
    spread: npt.ArrayLike,
    freedom: npt.ArrayLike,
    coverage: float = COVERAGE,
) -> Interval:
    """Wilson interval at the size a simple sample would need for the same ``variance``; a point where that is 0.

    ``spread`` is the variance of one party, share x (1 - share) or a smoothed one; ``freedom`` the degrees of freedom of
    ``variance``, which shrink the size by (z / t) squared. E. L. Korn and B. I. Graubard, Survey Methodology 24 (1998)
    193-201; with Wilson's limits: C. Franco, R. Little, T. Louis, E. Slud, J. Surv. Stat. Methodol. 7 (2019) 334-364.
    """
    told, noise = _floats(share), _floats(variance)
    tail = (1 + coverage) / 2
    shrunk = (float(ndtri(tail)) / stdtrit(np.maximum(_floats(freedom), 1), tail)) ** 2
    known = noise <= 0
    size = np.where(known, 1.0, _floats(spread) / np.where(known, 1.0, noise) * shrunk)
    low, high, _ = wilson(told * size, size, coverage)
    return Interval(np.where(known, told, low), np.where(known, told, high), "wilson at effective size")


def _floats(numbers: npt.ArrayLike) -> Floats:
    return np.asarray(numbers, np.float64)
