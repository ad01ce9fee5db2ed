"""Published nights in an object store, which knows neither renaming nor links.

``versions/<date>.<n>.<random>/`` holds a night, written there part by part. It is published by three objects, written
last and in this order: its manifest ``run.json``, ``runs/<date>.json`` and ``latest.json``; the last two name the version
and the manifest's checksum. A version that no pointer names is nobody's night, and the next run removes it.
"""

import hashlib
import json
import logging
import shutil
import tempfile
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from connectors import access_log
from connectors.archive import PERSONS, RUN
from connectors.frozen import StoredMonths
from connectors.lease import Lease, leased
from connectors.nights import Nights
from connectors.sinks.parquet import file_of, part_of, write_parquet
from connectors.store import Store
from pipeline.core.batches import compact
from pipeline.core.published import TABLES
from pipeline.errors import StateUnreadable
from pipeline.ports import PublishedNight

log = logging.getLogger(__name__)

_SCHEMAS = {table.name: table.schema for table in TABLES}
_LATEST = "latest.json"


@dataclass(frozen=True)
class StoredPart:
    """One object of a published table."""

    store: Store
    path: str

    def read(self, batch_rows: int) -> Iterator[pa.RecordBatch]:
        """Its rows."""
        with self.store.open(self.path) as stored, pq.ParquetFile(stored) as file:
            yield from file.iter_batches(batch_rows, use_threads=False)


@dataclass(frozen=True)
class StoreSink:
    """Writes parts into ``version``. The same rows give the same bytes, as :class:`ParquetSink` writes them."""

    version: Store

    def write(self, table: str, part: int, rows: pa.RecordBatch) -> None:
        """Write one part; it appears whole."""
        told = pa.BufferOutputStream()
        write_parquet(rows, told)
        self.version.write(f"{table}/{file_of(part)}", told.getvalue())


@dataclass(frozen=True)
class StoreNight:
    """A published night in ``version``. ``desk``: local folder in which its report is made, see :meth:`StoreArchive.desk`."""

    day: date
    version: Store
    run: Mapping[str, Any] = field(repr=False)
    desk: Path | None = None

    @property
    def files(self) -> frozenset[str]:
        """Digests of the files it was made from."""
        return frozenset(file["digest"] for feed in self.run["feeds"].values() for file in feed["files"])

    @property
    def place(self) -> str:
        """Where it stands."""
        return str(self.desk or self.version)

    def rows(self, table: str) -> int:
        """Rows of one of its tables."""
        return int(self.run["tables"][table]["rows"])

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """A table, or one part of it, read only as far as it is asked for; not checked against its checksums."""
        return _scan(self.version, table, part)

    def part_numbers(self, table: str) -> list[int]:
        """Numbers of the parts of a table, sorted."""
        return _part_numbers(self.version, table)

    def parts(self, table: str) -> Sequence[StoredPart]:
        """Objects of a table, checked against the checksums the night was published with."""
        promised = self.run["tables"][table]["files"]
        found = self.version.files(table, ".parquet")
        if sorted(promised) != [path.rpartition("/")[2] for path in found]:
            raise StateUnreadable(f"{self.version}/{table}", "files are missing or were added", "Restore the version.")
        for path in found:
            if _checksum(self.version.read(path)) != promised[path.rpartition("/")[2]]:
                raise StateUnreadable(
                    f"{self.version}/{path}", "was changed after it was published", "Restore it from a copy."
                )
        return [StoredPart(self.version, path) for path in found]


