"""Rounds over partitions of the nodes, as the pipeline runs them, give the labels of one place."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from pipeline.core.digest import partition_of
from pipeline.core.matching import components, contraction
from pipeline.core.matching.components import LABEL_SCHEMA
from pipeline.core.matching.contraction import HOP_SCHEMA, LINK_SCHEMA

MANY = 10_000


class Connected(NamedTuple):
    """``left``: links before the first round and after each, each counted once; ``one_place``: links it was given."""

    labels: pl.DataFrame
    left: list[int]
    one_place: int


def shuffled(frames: list[pl.DataFrame], by: str, partitions: int) -> list[pl.DataFrame]:
    """All rows of ``frames``, by the partition of the digest in ``by``."""
    rows = pl.concat(frames)
    to = pl.Series(partition_of(rows[by].to_numpy(), partitions))
    return [rows.filter(to == number) for number in range(partitions)]


def in_rounds(edges: pl.DataFrame, rounds: int, partitions: int) -> Connected:
    links = shuffled([contraction.both_ways(edges)], "node", partitions)
    arrived = [HOP_SCHEMA.to_frame(eager=True)] * partitions
    way, left = [], [edges.height]
    for turn in range(1, rounds + 1):
        hopped = [contraction.hops(*each, turn) for each in zip(links, arrived, strict=True)]
        heard = [contraction.heard(*each) for each in zip(links, hopped, strict=True)]
        told = shuffled(heard, "node", partitions)
        moved = [contraction.contracted(*each) for each in zip(told, hopped, strict=True)]
        links = shuffled(moved, "node", partitions)
        arrived = shuffled(hopped, "to", partitions)
        way.append(arrived)
        left.append(sum(one.height for one in links) // 2)
    forests = [contraction.left_over(*each) for each in zip(links, arrived, strict=True)]
    labels = components.merged(forests)
    for arrived in reversed(way):
        there = shuffled([labels], "node", partitions)
        back = [contraction.carried_back(*each) for each in zip(arrived, there, strict=True)]
        labels = pl.concat(back)
    return Connected(labels.sort("node"), left, sum(one.height for one in forests))


def edges_of(pairs: list[tuple[int, int]]) -> pl.DataFrame:
    return pl.DataFrame(pairs, LABEL_SCHEMA, orient="row").filter(pl.col("node") != pl.col("component"))


def named(left: np.ndarray, right: np.ndarray, seed: int = 0) -> pl.DataFrame:
    """Edges between numbered nodes as edges between digests, so that a node's number says nothing of its size."""
    names = np.random.default_rng(seed).integers(0, 2**64, max(left.max(), right.max()) + 1, np.uint64)
    return pl.DataFrame({"node": names[left], "component": names[right]}, LABEL_SCHEMA)


def by_scipy(edges: pl.DataFrame) -> pl.DataFrame:
    """Labels by scipy alone, the least of a component found by sorting."""
    nodes, places = np.unique(np.concatenate([edges["node"], edges["component"]]), return_inverse=True)
    one, other = np.split(places, 2)
    graph = coo_array((np.ones(len(one)), (one, other)), shape=(len(nodes), len(nodes)))
    found = pl.DataFrame({"node": nodes, "number": connected_components(graph, directed=False)[1]})
    return found.select("node", component=pl.col("node").min().over("number")).sort("node").cast(dict(LABEL_SCHEMA))


def chain(nodes: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(nodes - 1), np.arange(1, nodes)


def giant_with_many_small() -> tuple[np.ndarray, np.ndarray]:
    """A random component of most nodes, and two thousand of two to four nodes."""
    random = np.random.default_rng(5)
    small = MANY + 4 * np.arange(2000)
    left = [np.arange(1, MANY), random.integers(0, MANY, MANY), small, small[::2] + 1, small[::4] + 2]
    right = [
        random.integers(0, np.arange(1, MANY)),
        random.integers(0, MANY, MANY),
        small + 1,
        small[::2] + 2,
        small[::4] + 3,
    ]
    apart = np.concatenate(left) != np.concatenate(right)
    return np.concatenate(left)[apart], np.concatenate(right)[apart]


SHAPES = {
    "chain": named(*chain(MANY)),
    "star": named(np.zeros(MANY - 1, np.int64), np.arange(1, MANY)),
    "giant": named(*giant_with_many_small()),
}

node = st.integers(0, 12) | st.integers(2**64 - 3, 2**64 - 1)
graphs = st.lists(st.tuples(node, node), max_size=24)


@settings(max_examples=60)
@given(graphs, st.integers(1, 4), st.sampled_from([1, 2, 5]), st.randoms(use_true_random=False))
def test_rounds_give_the_labels_of_one_place_in_any_order(pairs, rounds, partitions, random) -> None:
    edges = edges_of(pairs)
    expected = components.merged([edges])
    found = in_rounds(edges, rounds, partitions)
    assert_frame_equal(found.labels, expected)
    turned = [pair[::-1] if random.random() < 0.5 else pair for pair in pairs]
    random.shuffle(turned)
    again = in_rounds(edges_of(turned), rounds, partitions)
    assert_frame_equal(again.labels, expected)
    assert again.left[1:] == found.left[1:]


@pytest.mark.parametrize(("rounds", "partitions"), [(1, 1), (2, 7), (5, 3), (contraction.MOST_ROUNDS, 2)])
@pytest.mark.parametrize("shape", SHAPES)
def test_large_shapes_are_as_scipy_says(shape: str, rounds: int, partitions: int) -> None:
    found = in_rounds(SHAPES[shape], rounds, partitions)
    assert_frame_equal(found.labels, by_scipy(SHAPES[shape]))
    assert all(after <= before for before, after in pairwise(found.left))
    assert found.one_place <= 2 * found.left[-1] + 1


def test_a_chain_loses_half_its_links_in_each_round() -> None:
    """A node is hopped to when it is least of itself and both neighbours of one of the three: one chance in two."""
    left = in_rounds(SHAPES["chain"], 5, 3).left
    assert left[0] == MANY - 1
    shares = [after / before for before, after in pairwise(left)]
    assert shares == pytest.approx([0.5] * 5, abs=0.06)


def test_pairs_are_done_in_one_round() -> None:
    pairs = named(2 * np.arange(500), 2 * np.arange(500) + 1)
    found = in_rounds(pairs, 1, 3)
    assert (found.left, found.one_place) == ([500, 0], 0)
    assert_frame_equal(found.labels, by_scipy(pairs))


def test_rounds_follow_the_observations_expected() -> None:
    expected = {0: 0, 1000: 0, 1001: 2, 2000: 2, 2001: 3, 8000: 4, 8001: 5}
    assert {number: contraction.rounds_for(number, 1000) for number in expected} == expected
    assert contraction.rounds_for(10**15, 1000) == contraction.MOST_ROUNDS


def test_no_links_connect_nobody() -> None:
    found = in_rounds(edges_of([]), 2, 2)
    assert found.labels.schema == LABEL_SCHEMA
    assert contraction.both_ways(edges_of([])).schema == LINK_SCHEMA
    assert (found.labels.height, found.left) == (0, [0, 0, 0])
