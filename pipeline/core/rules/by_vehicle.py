"""Questions of rows with one VIN or one plate: V05."""

from typing import Final

import polars as pl

from pipeline.core.rules.deviations import ADDRESSED, answers, asked, together

_COMPARED: Final = 256
"""So many distinct covers of one key are compared pair by pair; a key with more is no vehicle and fails throughout."""

_COVER = ["key", "other", "cover_from", "cover_to"]


def project_vins(told: pl.DataFrame) -> pl.DataFrame:
    """Key (VIN), _record, _part, other (digest of the plate), cover_from, cover_to."""
    return _projected(told, "vin", "_plate")


def project_plates(told: pl.DataFrame) -> pl.DataFrame:
    """The same with the plate as key and the VIN as the other."""
    return _projected(told, "plate", "_vin")


def _projected(told: pl.DataFrame, key: str, other: str) -> pl.DataFrame:
    rows = told.lazy().filter(asked("V05"))
    return rows.select(pl.col(key).alias("key"), *ADDRESSED, "cover_from", "cover_to", other=other).collect()


def ask_vins(frame: pl.DataFrame) -> pl.DataFrame:
    """V05 for a frame that holds all rows of its VINs."""
    return together([answers(_overlapping(frame), "V05", "two_plates")])


def ask_plates(frame: pl.DataFrame) -> pl.DataFrame:
    """V05 for a frame that holds all rows of its plates."""
    return together([answers(_overlapping(frame), "V05", "two_vins")])


def _overlapping(frame: pl.DataFrame) -> pl.DataFrame:
    """Rows whose cover overlaps that of a row with the same key and another ``other``."""
    contested = frame.group_by("key").agg(pl.col("other").min().alias("least"), pl.col("other").max().alias("most"))
    contested = contested.filter(pl.col("least") != pl.col("most")).select("key")
    rows = frame.join(contested, on="key", how="semi")
    covers = rows.select(_COVER).unique().with_columns(covers=pl.len().over("key"))
    few = covers.filter(pl.col("covers") <= _COMPARED)
    pairs = few.join(few.select(pl.col("key"), pl.col(_COVER[1:]).name.suffix("_2")), on="key")
    overlap = (pl.col("cover_from") < pl.col("cover_to_2")) & (pl.col("cover_from_2") < pl.col("cover_to"))
    met = pairs.filter((pl.col("other") != pl.col("other_2")) & overlap)
    failing = pl.concat([met.select(_COVER), covers.filter(pl.col("covers") > _COMPARED).select(_COVER)]).unique()
    return rows.join(failing, on=_COVER, how="semi")
