"""Published nights in a folder.

``versions/<date>.<n>/`` holds a night; ``runs/<date>`` and ``latest`` point to one. A night is made in ``.staging`` and
moved in whole; pointers are swapped in one step, so that a reader sees the night before or this one, never a part.
"""

import fcntl
import hashlib
import json
import logging
import os
import shutil
import uuid
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from connectors import access_log
from connectors.frozen import FrozenMonths
from connectors.nights import Nights
from connectors.sinks.parquet import HALF, ParquetSink, part_of
from pipeline.core.batches import compact
from pipeline.core.published import TABLES
from pipeline.errors import RunInProgress, StateUnreadable
from pipeline.ports import PublishedNight

_SCHEMAS = {table.name: table.schema for table in TABLES}

PERSONS = "persons"
"""The table of a frozen month that restatements are made against."""

log = logging.getLogger(__name__)

STAGING = ".staging"
PARTS = ("night", "spill", "progress")
LOCK = ".lock"
RUN = "run.json"


@dataclass(frozen=True)
class ParquetPart:
    """One file of a published table."""

    path: str

    def read(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Its rows."""
        with pq.ParquetFile(self.path) as file:
            yield from file.iter_batches(batch_rows, use_threads=False)


@dataclass(frozen=True)
class LocalNight:
    """A published night in ``folder``."""

    day: date
    folder: Path
    run: Mapping[str, Any] = field(repr=False)

    @property
    def files(self) -> frozenset[str]:
        """Digests of the files it was made from."""
        return frozenset(file["digest"] for feed in self.run["feeds"].values() for file in feed["files"])

    @property
    def place(self) -> str:
        """Where it stands."""
        return str(self.folder)

    def rows(self, table: str) -> int:
        """Rows of one of its tables."""
        return int(self.run["tables"][table]["rows"])

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """A table, or one part of it, read only as far as it is asked for; not checked against its checksums."""
        return pl.scan_parquet(_files(self.folder / table, part))

    def part_numbers(self, table: str) -> list[int]:
        """Numbers of the parts of a table, sorted."""
        return [part_of(file.name) for file in _files(self.folder / table)]

    def parts(self, table: str) -> Sequence[ParquetPart]:
        """Files of a table, checked against the checksums the night was published with."""
        promised = self.run["tables"][table]["files"]
        found = sorted((self.folder / table).glob("*.parquet"))
        if sorted(promised) != [path.name for path in found]:
            raise StateUnreadable(
                str(self.folder / table), "files are missing or were added", "Restore the version folder."
            )
        for path in found:
            if _checksum(path) != promised[path.name]:
                raise StateUnreadable(str(path), "was changed after it was published", "Restore it from a copy.")
        return [ParquetPart(str(path)) for path in found]


@dataclass(frozen=True)
class LocalStaging:
    """A night being made in a folder below ``<output>/.staging``."""

    archive: "LocalArchive"
    day: date
    folder: Path

    @property
    def sink(self) -> ParquetSink:
        """Where its tables are written."""
        return ParquetSink(str(self.folder / "night"))

    @property
    def spill_folder(self) -> str:
        """Where shuffled segments are spilled."""
        return str(self.folder / "spill")

    @property
    def progress_folder(self) -> str:
        """Where workers note how far they are."""
        return str(self.folder / "progress")

    def read(self, table: str) -> pa.Table:
        """A table as it was written."""
        return pq.read_table(self.folder / "night" / table)

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """A table as it was written, or one part of it, read only as far as it is asked for; empty when nothing was."""
        files = _files(self.folder / "night" / table, part)
        return pl.scan_parquet(files) if files else _SCHEMAS[table].to_frame(eager=False)

    def part_numbers(self, table: str) -> list[int]:
        """Numbers of the parts of a table that were written, sorted."""
        return [part_of(file.name) for file in _files(self.folder / "night" / table)]

    def rows(self, table: str) -> int:
        """Rows of a table as it was written."""
        return sum(pq.read_metadata(file).num_rows for file in _files(self.folder / "night" / table))

    def clear(self) -> None:
        """Forget everything written so far."""
        for part in PARTS:
            shutil.rmtree(self.folder / part, ignore_errors=True)
            (self.folder / part).mkdir(parents=True, mode=0o700)

    def forget_spilled(self) -> None:
        """Remove what was spilled, which nobody reads any more."""
        shutil.rmtree(self.spill_folder, ignore_errors=True)

    def publish(self, run: Mapping[str, object], timings: Mapping[str, object]) -> str:
        """Move the night in and point to it. ``latest`` never moves to an older date."""
        night = self.folder / "night"
        self._complete(night)
        for left in night.glob(f"*/*{HALF}"):
            left.unlink()
        # Nobody else works meanwhile, and checksums are most of it.
        with ThreadPoolExecutor(2) as pool:
            described = pool.map(lambda table: _described(night / table.name), TABLES)
            tables = {table.name: told for table, told in zip(TABLES, described, strict=True)}
        _write_json(night / RUN, {**run, "tables": tables})
        _write_json(night / "timings.json", timings)
        version = self.archive.next_version(self.day)
        os.rename(night, version)
        _point(self.archive.folder / "runs" / self.day.isoformat(), version)
        latest = self.archive.folder / "latest"
        if not latest.exists() or _day_of(latest.resolve()) <= self.day:
            _point(latest, version)
        return str(version)

    def _complete(self, night: Path) -> None:
        """A table nothing was written to is published empty."""
        for table in TABLES:
            if not list((night / table.name).glob("*.parquet")):
                self.sink.write(table.name, 0, compact(table.schema.to_frame(eager=True)))


@dataclass(frozen=True)
class LocalArchive(Nights[LocalNight]):
    """Nights kept in ``folder``."""

    folder: Path

    @property
    def place(self) -> str:
        """Where it is."""
        return str(self.folder)

    @property
    def months(self) -> FrozenMonths:
        """Its frozen months."""
        return FrozenMonths(self.folder)

    @contextmanager
    def delivery(self, what: str, part: str) -> Iterator[Path]:
        """The folder ``what``, of which ``part`` is delivered anew."""
        del part
        yield self.folder / what

    @contextmanager
    def desk(self, night: PublishedNight) -> Iterator[tuple["LocalArchive", PublishedNight]]:
        """The archive and ``night`` as a report wants them: as they are."""
        yield self, night

    def note_access(self, what: str, night: date, ids: Sequence[str]) -> None:
        """Write down that somebody looks at ``ids`` in full."""
        access_log.note(self.folder, what, night.isoformat(), ids)

    def days(self) -> list[date]:
        """Dates a night is published for, oldest first."""
        return sorted(_dated(path) for path in (self.folder / "runs").glob("????-??-??"))

    def frozen_months(self) -> list[str]:
        """Months frozen so far (2026-03), oldest first."""
        return self.months.months()

    def frozen(self, month: str) -> pl.DataFrame:
        """Persons of a frozen month, with what each counted as."""
        return self.months.read(month, PERSONS)

    def frozen_definition(self, month: str) -> Mapping[str, Any]:
        """The definition of the rate a month was frozen under."""
        return FrozenMonths(self.folder).definition(month)

    @contextmanager
    def stage(self, day: date) -> Iterator[LocalStaging]:
        """A new night for ``day``. Leftovers of a killed run are removed first; two at once are refused."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with open(self.folder / LOCK, "w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                raise RunInProgress(
                    str(self.folder), "another run is writing here", "Wait for it, or stop it."
                ) from error
            staging = self.folder / STAGING
            if staging.exists():
                log.warning("leftovers of a run that did not finish are removed: %s", staging)
                shutil.rmtree(staging)
            # A folder of its own: a job that outlived its run on a cluster must not write into the next one's.
            made = LocalStaging(self, day, staging / uuid.uuid4().hex)
            made.clear()
            try:
                yield made
            finally:
                shutil.rmtree(staging, ignore_errors=True)

    def next_version(self, day: date) -> Path:
        """Folder of the next version of ``day``'s night."""
        versions = self.folder / "versions"
        versions.mkdir(exist_ok=True)
        numbers = [int(path.name.rsplit(".", 1)[1]) for path in versions.glob(f"{day.isoformat()}.*")]
        return versions / f"{day.isoformat()}.{max(numbers, default=0) + 1}"

    def read_night(self, day: date) -> LocalNight:
        """The night of ``day``."""
        return _night_in((self.folder / "runs" / day.isoformat()).resolve(), day)


def night_in(folder: Path) -> LocalNight | None:
    """The night whose version folder this is; None when it is none."""
    return _night_in(folder, _day_of(folder)) if (folder / RUN).exists() else None


def _night_in(folder: Path, day: date) -> LocalNight:
    try:
        run = json.loads((folder / RUN).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateUnreadable(str(folder / RUN), "cannot be read", "Restore the version folder.") from error
    return LocalNight(day, folder, run)


def _files(folder: Path, part: int | None = None) -> list[Path]:
    files = sorted(folder.glob("*.parquet"))
    return files if part is None else [file for file in files if part_of(file.name) == part]


def _described(folder: Path) -> dict[str, object]:
    files = _files(folder)
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    return {"rows": rows, "files": {file.name: _checksum(file) for file in files}}


def _checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_json(path: Path, told: Mapping[str, object]) -> None:
    path.write_text(json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def _point(pointer: Path, version: Path) -> None:
    pointer.parent.mkdir(parents=True, exist_ok=True)
    half = pointer.with_name(pointer.name + ".half")
    half.unlink(missing_ok=True)
    half.symlink_to(os.path.relpath(version, pointer.parent))
    os.replace(half, pointer)


def _dated(path: Path) -> date:
    return date.fromisoformat(path.name)


def _day_of(version: Path) -> date:
    return date.fromisoformat(version.name.rsplit(".", 1)[0])
