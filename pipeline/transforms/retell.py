"""Published observations -> tellings again: what training compares."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import apache_beam as beam
import pyarrow as pa

from pipeline.core.matching.retell import retell
from pipeline.ports import TablePart
from pipeline.transforms.coders import to_frame
from pipeline.transforms.guard import guarded
from pipeline.transforms.pairs import PAPERS, TELLINGS
from pipeline.transforms.progress import Progress
from pipeline.transforms.shuffle import sent


@dataclass
class TellAgain(beam.PTransform):
    """PBegin -> PCollection[RecordBatch of TELLINGS and PAPERS, each with ``_to``].

    ``on``, ``kinds``: business date and kinds of feed of the night the parts are of.
    """

    parts: Sequence[TablePart]
    on: date
    kinds: Mapping[str, str]
    batch_rows: int
    partitions: int
    progress: Progress

    def expand(self, root: beam.pvalue.PBegin) -> beam.PCollection:
        """Read every part and describe its rows."""
        telling = _Tell(self.on, self.kinds, self.batch_rows, self.partitions, self.progress)
        parts = root | "Parts" >> beam.Create(list(self.parts), reshuffle=False)
        return parts | "Spread" >> beam.Reshuffle() | "Tell" >> beam.ParDo(telling)


class _Tell(beam.DoFn):
    def __init__(
        self, on: date, kinds: Mapping[str, str], batch_rows: int, partitions: int, progress: Progress
    ) -> None:
        self.on = on
        self.kinds = kinds
        self.batch_rows = batch_rows
        self.partitions = partitions
        self.progress = progress

    # The element is a port: Beam cannot check a hint that is a protocol.
    @guarded
    def process(self, part: Any) -> Iterator[pa.RecordBatch]:
        for batch in part.read(self.batch_rows):
            self.progress.mark("read", batch.num_rows)
            told = retell(to_frame(batch), self.on, self.kinds)
            for kind, frame in ((TELLINGS, told.tellings), (PAPERS, told.papers)):
                if frame.height:
                    yield sent(frame, "telling", self.partitions, kind)
