"""Whole nights for tests: a small synthetic city, run as its user would, and its published tables read back."""

import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import polars as pl
import yaml

from connectors.synthetic import make_city
from pipeline.__main__ import main
from pipeline.core.published import TABLES

PEOPLE = 250


def city(folder: Path, people: int = PEOPLE, night: int = 0) -> Path:
    """Feeds of a small city; gives its nightly.yaml."""
    return make_city(folder, people, 1, night)


def changed(nightly: Path, **sections: Mapping[str, Any]) -> Path:
    """The settings with ``sections`` laid over them, written beside the file; gives the new file."""
    told = yaml.safe_load(nightly.read_text(encoding="utf-8"))
    for section, values in sections.items():
        told[section] = {**told.get(section, {}), **values} if isinstance(values, Mapping) else values
    path = nightly.with_name(f"nightly-{len(list(nightly.parent.glob('nightly*.yaml')))}.yaml")
    path.write_text(yaml.safe_dump(told, allow_unicode=True), encoding="utf-8")
    return path


def run(nightly: Path, *flags: str, output: str = "", report: bool = False, **sections: Any) -> tuple[int, Path]:
    """Run a night, without its report unless told; gives the exit code and the folder of its archive."""
    told = yaml.safe_load(nightly.read_text(encoding="utf-8"))
    if output or sections:
        nightly = changed(nightly, output=output or told["output"], **sections)
    told_not_to = [] if report else ["--no-report"]
    return main(["run", str(nightly), *told_not_to, *flags]), nightly.parent / (output or told["output"])


def table_bytes(archive: Path) -> dict[str, bytes]:
    """Every Parquet file of the latest night, by name."""
    night = (archive / "latest").resolve()
    return {str(path.relative_to(night)): path.read_bytes() for path in sorted(night.glob("*/*.parquet"))}


def tables(archive: Path, *, without: Sequence[str] = ()) -> dict[str, pl.DataFrame]:
    """Every table of the latest night, columns ``without`` dropped."""
    return {
        table.name: pl.read_parquet(sorted((archive / "latest" / table.name).glob("*.parquet"))).drop(
            without, strict=False
        )
        for table in TABLES
    }


def copy_of(nightly: Path, folder: Path) -> Path:
    """The whole city copied to ``folder``; gives its nightly.yaml."""
    shutil.copytree(nightly.parent, folder, symlinks=True)
    return folder / nightly.name
