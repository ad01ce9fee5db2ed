from pathlib import Path

import pytest

from connectors.registry import sources
from connectors.sources.file_source import ENDINGS, FORMATS
from pipeline.settings import Settings
from tests.deliveries_sources import CLAIMS, NIGHT, as_text, delivered, inspected, refusals, values_of


def test_every_ending_has_a_format() -> None:
    assert set(ENDINGS.values()) < set(FORMATS)


@pytest.mark.parametrize("name", ["f.csv", "f.TXT", "f.dat", "f.unl", "f", "f.20261121", "f.csv.bak"])
def test_any_other_ending_is_text(name: str, tmp_path: Path) -> None:
    assert len(values_of(delivered(tmp_path, as_text(CLAIMS).encode(), name))) == 3


def test_a_format_told_wins_over_the_ending(tmp_path: Path) -> None:
    assert len(values_of(delivered(tmp_path, as_text(CLAIMS).encode(), "f.xls", format="text"))) == 3
    assert "is damaged, or no Parquet" in refusals(delivered(tmp_path, b"a", "f.csv", format="parquet"))[0]


def test_paths_hold_the_business_date_and_are_relative_to_the_settings(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "claims_20261121.csv").write_bytes(as_text(CLAIMS).encode())
    feeds = {"claims": {"path": "in/claims_{date}.csv"}, "wechat": {"path": "in/wx_{date:%Y-%m-%d}.jsonl"}}
    claims, wechat = sources(Settings(output="o", feeds=feeds), tmp_path)
    assert (claims.name, wechat.name) == ("claims", "wechat")
    assert claims.inspect(NIGHT, frozenset()).rows == 3
    assert refusals(wechat.inspect(NIGHT, frozenset())) == [
        "feed wechat: there is no file wx_2026-11-21.jsonl. Ask the sender, or correct path: in the settings."
    ]


def test_a_feed_may_bear_another_name_than_its_kind(tmp_path: Path) -> None:
    (tmp_path / "f.csv").write_bytes(as_text(CLAIMS).encode())
    feeds = {"night_market": {"path": "f.csv", "kind": "claims", "mode": "full", "obligatory": True}}
    (source,) = sources(Settings(output="o", feeds=feeds), tmp_path)
    report = source.inspect(NIGHT, frozenset())
    assert (report.feed, report.kind, report.mode, report.obligatory) == ("night_market", "claims", "full", True)
    assert {chunk.feed for chunk in report.chunks} == {"night_market"}


def test_underwriting_is_obligatory_unless_told_otherwise(tmp_path: Path) -> None:
    for told, obligatory in ((None, True), (False, False)):
        feeds = {"underwriting": {"path": "none.csv", "obligatory": told}}
        (source,) = sources(Settings(output="o", feeds=feeds), tmp_path)
        report = source.inspect(NIGHT, frozenset())
        assert (report.refused, report.obligatory, report.files, report.rows) == (True, obligatory, (), 0)


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("none*.csv", "there is no file none*.csv"),
        ("{day}.csv", "a path in its settings cannot be filled in"),
        ("klingon://x/y.csv", "y.csv cannot be read"),
    ],
)
def test_a_path_that_leads_nowhere_refuses(path: str, problem: str, tmp_path: Path) -> None:
    report = inspected(path if "://" in path or "{" in path else tmp_path / path)
    assert problem in refusals(report)[0]
    assert report.problems[0].rule == "C12"


def test_a_night_on_which_nobody_decided_anything_lacks_nothing(tmp_path: Path) -> None:
    feeds = {"rulings": {"path": "decisions_*.xlsx", "kind": "decisions"}, "sms": {"path": "sms_*.csv"}}
    decided, sent = (one.inspect(NIGHT, frozenset()) for one in sources(Settings(output="o", feeds=feeds), tmp_path))
    assert (decided.refused, decided.problems, decided.chunks) == (False, (), ())
    assert sent.refused


def test_a_folder_is_refused(tmp_path: Path) -> None:
    assert "is a folder, not a file" in refusals(inspected(tmp_path))[0]


def test_files_may_be_named_by_uri(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_text(CLAIMS).encode())
    assert len(values_of(inspected(f"file://{tmp_path}/*.csv"))) == 3


def test_one_unusable_file_of_several_refuses_the_feed_and_all_are_reported(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(as_text(CLAIMS).encode())
    (tmp_path / "b.csv").write_bytes(bytes(range(256)) * 99)
    report = inspected(tmp_path / "*.csv")
    assert [file.name for file in report.files] == ["a.csv"]
    assert refusals(report)[0].startswith("feed claims, file b.csv: is not text")
    assert report.chunks == ()
