"""Links through Beam: rounds of contraction change nothing but where the links are connected."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa
import pytest

from pipeline import engine
from pipeline.core.matching.components import LABEL_SCHEMA, merged
from pipeline.errors import RunError
from pipeline.settings import EngineSettings
from pipeline.transforms.connect import FOREST, LABELS, Connect
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import gather, here
from tests import nights


@pytest.fixture(scope="module")
def edges() -> pl.DataFrame:
    """Links among 600 nodes: chains, pairs, and some larger tangles."""
    random = np.random.default_rng(11)
    names = random.integers(0, 2**64, 600, np.uint64)
    one = np.concatenate([np.arange(99), np.arange(100, 400, 2), random.integers(400, 600, 90)])
    other = np.concatenate([np.arange(1, 100), np.arange(101, 401, 2), random.integers(400, 600, 90)])
    apart = one != other
    return pl.DataFrame({"node": names[one[apart]], "component": names[other[apart]]}, LABEL_SCHEMA)


class _Write(beam.DoFn):
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[None]:
        frame = gather(partition[1])[LABELS]
        frame.with_columns(part=pl.lit(partition[0])).write_parquet(self.folder / f"{partition[0]}.parquet")
        yield from ()


def connected(edges: pl.DataFrame, folder: Path, largest: int, rounds: int) -> pl.DataFrame:
    """Labels and their partitions; a fifth of the links are the driver's own."""
    own, *streams = edges[::5], *(pl.concat([edges[at::5], edges[at + 1 :: 5]]) for at in (1, 3))
    root = engine.choose(EngineSettings(), []).pipeline()
    linked = tuple(
        root
        | f"Stream {number}" >> beam.Create([here(frame, 0, FOREST)], reshuffle=False).with_output_types(pa.RecordBatch)
        for number, frame in enumerate(streams)
    )
    labels = linked | "Connected" >> Connect(own, Shuffling(3), largest, rounds)
    _ = labels | beam.GroupByKey() | beam.ParDo(_Write(folder))
    root.run().wait_until_finish()
    return pl.read_parquet(folder / "*.parquet").sort("node")


@pytest.mark.parametrize("rounds", [0, 1, 3])
def test_every_node_has_its_label_in_its_own_partition(edges: pl.DataFrame, tmp_path: Path, rounds: int) -> None:
    found = connected(edges, tmp_path, 1000, rounds)
    assert found.select(LABEL_SCHEMA.names()).equals(merged([edges]))
    assert (found["part"] == found["node"] % 3).all()


def test_rounds_bring_many_links_under_the_limit(edges: pl.DataFrame, tmp_path: Path) -> None:
    with pytest.raises((RunError, RuntimeError), match="links are to be connected in one place, where 150 are allowed"):
        connected(edges, tmp_path, 150, 0)
    assert connected(edges, tmp_path, 150, 2).select(LABEL_SCHEMA.names()).equals(merged([edges]))


@pytest.mark.slow
def test_a_night_in_rounds_has_the_same_bytes(tmp_path: Path) -> None:
    nightly = nights.city(tmp_path / "city", people=60)
    found = []
    for rounds in (0, 2):
        matching = {"contraction_rounds": rounds}
        code, archive = nights.run(nightly, output=f"in_{rounds}", engine={"partitions": 3}, matching=matching)
        assert code == 0
        found.append(nights.table_bytes(archive))
        shuffles = json.loads((archive / "latest" / "timings.json").read_text())["shuffles"]
        left = [shuffles[f"links_{turn}"]["rows"] for turn in range(rounds + 1 if rounds else 0)]
        assert left == sorted(left, reverse=True)
        assert len(set(left)) == len(left)
    assert found[0] == found[1]
