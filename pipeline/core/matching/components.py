"""Who is connected with whom: spanning forests that can be merged, and connected components."""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
import polars as pl
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.core.digest import Digests, places
from pipeline.errors import RunError

LARGEST_FOREST: Final = 50_000_000
"""Links that one place connects: sixteen bytes each, some hundred and twenty while they are connected."""

LABEL_SCHEMA: Final = pl.Schema({"node": pl.UInt64(), "component": pl.UInt64()})
"""A node and the smallest node it is connected with. Nodes connected with none are left out."""


def labelled(left: Digests, right: Digests) -> pl.DataFrame:
    """LABEL_SCHEMA for the nodes of the edges ``left`` - ``right``, sorted by node."""
    nodes = pl.concat([pl.Series("node", left, pl.UInt64), pl.Series("node", right, pl.UInt64)]).unique().sort()
    if nodes.is_empty():
        return LABEL_SCHEMA.to_frame(eager=True)
    one, other = np.split(places(nodes.to_numpy(), np.concatenate([left, right])), 2)
    labels = connect(one, other, len(nodes))
    # Nodes are sorted, so the first of a component is its smallest.
    first = np.full(labels.max() + 1, len(nodes), np.int64)
    np.minimum.at(first, labels, np.arange(len(nodes)))
    return pl.DataFrame({"node": nodes, "component": nodes.gather(first[labels])})


def connect(left: npt.NDArray[np.integer], right: npt.NDArray[np.integer], nodes: int) -> npt.NDArray[np.int32]:
    """Component number of each of ``nodes`` places."""
    graph = coo_array((np.ones(len(left), np.int8), (left, right)), shape=(nodes, nodes))
    _, labels = connected_components(graph, directed=False)
    return labels  # type: ignore[no-any-return]


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
