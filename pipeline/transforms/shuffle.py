"""The one way batches are shuffled.

A batch says in its column ``_to`` (UInt16) which partition each row goes to. Rows are gathered until a segment is worth
writing, sorted by partition, cut, and sent as segments under the partition's number.
"""

from base64 import b64decode, b64encode
from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, NamedTuple

import apache_beam as beam
import numpy as np
import polars as pl
import pyarrow as pa
from apache_beam.metrics import Metrics
from apache_beam.utils.windowed_value import WindowedValue

from pipeline.core import runs
from pipeline.core.digest import partition_of
from pipeline.transforms.coders import compact, copied, kind_of, to_batch, to_frame
from pipeline.transforms.guard import guarded
from pipeline.transforms.segments import (
    HELD,
    MemoryWriter,
    Shuffling,
    SpillWriter,
    is_held,
    kind_of_segment,
    open_segment,
)

GATHERED_ROWS = 131_072
"""Rows of one kind gathered before they are cut: small slices cost more in headers than in rows."""

ALONE_ROWS, ALONE_ROWS_OF_SEVERAL = 16_384, 32_768
"""Rows of a batch that is cut by itself, for one partition and for several: to wait it would have to be copied."""

SHUFFLED_BYTES, SHUFFLED_ROWS = "shuffled bytes", "shuffled rows"
"""Namespaces of the counters of what is shuffled, one counter per kind of batch."""

SCHEMA = b"schema"
"""Under this name a segment says what all its columns are, in base64: polars takes metadata for text."""


class Segment(NamedTuple):
    """A piece for ``partition``, as it is told, with what it carries."""

    partition: int
    told: bytes
    carried: int
    rows: int


@dataclass
class PartitionBatches(beam.PTransform):
    """PCollection[RecordBatch with ``_to``] -> PCollection[(partition, segment)]; same rows; no shuffle yet.

    ``readers``: how many steps gather each segment, soon after it is cut; 0 where it waits long, or nobody can say.
    """

    shuffling: Shuffling
    readers: int = 0

    def expand(self, batches: beam.PCollection) -> beam.PCollection:
        """Cut the batches."""
        return batches | "Cut" >> beam.ParDo(_Cut(self.shuffling, self.readers)).with_output_types(tuple[int, bytes])


@dataclass
class Meet(beam.PTransform):
    """Streams of PCollection[(partition, segment)] -> one of them all.

    A Flatten whose inputs are read elsewhere too cannot be planned by Beam's runners on Flink and Spark: each stream
    comes through a step of its own, which is fused into whatever made it and costs nothing.
    """

    def expand(self, streams: Any) -> beam.PCollection:
        """Flatten the streams."""
        own = [
            stream | f"Own {number}" >> beam.Map(_as_it_is).with_output_types(tuple[int, bytes])
            for number, stream in enumerate(streams)
        ]
        return own | beam.Flatten()


def _as_it_is(segment: tuple[int, bytes]) -> tuple[int, bytes]:
    return segment


