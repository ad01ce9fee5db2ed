"""Two nights small enough to be read by eye, against what was reviewed in ``golden/expected``.

After a change that is meant to move them, write them anew with ``python -m tests.test_golden`` and read the difference.
"""

import json
import shutil
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.__main__ import main
from tests import nights

HERE = Path(__file__).with_name("golden")
NIGHTS = ("20260301", "20260302")


def make(folder: Path) -> dict[str, str]:
    """Run the nights in ``folder``; gives the text of what each published."""
    shutil.copytree(HERE, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("expected"))
    told = {}
    for night in NIGHTS:
        code = main(["run", "--no-report", str(folder / "nightly.yaml"), "--date", night])
        told[f"{night}.txt"] = f"exit code {code}\n" + rendered(folder / "output")
    return told


def rendered(archive: Path) -> str:
    """Every published row as one line of its told values."""
    lines = []
    for name, table in nights.tables(archive).items():
        lines.append(f"\n# {name}")
        lines.extend(
            line(row) for row in table.iter_rows(named=True) if name != "rule_stats" or row["failed"] or row["unknown"]
        )
    return "\n".join(lines) + "\n"


def line(row: dict[str, Any]) -> str:
    """A row without what is null, dates in ISO form."""
    return json.dumps({key: value for key, value in row.items() if value is not None}, ensure_ascii=False, default=text)


def text(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return make(tmp_path_factory.mktemp("golden"))


@pytest.mark.parametrize("night", NIGHTS)
def test_the_night_is_as_reviewed(made: dict[str, str], night: str) -> None:
    expected = (HERE / "expected" / f"{night}.txt").read_text(encoding="utf-8")
    assert made[f"{night}.txt"].splitlines() == expected.splitlines()


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as spare:
        for file, content in make(Path(spare)).items():
            (HERE / "expected" / file).write_text(content, encoding="utf-8")
