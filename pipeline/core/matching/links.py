"""What matching publishes: links, refused links, and pairs that a person should look at."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import sides_among
from pipeline.core.matching.comparisons import Comparison, unpacked
from pipeline.core.matching.conflicts import KEPT
from pipeline.core.matching.resolve import AMBIGUOUS, TOO_LARGE
from pipeline.core.schema import LINKS, REFUSED_LINKS, REVIEW_PAIRS, level_column

MOST_REVIEWS = 20_000
"""Pairs worth listing: more than a team looks at in a year."""

TOO_LIGHT = "uncertain"
"""Why a pair that is no link is listed: neither likely nor unlikely enough."""


def published(
    edges: pl.DataFrame, names: pl.DataFrame, comparisons: Sequence[Comparison], link_at: int
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """LINKS, REFUSED_LINKS (levels of both as numbers of words) and REVIEW_PAIRS of ``edges`` (EDGE_SCHEMA with ``fate``).

    ``names``: per telling its ``record_id``, ``records`` and ``customer_id``.
    """
    order = runs.order_of_texts(names["record_id"]).to_numpy()
    sided = _by_records(edges, names, order)
    said = names.select("record_id", "records", "customer_id")[order]
    heavy, kept = pl.col("weight") >= link_at, pl.col("fate") == KEPT
    unsure = ~heavy | pl.col("fate").is_in([AMBIGUOUS, TOO_LARGE])
    # Rows are chosen while they are narrow. Sorted already: the pairs of a table stand as their two records do.
    links, refused, reviews = (
        _told(sided.filter(chosen), said, comparisons) for chosen in (heavy & kept, heavy & ~kept, unsure)
    )
    # A lead has no customer: whether it is one is worth asking, whether two leads are one is not.
    reviews = reviews.filter(pl.col("customer_a").ne_missing(pl.col("customer_b"))).with_columns(
        reason=pl.when(pl.col("weight") >= link_at / 1000)
        .then(pl.col("fate").cast(pl.String))
        .otherwise(pl.lit(TOO_LIGHT))
    )
    return (
        links.select(LINKS.schema.names()),
        refused.with_columns(reason=pl.col("fate").cast(pl.String)).select(REFUSED_LINKS.schema.names()),
        most_useful(reviews.select(REVIEW_PAIRS.schema.names()).cast(pl.Schema(REVIEW_PAIRS.schema))),
    )


def most_useful(reviews: pl.DataFrame) -> pl.DataFrame:
    """The :data:`MOST_REVIEWS` pairs whose decision changes most, first first."""
    return reviews.sort(REVIEW_PAIRS.sorted_by, descending=[True, False, False]).head(MOST_REVIEWS)


def _by_records(edges: pl.DataFrame, names: pl.DataFrame, order: npt.NDArray[np.integer]) -> pl.DataFrame:
    """What is needed of ``edges``, sorted by the ids of their records, the smaller one first: ``one`` and ``other``, places
    in the ``order`` of ids.
    """
    # Places of records among their ids, so that they compare and sort as the ids do.
    place = np.empty(len(order), np.uint64)
    place[order] = np.arange(len(order), dtype=np.uint64)
    one, other = (place[side] for side in sides_among(names["telling"], edges))
    first, second = np.minimum(one, other), np.maximum(one, other)
    at = np.argsort(first << np.uint64(32) | second)
    sides = [pl.Series(name, side[at]) for name, side in (("one", first), ("other", second))]
    return edges.select("weight", "pattern", "fate")[at].with_columns(sides)


def _told(sided: pl.DataFrame, said: pl.DataFrame, comparisons: Sequence[Comparison]) -> pl.DataFrame:
    """All that is published of edges :func:`_by_records`; ``said``: of the records, in the order of their ids."""
    a, b = (said.select(pl.all().gather(sided[side])) for side in ("one", "other"))
    weight = sided["weight"].to_numpy() / 1000
    # Millionths: what lies beyond may differ from processor to processor.
    chance = np.rint(1e6 / (1 + np.exp2(-weight))) / 1e6
    told = pl.DataFrame(
        {
            "record_a": a["record_id"],
            "record_b": b["record_id"],
            "customer_a": a["customer_id"],
            "customer_b": b["customer_id"],
            "customer_id": a["customer_id"],
            "weight": weight,
            "probability": chance,
            "fate": sided["fate"],
            "usefulness": np.rint(4000 * chance * (1 - chance)).astype(np.int64)
            * (a["records"] * b["records"]).to_numpy(),
        }
    )
    levels = unpacked(sided["pattern"].to_numpy(), comparisons)
    # As numbers of words, which are written in half the time of texts.
    words = [pl.Enum(["unknown", *one.levels]) for one in comparisons]
    return told.with_columns(
        pl.Series(level_column(one.name), levels[:, place]).cat.to(words[place])
        for place, one in enumerate(comparisons)
    )