class _Cut(beam.DoFn):
    """Cuts while other rows are gathered, by as many threads as partitions are worked on at a time."""

    def __init__(self, shuffling: Shuffling, readers: int = 0) -> None:
        self.shuffling = shuffling
        self.readers = readers

    def start_bundle(self) -> None:
        threads = self.shuffling.threads
        self.gathered: dict[str, list[pl.DataFrame]] = {}
        self._writers = [self.shuffling.writer() for _ in range(threads)]
        self._idle = self._writers.copy()
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None
        self._at_work: deque[tuple[str, Future[list[Segment]]]] = deque()

    @guarded
    def process(self, batch: pa.RecordBatch) -> Iterator[tuple[int, bytes]]:
        kind = kind_of(batch)
        frame = to_frame(batch)
        if frame.height >= (ALONE_ROWS if _for_one(frame) else ALONE_ROWS_OF_SEVERAL):
            yield from self._cut([frame], kind)
            return
        frames = self.gathered.setdefault(kind, [])
        frames.append(_own(frame, kind))
        if sum(one.height for one in frames) >= GATHERED_ROWS:
            yield from self._cut(self.gathered.pop(kind), kind)

    def finish_bundle(self) -> Iterator[WindowedValue]:
        window = beam.transforms.window.GlobalWindow()
        # Beam keeps this step until the night ends: what it has handed on must not stay with it.
        rest = (self._cut(self.gathered.pop(kind), kind) for kind in sorted(self.gathered))
        for told in (*rest, self._rest()):
            for segment in told:
                yield WindowedValue(segment, window.max_timestamp(), (window,))
        if self._pool is not None:
            self._pool.shutdown()
        for writer in self._writers:
            writer.close()

    def _cut(self, frames: Sequence[pl.DataFrame], kind: str) -> Iterator[tuple[int, bytes]]:
        """Cut ``frames`` of ``kind``, or begin to, and hand on what is done."""
        if self._pool is None:
            yield from _counted(kind, self._written(frames, kind))
            return
        self._at_work.append((kind, self._pool.submit(self._written, frames, kind)))
        if len(self._at_work) > self.shuffling.threads:
            yield from self._first()

    def _rest(self) -> Iterator[tuple[int, bytes]]:
        while self._at_work:
            yield from self._first()

    def _first(self) -> Iterator[tuple[int, bytes]]:
        kind, cutting = self._at_work.popleft()
        yield from _counted(kind, cutting.result())

    def _written(self, frames: Sequence[pl.DataFrame], kind: str) -> list[Segment]:
        # No more are at work than there are writers.
        writer = self._idle.pop()
        try:
            pieces = Pieces(pl.concat(frames), kind)
            return [self._segment(pieces, bounds, writer) for bounds in pieces.bounds]
        finally:
            self._idle.append(writer)

    def _segment(self, pieces: "Pieces", bounds: tuple[int, int, int], writer: MemoryWriter | SpillWriter) -> Segment:
        place, start, length = bounds
        if self.readers and self.shuffling.held_bytes:
            rows = pieces.rows(start, length)
            held = HELD.hold(pieces.kind, rows, pieces.schema, self.readers, self.shuffling.held_bytes)
            if held is not None:
                return Segment(place, held, int(rows.estimated_size()), length)
        batch = pieces.batch(start, length)
        return Segment(place, writer.write(batch), batch.nbytes, length)


def _counted(kind: str, segments: Iterable[Segment]) -> Iterator[tuple[int, bytes]]:
    """The segments, counted where Beam counts: in its own thread."""
    carried, rows = Metrics.counter(SHUFFLED_BYTES, kind), Metrics.counter(SHUFFLED_ROWS, kind)
    for segment in segments:
        carried.inc(segment.carried)
        rows.inc(segment.rows)
        yield segment.partition, segment.told


def _for_one(frame: pl.DataFrame) -> bool:
    return bool(frame["_to"].min() == frame["_to"].max())


def _own(frame: pl.DataFrame, kind: str) -> pl.DataFrame:
    """``frame`` in memory of its own: few rows out of a partition would keep all of its values as long as they wait to be
    cut. Of numbers that stood side by side this cannot be told by any size.
    """
    return to_frame(copied(compact(frame, kind)))


class Pieces:
    """Rows of one ``kind`` in the order of the partitions they go to, by their ``_to``; of one partition in the order they had.

    A column without a value is left out and only named: half the columns of a feed are such. ``bounds``: partition, first row
    and number of rows of every piece.
    """

    def __init__(self, frame: pl.DataFrame, kind: str) -> None:
        self.kind = kind
        to = frame["_to"].to_numpy()
        frame = frame.drop("_to")
        self.schema = frame.schema
        told = [column.name for column in frame if column.null_count() < frame.height]
        # In one piece: rows with lists take forty times as long to fetch from several.
        rows = frame.select(told or frame.columns[:1]).rechunk()
        if (to[1:] < to[:-1]).any():
            order = np.argsort(to, kind="stable")
            rows, to = rows[order], to.take(order)
        self._rows = rows
        starts = runs.starts(to)
        lengths = np.diff(starts, append=len(to))
        self.bounds = list(zip(to.take(starts).tolist(), starts.tolist(), lengths.tolist(), strict=True))

    def batch(self, start: int, length: int) -> pa.RecordBatch:
        """A piece as a batch that says what all its columns are."""
        return self._batch.slice(start, length)

    def rows(self, start: int, length: int) -> pl.DataFrame:
        """A piece as a frame."""
        return self._rows.slice(start, length)

    @cached_property
    def _batch(self) -> pa.RecordBatch:
        whole = self.schema.to_frame().to_arrow(compat_level=pl.CompatLevel.oldest()).schema
        batch = compact(self._rows, self.kind)
        return batch.replace_schema_metadata({**(batch.schema.metadata or {}), SCHEMA: b64encode(whole.serialize())})


