"""Connected components in rounds, a partition of the nodes at a time: for more links than one place can hold.

In a round each node hops to the neighbour, or stays on itself, that has the least priority, and links are between
where their ends have hopped to (local contraction, Łącki, Mirrokni, Włodarczyk 2018). Who hopped to one node is
connected through it, and every link is either within such a crowd or still a link: components stay what they are, with
fewer nodes. A chain loses half its links in a round. What is left after some rounds is small enough for one place;
its labels are then carried back the way the nodes hopped.

Priorities are digests of node and round: no chance, and no ties, for both ways of mixing can be undone.
"""

from typing import Final

import numpy as np
import polars as pl

from pipeline.core.digest import combine
from pipeline.core.matching.components import forest

MOST_ROUNDS: Final = 12
"""Rounds that may be laid out: each costs the runner five steps and three shuffles."""

LINKS_PER_OBSERVATION: Final = 1
"""Links to expect: a telling's with its customer of last night, and those of a forest over tellings; 0.9 were seen."""

LINK_SCHEMA: Final = pl.Schema({"node": pl.UInt64(), "other": pl.UInt64()})
"""A link as one of its ends sees it; the other end sees it the other way round."""

HOP_SCHEMA: Final = pl.Schema({"node": pl.UInt64(), "to": pl.UInt64(), "least": pl.UInt64()})
"""Where a node hopped, and the smallest first node among those that it stands for."""


def rounds_for(observations: int, largest: int) -> int:
    """Rounds after which one place gets some ``largest`` links of so many ``observations``; 0 when it may have them all.

    After rounds it is told of each node left what it stands for, too: as many rows again.
    """
    if observations * LINKS_PER_OBSERVATION <= largest:
        return 0
    links, rounds = 2 * observations * LINKS_PER_OBSERVATION, 0
    while links > largest and rounds < MOST_ROUNDS:
        links, rounds = -(-links // 2), rounds + 1
    return rounds


def both_ways(links: pl.DataFrame) -> pl.DataFrame:
    """LINK_SCHEMA of ``links`` (LABEL_SCHEMA), each as both of its ends see it."""
    there = links.select("node", other="component")
    return pl.concat([there, there.select(node="other", other="node")])


def hops(links: pl.DataFrame, arrived: pl.DataFrame, turn: int) -> pl.DataFrame:
    """HOP_SCHEMA of every node of ``links`` (LINK_SCHEMA, all of these nodes) in round ``turn``.

    ``arrived``: hops of the round before to these nodes; none in the first.
    """
    near = pl.concat([links.select("node", to="other"), links.select("node", to="node")]).unique()
    priority = combine(near["to"].to_numpy(), np.full(near.height, turn, np.uint64))
    first = near.with_columns(priority=pl.Series(priority)).sort("node", "priority")
    first = first.unique("node", keep="first", maintain_order=True)
    standing = first.join(_least(arrived), on="node", how="left", maintain_order="left")
    return standing.select("node", "to", least=pl.coalesce("least", "node"))


def heard(links: pl.DataFrame, hopped: pl.DataFrame) -> pl.DataFrame:
    """LINK_SCHEMA: what the other end of each of ``links`` hears of where this end has hopped to (``hopped``)."""
    moved = links.join(hopped, on="node").select(node="other", other="to")
    return moved.unique()


def contracted(told: pl.DataFrame, hopped: pl.DataFrame) -> pl.DataFrame:
    """LINK_SCHEMA of the next round: what their nodes were ``told``, which have hopped themselves (``hopped``), each link once."""
    moved = told.join(hopped, on="node").select(node="to", other="other")
    return moved.filter(pl.col("node") != pl.col("other")).unique()


def left_over(links: pl.DataFrame, arrived: pl.DataFrame) -> pl.DataFrame:
    """LABEL_SCHEMA: a forest of the ``links`` left, for one place, each node linked with the smallest it stands for too."""
    once = links.filter(pl.col("node") > pl.col("other")).select("node", component="other")
    standing = _least(arrived).join(links, on="node", how="semi").select("node", component="least")
    edges = pl.concat([once, standing])
    return forest(edges["node"].to_numpy(), edges["component"].to_numpy())


def carried_back(arrived: pl.DataFrame, labels: pl.DataFrame) -> pl.DataFrame:
    """LABEL_SCHEMA of the nodes that hopped here (``arrived``), from ``labels`` of where they hopped to.

    A node without a label had no link left: it stands for the whole component.
    """
    known = arrived.join(labels, left_on="to", right_on="node", how="left")
    whole = pl.col("least").min().over("to")
    return known.select("node", component=pl.coalesce("component", whole))


def _least(arrived: pl.DataFrame) -> pl.DataFrame:
    """``node`` and ``least`` of the nodes that others have hopped to."""
    return arrived.group_by(node="to").agg(pl.col("least").min())
