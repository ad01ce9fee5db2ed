from datetime import date
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.errors import SettingsError


def written(folder: Path, text: str) -> Path:
    path = folder / "nightly.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_feed_with_ordinary_headers_needs_only_its_path(tmp_path: Path) -> None:
    told = settings.load(written(tmp_path, "output: out\nfeeds:\n  underwriting: {path: 'in/{date}.txt'}\n"))
    assert told.feeds["underwriting"].encoding == "auto"
    assert told.is_obligatory("underwriting")


def test_every_problem_is_told_at_once(tmp_path: Path) -> None:
    path = written(tmp_path, "feeds:\n  claims: {path: 1, colour: red}\ntarget_rate: 93\n")
    with pytest.raises(SettingsError) as caught:
        settings.load(path)
    assert all(
        word in str(caught.value) for word in ("output", "feeds.claims.path", "feeds.claims.colour", "target_rate")
    )


def test_a_feed_of_no_known_kind_is_refused_with_the_kinds_there_are(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="crm: not a known kind.*underwriting"):
        settings.load(written(tmp_path, "output: o\nfeeds: {crm: {path: a}}\n"))


@pytest.mark.parametrize("text", ["a: [", "\t- b", "output: 'x"])
def test_broken_yaml_names_the_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="YAML"):
        settings.load(written(tmp_path, text))


def test_a_missing_file_is_a_settings_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read"):
        settings.load(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("pattern", "filled"),
    [
        ("in/{date}/*.txt", "/f/in/20261121/*.txt"),
        ("in/{date:%Y-%m-%d}", "/f/in/2026-11-21"),
        ("s3://b/{date}", "s3://b/20261121"),
    ],
)
def test_the_business_date_fills_the_path(pattern: str, filled: str) -> None:
    assert settings.path_for(pattern, Path("/f"), date(2026, 11, 21)) == filled


def test_a_delimiter_is_one_character_or_its_name(tmp_path: Path) -> None:
    told = settings.load(written(tmp_path, "output: o\nfeeds: {claims: {path: a, delimiter: '\\x01'}}\n"))
    assert told.feeds["claims"].delimiter == "\x01"
    with pytest.raises(SettingsError, match="one character"):
        settings.load(written(tmp_path, "output: o\nfeeds: {claims: {path: a, delimiter: '||'}}\n"))


def test_a_date_format_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="not a date format"):
        settings.load(written(tmp_path, "output: o\nfeeds: {claims: {path: a, date_formats: ['%Q']}}\n"))