@dataclass(frozen=True)
class StoreStaging:
    """A night being made in ``version``; what only this machine needs is in ``folder``."""

    archive: "StoreArchive"
    day: date
    version: Store
    folder: Path
    lease: Lease

    @property
    def sink(self) -> StoreSink:
        """Where its tables are written."""
        return StoreSink(self.version)

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
        return _dataset(self.version, self.version.files(table, ".parquet")).to_table()

    def scan(self, table: str, part: int | None = None) -> pl.LazyFrame:
        """A table as it was written, or one part of it, read only as far as it is asked for; empty when nothing was."""
        return _scan(self.version, table, part)

    def part_numbers(self, table: str) -> list[int]:
        """Numbers of the parts of a table that were written, sorted."""
        return _part_numbers(self.version, table)

    def rows(self, table: str) -> int:
        """Rows of a table as it was written."""
        return sum(_rows(self.version, path) for path in self.version.files(table, ".parquet"))

    def clear(self) -> None:
        """Forget everything written so far."""
        self.version.remove("")
        for part in ("spill", "progress"):
            shutil.rmtree(self.folder / part, ignore_errors=True)
            (self.folder / part).mkdir(mode=0o700)

    def forget_spilled(self) -> None:
        """Remove what was spilled, which nobody reads any more."""
        shutil.rmtree(self.spill_folder, ignore_errors=True)

    def publish(self, run: Mapping[str, object], timings: Mapping[str, object]) -> str:
        """Write the manifest, then point to it. ``latest`` never moves to an older date."""
        for table in TABLES:
            if not self.version.files(table.name, ".parquet"):
                self.sink.write(table.name, 0, compact(table.schema.to_frame(eager=True)))
        told = _json({**run, "tables": {table.name: self._described(table.name) for table in TABLES}})
        self.version.write("timings.json", _json(timings))
        self.lease.check()
        self.version.write(RUN, told)
        self.archive.point(self.day, self.version, told)
        return str(self.version)

    def _described(self, table: str) -> dict[str, object]:
        stored = {path: self.version.read(path) for path in self.version.files(table, ".parquet")}
        rows = sum(pq.read_metadata(pa.BufferReader(told)).num_rows for told in stored.values())
        return {
            "rows": rows,
            "files": {path.rpartition("/")[2]: _checksum(told) for path, told in stored.items()},
        }


