"""One published night of a small city for all tests here; each works on a copy of its own."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from tests import nights


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Settings of the city, whose first night is published without a report."""
    nightly = nights.city(tmp_path_factory.mktemp("city") / "demo", people=300)
    # Few parties are ranked too, so that there are league tables.
    assert nights.run(nightly, assessment={"least_parties": 3})[0] == 0
    return nightly


@pytest.fixture
def archive(city: Path, tmp_path: Path) -> LocalArchive:
    """A copy of the published night."""
    shutil.copytree(city.parent / "output", tmp_path / "output", symlinks=True)
    return LocalArchive(tmp_path / "output")


@pytest.fixture
def night(archive: LocalArchive) -> LocalNight:
    """The published night."""
    found = archive.night()
    assert found is not None
    return found


@pytest.fixture
def earlier(archive: LocalArchive, night: LocalNight) -> Callable[[int], LocalNight]:
    """Makes the night so many days ago: the same tables under another date."""

    def make(days: int) -> LocalNight:
        day = date.fromordinal(night.day.toordinal() - days)
        folder = archive.folder / "versions" / f"{day}.1"
        shutil.copytree(night.folder, folder)
        (archive.folder / "runs" / day.isoformat()).symlink_to(folder)
        made = archive.night(day)
        assert made is not None
        return made

    return make


def rewrite(night: LocalNight, table: str, change: Callable[[pl.DataFrame], pl.DataFrame]) -> None:
    """Plant a fault: the table's rows as ``change`` makes them."""
    first, *others = sorted((night.folder / table).glob("*.parquet"))
    told = change(night.scan(table).collect())
    for path in others:
        path.unlink()
    told.write_parquet(first)
