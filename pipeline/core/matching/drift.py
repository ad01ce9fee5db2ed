"""How far a trained model is from the one in use, level by level."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from pipeline.core.matching.comparisons import Comparison, unpacked
from pipeline.core.matching.model import MILLIBITS, Model

WORTH_A_WARNING: Final = 2.0
"""Bits: from here on a level says something else than it did."""

DRIFT_SCHEMA: Final = pl.Schema(
    {
        "comparison": pl.String(),
        "level": pl.String(),
        "pairs": pl.Int64(),
        "before": pl.Float64(),
        "after": pl.Float64(),
        "drift": pl.Float64(),
    }
)
"""``pairs``: pairs with the level. ``before`` and ``after``: its weight in use and as trained, bits."""


def drift(before: Model, after: Model, comparisons: Sequence[Comparison], seen: pl.DataFrame) -> pl.DataFrame:
    """DRIFT_SCHEMA, largest drift first. ``seen``: SEEN_SCHEMA ``after`` was estimated from."""
    levels = unpacked(seen["pattern"].to_numpy(), comparisons)
    pairs = seen["pairs"].to_numpy()
    parts = [DRIFT_SCHEMA.to_frame(eager=True)]
    for place, one in enumerate(comparisons):
        old, new = (model.weights(comparisons)[place][1:] / MILLIBITS for model in (before, after))
        counted = np.bincount(levels[:, place], pairs, len(one.levels) + 1)[1:].astype(np.int64)
        told = {"comparison": [one.name] * len(one.levels), "level": one.levels, "pairs": counted}
        parts.append(pl.DataFrame({**told, "before": old, "after": new, "drift": new - old}, schema=DRIFT_SCHEMA))
    return pl.concat(parts).sort(pl.col("drift").abs(), "comparison", "level", descending=[True, False, False])


def warnings(drifted: pl.DataFrame) -> pl.DataFrame:
    """Rows of DRIFT_SCHEMA that moved further than :data:`WORTH_A_WARNING`."""
    return drifted.filter(pl.col("drift").abs() > WORTH_A_WARNING)