@dataclass(frozen=True)
class StoreArchive(Nights[StoreNight]):
    """Nights kept in ``store``."""

    store: Store
    desks: Path | None = None

    @property
    def place(self) -> str:
        """Where it is."""
        return str(self.store)

    @property
    def months(self) -> StoredMonths:
        """Its frozen months."""
        return StoredMonths(self.store)

    def frozen_months(self) -> list[str]:
        """Months frozen so far (2026-03), oldest first."""
        return self.months.months()

    def frozen(self, month: str) -> pl.DataFrame:
        """Persons of a frozen month, with what each counted as."""
        return self.months.read(month, PERSONS)

    def frozen_definition(self, month: str) -> Mapping[str, Any]:
        """The definition a month was frozen under."""
        return self.months.definition(month)

    @contextmanager
    def stage(self, day: date) -> Iterator[StoreStaging]:
        """A new night for ``day``. What a killed run left is removed first; two at once are refused."""
        self.store.check()
        with leased(self.store) as lease, self._local_folder() as folder:
            self._remove_leftovers()
            version = self.store / f"versions/{self._next_version(day)}"
            made = StoreStaging(self, day, version, folder, lease)
            made.clear()
            try:
                yield made
            finally:
                if not version.exists(RUN):
                    version.remove("")

    @contextmanager
    def delivery(self, what: str, part: str) -> Iterator[Path]:
        """A folder on this machine: what stands in it in the end is stored below ``what``, replacing its ``part``."""
        with tempfile.TemporaryDirectory(prefix="zhenke-") as folder:
            yield Path(folder)
            self.store.remove(f"{what}/{part}")
            _upload(Path(folder), self.store / what)

    def note_access(self, what: str, night: date, ids: Sequence[str]) -> None:
        """Write down that somebody looks at ``ids`` in full."""
        access_log.store(self.store, what, night.isoformat(), ids)

    @contextmanager
    def desk(self, night: PublishedNight) -> Iterator[tuple["StoreArchive", StoreNight]]:
        """The archive and ``night`` as a report wants them, with local folders; then the report is stored."""
        with tempfile.TemporaryDirectory(prefix="zhenke-") as folder:
            archive = StoreArchive(self.store, Path(folder))
            mine = archive.read_night(night.day)
            yield archive, mine
            for part in ("expectations", "reports"):
                if (Path(mine.place) / part).exists():
                    mine.version.remove(part)
                    _upload(Path(mine.place) / part, mine.version / part)

    def point(self, day: date, version: Store, manifest: bytes) -> None:
        """Make ``version`` the night of ``day``."""
        told = _json({"business_date": day.isoformat(), "version": _name(version), "run_sha256": _checksum(manifest)})
        self.store.write(f"runs/{day.isoformat()}.json", told)
        if self.days()[-1] <= day:
            self.store.write(_LATEST, told)

    def days(self) -> list[date]:
        """Dates a night is published for, oldest first."""
        names = [name for name in self.store.names("runs") if name.endswith(".json")]
        return sorted(date.fromisoformat(name.removesuffix(".json")) for name in names)

    def read_night(self, day: date) -> StoreNight:
        """The night of ``day``."""
        place = f"runs/{day.isoformat()}.json"
        try:
            pointer = json.loads(self.store.read(place))
            version = self.store / f"versions/{pointer['version']}"
            manifest = version.read(RUN)
            run = json.loads(manifest)
        except (OSError, ValueError, KeyError) as error:
            raise StateUnreadable(f"{self.store}/{place}", "cannot be read", "Restore it and its version.") from error
        if _checksum(manifest) != pointer["run_sha256"]:
            raise StateUnreadable(f"{version}/{RUN}", "was changed after it was published", "Restore it from a copy.")
        night = StoreNight(day, version, run)
        return night if self.desks is None else self._desked(night)

    def _desked(self, night: StoreNight) -> StoreNight:
        """``night`` with a local folder that holds what was asked of it."""
        if self.desks is None:
            return night
        folder = self.desks / _name(night.version)
        for path in night.version.files("expectations"):
            copy = folder / path
            if not copy.exists():
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(night.version.read(path))
        folder.mkdir(parents=True, exist_ok=True)
        return StoreNight(night.day, night.version, night.run, folder)

    def _next_version(self, day: date) -> str:
        names = [name for name in self.store.names("versions") if name.startswith(f"{day.isoformat()}.")]
        number = max((int(name.split(".")[1]) for name in names), default=0) + 1
        # A job that outlived its run on a cluster must not write into another's version.
        return f"{day.isoformat()}.{number}.{uuid.uuid4().hex[:8]}"

    def _remove_leftovers(self) -> None:
        """Only called by the one run that may write."""
        for name in self.store.names("versions"):
            if not self.store.exists(f"versions/{name}/{RUN}"):
                log.warning("leftovers of a run that did not finish are removed: %s", name)
                self.store.remove(f"versions/{name}")

    @contextmanager
    def _local_folder(self) -> Iterator[Path]:
        """A folder on this machine; those of runs that were killed are removed, for nobody else runs now."""
        prefix = f"zhenke-run-{_checksum(self.store.uri.encode())[:12]}-"
        for left in Path(tempfile.gettempdir()).glob(f"{prefix}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=prefix) as folder:
            yield Path(folder)


def _dataset(version: Store, files: list[str]) -> ds.Dataset:
    filesystem, paths = version.inner(files)
    return ds.dataset(paths, filesystem=filesystem, format="parquet")


def _scan(version: Store, table: str, part: int | None = None) -> pl.LazyFrame:
    files = [path for path in version.files(table, ".parquet") if part in (None, part_of(path.rpartition("/")[2]))]
    if not files:
        return _SCHEMAS[table].to_frame(eager=False)
    return pl.scan_pyarrow_dataset(_dataset(version, files))


def _part_numbers(version: Store, table: str) -> list[int]:
    return [part_of(path.rpartition("/")[2]) for path in version.files(table, ".parquet")]


def _rows(version: Store, path: str) -> int:
    with version.open(path) as stored:
        return int(pq.read_metadata(stored).num_rows)


def _upload(folder: Path, store: Store) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            store.write(path.relative_to(folder).as_posix(), path.read_bytes())


def _name(version: Store) -> str:
    return version.uri.rpartition("/")[2]


def _json(told: Mapping[str, object]) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=2, sort_keys=True) + "\n").encode()


def _checksum(told: bytes) -> str:
    return hashlib.sha256(told).hexdigest()
