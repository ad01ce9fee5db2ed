"""The matcher of Zhenke over the records of a published night, inside Beam, shuffles included.

    python -m benchmarks.zhenke_matcher CITY ROWS.parquet --describe     (what matching reads of each record; not timed)
    python -m benchmarks.zhenke_matcher ROWS.parquet CLUSTERS.parquet [--train] [--workers 1]

Prints JSON: seconds in all, CPU seconds and memory of the process tree, seconds by step. With ``--train`` a model is
estimated first, by a run as far as the pattern counts; without, the packaged model scores.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import date
from functools import wraps
from pathlib import Path
from typing import Any

os.environ.setdefault("POLARS_MAX_THREADS", "1")

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.peers.watched import run_watched
from connectors.sinks.parquet import ParquetSink
from pipeline.core.digest import digest
from pipeline.core.matching import people
from pipeline.core.matching.matcher import Matcher, packaged
from pipeline.core.matching.model import estimate
from pipeline.core.matching.tellings import rows, tell
from pipeline.core.night import Night
from pipeline.core.rules.facts import examine
from pipeline.engine import choose
from pipeline.settings import EngineSettings
from pipeline.transforms import customers, pairs, segments, shuffle
from pipeline.transforms.coders import to_batch, to_frame
from pipeline.transforms.progress import Progress

NIGHT = date(2026, 6, 30)
ROWS_A_PARTITION = 100_000
BATCH = 65_536


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--steps", action="store_true", help="also seconds by step; one worker")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.describe:
        described(told.source).write_parquet(told.target)
    elif told.child:
        print(json.dumps(match(told)))
    else:
        command = [sys.executable, "-m", "benchmarks.zhenke_matcher", *sys.argv[1:], "--child"]
        printed, cost = run_watched(command, dict(os.environ))
        print(json.dumps({**json.loads(printed.splitlines()[-1]), **cost}, indent=2))


def described(city: Path) -> pl.DataFrame:
    """What matching reads of every record of the last published night."""
    parts = []
    for file in sorted((city / "output" / "latest" / "observations").glob("*.parquet")):
        told = pl.read_parquet(file)
        told = told.with_columns(
            _record=pl.Series(digest(told["record_id"])),
            _part=pl.lit(0),
            _anchor=True,
            _customer=pl.lit(None, pl.String),
        )
        parts.append(rows(examine(told, NIGHT)))
    return pl.concat(parts)


def match(told: argparse.Namespace) -> dict[str, Any]:
    """Seconds of matching ``told.source``; writes the customer of every record to ``told.target``."""
    spent: Counter[str] = Counter()
    if told.steps:
        _watch_steps(spent)
    started = time.monotonic()
    matcher, training = packaged(), 0.0
    with tempfile.TemporaryDirectory() as folder:
        if told.train:
            matcher = trained(told, folder)
            training = time.monotonic() - started
        night = Night(NIGHT, {}, matcher=matcher)
        run(told, folder, night)
        parts = sorted(Path(folder).glob("assigned/*.parquet"))
        clusters = pl.read_parquet(parts).select("record", cluster="customer_id")
    seconds = time.monotonic() - started
    names = pl.read_parquet(told.source, columns=["record", "record_id"])
    names.join(clusters, on="record").select("record_id", "cluster").write_parquet(told.target)
    return {
        "seconds": seconds,
        "training": training,
        "steps": {name: round(share, 2) for name, share in spent.most_common()},
    }


def trained(told: argparse.Namespace, folder: str) -> Matcher:
    """The packaged matcher with a model estimated from these records."""
    run(told, folder, Night(NIGHT, {}), training=True)
    seen = pl.read_parquet(sorted(Path(folder).glob("seen/*.parquet"))).group_by("pattern").agg(pl.col("pairs").sum())
    model = estimate(
        seen["pattern"].to_numpy(), seen["pairs"].to_numpy(), people.COMPARISONS, people.NAME, people.START
    )
    return Matcher(model)


def run(told: argparse.Namespace, folder: str, night: Night, *, training: bool = False) -> None:
    """One pipeline, from the file to customers, or as far as the pattern counts."""
    size = pq.read_metadata(told.source).num_rows
    sink = ParquetSink(folder)
    spill = os.path.join(folder, "spill")
    os.makedirs(spill, exist_ok=True)
    shuffling = segments.Shuffling(max(1, -(-size // ROWS_A_PARTITION)), spill)
    engine = choose(EngineSettings(workers=told.workers), [])
    root = engine.pipeline()
    groups = list(range(pq.ParquetFile(told.source).num_row_groups))
    tellings = (
        root
        | "Groups" >> beam.Create(groups, reshuffle=False)
        | "Spread" >> beam.Reshuffle()
        | "Read" >> beam.ParDo(_Read(str(told.source), shuffling.partitions)).with_output_types(pa.RecordBatch)
        | "Cut" >> shuffle.PartitionBatches(shuffling)
    )
    compared = tellings | "Match" >> pairs.ComparePairs(night.matcher, night.ends, shuffling, Progress())
    if training:
        _ = compared[pairs.SEEN] | "Keep" >> beam.ParDo(_Keep(sink, pairs.SEEN, by_kind=True))
    else:
        streams = {"told": tellings, pairs.EDGES: compared[pairs.EDGES], pairs.LABELS: compared[pairs.LABELS]}
        resolved = streams | "Customers" >> customers.ResolveCustomers(night, sink, shuffling, Progress())
        _ = resolved[customers.ASSIGNED] | "Records" >> beam.GroupByKey() | "Keep" >> beam.ParDo(_KeepAssigned(sink))
    root.run().wait_until_finish()


class _Read(beam.DoFn):
    def __init__(self, path: str, partitions: int) -> None:
        self.path = path
        self.partitions = partitions

    def process(self, group: int) -> Iterator[pa.RecordBatch]:
        told = tell(pl.from_arrow(pq.ParquetFile(self.path).read_row_group(group)), np.zeros(0, np.uint64))
        members = told.members.with_columns(part=pl.lit(group % self.partitions, pl.UInt16))
        for kind, frame in ((pairs.TELLINGS, told.tellings), (pairs.MEMBERS, members), (pairs.POLICIES, told.policies)):
            yield pairs.sent(frame, "telling", self.partitions, kind)


class _KeepAssigned(beam.DoFn):
    def __init__(self, sink: ParquetSink) -> None:
        self.sink = sink

    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[int]:
        frame = shuffle.gather(partition[1])[customers.ASSIGNED]
        self.sink.write(customers.ASSIGNED, partition[0], to_batch(frame))
        yield partition[0]


class _Keep(beam.DoFn):
    def __init__(self, sink: ParquetSink, table: str, *, by_kind: bool) -> None:
        self.sink, self.table, self.by_kind = sink, table, by_kind

    def process(self, batch: pa.RecordBatch) -> Iterator[int]:
        frame = to_frame(batch)
        if "pattern" in frame.columns:
            self.sink.write(self.table, time.monotonic_ns() % 10**9, to_batch(frame.drop("_to")))
        yield 0


def _watch_steps(spent: Counter[str]) -> None:
    """Adds up the CPU seconds every step takes for itself: not what its consumers do with what it yields."""
    steps = [one for module in (shuffle, pairs, customers) for one in vars(module).values() if _is_step(one)]
    for step in [_Read, _KeepAssigned, *steps]:
        for method in ("process", "finish_bundle"):
            if method in vars(step):
                setattr(step, method, _timed(getattr(step, method), step.__name__.strip("_"), spent))


def _is_step(one: Any) -> bool:
    return isinstance(one, type) and issubclass(one, beam.DoFn) and one is not beam.DoFn


def _timed(process: Any, name: str, spent: Counter[str]) -> Any:
    @wraps(process)
    def timed(*arguments: Any) -> Iterator[Any]:
        told = iter(process(*arguments) or ())
        while True:
            started = time.process_time()
            try:
                one = next(told)
            except StopIteration:
                return
            finally:
                spent[name] += time.process_time() - started
            yield one

    return timed


if __name__ == "__main__":
    main()
