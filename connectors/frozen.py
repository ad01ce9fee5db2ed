"""Frozen months below ``<output>/frozen/<month>``: written once, never again."""

import hashlib
import io
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from connectors.store import Store
from pipeline.errors import SettingsError, StateUnreadable

MANIFEST = "manifest.json"


@dataclass(frozen=True)
class FrozenMonths:
    """The frozen months of the archive in ``folder``."""

    folder: Path

    def months(self) -> list[str]:
        """Months frozen so far, oldest first."""
        return sorted(path.parent.name for path in (self.folder / "frozen").glob(f"*/{MANIFEST}"))

    def read(self, month: str, table: str) -> pl.DataFrame:
        """A table of a frozen month. Raises :class:`StateUnreadable` when it was changed since."""
        folder = self.folder / "frozen" / month
        promised = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
        path = folder / f"{table}.parquet"
        if not path.exists() or _checksum(path) != promised.get(path.name):
            raise _changed(str(path))
        return pl.read_parquet(path)

    def definition(self, month: str) -> Mapping[str, Any]:
        """The definition a month was frozen under."""
        manifest = json.loads((self.folder / "frozen" / month / MANIFEST).read_text(encoding="utf-8"))
        told: Mapping[str, Any] = manifest["definition"]
        return told

    def write(self, month: str, tables: Mapping[str, pl.DataFrame], told: Mapping[str, Any]) -> Path:
        """Freeze ``month``; the manifest comes last. Raises :class:`SettingsError` when it is frozen already."""
        folder = self.folder / "frozen" / month
        if (folder / MANIFEST).exists():
            raise _frozen(month)
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in sorted(tables.items()):
            rows.write_parquet(folder / f"{name}.parquet", compression="zstd")
        files = {path.name: _checksum(path) for path in sorted(folder.glob("*.parquet"))}
        half = folder / f"{MANIFEST}.half"
        half.write_text(_manifest(month, files, told), encoding="utf-8")
        os.replace(half, folder / MANIFEST)
        return folder


@dataclass(frozen=True)
class StoredMonths:
    """The frozen months of an archive in an object store: the manifest is what makes a month frozen."""

    store: Store

    def months(self) -> list[str]:
        """Months frozen so far, oldest first."""
        return [month for month in self.store.names("frozen") if self.store.exists(f"frozen/{month}/{MANIFEST}")]

    def read(self, month: str, table: str) -> pl.DataFrame:
        """A table of a frozen month. Raises :class:`StateUnreadable` when it was changed since."""
        folder = self.store / f"frozen/{month}"
        promised = json.loads(folder.read(MANIFEST))["files"]
        name = f"{table}.parquet"
        told = folder.read(name) if folder.exists(name) else b""
        if hashlib.sha256(told).hexdigest() != promised.get(name):
            raise _changed(f"{folder}/{name}")
        return pl.read_parquet(io.BytesIO(told))

    def definition(self, month: str) -> Mapping[str, Any]:
        """The definition a month was frozen under."""
        told: Mapping[str, Any] = json.loads(self.store.read(f"frozen/{month}/{MANIFEST}"))["definition"]
        return told

    def write(self, month: str, tables: Mapping[str, pl.DataFrame], told: Mapping[str, Any]) -> str:
        """Freeze ``month``; the manifest comes last. Raises :class:`SettingsError` when it is frozen already."""
        folder = self.store / f"frozen/{month}"
        if folder.exists(MANIFEST):
            raise _frozen(month)
        files = {}
        for name, rows in sorted(tables.items()):
            packed = io.BytesIO()
            rows.write_parquet(packed, compression="zstd")
            files[f"{name}.parquet"] = hashlib.sha256(packed.getvalue()).hexdigest()
            folder.write(f"{name}.parquet", packed.getvalue())
        folder.write(MANIFEST, _manifest(month, files, told).encode())
        return str(folder)


def _manifest(month: str, files: Mapping[str, str], told: Mapping[str, Any]) -> str:
    return json.dumps({**told, "month": month, "files": files}, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _changed(place: str) -> StateUnreadable:
    return StateUnreadable(place, "was changed after it was frozen", "Restore it from a copy.")


def _frozen(month: str) -> SettingsError:
    return SettingsError(
        f"freeze {month}", "is frozen already", "Frozen months never change: corrections are restatements."
    )


def _checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
