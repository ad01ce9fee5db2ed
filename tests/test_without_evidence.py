"""Every evidence feed absent, empty or refused: the night publishes what it can say and says what it could not know."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipeline.core.published import TABLES
from tests import nights

EVIDENCE = ("claims", "wechat", "callbacks", "verifications", "sms")
PEOPLE = 60


def absent(_folder: Path, feeds: dict[str, Any]) -> None:
    """No such feed in the settings."""
    for feed in EVIDENCE:
        del feeds[feed]


def empty(folder: Path, feeds: dict[str, Any]) -> None:
    """Files with headings and no rows."""
    for feed, told in feeds.items():
        if feed in EVIDENCE:
            told["path"] = f"empty/{feed}.csv"
            (folder / "empty").mkdir(exist_ok=True)
            (folder / "empty" / f"{feed}.csv").write_text(
                "报案号,openid,姓名,手机号,保单号,结果代码\n", encoding="utf-8"
            )


def refused(folder: Path, feeds: dict[str, Any]) -> None:
    """Files that are no tables."""
    for feed, told in feeds.items():
        if feed in EVIDENCE:
            told["path"] = f"broken/{feed}.parquet"
            (folder / "broken").mkdir(exist_ok=True)
            (folder / "broken" / f"{feed}.parquet").write_bytes(b"PAR1 cut short")


@pytest.fixture(scope="module")
def feeds_of(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return nights.city(tmp_path_factory.mktemp("city"), people=PEOPLE)


@pytest.mark.slow
@pytest.mark.parametrize("damage", [absent, empty, refused])
def test_the_night_says_what_it_can_and_what_it_cannot(
    feeds_of: Path,
    damage: Callable[[Path, dict[str, Any]], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZHENKE_DRAW_SECRET", "nobody else knows this")
    settings = yaml.safe_load(feeds_of.read_text(encoding="utf-8"))
    damage(feeds_of.parent, settings["feeds"])
    nightly = feeds_of.with_name(f"{damage.__name__}.yaml")
    nightly.write_text(yaml.safe_dump(settings, allow_unicode=True), encoding="utf-8")
    code, archive = nights.run(nightly, output=f"output-{damage.__name__}")
    assert code == 0
    told = nights.tables(archive)
    assert set(told) == {table.name for table in TABLES}
    run = json.loads((archive / "latest" / "run.json").read_text(encoding="utf-8"))
    why = {one["about"]: one["why"] for one in run["not_known"]}
    assert why == dict.fromkeys(EVIDENCE, damage.__name__) | {"true_rate": "no_drawn_call"}
    printed = capsys.readouterr().out
    assert all(f"not known  {feed} {damage.__name__}" in printed for feed in EVIDENCE)
    # What remains is SMS codes at issue and the rules.
    assert set(told["evidence"]["source"]) <= {"sms_code"}
    assert {"authentic", "refuted", "unverified"} == set(told["parties"]["verdict"])
    silent = told["parties"].filter(pl.col("verdict") == "unverified")
    assert silent.select(pl.col("reasons").list.contains("no_evidence").all()).item()
    city = told["rates"].filter(pl.col("dimension") == "city", pl.col("period_kind") == "all")
    rates = dict(city.select("caliber", "rate").iter_rows())
    assert rates["callback"] is None
    assert rates["proven"] < rates["final"] <= rates["system"]
    assert set(told["estimates"]["decision"]) == {"open"}
    assert told["estimates"]["estimate"].is_null().all()
    assert told["vendor_audit"].is_empty()
    lists = set(told["worklists"]["list"])
    assert {"callbacks", "corrections"} <= lists


@pytest.mark.slow
def test_without_a_secret_nothing_is_drawn_and_it_is_said(feeds_of: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ZHENKE_DRAW_SECRET", raising=False)
    code, archive = nights.run(feeds_of, output="output-secretless")
    assert code == 0
    run = json.loads((archive / "latest" / "run.json").read_text(encoding="utf-8"))
    assert [one["about"] for one in run["not_known"]] == ["draw"]
    assert not {"callbacks", "lapsed"} & set(nights.tables(archive)["worklists"]["list"])
