"""From a code table to pieces: a row per field that an answer confirms or refutes."""

import polars as pl

from pipeline.core.authenticity.evidence_tables import PIECES
from pipeline.core.tables import csv_table

CODED = ("answer", "confirms", "refutes", "otherwise")
"""Columns that a code table adds to what was told."""


def callback_codes() -> pl.DataFrame:
    """The results of call-backs."""
    return csv_table.read("callback_codes.csv")


def check_codes() -> pl.DataFrame:
    """The answers of checks and messages, per sender."""
    return csv_table.read("check_codes.csv")


def spread(told: pl.DataFrame) -> pl.DataFrame:
    """A row per field of each answer, in :data:`PIECES`; ``told`` has its columns and :data:`CODED`.

    An answer without fields, or a code that no table has, gives one row about the phone that says nothing, or what
    ``otherwise`` says.
    """
    fields = [
        pl.col(way).fill_null("").str.split(" ").list.eval(pl.element().filter(pl.element() != "")).alias(way)
        for way in ("confirms", "refutes")
    ]
    listed = told.with_columns(fields)
    parts = [
        listed.explode(way).filter(pl.col(way).is_not_null()).with_columns(field=way, direction=pl.lit(way))
        for way in ("confirms", "refutes")
    ]
    rest = listed.filter((pl.col("confirms").list.len() + pl.col("refutes").list.len()) == 0).with_columns(
        field=pl.lit("phone"), direction=pl.col("otherwise").fill_null("says_nothing")
    )
    return pl.concat([filled(part) for part in (*parts, rest)])


def filled(pieces: pl.DataFrame) -> pl.DataFrame:
    """``pieces`` in :data:`PIECES`, columns they do not have null."""
    return pieces.select(
        pl.col(name).cast(dtype) if name in pieces.columns else pl.lit(None, dtype).alias(name)
        for name, dtype in PIECES.items()
    )
