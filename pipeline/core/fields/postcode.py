"""Postcodes: six digits, of which the first two tell the province (Jiangsu 21 and 22)."""

from functools import cache
from typing import Final

import polars as pl

from pipeline.core.fields.text import NULL_WORDS, to_ascii_forms
from pipeline.core.tables import csv_table

_LENGTH: Final = 6


@cache
def _areas() -> pl.DataFrame:
    """province, prefix: which two digits open the postcodes of which province."""
    wide = csv_table.read("postcodes.csv")
    return wide.select("province", prefix=pl.col("prefixes").str.split(" ")).explode("prefix")


def clean(values: pl.Series) -> pl.DataFrame:
    """Six digits. Repairs: float_tail, leading_zero (a spreadsheet ate it), null_word, placeholder (000000)."""
    told = to_ascii_forms(values).str.replace_all(r"[\s\-]", "").str.to_uppercase()
    frame = (
        told.str.replace(r"^([0-9]{5,6})\.0+$", "${1}")
        .to_frame("text")
        .with_columns(tail=told.str.contains(r"^[0-9]{5,6}\.0+$"))
    )
    text = pl.col("text")
    zeros = text.str.contains("^0+$")
    nothing = zeros | text.is_in(["", *(word.upper() for word in NULL_WORDS)])
    eaten = text.str.contains("^[1-7][0-9]{4}$")
    return frame.select(
        value=pl.when(~nothing).then(pl.when(eaten).then("0" + text).otherwise(text)),
        repair=pl.when(zeros & (text.str.len_chars() > 1))
        .then(pl.lit("placeholder"))
        .when(nothing & (text != ""))
        .then(pl.lit("null_word"))
        .when(eaten & pl.col("tail"))
        .then(pl.lit("float_tail+leading_zero"))
        .when(eaten)
        .then(pl.lit("leading_zero"))
        .when(pl.col("tail"))
        .then(pl.lit("float_tail")),
    )


def check(values: pl.Series, region_code: pl.Series | None = None) -> pl.DataFrame:
    """Facts about cleaned postcodes: ``reason`` null, shape or province.

    province: no province has it, or that of ``region_code`` has not.
    """
    areas = _areas()
    told = pl.DataFrame({"value": values.cast(pl.String), "province": _provinces(values, region_code)})
    prefix = pl.col("value").str.slice(0, 2)
    shaped = pl.col("value").str.contains(f"^[0-9]{{{_LENGTH}}}$")
    pairs = (areas["province"] + areas["prefix"]).to_list()
    fits = (pl.col("province") + prefix).is_in(pairs)
    somewhere = prefix.is_in(areas["prefix"].to_list())
    judged = pl.col("province").is_in(areas["province"].to_list())
    return told.select(
        reason=pl.when(~shaped)
        .then(pl.lit("shape"))
        .when(~pl.when(judged).then(fits).otherwise(somewhere))
        .then(pl.lit("province"))
    )


def _provinces(values: pl.Series, region_code: pl.Series | None) -> pl.Series:
    if region_code is None:
        return pl.Series("province", [None], dtype=pl.String).new_from_index(0, len(values))
    return region_code.cast(pl.String).str.slice(0, 2)


def mask(values: pl.Series) -> pl.Series:
    """Only the two digits of the province: ``21****``."""
    return (values.str.slice(0, 2) + "****").alias(values.name)
