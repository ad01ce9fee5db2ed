"""The figures of the verdicts beside the truth, on a few parties by hand."""

import polars as pl
import pytest
import yaml

from benchmarks import verdict
from benchmarks.verdict_added import no_verdicts
from benchmarks.verdict_cost import Meter, watched
from connectors.synthetic import make_city
from pipeline.__main__ import main as zhenke

NOBODY = pl.DataFrame(schema={"policy_no": pl.String, "role": pl.String})


def party(number, told, causes=(), reasons=(), reach="own", **false):
    return {
        "policy_no": number,
        "role": "policyholder",
        "same_person": False,
        "unit": "江宁",
        "verdict": told,
        "reasons": list(reasons),
        "causes": list(causes),
        "reach": reach,
        **dict.fromkeys(verdict.TRUE, True),
        **false,
    }


def city(*parties):
    frame = pl.DataFrame(list(parties), schema_overrides={"reasons": pl.List(pl.String), "causes": pl.List(pl.String)})
    return frame.with_columns(
        true=pl.all_horizontal(verdict.TRUE),
        heard_true=pl.all_horizontal(verdict.TRUE[:3]),
        family=pl.col("reach") == "family",
    )


CITY = city(
    party("P1", "refuted", ["mobile:agent"], ["P07.directory_phone"], "seller", mobile_true=False),
    party("P2", "authentic", ["mobile:agent"], reach="seller", mobile_true=False),
    party("P3", "refuted", ["name:short"], ["D04.check_digit", "P07.directory_phone"]),
    party("P4", "unverified"),
    party("P5", "refuted", ["name:title"], ["D04.check_digit"], name_true=False),
)


def test_recall_is_told_per_planted_cause():
    told = {row["cause"]: row for row in verdict.recall_by_cause(CITY, NOBODY).to_dicts()}
    agents = told["agent's or shop's phone"]
    assert (agents["parties"], agents["refuted"], agents["authentic"]) == (2, 0.5, 0.5)
    assert told["number of a seller or shop"]["parties"] == 2
    honest = told["honest: all true"]
    assert (honest["parties"], honest["refuted"]) == (2, 0.5)
    assert told["honest noise: true, written in another form"]["parties"] == 1


def test_precision_is_told_per_first_reason_and_field():
    told = {row["reason"]: row for row in verdict.precision_by_reason(CITY, 1).to_dicts()}
    assert (told["P07.directory_phone"]["precision"], told["P07.directory_phone"]["in_its_field"]) == (1, 1)
    # P5 is false, but not in its document.
    assert (told["D04.check_digit"]["precision"], told["D04.check_digit"]["in_its_field"]) == (0.5, 0)


def test_both_verdicts_have_precision_and_recall():
    told = verdict.overall(CITY)
    assert told["precision of refuted"] == pytest.approx(2 / 3, abs=1e-4)
    assert told["recall of refuted"] == pytest.approx(2 / 3, abs=1e-4)
    assert (told["precision of authentic"], told["recall of authentic"]) == (0, 0)


def test_what_a_step_took_is_added_up():
    meter = Meter()
    meter.add("assess", 1.0)
    meter.add("assess", 1.5)
    assert meter.by_step() == {"assess": 2.5, "all": 2.5}


def test_a_night_without_verdicts_has_rates_by_rules_alone(tmp_path):
    settings = make_city(tmp_path, 300, seed=3)
    kept = {**yaml.safe_load(settings.read_text(encoding="utf-8")), "lists": {"caliber": "system"}}
    settings.write_text(yaml.safe_dump(kept, allow_unicode=True), encoding="utf-8")
    with no_verdicts():
        assert zhenke(["run", str(settings), "--no-report"]) == 0
    night = tmp_path / "output" / "latest"
    assert set(pl.read_parquet(night / "rates")["caliber"]) == {"system"}
    rows = {name: pl.read_parquet(night / name / "*.parquet").height for name in ("evidence", "estimates", "worklists")}
    assert rows == {"evidence": 0, "estimates": 0, "worklists": 0}


def test_everything_that_is_timed_is_there() -> None:
    with watched(Meter()):
        pass