def cut(frame: pl.DataFrame, kind: str) -> Iterator[tuple[int, pa.RecordBatch]]:
    """Rows of ``frame`` by their ``_to``, each partition's as one batch; see :class:`Pieces`."""
    pieces = Pieces(frame, kind)
    for place, start, length in pieces.bounds:
        yield place, pieces.batch(start, length)


def gather(
    segments: Iterable[bytes],
    kinds: Collection[str] | None = None,
    columns: Mapping[str, Collection[str]] = MappingProxyType({}),
) -> dict[str, pl.DataFrame]:
    """Frames of a partition's segments, joined by kind; only ``kinds`` where given, and of a kind only its ``columns``
    where told, one of which says something in every segment. Rows come in no particular order. Every step gathers a
    segment once.
    """
    frames: dict[str, list[pl.DataFrame]] = {}
    schemas: dict[str, pl.Schema] = {}
    for segment in segments:
        kind = kind_of_segment(segment)
        if kinds is None or kind in kinds:
            wanted = columns.get(kind)
            rows, whole = _opened(segment, wanted, schemas.get(kind))
            frames.setdefault(kind, []).append(rows)
            schemas.setdefault(kind, whole)
        if is_held(segment):
            HELD.read(segment)
    return {kind: _joined(frames[kind], schemas[kind]) for kind in sorted(frames)}


def _opened(segment: bytes, wanted: Collection[str] | None, schema: pl.Schema | None) -> tuple[pl.DataFrame, pl.Schema]:
    """Rows of a segment, and the schema of all its columns, which another of its kind may have told."""
    if is_held(segment):
        rows, whole = HELD.rows(segment)
        if wanted is None:
            return rows, whole
        rows = rows.select(name for name in rows.columns if name in wanted)
    else:
        batch = open_segment(segment, wanted)
        rows = to_frame(batch)
        whole = schema or _schema_of(batch)
    return rows, whole if wanted is None else pl.Schema({name: whole[name] for name in whole if name in wanted})


def _schema_of(batch: pa.RecordBatch) -> pl.Schema:
    told = pa.ipc.read_schema(pa.py_buffer(b64decode(batch.schema.metadata[SCHEMA])))
    return to_frame(told.empty_table()).schema


def _joined(frames: Sequence[pl.DataFrame], schema: pl.Schema) -> pl.DataFrame:
    if len(frames) == 1 and frames[0].columns == schema.names():
        return frames[0]
    # In one piece: to fetch rows from several pieces takes many times as long.
    return pl.concat([schema.to_frame(), *frames], how="diagonal", rechunk=True).select(schema.names())


def sent(frame: pl.DataFrame, by: str, partitions: int, kind: str) -> pa.RecordBatch:
    """``frame`` on its way to the partitions of the digests in column ``by``."""
    return to_batch(frame.with_columns(_to=pl.Series(partition_of(frame[by].to_numpy(), partitions))), kind)


def here(frame: pl.DataFrame, number: int, kind: str) -> pa.RecordBatch:
    """``frame`` on its way to partition ``number``."""
    return to_batch(frame.with_columns(_to=pl.lit(number, pl.UInt16)), kind)


def found(frames: Mapping[str, pl.DataFrame], kind: str, schema: pl.Schema) -> pl.DataFrame:
    """The frame of ``kind``, empty when nothing of it came."""
    return frames[kind].select(schema.names()) if kind in frames else schema.to_frame(eager=True)
