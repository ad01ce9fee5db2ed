"""Sets of fields as numbers: a bit per field, so that a group's set is one sum of bits and each list is made once."""

import polars as pl

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


def together(bits: pl.Expr, where: pl.Expr) -> pl.Expr:
    """The set of a group's ``bits`` ``where`` that holds."""
    return pl.when(where).then(bits).otherwise(pl.lit(0, pl.UInt16)).bitwise_or()


def listed(column: str) -> pl.Expr:
    """Names of the fields of the set in ``column``, in their order; null stays null."""
    return pl.lit(_LISTS).gather(pl.col(column)).alias(column)
