"""What matching publishes: links, refused links, and pairs that a person should look at."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core.digest import places
from pipeline.core.matching.comparisons import Comparison, unpacked
from pipeline.core.matching.resolve import AMBIGUOUS, KEPT, TOO_LARGE
from pipeline.core.schema import LINKS, REFUSED_LINKS, REVIEW_PAIRS, level_column

MOST_REVIEWS = 20_000
"""Pairs worth listing: more than a team looks at in a year."""

TOO_LIGHT = "uncertain"
"""Why a pair that is no link is listed: neither likely nor unlikely enough."""


def published(
    edges: pl.DataFrame, names: pl.DataFrame, comparisons: Sequence[Comparison], link_at: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """LINKS, REFUSED_LINKS and REVIEW_PAIRS of ``edges`` (EDGE_SCHEMA with ``fate``).

    ``names``: per telling its ``record_id``, ``records`` and ``customer_id``.
    """
    told = _told(edges, names, comparisons)
    heavy = pl.col("weight") >= link_at / 1000
    links = told.filter(heavy & (pl.col("fate") == KEPT))
    refused = told.filter(heavy & (pl.col("fate") != KEPT)).with_columns(reason="fate")
    apart = pl.col("customer_a") != pl.col("customer_b")
    unsure = told.filter(apart & (~heavy | pl.col("fate").is_in([AMBIGUOUS, TOO_LARGE])))
    reviews = unsure.with_columns(reason=pl.when(heavy).then("fate").otherwise(pl.lit(TOO_LIGHT)))
    return (
        links.select(LINKS.schema.names()).sort(LINKS.sorted_by),
        refused.select(REFUSED_LINKS.schema.names()).sort(REFUSED_LINKS.sorted_by),
        most_useful(reviews.select(REVIEW_PAIRS.schema.names())),
    )


def most_useful(reviews: pl.DataFrame) -> pl.DataFrame:
    """The :data:`MOST_REVIEWS` pairs whose decision changes most, first first."""
    return reviews.sort(REVIEW_PAIRS.sorted_by, descending=[True, False, False]).head(MOST_REVIEWS)


def _told(edges: pl.DataFrame, names: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    order = names.sort("telling")
    sides = [
        order.select(
            pl.col("record_id", "records", "customer_id").gather(
                places(order["telling"].to_numpy(), edges[side].to_numpy())
            )
        )
        for side in ("left", "right")
    ]
    weight = edges["weight"].to_numpy() / 1000
    # Millionths: what lies beyond may differ from processor to processor.
    chance = np.rint(1e6 / (1 + np.exp2(-weight))) / 1e6
    swapped = (sides[0]["record_id"] > sides[1]["record_id"]).to_numpy()
    told = pl.DataFrame(
        {
            **_both("record", sides, "record_id", swapped),
            **_both("customer", sides, "customer_id", swapped),
            "customer_id": sides[0]["customer_id"],
            "weight": weight,
            "probability": chance,
            "fate": edges["fate"],
            "usefulness": np.rint(4000 * chance * (1 - chance)).astype(np.int64)
            * (sides[0]["records"] * sides[1]["records"]).to_numpy(),
        }
    )
    levels = unpacked(edges["pattern"].to_numpy(), comparisons)
    return told.with_columns(
        pl.Series(["unknown", *one.levels]).gather(pl.Series(levels[:, place])).alias(level_column(one.name))
        for place, one in enumerate(comparisons)
    )


def _both(
    name: str, sides: Sequence[pl.DataFrame], column: str, swapped: npt.NDArray[np.bool_]
) -> dict[str, pl.Series]:
    """The column of both sides, the one with the smaller record first."""
    turn = pl.Series(swapped)
    one, other = sides[0][column], sides[1][column]
    return {f"{name}_a": other.zip_with(turn, one), f"{name}_b": one.zip_with(turn, other)}
