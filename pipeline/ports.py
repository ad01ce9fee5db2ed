"""What the pipeline asks of the world.

A *source* looks at a feed's files first (:meth:`Source.inspect`: every byte once, in the driver, before anything runs)
and cuts them into *chunks*, which workers read. A chunk gives batches of raw rows and batches of rejects.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, NamedTuple, Protocol

import polars as pl
import pyarrow as pa

FEED_FILE = "feed_file"
FEED_ROW = "feed_row"


class Batch(NamedTuple):
    """``rows``: ``feed_file``, ``feed_row`` and one string column per target. ``rejects``: the rejects table's columns."""

    kind: Literal["rows", "rejects"]
    data: pa.RecordBatch


class Chunk(Protocol):
    """A part of a file that one worker reads: picklable, small."""

    feed: str
    rows: int
    """Rows the inspection counted in it, good and bad."""

    def read(self, batch_rows: int) -> Iterator[Batch]:
        """Batches of at most ``batch_rows`` rows; every one of :attr:`rows` is in exactly one of them."""
        ...


@dataclass(frozen=True)
class Problem:
    """Something the operator should know of a feed. ``refuses``: the feed cannot be used because of it."""

    rule: str
    place: str
    problem: str
    advice: str
    refuses: bool

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}. {self.advice}"


@dataclass(frozen=True)
class FileReport:
    """What the inspection saw of one file. ``digest`` is of its bytes; ``excluded`` says why its rows are left out."""

    name: str
    bytes: int
    digest: str
    encoding: str
    rows: int
    replaced_lines: int = 0
    excluded: str = ""


@dataclass(frozen=True)
class FeedReport:
    """What the inspection understood of one feed."""

    feed: str
    kind: str
    mode: Literal["full", "increment"]
    obligatory: bool
    files: tuple[FileReport, ...] = ()
    columns: dict[str, str] = field(default_factory=dict)
    """Header -> target, in file order."""
    unknown_headers: tuple[str, ...] = ()
    unused_headers: tuple[str, ...] = ()
    """Known ones of which nothing is kept."""
    key: tuple[str, ...] = ()
    business_date: date | None = None
    problems: tuple[Problem, ...] = ()
    chunks: tuple[Chunk, ...] = ()

    @property
    def refused(self) -> bool:
        """The feed cannot be used tonight."""
        return any(problem.refuses for problem in self.problems)

    @property
    def rows(self) -> int:
        """Rows counted in all files, those of excluded files too."""
        return sum(file.rows for file in self.files)


class Source(Protocol):
    """One feed of the night."""

    name: str

    def inspect(self, night: date, delivered_before: frozenset[str]) -> FeedReport:
        """Look at the feed's files for ``night``. ``delivered_before``: digests of files of the last published night."""
        ...


class TablePart(Protocol):
    """A part of a published table that one worker reads: picklable, small."""

    def read(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Batches of at most ``batch_rows`` rows."""
        ...


class Sink(Protocol):
    """Where a night's tables are written, before anybody sees them: picklable."""

    def write(self, table: str, part: int, rows: pa.RecordBatch) -> None:
        """Write one part of a table; writing it again replaces it. Text may come as dictionary arrays and is read as text."""
        ...


class PublishedNight(Protocol):
    """A night that was published."""

    @property
    def day(self) -> date:
        """Business date."""
        ...

    @property
    def files(self) -> frozenset[str]:
        """Digests of the files it was made from."""
        ...

    @property
    def run(self) -> Mapping[str, Any]:
        """Its ``run.json``: what it was made from and what came out."""
        ...

    @property
    def place(self) -> str:
        """Where it stands."""
        ...

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """One of its tables, or one part of it, read only as far as it is asked for."""
        ...

    def part_numbers(self, table: str) -> Sequence[int]:
        """Numbers of the parts of one of its tables, sorted."""
        ...

    def rows(self, table: str) -> int:
        """Rows of one of its tables."""
        ...

    def parts(self, table: str) -> Sequence[TablePart]:
        """Parts of one of its tables."""
        ...


class Staging(Protocol):
    """A night being made: nobody sees it before :meth:`publish`."""

    @property
    def sink(self) -> Sink:
        """Where its tables are written."""
        ...

    @property
    def spill_folder(self) -> str:
        """Where shuffled segments may be spilled."""
        ...

    @property
    def progress_folder(self) -> str:
        """Where workers note how far they are."""
        ...

    def read(self, table: str) -> pa.Table:
        """A table as it was written."""
        ...

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """A table as it was written, or one part of it, read only as far as it is asked for; empty when nothing was."""
        ...

    def part_numbers(self, table: str) -> Sequence[int]:
        """Numbers of the parts of a table that were written, sorted."""
        ...

    def rows(self, table: str) -> int:
        """Rows of a table as it was written."""
        ...

    def clear(self) -> None:
        """Forget everything written so far."""
        ...

    def forget_spilled(self) -> None:
        """Remove what was spilled, which nobody reads any more."""
        ...

    def publish(self, run: Mapping[str, object], timings: Mapping[str, object]) -> str:
        """Make it the published night of its date; gives the place where it now stands. Empty tables are completed."""
        ...


class Archive(Protocol):
    """Where nights are kept."""

    def last_before(self, day: date) -> PublishedNight | None:
        """The last night published for a date before ``day``."""
        ...

    def night(self, day: date | None = None) -> PublishedNight | None:
        """The night published for ``day``; the latest when no day is given."""
        ...

    def nights(self, since: date, until: date) -> Sequence[PublishedNight]:
        """Nights published for dates from ``since`` to ``until``, both included, oldest first."""
        ...

    def published(self, day: date) -> Mapping[str, object] | None:
        """``run.json`` of the night published for ``day``."""
        ...

    def frozen_months(self) -> Sequence[str]:
        """Months frozen so far (2026-03), oldest first."""
        ...

    def frozen(self, month: str) -> pl.DataFrame:
        """Persons of a frozen month, with what each counted as."""
        ...

    def frozen_definition(self, month: str) -> Mapping[str, Any]:
        """The definition of the rate a month was frozen under."""
        ...

    def stage(self, day: date) -> AbstractContextManager[Staging]:
        """A new night for ``day``; leftovers are cleaned, and two at once are refused."""
        ...
