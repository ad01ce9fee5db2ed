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
from connectors.sources.feed import Feed
from connectors.sources.headers import key_of, understand
from pipeline.core.feeds import KINDS, targets_of
from pipeline.ports import Batch, FeedReport, FileReport
from pipeline.settings import FeedSettings


@dataclass(frozen=True)
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


@dataclass(frozen=True)
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
        """What the rows hold. Rows of the last published night are taken again; nothing is refused as repeated."""
        kind = KINDS[self.kind or self.name]
        feed = Feed(self.name, kind, self.settings, self.obligatory, Path(), 1 << 20, night)
        headers = tuple(dict.fromkeys(header for row in self.rows for header in row))
        meaning = understand(headers, feed, "memory")
        found = set(meaning.columns.values()) | set(self.settings.defaults)
        lacking = tuple(
            (name, value) for name, value in self.settings.defaults.items() if name not in meaning.columns.values()
        )
        targets = tuple(target for target in targets_of(kind) if target in found)
        layout = Layout(self.name, "", "memory", meaning.sources, targets, lacking)
        content = json.dumps([dict(row) for row in self.rows], ensure_ascii=False).encode()
        file = FileReport("memory", len(content), hashlib.sha256(content).hexdigest(), "memory", len(self.rows))
        return FeedReport(
            feed=self.name,
            kind=kind.name,
            mode=self.mode,
            obligatory=self.obligatory,
            files=(file,),
            columns=meaning.columns,
            unknown_headers=meaning.unknown,
            key=key_of(found, feed),
            problems=meaning.problems if self.rows else (),
            chunks=tuple(self._chunks(layout, headers)),
        )

    def _chunks(self, layout: Layout, headers: Sequence[str]) -> Iterator[MemoryChunk]:
        values = [tuple(row.get(header) for header in headers) for row in self.rows]
        for start in range(0, len(values), self.chunk_rows):
            part = tuple(values[start : start + self.chunk_rows])
            yield MemoryChunk(self.name, len(part), layout, start + 1, part)
