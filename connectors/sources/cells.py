"""Typed values of spreadsheets, JSON and Parquet as the text a person would have written.

A number of 16 digits or more has lost its tail in a floating-point cell: it is written in E-notation with all the
digits the cell has, which is how the fields recognise it.
"""

import math
from datetime import datetime, time
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

LOST_FROM = 1e15
"""Smallest floating-point number with 16 digits."""


def number_text(number: float) -> str | None:
    """Text of a floating-point number: ``139…`` for 139….0, ``3.2E+17`` from 16 digits on, None when not finite."""
    if not math.isfinite(number):
        return None
    if abs(number) >= LOST_FROM:
        digits = str(abs(int(number)))
        return f"{'-' if number < 0 else ''}{digits[0]}.{digits[1:]}E+{len(digits) - 1}"
    if number == int(number):
        return str(int(number))
    return format(Decimal(repr(number)), "f")


def cell_text(value: Any) -> str | None:
    """Text of a spreadsheet cell; None when it is empty."""
    if isinstance(value, str):
        return value.strip(" \t\r\n") or None
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    return None if value is None else str(value)


def column_text(column: pa.Array) -> pa.Array:
    """A typed Arrow column as strings. Raises :class:`pa.ArrowException` for lists, structs and other nests."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return column_text(column.dictionary_decode())
    if pa.types.is_floating(kind):
        return _floats(column.cast(pa.float64()))
    if pa.types.is_decimal(kind):
        return _decimals(column)
    if pa.types.is_timestamp(kind):
        return _timestamps(column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind):
        return column.cast(pa.large_binary()).cast(pa.string())
    return column.cast(pa.string())


def is_value(kind: pa.DataType) -> bool:
    """Whether :func:`column_text` can write columns of this type."""
    try:
        column_text(pa.array([], kind))
    except pa.ArrowException:
        return False
    return True


def _floats(column: pa.Array) -> pa.Array:
    """Whole numbers without a point, the odd rest one by one."""
    small = pc.less(pc.abs(column), LOST_FROM)
    whole = pc.and_(small, pc.equal(pc.floor(column), column))
    text = pc.if_else(whole, column, None).cast(pa.int64()).cast(pa.string())
    odd = pc.fill_null(pc.and_(pc.is_valid(column), pc.invert(whole)), False)
    if not odd.true_count:
        return text
    rendered = pa.array([number_text(number.as_py()) for number in column.filter(odd)], pa.string())
    return pc.replace_with_mask(text, odd, rendered)


def _decimals(column: pa.Array) -> pa.Array:
    """Decimals without exponent and without trailing zeros after the point."""
    text = column.cast(pa.string())
    if pc.any(pc.match_substring(text, "E")).as_py():
        text = pa.array([None if value is None else format(value, "f") for value in map(_py, column)], pa.string())
    return pc.if_else(pc.match_substring(text, "."), pc.utf8_rtrim(pc.utf8_rtrim(text, "0"), "."), text)


def _timestamps(column: pa.Array) -> pa.Array:
    """Local time to the second; an instant with a zone as Beijing time."""
    if column.type.tz:
        column = pc.local_timestamp(column.cast(pa.timestamp("us", "Asia/Shanghai")))
    return pc.strftime(column.cast(pa.timestamp("s"), safe=False), format="%Y-%m-%d %H:%M:%S")


def _py(scalar: pa.Scalar) -> Any:
    return scalar.as_py()
