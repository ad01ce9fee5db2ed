"""How far a model moved."""

from dataclasses import replace

import polars as pl

from pipeline.core.matching.drift import drift, warnings
from pipeline.core.matching.matcher import SEEN_SCHEMA, packaged
from pipeline.core.matching.people import COMPARISONS

MODEL = packaged().model


def test_the_largest_drift_stands_first_and_is_warned_of():
    moved = replace(MODEL, m={**MODEL.m, "gender": {"same": 0.6, "other": 0.4}})
    seen = pl.DataFrame({"pattern": [1, 2, 0], "pairs": [4, 5, 6]}, schema=SEEN_SCHEMA)
    told = drift(MODEL, moved, COMPARISONS, seen)
    first = told.row(0, named=True)
    assert (first["comparison"], first["level"]) == ("gender", "other")
    assert first["drift"] == first["after"] - first["before"] > 2
    assert told.height == sum(len(one.levels) for one in COMPARISONS)
    assert told.filter(pl.col("level") == "same", pl.col("comparison") == "name")["pairs"].item() == 4
    assert warnings(told)["level"].to_list() == ["other"]
