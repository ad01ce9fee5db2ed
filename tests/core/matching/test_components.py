import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from pipeline.core.digest import Digests
from pipeline.core.matching import components
from pipeline.core.matching.components import LABEL_SCHEMA
from pipeline.errors import RunError

Edges = list[tuple[int, int]]


def sides(edges: Edges) -> tuple[Digests, Digests]:
    left, right = ([edge[side] for edge in edges] for side in (0, 1))
    return np.array(left, np.uint64), np.array(right, np.uint64)


def by_hand(edges: Edges) -> dict[int, int]:
    """Node -> smallest node it is connected with, by colouring until nothing changes."""
    label = {node: node for edge in edges for node in edge}
    changed = True
    while changed:
        changed = False
        for one, other in edges:
            low = min(label[one], label[other])
            changed |= label[one] != low or label[other] != low
            label[one] = label[other] = low
    return label


node = st.integers(0, 12) | st.integers(2**64 - 3, 2**64 - 1)
graphs = st.lists(st.tuples(node, node), max_size=20)


@given(graphs)
def test_components_are_those_of_colouring(edges: Edges) -> None:
    found = components.labelled(*sides(edges))
    assert found.schema == LABEL_SCHEMA
    assert found.rows() == sorted(by_hand(edges).items())


@pytest.mark.parametrize(
    "edges",
    [
        pytest.param([(at, at + 1) for at in range(500)], id="chain"),
        pytest.param([(at + 1, at) for at in reversed(range(500))], id="chain backwards"),
        pytest.param([(250, at) for at in range(501)], id="star"),
        pytest.param(
            [(at, (at * 7 + 1) % 501) for at in range(501)] + [(at, at // 2) for at in range(501)], id="giant"
        ),
    ],
)
def test_large_ones_are_one(edges: Edges) -> None:
    found = components.labelled(*sides(edges))
    assert found["node"].to_list() == list(range(501))
    assert found["component"].unique().to_list() == [0]


@given(graphs)
def test_a_forest_connects_the_same_with_one_edge_less_than_nodes(edges: Edges) -> None:
    found = components.forest(*sides(edges))
    assert_frame_equal(components.merged([found]), components.labelled(*sides([e for e in edges if e[0] != e[1]])))
    assert (found["node"] > found["component"]).all()
    label = by_hand(edges)
    assert found.height == len(label) - len(set(label.values()))


@settings(max_examples=40)
@given(st.lists(graphs, max_size=4))
def test_forests_of_forests_are_the_components_of_all_edges(parts: list[Edges]) -> None:
    forests = [components.forest(*sides(edges)) for edges in parts]
    nested = [components.forest(*forest.get_columns()) for forest in forests]
    everything = [edge for edges in parts for edge in edges if edge[0] != edge[1]]
    assert components.merged(forests).rows() == sorted(by_hand(everything).items())
    assert_frame_equal(components.merged(nested), components.merged(forests))
    assert_frame_equal(components.merged(forests[::-1]), components.merged(forests))


def test_no_edges_connect_nobody() -> None:
    assert components.merged([]).schema == components.forest(*sides([])).schema == LABEL_SCHEMA
    assert components.connect(*(np.array([], np.int64),) * 2, 3).tolist() == [0, 1, 2]
    assert isinstance(components.merged([]), pl.DataFrame)


def test_more_links_than_one_place_holds_are_refused_before_they_are_connected() -> None:
    components.refuse_too_many(5, 5)
    with pytest.raises(RunError, match=r"6 links .* where 5 are allowed.*largest_forest"):
        components.refuse_too_many(6, 5)
