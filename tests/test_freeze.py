"""A frozen month stays as it was; corrections that come later are restated, and the restatement adds up row by row."""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pytest

from pipeline.__main__ import main
from pipeline.core.authenticity.calibers import CALIBERS, defined
from tests import nights

MONTH = "2026-05"
LATER = "2026-07-30"
PHONE, ADDRESS = "投保人手机号", "投保人地址"


@dataclass
class Restated:
    """A frozen month, its files before and after, and what the night of the corrections says."""

    before: dict[str, bytes]
    after: dict[str, bytes]
    frozen: pl.DataFrame
    cells: pl.DataFrame
    rows: pl.DataFrame
    rates: pl.DataFrame
    corrected: set[str]


def corrected(feed: Path, target: Path, *, whole: bool) -> set[str]:
    """The underwriting of ``feed`` with corrections of May written to ``target``; gives the policies.

    Of two policies in three the phone is taken away; of the others a real address is told.
    """
    lines = feed.read_bytes().decode("gb18030").split("\n")
    names = lines[0].split("|")
    at = {name: names.index(name) for name in (PHONE, ADDRESS, "签单日期", "更新时间", "操作类型")}
    told, policies = [lines[0]], set()
    for number, line in enumerate(lines[1:]):
        cells = line.split("|")
        if len(cells) == len(names) and cells[at["签单日期"]].startswith("202605"):
            cells[at["操作类型"]], cells[at["更新时间"]] = "U", "2026-06-30 23:00:00"
            if number % 3:
                cells[at[PHONE]] = "\\N"
            else:
                cells[at[ADDRESS]] = "江苏省南京市浦口区汤泉街道陈庄村7组20号"
            policies.add(cells[0])
            told.append("|".join(cells))
        elif whole and line:
            told.append(line)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(("\n".join(told) + "\n").encode("gb18030"))
    target.with_suffix(".ok").write_text(f"{len(told) - 1}\n", encoding="ascii")
    return policies


def frozen_bytes(archive: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((archive / "frozen" / MONTH).iterdir())}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A published night of which May is frozen."""
    nightly = nights.city(tmp_path_factory.mktemp("city"), people=150)
    assert nights.run(nightly)[0] == 0
    assert main(["freeze", MONTH, str(nightly)]) == 0
    return nightly


@pytest.fixture(scope="module", params=["the same night again", "a month later"])
def restated(request: pytest.FixtureRequest, city: Path, tmp_path_factory: pytest.TempPathFactory) -> Restated:
    nightly = nights.copy_of(city, tmp_path_factory.mktemp("copy") / "city")
    feeds, archive = nightly.parent / "feeds", nightly.parent / "output"
    before = frozen_bytes(archive)
    same = request.param == "the same night again"
    feed = feeds / "20260630" / "underwriting_20260630.txt"
    day = "2026-06-30" if same else LATER
    stamp = day.replace("-", "")
    policies = corrected(feed, feeds / stamp / f"underwriting_{stamp}.txt", whole=same)
    if not same:
        for name in ("directory", "do_not_call"):
            shutil.copyfile(feeds / "20260630" / f"{name}_20260630.csv", feeds / stamp / f"{name}_{stamp}.csv")
    assert main(["run", str(nightly), "--date", day]) == 0
    told = nights.tables(archive)
    frozen = pl.read_parquet(archive / "frozen" / MONTH / "persons.parquet")
    return Restated(
        before, frozen_bytes(archive), frozen, told["restatements"], told["restated_parties"], told["rates"], policies
    )


@pytest.mark.slow
def test_the_frozen_month_is_unchanged(restated: Restated) -> None:
    assert {"persons.parquet", "rates.parquet", "estimates.parquet", "reward_base.parquet"} <= set(restated.before)
    assert restated.after == restated.before


@pytest.mark.slow
def test_the_restatement_adds_up_row_by_row(restated: Restated) -> None:
    frozen, rows, cells = restated.frozen, restated.rows, restated.cells
    assert set(rows["policy_no"]) & restated.corrected
    authentic, counted = pl.col("state") == "authentic", pl.col("state") != "excluded"
    for dimension in ("city", "unit", "channel", "agency", "salesperson"):
        own = {
            side: rows.select(
                value=pl.lit("") if dimension == "city" else pl.col(f"{prefix}{dimension}"), state=f"{prefix}state"
            ).drop_nulls("state")
            for side, prefix in (("was", "frozen_"), ("is", ""))
        }
        for cell in cells.filter(dimension=dimension).iter_rows(named=True):
            was, is_ = (own[side].filter(value=cell["value"]) for side in ("was", "is"))
            stood = frozen.filter(pl.col(dimension) == cell["value"])
            assert cell["frozen_authentic"] == stood.filter(authentic).height
            assert cell["frozen_denominator"] == stood.filter(counted).height
            gained = is_.filter(authentic).height - was.filter(authentic).height
            assert cell["authentic"] == cell["frozen_authentic"] + gained
            came = is_.filter(counted).height - was.filter(counted).height
            assert cell["denominator"] == cell["frozen_denominator"] + came


@pytest.mark.slow
def test_both_numbers_are_those_that_were_published(restated: Restated) -> None:
    city = restated.cells.filter(dimension="city").row(0, named=True)
    month = pl.col("caliber") == "final", pl.col("dimension") == "city", pl.col("period") == MONTH
    now = restated.rates.filter(*month).row(0, named=True)
    assert (city["authentic"], city["denominator"]) == (now["authentic"], now["denominator"])
    assert city["rate"] == pytest.approx(now["rate"])
    assert city["frozen_rate"] > city["rate"]
    assert city["digest"] == now["digest"]


@pytest.mark.slow
def test_a_definition_that_changed_since_restates_nothing(city: Path, tmp_path: Path) -> None:
    """The month is held against itself under its own definition, whatever the name means by now."""
    nightly = nights.copy_of(city, tmp_path / "city")
    code, archive = nights.run(nightly, calibers={"final": {"unverified": "refuted"}})
    assert code == 0
    told = nights.tables(archive)
    assert told["restatements"].is_empty()
    final = told["rates"].filter(pl.col("caliber") == "final", pl.col("dimension") == "city")
    assert set(final["digest"]) != {CALIBERS["final"].digest}


@pytest.mark.slow
def test_a_month_is_frozen_once_and_only_when_it_is_over(city: Path) -> None:
    assert main(["freeze", MONTH, str(city)]) == 2
    assert main(["freeze", "2026-07", str(city)]) == 2
    manifest = json.loads((city.parent / "output" / "frozen" / MONTH / "manifest.json").read_text(encoding="utf-8"))
    assert defined(manifest["definition"]) == CALIBERS["final"]
