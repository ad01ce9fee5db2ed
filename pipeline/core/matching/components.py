"""Who is connected with whom: spanning forests that can be merged, and connected components."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.core import runs
from pipeline.core.digest import Digests, places
from pipeline.errors import RunError

LARGEST_FOREST: Final = 50_000_000
"""Links that one place connects: sixteen bytes each, some hundred and twenty while they are connected."""

LABEL_SCHEMA: Final = pl.Schema({"node": pl.UInt64(), "component": pl.UInt64()})
"""A node and the smallest node it is connected with. Nodes connected with none are left out."""


def labelled(left: Digests, right: Digests) -> pl.DataFrame:
    """LABEL_SCHEMA for the nodes of the edges ``left`` - ``right``, sorted by node."""
    if not len(left):
        return LABEL_SCHEMA.to_frame(eager=True)
    ends = np.concatenate([left, right])
    nodes = runs.distinct(ends)
    one, other = np.split(places(nodes, ends), 2)
    labels = connect(one, other, len(nodes))
    # Nodes are sorted, and components numbered by their first ones, which are their smallest.
    smallest = nodes[np.flatnonzero(labels > np.maximum.accumulate(np.concatenate([[-1], labels[:-1]])))]
    return pl.DataFrame({"node": nodes, "component": smallest.take(labels)}, schema=LABEL_SCHEMA)


def connect(left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], nodes: int) -> npt.NDArray[np.int32]:
    """Component number of each of ``nodes`` places, in the order of their first nodes."""
    root = np.arange(nodes)
    while True:
        one, other = root.take(left), root.take(right)
        apart = one != other
        if not apart.any():
            break
        left, right = one.compress(apart), other.compress(apart)
        # The larger of two roots hangs on the smaller one, and everybody on the root of his root, until nothing moves.
        np.minimum.at(root, np.maximum(left, right), np.minimum(left, right))
        while ((above := root.take(root)) != root).any():
            root = above
    return (np.cumsum(root == np.arange(nodes), dtype=np.int32) - np.int32(1))[root]


def forest(left: Digests, right: Digests) -> pl.DataFrame:
    """LABEL_SCHEMA without the roots: edges that connect what ``left`` - ``right`` connect, one less than their nodes."""
    return labelled(left, right).filter(pl.col("node") != pl.col("component"))


def refuse_too_many(links: int, largest: int) -> None:
    """Raise :class:`RunError` when ``links`` are more than one place connects, before its memory ends."""
    if links > largest:
        raise RunError(
            "matching",
            f"{links:,} links are to be connected in one place, where {largest:,} are allowed",
            "Raise matching.contraction_rounds, each takes about half of the links; or matching.largest_forest if a worker has "
            "the memory, some 120 bytes a link; or matching.link_at.",
        )


def merged(forests: Sequence[pl.DataFrame]) -> pl.DataFrame:
    """Components of all edges of ``forests`` together."""
    edges = pl.concat([LABEL_SCHEMA.to_frame(eager=True), *forests])
    return labelled(edges["node"].to_numpy(), edges["component"].to_numpy())
