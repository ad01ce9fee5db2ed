"""Values that do not speak on a telling, found where all tellings of the value are together.

A mobile number borne by many names is an agent's or a repair shop's and says nothing of who is who. A document number most
of whose records bear another name is *suspect* on the others: somebody's relative, or a slip that hit a real number.
"""

from typing import Final

import numpy as np
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import places_among
from pipeline.core.matching.names import FAR, INCOMPATIBLE, nearness

DOCUMENT: Final = 0
MOBILE: Final = 1
"""What is silent."""

MOBILE_KEY: Final = "mobile"
"""The key whose blocks say how many names a number bears."""

MOST_NAMES: Final = 6
"""Names a number may be borne by before it is nobody's: a family with slips of the pen."""

SILENCE_SCHEMA: Final = pl.Schema({"telling": pl.UInt64(), "what": pl.UInt8()})
NUMBERED_SCHEMA: Final = pl.Schema(
    {
        "key": pl.UInt64(),
        "telling": pl.UInt64(),
        "name": pl.String(),
        "sound": pl.String(),
        "sound_code": pl.UInt64(),
        "records": pl.Int64(),
    }
)

SILENT: Final = {
    DOCUMENT: ("cert_state", "cert_code", "cert_person", "cert_head", "cert_tail", "birth", "gender"),
    MOBILE: ("mobile", "mobile_head", "mobile_tail"),
}
"""Columns that fall silent together: a document brings date of birth and sex."""


def shared_numbers(keys: pl.DataFrame, mobile: int) -> pl.DataFrame:
    """Silences of mobile numbers with too many names; ``keys``: all rows of their keys, ``mobile``: number of that key."""
    numbers = keys.filter(pl.col("which") == mobile)
    names = numbers.filter(pl.col("refine") != 0).group_by("key").agg(names=pl.col("refine").n_unique())
    nobodys = names.filter(pl.col("names") > MOST_NAMES)
    return numbers.join(nobodys, on="key", how="semi").select("telling", what=pl.lit(MOBILE, pl.UInt8))


def suspects(numbered: pl.DataFrame) -> pl.DataFrame:
    """Silences of lifetime numbers that other names have at least as good a claim to.

    ``numbered``: NUMBERED_SCHEMA, all tellings of each number (``key``) that have a complete name.
    """
    contested = numbered
    if numbered.height:
        numbers = runs.Groups(numbered["key"].to_numpy())
        contested = numbered.filter(pl.Series(numbers.rows(numbers.several(numbered["sound_code"].to_numpy()))))
    names = (
        contested.sort("name")
        .group_by("key", "sound_code", maintain_order=True)
        .agg(pl.col("records").sum(), pl.col("name", "sound").first())
    )
    pairs = names.join(names, on="key", suffix="_other")
    sides = (pairs.select(spelt=f"name{suffix}", sound=f"sound{suffix}") for suffix in ("", "_other"))
    against = nearness(*sides).is_in([FAR, INCOMPATIBLE])
    claims = (
        pairs.with_columns(against=against)
        .group_by("key", "sound_code")
        .agg(
            own=pl.col("records_other").filter(~pl.col("against")).sum(),
            others=pl.col("records_other").filter(pl.col("against")).sum(),
        )
    )
    weak = claims.filter((pl.col("others") > 0) & (pl.col("own") <= pl.col("others")))
    return contested.join(weak, on=["key", "sound_code"], how="semi").select("telling", what=pl.lit(DOCUMENT, pl.UInt8))


def hush(tellings: pl.DataFrame, silences: pl.DataFrame) -> pl.DataFrame:
    """``tellings`` with what is silent taken out; all of ``silences`` are of theirs."""
    for what, columns in SILENT.items():
        hushed = silences.filter(pl.col("what") == what)["telling"]
        if hushed.len():
            at = pl.Series(np.unique(places_among(tellings["telling"], hushed)))
            tellings = tellings.with_columns(
                tellings[name].clone().scatter(at, 0) for name in columns if name in tellings.columns
            )
    return tellings
