"""Whether two parties of one policy are one person, by number first and by name where no number decides."""

from typing import Final

import polars as pl

from pipeline.core.matching.names import names_incompatible

_NEVER: Final = pl.lit(value=False)


def meetings(rows: pl.DataFrame, others: pl.DataFrame, naming: pl.Expr = _NEVER) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Each of ``rows`` beside each of ``others`` of its key (suffix ``_2``), and the rows that meet nobody.

    What tells two apart or makes them one: ``same_number``, ``other_number`` (two valid numbers of one kind),
    ``same_name``, ``other_name`` (incompatible), and ``same``, null where it cannot be told. Names are compared where
    nothing else decides, and where ``naming`` holds; elsewhere ``other_name`` is null.
    """
    every = rows.join(others, on="key", how="left", suffix="_2")
    met, alone = every.filter(pl.col("_record_2").is_not_null()), every.filter(pl.col("_record_2").is_null())
    one_kind = pl.col("document") == pl.col("document_2")
    both_valid = pl.col("valid") & pl.col("valid_2")
    equal = pl.col("number") == pl.col("number_2")
    met = met.with_columns(
        same_number=(equal & (one_kind | both_valid)).fill_null(value=False),
        other_number=(~equal & one_kind & both_valid).fill_null(value=False),
        same_name=(pl.col("name") == pl.col("name_2")).fill_null(value=False),
    )
    other_kind = pl.col("organised") != pl.col("organised_2")
    decided = pl.any_horizontal("same_number", "other_number", other_kind.fill_null(value=False), "same_name")
    met = met.with_columns(other_name=_incompatible(met, met.select(~decided | naming).to_series()))
    same = (
        pl.when("same_number")
        .then(pl.lit(value=True))
        .when(pl.col("other_number") | other_kind)
        .then(pl.lit(value=False))
        .when("same_name")
        .then(pl.lit(value=True))
        .when("other_name")
        .then(pl.lit(value=False))
    )
    return met.with_columns(same=same), alone


def _incompatible(met: pl.DataFrame, asked: pl.Series) -> pl.Series:
    """Whether the names of each meeting that is ``asked`` cannot be one; those that are equal can."""
    equal = met["name"] == met["name_2"]
    at = (asked & ~equal).arg_true()
    told = equal.set(equal, value=False).set(~asked, None).alias("other_name")
    return told.scatter(at, names_incompatible(met["name"].gather(at), met["name_2"].gather(at))) if len(at) else told
