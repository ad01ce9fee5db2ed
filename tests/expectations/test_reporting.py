"""Whatever goes wrong with a report stands in red at its top; none gives a green page."""

import re
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

import great_expectations as gx
import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.catalogue import FOLDER
from expectations.reporting import Report, report
from tests.expectations.conftest import rewrite

PHONE = "13905142687"


def alarm(made: Report) -> str:
    """The red section at the top of the page; empty when there is none."""
    found = re.search(r'<(section|main)[^>]*role="alert".*?</\1>', made.page.read_text(encoding="utf-8"), re.DOTALL)
    return found.group() if found else ""


def suites(folder: Path, name: str, *change: str) -> Path:
    """The suites with one text replaced in one of them."""
    shutil.copytree(FOLDER, folder)
    path = folder / f"{name}.yaml"
    text = path.read_text(encoding="utf-8")
    assert change[0] in text
    path.write_text(text.replace(*change, 1), encoding="utf-8")
    return folder


def test_a_night_is_asked_everything(archive: LocalArchive, night: LocalNight) -> None:
    made = report(archive, night)
    assert made.whole
    assert not made.validation.errors
    assert made.page == night.folder / "reports" / "index.html"
    assert 'class="fine"' in made.page.read_text(encoding="utf-8") or "RATE-01" in alarm(made)


def test_no_network_is_asked_for(archive: LocalArchive, night: LocalNight, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[object] = []

    def refuse(*told: object, **_: object) -> None:
        tried.append(told)
        raise OSError("no network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    made = report(archive, night)
    assert made.whole
    assert tried == []


def test_a_library_that_crashes_is_red_and_quotes_nothing(
    archive: LocalArchive, night: LocalNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(archive, night)

    def crash(**_: object) -> None:
        raise RuntimeError(f"cannot convert {PHONE}")

    monkeypatch.setattr(gx, "get_context", crash)
    made = report(archive, night)
    assert not made.whole
    assert made.validation.errors == ["CHECK"]
    assert "RuntimeError at expectations/run.py" in alarm(made)
    assert "expectations/context.py" in alarm(made)
    assert PHONE not in made.page.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("suite", "change", "told"),
    [
        ("tables", ("ExpectColumnValuesToBeBetween", "ExpectColumnValuesToBeBetwixt"), "TABL-01"),
        ("tables", ("{column: key_nulls, max_value: 0}", "{column: key_nulls, maximum: 0}"), "TABL-01"),
        ("feeds", ("measure: feeds.refused", "measure: feeds.refusd"), "FEED-01"),
        ("rules", ("count: ", "count: 1"), "rules.yaml"),
        ("rules", ("severity:", "severty:"), "RULE-N01"),
    ],
)
def test_a_misspelt_suite_is_red(
    archive: LocalArchive, night: LocalNight, tmp_path: Path, suite: str, change: tuple[str, str], told: str
) -> None:
    made = report(archive, night, suites(tmp_path / "suites", suite, *change))
    assert not made.whole
    assert told in alarm(made)


def test_a_metric_that_crashes_is_red(archive: LocalArchive, night: LocalNight, tmp_path: Path) -> None:
    made = report(archive, night, suites(tmp_path / "suites", "tables", "{column: digest}", "{column: nonsense}"))
    assert made.validation.errors == ["TABL-06"]
    assert "TABL-06" in alarm(made)


def test_a_rule_that_was_not_computed_is_red(archive: LocalArchive, night: LocalNight) -> None:
    rewrite(night, "rule_stats", lambda stats: stats.filter(pl.col("rule") != "N01"))
    made = report(archive, night)
    assert made.validation.errors == ["RULE-N01"]
    assert "RULE-N01" in alarm(made)


def test_a_rule_asked_the_night_before_and_no_more_is_red(
    archive: LocalArchive, night: LocalNight, earlier: Callable[[int], LocalNight]
) -> None:
    report(archive, earlier(1))
    rewrite(night, "rule_stats", lambda stats: stats.filter(pl.col("rule") != "D04"))
    assert report(archive, night).validation.errors == ["RULE-D04"]


def test_a_rule_switched_off_is_no_error(archive: LocalArchive, night: LocalNight) -> None:
    night.run["rules"].remove("N01")
    rewrite(night, "rule_stats", lambda stats: stats.filter(pl.col("rule") != "N01"))
    made = report(archive, night)
    assert made.whole
    row = made.validation.results.row(by_predicate=pl.col("id") == "RULE-N01", named=True)
    assert (row["success"], row["detail"]) == (None, "off")


@pytest.mark.parametrize("table", ["parties", "rates", "vendor_audit"])
def test_a_missing_table_is_red(archive: LocalArchive, night: LocalNight, table: str) -> None:
    shutil.rmtree(night.folder / table)
    made = report(archive, night)
    assert "TABL-04" in alarm(made)
    assert table in alarm(made)
    assert "TABL-04" in made.validation.critical


def test_a_damaged_table_is_red(archive: LocalArchive, night: LocalNight) -> None:
    for path in (night.folder / "customers").glob("*.parquet"):
        path.write_bytes(path.read_bytes()[:100])
    made = report(archive, night)
    assert "TABL-04" in alarm(made)
    assert "IDEN-01" in made.validation.errors


def test_a_page_that_cannot_be_drawn_is_red(
    archive: LocalArchive, night: LocalNight, monkeypatch: pytest.MonkeyPatch
) -> None:
    report(archive, night)
    monkeypatch.setattr("expectations.scorecard.render.figures", lambda *_: {}[PHONE])
    made = report(archive, night)
    assert not made.whole
    assert "KeyError" in alarm(made)
    assert PHONE not in made.page.read_text(encoding="utf-8")
