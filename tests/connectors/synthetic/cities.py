"""Small cities for the tests of the synthetic feeds, made once, and their files read back as plain text."""

import atexit
import csv
import io
import json
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import polars as pl
from python_calamine import CalamineWorkbook

from connectors.synthetic import make_city

NIGHTS = ("20260630", "20260701", "20260702", "20260703")
FEEDS = ("underwriting", "claims", "wechat", "callbacks", "verifications", "sms", "leads", "directory", "do_not_call")
PREFIXES = {
    "underwriting": {"policyholder": "投保人", "insured": "被保险人", "owner": "车主", "payer": "缴费人"},
    "claims": {"reporter": "报案人", "driver": "驾驶员", "owner": "车主", "third_party": "三者"},
    "verifications": {"contact": ""},
    "leads": {"contact": ""},
    "directory": {"contact": ""},
    "do_not_call": {"contact": ""},
}
"""Feed -> party -> what its headers begin with."""


@cache
def city() -> Path:
    """Folder of a city of 500 people, nights 0 to 3."""
    folder = Path(mkdtemp(prefix="city"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    make_city(folder, 500, seed=7, night=len(NIGHTS) - 1)
    return folder


def rows(feed: str, night: str = NIGHTS[0], folder: Path | None = None) -> list[dict[str, Any]]:
    """Rows of a feed's own file of ``night``: header -> text, None for nothing."""
    place = (folder or city()) / "feeds" / night
    path = next(place.glob(f"{feed}_{night}.*[!k]"))
    if path.suffix == ".txt":
        header, *lines = path.read_bytes().decode("gb18030").split("\n")[:-1]
        return [dict(zip(header.split("|"), (_cell(cell) for cell in line.split("|")), strict=False)) for line in lines]
    if path.suffix == ".jsonl":
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    if path.suffix == ".xlsx":
        table = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
        return [dict(zip(table[2], row, strict=True)) for row in table[3:-1]]
    text = path.read_bytes().decode("utf-8-sig")
    found = csv.DictReader(io.StringIO(text, newline=""))
    return [{name: value or None for name, value in row.items()} for row in found]


def _cell(text: str) -> str | None:
    return None if text == "\\N" else text


def truth(table: str, night: str = NIGHTS[0], folder: Path | None = None) -> pl.DataFrame:
    """A table of what is true of ``night``."""
    return pl.read_parquet((folder or city()) / "truth" / night / f"{table}.parquet")


def parties(feed: str, party: str, night: str = NIGHTS[0]) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    """The truth of one party of every row that tells of it, with the row."""
    found = truth("parties", night).filter((pl.col("feed") == feed) & (pl.col("party") == party))
    delivered = rows(feed, night)
    return [(line, delivered[line["feed_row"] - 1]) for line in found.iter_rows(named=True)]
