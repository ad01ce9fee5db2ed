"""Which sources a night has, and where it is kept."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any, Protocol

import polars as pl

from connectors.archive import LocalArchive
from connectors.sources.file_source import FileSource
from connectors.store import Store
from connectors.store_archive import StoreArchive
from pipeline.ports import Archive, PublishedNight, Source
from pipeline.settings import Settings


def sources(settings: Settings, folder: Path) -> list[Source]:
    """One source per feed, in the order of the settings. ``folder``: what relative paths are relative to."""
    return [FileSource(name, settings, folder) for name in settings.feeds]


class Months(Protocol):
    """Where frozen months are kept."""

    def write(self, month: str, tables: Mapping[str, pl.DataFrame], told: Mapping[str, Any]) -> Path | str:
        """Freeze a month; gives its place."""
        ...


class Kept(Archive, Protocol):
    """An archive as the command line uses it."""

    @property
    def place(self) -> str:
        """Where it is."""
        ...

    @property
    def months(self) -> Months:
        """Its frozen months."""
        ...

    def delivery(self, what: str, part: str) -> AbstractContextManager[Path]:
        """A folder of this machine for files that people open: ``part`` of ``what`` is delivered anew."""
        ...

    def desk(self, night: PublishedNight) -> AbstractContextManager[tuple[Archive, PublishedNight]]:
        """The archive and ``night`` with folders of this machine, in which its report is made."""
        ...

    def note_access(self, what: str, night: date, ids: Sequence[str]) -> None:
        """Write down that somebody looks at ``ids`` in full."""
        ...


def archive(output: str, folder: Path) -> Kept:
    """Where nights are kept: a folder, or an object store when ``output`` is a URI."""
    return StoreArchive(Store(output.rstrip("/"))) if "://" in output else LocalArchive(folder / output)
