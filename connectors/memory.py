"""Sources that live in memory: the twins of the file sources, for tests and examples."""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from connectors.sources.batches import Layout, row_batches
from connectors.sources.feed import Feed, Seen
from connectors.sources.headers import NO_HEADERS, understand
from connectors.sources.report import report_of
from pipeline.core.feeds import KINDS
from pipeline.ports import Batch, FeedReport
from pipeline.settings import FeedSettings

MEMORY = "memory"
"""Name of the one file such a source has."""


@dataclass
class MemoryChunk:
    """Rows held as they are. ``first_row`` is the number of the first."""

    feed: str
    rows: int
    layout: Layout
    first_row: int
    values: tuple[tuple[str | None, ...], ...]

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of the rows."""
        columns = {
            position: pa.array([row[position] for row in self.values], pa.string())
            for position, _ in self.layout.sources
        }
        numbers = np.arange(self.first_row, self.first_row + self.rows)
        yield from row_batches(self.layout, numbers, columns, batch_rows)


@dataclass
class MemorySource:
    """A feed whose rows are given: header or target -> value, a missing one is null.

    ``kind``: kind of feed, the name when empty. ``chunk_rows``: rows of a chunk.
    """

    name: str
    rows: Sequence[Mapping[str, str | None]]
    kind: str = ""
    mode: Literal["full", "increment"] = "increment"
    obligatory: bool = False
    settings: FeedSettings = field(default_factory=lambda: FeedSettings(path="memory"))
    chunk_rows: int = 1000

    def inspect(self, night: date, delivered_before: frozenset[str]) -> FeedReport:
        """What the rows hold."""
        settings = self.settings.model_copy(update={"mode": self.mode})
        feed = Feed(self.name, KINDS[self.kind or self.name], settings, self.obligatory, Path(), 0, night)
        headers = tuple(dict.fromkeys(header for row in self.rows for header in row))
        meaning = understand(headers, feed, MEMORY, "schema") if headers else NO_HEADERS
        layout = Layout(self.name, "", MEMORY, meaning.sources)
        content = json.dumps([dict(row) for row in self.rows], ensure_ascii=False).encode()
        seen = Seen(
            len(content),
            hashlib.sha256(content).hexdigest(),
            MEMORY,
            len(self.rows),
            meaning.columns,
            meaning.unknown,
            meaning.problems,
            self._chunks(layout, headers),
        )
        return report_of(feed, {MEMORY: seen}, (), delivered_before)

    def _chunks(self, layout: Layout, headers: Sequence[str]) -> list[MemoryChunk]:
        values = [tuple(row.get(header) for header in headers) for row in self.rows]
        parts = [tuple(values[start : start + self.chunk_rows]) for start in range(0, len(values), self.chunk_rows)]
        return [
            MemoryChunk(self.name, len(part), layout, index * self.chunk_rows + 1, part)
            for index, part in enumerate(parts)
        ]
