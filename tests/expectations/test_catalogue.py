"""The reviewed suites: whole, spelt right, and every rule of the catalogue is expected something of."""

import shutil
from pathlib import Path

import pytest
import yaml

from connectors.archive import LocalArchive, LocalNight
from expectations.catalogue import FOLDER, SUITES, expected
from expectations.measures import frames, measures
from expectations.scorecard.words import OWNERS
from pipeline.core.feeds import KINDS
from pipeline.core.published import TABLES
from pipeline.core.rules.catalogue import RULES
from pipeline.errors import SettingsError

ITEMS = expected(0.93)


def test_every_rule_is_expected_something_of_and_nothing_else_is() -> None:
    assert {item.asks for item in ITEMS} - {""} == {rule.id for rule in RULES}
    assert len(RULES) == 98


def test_every_measure_and_frame_that_is_asked_for_exists(night: LocalNight) -> None:
    told = measures(night, [])
    assert told["key"].is_unique().all()
    assert {item.measure for item in ITEMS if item.measure} <= set(told["key"])
    assert {item.frame for item in ITEMS if item.frame} == set(frames(night, ITEMS))


def test_of_a_table_only_the_columns_asked_for_are_taken(night: LocalNight) -> None:
    assert set(frames(night, ITEMS)["rates"].columns) == {"caliber", "digest", "denominator", "authentic", "rate"}


def test_every_table_and_column_is_expected_to_be_as_documented(night: LocalNight) -> None:
    told = frames(night, ITEMS)
    assert set(told["table_facts"]["table"]) == {table.name for table in TABLES}
    wanted = {f"{table.name}.{column.name}" for table in TABLES for column in table.columns}
    assert set(told["table_columns"]["table"]) == wanted
    coded = {item.kwargs["column"] for item in ITEMS if item.frame == "codes"}
    assert set(told["codes"].columns) == coded
    assert coded <= wanted


def test_every_expectation_says_what_it_goes_by() -> None:
    for item in ITEMS:
        zh, en = item.norm
        assert any("\u4e00" <= letter <= "\u9fff" for letter in zh), item.id
        assert en and en != zh, item.id


def test_every_kind_of_feed_a_rule_is_always_asked_of_is_one() -> None:
    assert {item.always for item in ITEMS} - {""} <= set(KINDS)


def test_the_target_is_the_settings_own() -> None:
    assert {item.low for item in expected(0.9) if item.rule == "C15"} == {0.9}


def test_every_text_is_in_both_languages_and_has_an_owner() -> None:
    for item in ITEMS:
        assert item.owner in OWNERS and item.en.isascii()
        assert any("\u4e00" <= letter <= "\u9fff" for letter in item.zh)


@pytest.mark.parametrize(
    ("suite", "old", "new", "told"),
    [
        ("rules", "count: ", "count: 1", "expectations and says"),
        ("rules", "  - {id: RULE-N01", "  # - {id: RULE-N01", "expectations and says"),
        ("rules", "RULE-N02,", "RULE-N01,", "ids come twice: RULE-N01"),
        ("rules", "severity: warning", "severity: severe", "no usable severity"),
        ("rules", "measure: rule.N01", "native: X, measure: rule.N01", "no usable measure or native"),
        ("rules", "low: 0.97, ", "", "no usable low or high"),
        ("feeds", "high: 0,", "hihg: 0,", "unknown or a missing entry"),
    ],
)
def test_a_suite_that_is_not_as_it_says_is_refused(tmp_path: Path, suite: str, old: str, new: str, told: str) -> None:
    folder = tmp_path / "suites"
    shutil.copytree(FOLDER, folder)
    path = folder / f"{suite}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(SettingsError, match=told):
        expected(0.93, folder)


def test_every_file_of_the_folder_is_a_suite() -> None:
    assert {path.stem for path in FOLDER.iterdir()} == set(SUITES)
    assert all(yaml.safe_load((FOLDER / f"{name}.yaml").read_text())["suite"] == name for name in SUITES)


def test_the_library_is_asked_all_of_them(archive: LocalArchive, night: LocalNight) -> None:
    from expectations.run import validate

    results = validate(archive, night, night.folder).results
    assert results["id"].to_list() == sorted(item.id for item in ITEMS)
