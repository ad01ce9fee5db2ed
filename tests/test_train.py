"""``zhenke train`` as its user sees it: the model, its provenance, the drift, and what it refuses."""

import json
import re
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from pipeline.__main__ import main
from pipeline.core.matching import people
from pipeline.core.matching.matcher import packaged
from pipeline.core.matching.model import digest_of, from_json, to_json
from tests import nights

Said = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def nightly(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = nights.city(tmp_path_factory.mktemp("city"))
    assert nights.run(path)[0] == 0
    return path


def published(nightly: Path) -> dict[str, Any]:
    return json.loads((nightly.parent / "output" / "latest" / "run.json").read_text(encoding="utf-8"))


def test_a_model_is_trained_its_drift_told_and_replaced_only_when_asked_to(nightly: Path, tmp_path: Path, capfd: Said):
    path = tmp_path / "model.json"
    assert main(["train", str(nightly), "--model", str(path)]) == 0
    said = capfd.readouterr()
    model = from_json(json.loads(path.read_text(encoding="utf-8")), people.NAME, people.COMPARISONS)
    seen = nights.tables(nightly.parent / "output")["patterns"]
    provenance = model.provenance
    assert (provenance["business_date"], provenance["started_from"]) == ("2026-06-30", digest_of(packaged().model))
    assert provenance["night_settings_digest"] == published(nightly)["settings_digest"]
    assert (provenance["pairs"], provenance["patterns"]) == (seen["pairs"].sum(), seen.height)
    drifts = [abs(float(told)) for told in re.findall(r"([+-]\d+\.\d\d) │ *!? *\n", said.out)]
    assert len(drifts) == sum(len(one.levels) for one in people.COMPARISONS)
    assert drifts == sorted(drifts, reverse=True)
    assert f"{sum(drift > 2 for drift in drifts)} of {len(drifts)} levels drifted by more than 2 bits" in said.err
    chart = (tmp_path / "model.html").read_text(encoding="utf-8")
    assert re.findall(r"https?://|<script|<link|src=|@import|url\(", chart) == []
    assert chart.count("<svg") == len(drifts) + 1
    before = path.read_bytes()
    assert main(["train", str(nightly), "--model", str(path)]) == 2
    assert "model.json and model.html exist already" in capfd.readouterr().err
    assert path.read_bytes() == before
    path.write_text("old", encoding="utf-8")
    assert main(["train", str(nightly), "--model", str(path), "--replace"]) == 0
    assert path.read_bytes() == before
    assert sorted(file.name for file in tmp_path.iterdir()) == ["model.html", "model.json"]


def test_the_packaged_model_is_never_replaced(nightly: Path):
    packaged_path = Path(people.__file__).parents[1] / "tables" / "matching_model.json"
    before = packaged_path.read_bytes()
    assert main(["train", str(nightly), "--model", str(packaged_path), "--replace"]) == 2
    assert packaged_path.read_bytes() == before


@pytest.mark.parametrize("name", ["model.html", "nowhere/model.json"])
def test_a_place_a_model_cannot_stand_is_2(nightly: Path, tmp_path: Path, name: str):
    assert main(["train", str(nightly), "--model", str(tmp_path / name)]) == 2


def test_without_a_published_night_it_is_2(nightly: Path, tmp_path: Path):
    empty = nights.changed(nightly, output="nothing")
    assert main(["train", str(empty), "--model", str(tmp_path / "model.json")]) == 2


@pytest.mark.parametrize("command", ["run", "check", "train"])
@pytest.mark.parametrize("content", ["{", json.dumps({**to_json(packaged().model), "comparisons": "cars"})])
def test_a_model_that_does_not_fit_is_2_before_anything_is_read(
    tmp_path: Path, command: str, content: str, capfd: Said
):
    (tmp_path / "model.json").write_text(content, encoding="utf-8")
    nightly = tmp_path / "nightly.yaml"
    told = {"output": "output", "feeds": {"underwriting": {"path": "nowhere.txt"}}, "matching": {"model": "model.json"}}
    nightly.write_text(yaml.safe_dump(told), encoding="utf-8")
    assert main([command, str(nightly), *(["--model", str(tmp_path / "new.json")] if command == "train" else [])]) == 2
    assert "model" in capfd.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["model.json", "nightly.yaml"]


def test_a_night_says_which_model_it_was_made_with_and_which_blocks_were_too_large(nightly: Path, tmp_path: Path):
    assert published(nightly)["matching"]["digest"] == digest_of(packaged().model)
    model = {**to_json(packaged().model), "prior": 0.01, "provenance": {"made_from": "a test"}}
    (nightly.parent / "model.json").write_text(json.dumps(model), encoding="utf-8")
    code, archive = nights.run(
        nightly, output="stricter", matching={"model": "model.json", "link_at": 3.0, "largest_block": 2}
    )
    assert code == 0
    told = json.loads((archive / "latest" / "run.json").read_text(encoding="utf-8"))["matching"]
    assert (told["model"]["provenance"], told["model"]["prior"], told["link_at"]) == (
        {"made_from": "a test"},
        0.01,
        3.0,
    )
    links = nights.tables(archive)["links"]
    assert links.height
    assert links.select(pl.col("weight").min()).item() >= 3.0
    blocks = nights.tables(archive)["blocks"]
    assert set(blocks["reason"]) == {"too_large", "nothing_to_refine_by"}
    assert (blocks.filter(pl.col("reason") == "too_large")["tellings"] > 2).all()
