"""The floor under a night: what it costs to start, to read, to shuffle and to write the same bytes and do nothing with them.

    python -m benchmarks.floor CITY

CITY holds a published night. Each part is measured in a process of its own, with the product's own readers, coders and
writers, one after another:

start     the whole night of a city of almost nobody: imports, inspection, Beam's graph, reports
read      the feeds' rows as they were delivered, not cleaned
shuffle   observations packed into segments and taken out again, until as many bytes went through as the night's shuffles carried
write     the published tables written again
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl

from benchmarks import night

NOBODY = 30
"""Observations of the smallest city."""
SEGMENT_ROWS = 20_000
PARTS = ("read", "shuffle", "write")


def main() -> None:
    city = Path(sys.argv[1])
    if len(sys.argv) > 2:
        print(json.dumps(_MEASURED[sys.argv[2]](city)))
        return
    for part, spent in floor(city).items():
        print(f"{part:10}{spent:8.1f} CPU s")


def floor(city: Path) -> dict[str, float]:
    """CPU seconds of each part."""
    with tempfile.TemporaryDirectory() as spare:
        smallest = Path(spare) / "city"
        night.make_city(smallest, NOBODY)
        found = {"start": night.watched(night.run_command(smallest, 1))["cpu"]}
    for part in PARTS:
        found[part] = night.part_of([sys.executable, "-m", "benchmarks.floor", city, part])["cpu"]
    return found


def _timed(work: Callable[[], None]) -> dict[str, float]:
    before = time.process_time()
    work()
    return {"cpu": time.process_time() - before}


def _read(city: Path) -> dict[str, float]:
    told, _, reports = night.inspected(city)

    def work() -> None:
        for report in reports:
            for chunk in report.chunks:
                for _kind, _rows in chunk.read(told.engine.batch_rows):
                    pass

    return _timed(work)


def _shuffle(city: Path) -> dict[str, float]:
    from pipeline.transforms.coders import compact, to_frame
    from pipeline.transforms.segments import SpillWriter, open_segment

    latest = city / "output" / "latest"
    told = json.loads((latest / "timings.json").read_text(encoding="utf-8"))
    carried = sum(kind["bytes"] for kind in told["shuffles"].values())
    rows = pl.read_parquet(next((latest / "observations").glob("*.parquet")))
    batch = compact(rows, "observations")

    def work() -> None:
        left = carried
        while left > 0:
            writer = SpillWriter(spare)
            segments = []
            for start in range(0, batch.num_rows, SEGMENT_ROWS):
                part = batch.slice(start, SEGMENT_ROWS)
                segments.append(writer.write(part))
                left -= part.nbytes
            writer.close()
            pl.concat([to_frame(open_segment(segment)) for segment in segments], rechunk=True)

    with tempfile.TemporaryDirectory() as spare:
        return _timed(work)


def _write(city: Path) -> dict[str, float]:
    from connectors.sinks.parquet import write_parquet
    from pipeline.transforms.coders import compact

    spent = 0.0
    with tempfile.TemporaryDirectory() as spare:
        for path in sorted((city / "output" / "latest").glob("*/*.parquet")):
            rows = pl.read_parquet(path)
            before = time.process_time()
            write_parquet(compact(rows), str(Path(spare) / "part.parquet"))
            spent += time.process_time() - before
    return {"cpu": spent}


_MEASURED: dict[str, Callable[[Path], dict[str, Any]]] = {"read": _read, "shuffle": _shuffle, "write": _write}


if __name__ == "__main__":
    main()
