"""Steps over whole partitions, several partitions at a time.

Arrow, polars, numpy and rapidfuzz work without Python's lock, so that threads of one process share a machine: they need
no second interpreter, which takes seconds to start. What a partition yields comes in the order of partitions.
"""

from collections import deque
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import apache_beam as beam
import pyarrow as pa
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.transforms import beam_costs  # noqa: F401  what it spares, it spares by being imported

Partition = tuple[int, Any]
"""Number of a partition, and its segments: an iterable of bytes, or several of them by name."""


def of_policies(partitions: int) -> int:
    """Partitions that policies lie in, when there are so many of records: half as many, for of a policy fewer columns are
    known, and what its verdict costs goes by the number of steps as much as by rows; but as many as two threads share.
    """
    return min(partitions, 2 * -(-partitions // 4))


class PartitionFn(beam.DoFn):
    """A step that overrides :meth:`work` and yields batches; ``threads`` partitions are worked on at a time."""

    def __init__(self, threads: int) -> None:
        self.threads = threads

    def work(self, partition: Any) -> Iterator[Any]:
        """What the partition yields. With threads it may touch nothing that another partition changes."""
        raise NotImplementedError

    def start_bundle(self) -> None:
        """Nothing is at work yet."""
        self._pool = ThreadPoolExecutor(self.threads) if self.threads > 1 else None
        self._at_work: deque[Future[list[Any]]] = deque()

    def process(self, partition: Partition) -> Iterator[pa.RecordBatch]:
        """Work on the partition now, or begin to, and hand on what is done."""
        number, segments = partition
        yield from self.begun((number, _held(segments) if self._pool else segments))

    def begun(self, partition: Any) -> Iterator[Any]:
        """Work on it now, or begin to, and hand on what is done."""
        if self._pool is None:
            yield from self.work(partition)
            return
        self._at_work.append(self._pool.submit(self._done, partition))
        # What is done waits in memory until it is handed on.
        if len(self._at_work) > self.threads:
            yield from self._at_work.popleft().result()

    def finish_bundle(self) -> Iterator[Any]:
        """Hand on the rest."""
        if self._pool is None:
            return
        while self._at_work:
            for one in self._at_work.popleft().result():
                yield _windowed(one)
        self._pool.shutdown()

    def _done(self, partition: Any) -> list[Any]:
        return list(self.work(partition))


def _held(segments: Any) -> Any:
    """``segments`` taken from Beam, whose iterables are this thread's alone."""
    if isinstance(segments, Mapping):
        return {name: list(some) for name, some in segments.items()}
    return list(segments)


def _windowed(one: Any) -> Any:
    """``one`` as the end of a bundle must say it."""
    if isinstance(one, beam.pvalue.TaggedOutput):
        return beam.pvalue.TaggedOutput(one.tag, _windowed(one.value))
    window = beam.transforms.window.GlobalWindow()
    return WindowedValue(one, window.max_timestamp(), (window,))
