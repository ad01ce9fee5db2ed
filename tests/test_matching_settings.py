"""Matching settings: what they make of the matcher, and models that do not fit."""

import json
from pathlib import Path
from typing import Any

import pytest

from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.model import digest_of, to_json
from pipeline.errors import SettingsError
from pipeline.matching_settings import matcher_of
from pipeline.settings import MatchingSettings


def told(**changes: Any) -> dict[str, Any]:
    return {**to_json(packaged().model), **changes}


def write(folder: Path, content: object) -> MatchingSettings:
    text = content if isinstance(content, str) else json.dumps(content)
    (folder / "model.json").write_text(text, encoding="utf-8")
    return MatchingSettings(model="model.json")


def test_without_settings_the_packaged_matcher(tmp_path: Path):
    assert matcher_of(MatchingSettings(), tmp_path) == packaged()


def test_bits_become_millibits(tmp_path: Path):
    matcher = matcher_of(
        MatchingSettings(link_at=1.5, review_at=-0.25, largest_block=9, largest_component=99, largest_forest=5000),
        tmp_path,
    )
    assert matcher.largest_forest == 5000
    assert (matcher.link_at, matcher.review_at, matcher.largest_block, matcher.largest_component) == (1500, -250, 9, 99)


def test_a_model_file_is_read_relative_to_the_settings(tmp_path: Path):
    assert matcher_of(write(tmp_path, told(prior=0.25)), tmp_path).model.prior == 0.25


@pytest.mark.parametrize(
    "content",
    [
        "{",
        [],
        told(format=2),
        told(comparisons="cars"),
        told(m={}),
        told(u=None),
        told(m={**to_json(packaged().model)["m"], "gender": {"same": "0.5", "other": 0.5}}),
        told(u={**to_json(packaged().model)["u"], "gender": {"same": 0.0, "other": 1.0}}),
        told(prior=1.0),
        told(provenance="me"),
    ],
)
def test_a_model_that_does_not_fit_is_refused(tmp_path: Path, content: object):
    with pytest.raises(SettingsError):
        matcher_of(write(tmp_path, content), tmp_path)


def test_a_model_that_is_not_there_is_refused(tmp_path: Path):
    with pytest.raises(SettingsError, match=r"nowhere\.json: cannot be read"):
        matcher_of(MatchingSettings(model="nowhere.json"), tmp_path)


def test_review_above_links_is_refused():
    with pytest.raises(ValueError, match="review_at must not be above link_at"):
        MatchingSettings(link_at=0, review_at=1)


def test_the_digest_is_of_what_the_model_says_not_of_its_file(tmp_path: Path):
    model = packaged().model
    again = matcher_of(write(tmp_path, json.dumps(told(), indent=7, sort_keys=True)), tmp_path).model
    assert digest_of(again) == digest_of(model)
    assert digest_of(matcher_of(write(tmp_path, told(prior=0.25)), tmp_path).model) != digest_of(model)
