"""Frozen months below ``<output>/frozen/<month>``: written once, never again."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

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
            raise StateUnreadable(str(path), "was changed after it was frozen", "Restore it from a copy.")
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
            raise SettingsError(
                f"freeze {month}", "is frozen already", "Frozen months never change: corrections are restatements."
            )
        folder.mkdir(parents=True, exist_ok=True)
        for name, rows in sorted(tables.items()):
            rows.write_parquet(folder / f"{name}.parquet", compression="zstd")
        files = {path.name: _checksum(path) for path in sorted(folder.glob("*.parquet"))}
        half = folder / f"{MANIFEST}.half"
        half.write_text(
            json.dumps({**told, "month": month, "files": files}, ensure_ascii=False, indent=2, sort_keys=True) + "\n",
            encoding="utf-8",
        )
        os.replace(half, folder / MANIFEST)
        return folder


def _checksum(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
