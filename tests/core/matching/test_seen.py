"""Pattern counts and over-large blocks, as published."""

from math import log2

import polars as pl
import pytest

from pipeline.core.matching import seen
from pipeline.core.matching.blocking import CAPPED_SCHEMA
from pipeline.core.matching.matcher import SEEN_SCHEMA, packaged
from pipeline.core.schema import BLOCKS, PATTERNS


def counts(*rows: tuple[int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SEEN_SCHEMA, orient="row")


def test_a_pattern_is_told_once_by_its_levels_with_its_weight():
    table = seen.patterns(counts((1, 2), (0, 5), (1, 3)), packaged())
    assert table.schema == PATTERNS.schema
    assert table.select("name_level", "document_level", "pairs").rows() == [
        ("same", "unknown", 5),
        ("unknown", "unknown", 5),
    ]
    model = packaged().model
    same = round(log2(model.m["name"]["same"] / model.u["name"]["same"]), 3)
    assert table["weight"].to_list() == pytest.approx([same + model.prior_weight() / 1000, model.prior_weight() / 1000])


def test_blocks_are_told_by_key_and_reason():
    capped = pl.DataFrame(
        [(1, 70, "too_large"), (1, 80, "too_large"), (2, 61, "nothing_to_refine_by")],
        schema=CAPPED_SCHEMA,
        orient="row",
    )
    table = seen.blocks(capped, packaged())
    assert table.schema == BLOCKS.schema
    assert table.rows() == [("mobile", "too_large", 2, 150), ("plate", "nothing_to_refine_by", 1, 61)]


def test_a_night_without_pairs_has_empty_tables():
    assert seen.patterns(counts(), packaged()).schema == PATTERNS.schema
    assert seen.blocks(CAPPED_SCHEMA.to_frame(eager=True), packaged()).rows() == []
