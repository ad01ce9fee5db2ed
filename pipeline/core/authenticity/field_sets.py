"""Sets of fields as numbers: a bit per field, so that a group's set is one sum of bits and each list is made once."""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs

Sets = npt.NDArray[np.uint64]

FIELDS = (
    "address",
    "cert_no",
    "cert_type",
    "conduct",
    "email",
    "name",
    "phone",
    "phone_in_use",
    "record",
    "relation",
    "vehicle",
)
"""What findings and evidence are about, in the order they are listed."""

_BITS = {name: 1 << place for place, name in enumerate(FIELDS)}
_LISTS = pl.Series(
    [[name for name, bit in _BITS.items() if number & bit] for number in range(1 << len(FIELDS))],
    dtype=pl.List(pl.String),
)


def place(field: str = "field") -> pl.Expr:
    """Place of the field named in column ``field`` among :data:`FIELDS`."""
    return pl.col(field).replace_strict(FIELDS, range(len(FIELDS)), return_dtype=pl.UInt64)


def bit(field: str = "field") -> pl.Expr:
    """Number of the field named in column ``field``; 0 for none."""
    return pl.col(field).replace_strict(_BITS, default=0, return_dtype=pl.UInt16)


def of_lists(lists: pl.Series) -> Sets:
    """The set of each of ``lists`` of names; none of null."""
    told = lists.rechunk().to_arrow(compat_level=pl.CompatLevel.oldest())
    lengths = told.value_lengths().fill_null(0).to_numpy()
    if not lengths.any():
        return np.zeros(len(lists), np.uint64)
    # What is null has no values among these.
    names = told.flatten().dictionary_encode(null_encoding="encode")
    bits = np.array([_BITS.get(name, 0) for name in names.dictionary.to_pylist()], np.uint64)
    return runs.united(np.repeat(np.arange(len(lists)), lengths), bits[names.indices.to_numpy()], len(lists))


def of(names: Iterable[str]) -> np.uint64:
    """The set of ``names``."""
    return np.uint64(sum(_BITS[name] for name in names))


def lists(sets: Sets) -> pl.Series:
    """Names of the fields of each set, in their order."""
    return _LISTS.gather(sets)
