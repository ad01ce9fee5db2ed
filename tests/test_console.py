"""What the closing summary says of the true rate."""

import polars as pl
import pytest

from pipeline.console import true_rate
from pipeline.core.authenticity.estimates_table import ESTIMATES

ROW = {
    "caliber": "final",
    "digest": "e8ea52e2ca6da351",
    "period": "all",
    "dimension": "city",
    "value": "",
    "callers": "all",
    "population": 10_000,
    "drawn": 1_000,
    "reached": 800,
    "estimate": 0.9,
    "low": 0.88,
    "high": 0.92,
    "method": "wilson",
    "coverage": 0.95,
    "naive_rate": 0.95,
    "bias": 0.05,
    "worst_low": 0.7,
    "worst_high": 0.94,
    "target": 0.93,
    "decision": "missed",
    "worst_decision": "open",
    "error": 0.05,
}


def said(*changes: dict[str, object]) -> str:
    rows = [ROW | change for change in changes]
    return " ".join(" ".join(true_rate(pl.DataFrame(rows, schema=ESTIMATES.schema))).split())


def test_whether_the_target_is_missed_is_told_with_the_probability_of_error() -> None:
    told = said({})
    assert "final [e8ea52e2ca6da351]: 90.00%, between 88.00% and 92.00% in 95% of samples" in told
    assert "final counts 95.00% of the same: 5.00 points too high" in told
    assert "target 93% missed; wrong with probability 5.0% at most, if those not reached are like those reached" in told
    assert "whatever those not reached are, 70.00% to 94.00%: open" in told


def test_an_open_question_is_told_as_open() -> None:
    assert "target 93% open; no sample decides yet" in said({"decision": "open"})


def test_callers_in_doubt_are_left_out_where_there_are_any() -> None:
    told = said({"estimate": 0.99}, {"callers": "unflagged", "reached": 600, "bias": -0.01})
    assert "90.00%" in told
    assert "99.00%" not in told
    assert "callers in doubt left out" in told
    assert "1.00 points too low" in told


@pytest.mark.parametrize("change", [{"reached": 0}, {"dimension": "unit"}, {"period": "2026-06"}])
def test_other_rows_are_not_the_citys_true_rate(change: dict[str, object]) -> None:
    assert said(change) == ""
