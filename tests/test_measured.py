"""What a run says of itself: rows and bytes of every kind that was shuffled, and where the time went."""

import time

import apache_beam as beam
import polars as pl
import pyarrow as pa

from pipeline import engine
from pipeline.measured import measured
from pipeline.settings import EngineSettings
from pipeline.transforms.coders import to_batch
from pipeline.transforms.segments import Shuffling
from pipeline.transforms.shuffle import PartitionBatches

ROWS = 300


def batches() -> list[pa.RecordBatch]:
    """Three batches of one kind and one of another; 8 bytes a row but for where it goes."""
    numbers = pl.DataFrame({"number": range(100), "_to": [place % 4 for place in range(100)]})
    frame = numbers.cast({"number": pl.Int64, "_to": pl.UInt16})
    return [*(to_batch(frame, "many") for _ in range(ROWS // 100)), to_batch(frame.head(1), "one")]


def slow(partition: tuple[int, bytes]) -> int:
    time.sleep(0.3)
    return partition[0]


def test_shuffles_and_steps_are_measured() -> None:
    root = engine.choose(EngineSettings(), []).pipeline()
    given = root | beam.Create(batches(), reshuffle=False).with_output_types(pa.RecordBatch)
    cut = given | "Cut" >> PartitionBatches(Shuffling(4))
    cut | "Slow" >> beam.Map(slow)
    result = root.run()
    result.wait_until_finish()
    told = measured(result)
    assert told["shuffles"]["many"] == {"bytes": 8 * ROWS, "rows": ROWS}
    assert told["shuffles"]["one"] == {"bytes": 8, "rows": 1}
    # Five parts of 0.3 s, seen by a sampler that looks every 0.2 s.
    assert 0.6 <= told["steps"]["Slow"] <= 3
    assert max(told["steps"], key=told["steps"].__getitem__) == "Slow"
