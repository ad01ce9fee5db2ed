"""The matcher of Zhenke over the records of a published night, inside Beam, shuffles included.

    python -m benchmarks.zhenke_matcher CITY ROWS.parquet --describe     (what matching reads of each record; not timed)
    python -m benchmarks.zhenke_matcher ROWS.parquet CLUSTERS.parquet [--train]

The rules that need customers are not asked, and nothing travels for them: they are no part of matching. Like the peers' the
clock stops when the customer of every record is known in memory; links are written to disk before.

Prints JSON: seconds in all, CPU seconds and memory of the process tree, CPU seconds by step. With ``--train`` a model is
estimated from the pattern counts of these records and weighs them in the same run; without, the packaged model weighs.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import wraps
from importlib import import_module
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
from pipeline.core.matching.model import Model, estimate
from pipeline.core.matching.seen import summed
from pipeline.core.matching.tellings import ROW_SCHEMA, rows, tell
from pipeline.core.night import Night
from pipeline.core.rules.facts import examine
from pipeline.engine import choose, held_bytes
from pipeline.settings import EngineSettings
from pipeline.transforms import connect, customers, pairs, segments, shuffle
from pipeline.transforms.partitions import Partition, PartitionFn
from pipeline.transforms.progress import Progress

NIGHT = date(2026, 6, 30)
ROWS_A_PARTITION = 250_000
ROW_GROUPS = 8
"""Of the file of records: as many, all alike, as share evenly among threads."""

STEPS = {
    "_Read": "read",
    "_Cut": "shuffle",
    "_Bring": "keys",
    "_Block": "pairs",
    "_JoinLeft": "join",
    "_Compare": "compare",
    "_Estimate": "EM",
    "_Weigh": "weigh",
    "_Connect": "components",
    "_ByComponent": "by component",
    "_Resolve": "split",
    "_KeepAssigned": "assign",
}
"""What the steps are called in the figures."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("--describe", action="store_true")
    parser.add_argument("--train", action="store_true")
    parser.add_argument("--threads", type=int, default=1, help="threads of each process")
    parser.add_argument("--steps", action="store_true", help="also seconds by step")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    told = parser.parse_args()
    if told.describe:
        rows = described(told.source)
        rows.write_parquet(told.target, row_group_size=-(-rows.height // ROW_GROUPS))
    elif told.child:
        # By its own name: Beam would copy the steps of __main__, and what they count.
        print(json.dumps(import_module("benchmarks.zhenke_matcher").match(told)))
    else:
        # What pipeline sets is read by libraries when they are first imported, as in a night.
        child = "import pipeline; from benchmarks.zhenke_matcher import main; main()"
        command = [sys.executable, "-c", child, *sys.argv[1:], "--child"]
        # Read by polars when it is first imported.
        threads = {"POLARS_MAX_THREADS": str(told.threads)}
        printed, cost = run_watched(command, {**os.environ, **threads})
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
    with tempfile.TemporaryDirectory() as folder:
        run(told, folder)
        clusters = pl.concat(_KNOWN).rename({"customer_id": "cluster"})
        seconds = time.monotonic() - started
    names = pl.read_parquet(told.source, columns=["record", "record_id"])
    names.join(clusters, on="record").select("record_id", "cluster").write_parquet(told.target)
    return {
        "seconds": seconds,
        "steps": {name: round(share, 2) for name, share in spent.most_common()},
    }


def run(told: argparse.Namespace, folder: str) -> None:
    """One pipeline, from the file to customers."""
    night = Night(NIGHT, {})
    size = pq.read_metadata(told.source).num_rows
    sink = ParquetSink(folder)
    spill = os.path.join(folder, "spill")
    os.makedirs(spill, exist_ok=True)
    # As many partitions as keep every thread busy to the end.
    partitions = -(-size // ROWS_A_PARTITION // told.threads) * told.threads
    engine = choose(EngineSettings(workers=1), [])
    shuffling = segments.Shuffling(partitions, spill, told.threads, held_bytes=held_bytes(engine, spill))
    root = engine.pipeline()
    groups = [(number, ()) for number in range(pq.ParquetFile(told.source).num_row_groups)]
    created = root | "Groups" >> beam.Create(groups, reshuffle=False)
    tellings = (
        created
        | "Read" >> beam.ParDo(_Read(str(told.source), shuffling)).with_output_types(pa.RecordBatch)
        | "Cut" >> shuffle.PartitionBatches(shuffling, 2)
    )
    training = _Train(shuffling) if told.train else None
    compared = tellings | "Match" >> pairs.ComparePairs(night.matcher, night.ends, shuffling, Progress(), training)
    streams = {"told": tellings, pairs.EDGES: compared[pairs.EDGES], connect.LABELS: compared[connect.LABELS]}
    resolved = streams | "Customers" >> customers.ResolveCustomers(night, sink, shuffling, Progress(), asked=False)
    _ = (
        resolved[customers.ASSIGNED]
        | "Records" >> beam.GroupByKey()
        | "Keep" >> beam.ParDo(_KeepAssigned(told.threads))
    )
    root.run().wait_until_finish()


class _Read(PartitionFn):
    """Row groups, several at a time like any other step."""

    def __init__(self, path: str, shuffling: segments.Shuffling) -> None:
        super().__init__(shuffling.threads)
        self.path = path
        self.partitions = shuffling.partitions

    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        group, _ = partition
        told = tell(_rows(self.path, group), np.zeros(0, np.uint64))
        members = told.members.with_columns(part=pl.lit(group % self.partitions, pl.UInt16))
        for kind, frame in ((pairs.TELLINGS, told.tellings), (pairs.MEMBERS, members), (pairs.PAPERS, told.papers)):
            yield shuffle.sent(frame, "telling", self.partitions, kind)


def _rows(path: str, group: int) -> pl.DataFrame:
    """A group of rows without what only rules ask for."""
    wanted = [name for name in ROW_SCHEMA if name not in _RULES]
    read = pq.ParquetFile(path).read_row_group(group, columns=wanted)
    return pl.concat([ROW_SCHEMA.to_frame(), pl.DataFrame(read)], how="diagonal")


_RULES = ("person", "insured_vin", "keeps", "day")
"""What of a row only rules ask for."""

_KNOWN: list[pl.DataFrame] = []
"""The customers of records, partition by partition: the work is done in this one process."""


class _KeepAssigned(PartitionFn):
    def work(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        columns = {customers.ASSIGNED: ("record", "customer_id")}
        _KNOWN.append(shuffle.gather(partition[1], columns=columns)[customers.ASSIGNED])
        yield from ()


@dataclass
class _Train(beam.PTransform):
    """PCollection[batches of patterns] -> PCollection of the one model estimated from them."""

    shuffling: segments.Shuffling

    def expand(self, counts: beam.PCollection) -> beam.PCollection:
        total = counts | "Cut" >> shuffle.PartitionBatches(self.shuffling) | "Total" >> beam.GroupByKey()
        return total | "Estimate" >> beam.ParDo(_Estimate())


class _Estimate(beam.DoFn):
    def process(self, partition: tuple[int, Iterable[bytes]]) -> Iterator[Model]:
        counts = summed(shuffle.gather(partition[1])[pairs.SEEN])
        yield estimate(
            counts["pattern"].to_numpy(), counts["pairs"].to_numpy(), people.COMPARISONS, people.NAME, people.START
        )


def _watch_steps(spent: Counter[str]) -> None:
    """Adds up the CPU seconds every step takes for itself: not what its consumers do with what it yields."""
    steps = [one for module in (shuffle, pairs, connect, customers) for one in vars(module).values() if _is_step(one)]
    for step in [_Read, _KeepAssigned, _Estimate, *steps]:
        for method in ("work",) if "work" in vars(step) else ("process", "finish_bundle"):
            if method in vars(step):
                setattr(step, method, _timed(getattr(step, method), STEPS.get(step.__name__, step.__name__), spent))
    written = ParquetSink.write

    def write(self: ParquetSink, table: str, part: int, rows: pa.RecordBatch) -> None:
        started = time.process_time()
        written(self, table, part, rows)
        spent["write"] += time.process_time() - started
        spent[STEPS["_Resolve"]] -= time.process_time() - started

    ParquetSink.write = write  # type: ignore[method-assign]


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
