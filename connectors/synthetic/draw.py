"""Reproducible random draws: one stream per seed, night and purpose, columns in and out."""

from collections.abc import Callable, Sequence
from typing import Any
from zlib import crc32

import numpy as np
import polars as pl

Ints = np.ndarray[Any, Any]
"""Numbers of a column: places, days, counts."""
Mask = np.ndarray[Any, Any]
"""True or false for each row."""


def stream(seed: int, night: int, purpose: str) -> np.random.Generator:
    """The generator of one purpose on one night; adding a purpose leaves the others' draws as they were."""
    return np.random.default_rng([seed, night, crc32(purpose.encode())])


def weighted(rng: np.random.Generator, weights: Sequence[float] | Ints, size: int) -> Ints:
    """Places 0 … len(weights)-1, drawn with ``weights`` (need not sum to 1)."""
    edges = np.cumsum(np.asarray(weights, dtype=float))
    places: Ints = np.minimum(np.searchsorted(edges, rng.random(size) * edges[-1], side="right"), len(edges) - 1)
    return places


def falling(size: int, power: float = 0.8) -> Ints:
    """Weights of a ranked list: the first most often, as names and shops are."""
    weights: Ints = 1.0 / np.arange(1, size + 1) ** power
    return weights


def chance(rng: np.random.Generator, probability: float | np.ndarray, size: int) -> Mask:
    """True with ``probability``."""
    return rng.random(size) < probability


def pick(table: Sequence[str], places: Ints) -> pl.Series:
    """Words of ``table`` at ``places``."""
    return pl.Series(list(table), dtype=pl.String).gather(places)


def pick_evenly(rng: np.random.Generator, table: Sequence[str], size: int) -> pl.Series:
    """Words of ``table``, each as likely."""
    return pick(table, rng.integers(0, len(table), size))


def repeated(word: str | None, size: int) -> pl.Series:
    """``word`` in every row."""
    return pl.Series([word], dtype=pl.String).new_from_index(0, size)


def distinct(draw: Callable[[Ints], Ints], size: int, taken: pl.Series | None = None) -> Ints:
    """``draw(places)`` for every place, drawn again where the value was there before or is in ``taken``."""
    values = draw(np.arange(size))
    while True:
        column = pl.Series(values)
        again = ~column.is_first_distinct()
        if taken is not None and len(taken):
            again |= column.is_in(taken.implode())
        places = again.arg_true().to_numpy()
        if not len(places):
            return values
        values[places] = draw(places)


def mix(values: Ints) -> Ints:
    """A fixed scramble of integers to 0 … 2**32-1 (splitmix64): the same number has the same fate everywhere."""
    with np.errstate(over="ignore"):
        z = values.astype(np.uint64) + np.uint64(0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (z ^ (z >> np.uint64(31))) >> np.uint64(32)


def fraction(values: Ints) -> np.ndarray:
    """:func:`mix` as a number in 0–1."""
    return mix(values) / float(2**32)


def digits(values: Ints | pl.Series, width: int) -> pl.Series:
    """Integers as text with leading zeros."""
    return pl.Series(values).cast(pl.String).str.zfill(width)


def join(*parts: pl.Series | str) -> pl.Series:
    """Text columns one behind the other; null where one is null."""
    return pl.select(pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])).to_series()


def where(mask: Mask | pl.Series, this: pl.Series | str | None, other: pl.Series | str | None) -> pl.Series:
    """Text: ``this`` where ``mask``, else ``other``."""
    column = mask if isinstance(mask, pl.Series) else pl.Series(mask)
    sides = [side if isinstance(side, pl.Series) else pl.lit(side, dtype=pl.String) for side in (this, other)]
    return pl.select(pl.when(column).then(sides[0]).otherwise(sides[1])).to_series()


def pick_one(chosen: Ints, forms: Sequence[pl.Series]) -> pl.Series:
    """For each row the form it has chosen (0 is the first)."""
    number = pl.Series(chosen)
    return pl.select(pl.coalesce(pl.when(number == place).then(form) for place, form in enumerate(forms))).to_series()


def changed(base: pl.Series, places: Ints, values: pl.Series) -> pl.Series:
    """``base`` with ``values`` at ``places``."""
    order = np.arange(len(base))
    order[places] = len(base) + np.arange(len(places))
    return pl.concat([base, values.cast(base.dtype).alias(base.name)]).gather(order)
