"""A night some of whose tables are missing or damaged, read as far as it goes: a report must say so, not fail."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl

from expectations.table_facts import UNREADABLE
from pipeline.core.published import TABLES
from pipeline.ports import PublishedNight, TablePart

_SCHEMAS = {table.name: table.schema for table in TABLES}


@dataclass(frozen=True)
class ReadableNight:
    """``night``, in which a table that cannot be read is empty; ``missing`` names those met so far."""

    night: PublishedNight
    missing: set[str] = field(default_factory=set)

    @property
    def day(self) -> date:
        """Business date."""
        return self.night.day

    @property
    def files(self) -> frozenset[str]:
        """Digests of the files it was made from."""
        return self.night.files

    @property
    def run(self) -> Mapping[str, Any]:
        """What it was made from and what came out."""
        return self.night.run

    @property
    def place(self) -> str:
        """Where it stands."""
        return self.night.place

    def rows(self, table: str) -> int:
        """Rows of one of its tables."""
        return self.night.rows(table)

    def parts(self, table: str) -> Sequence[TablePart]:
        """Parts of one of its tables."""
        return self.night.parts(table)

    def part_numbers(self, table: str) -> Sequence[int]:
        """Numbers of the parts of one of its tables."""
        return self.night.part_numbers(table)

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """One of its tables, or one part of it; empty when it cannot be read or lacks a column."""
        try:
            told = self.night.scan(table, part)
            if set(_SCHEMAS[table]) <= set(told.collect_schema()):
                return told
        except UNREADABLE:
            pass
        self.missing.add(table)
        return _SCHEMAS[table].to_frame(eager=False)
