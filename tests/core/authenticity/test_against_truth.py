"""Evidence and verdicts beside what is known to be true of a small city: precision and recall per cause, asserted loosely."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.core.authenticity import advice
from pipeline.core.authenticity.calibers import CALIBERS
from pipeline.core.authenticity.counts import count, counted
from tests import nights

ON = date(2026, 6, 30)
PARTY = ["policy_no", "role"]


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    """The parties of a night beside their truth."""
    nightly = nights.city(Path(tmp_path_factory.mktemp("city")), people=400)
    code, archive = nights.run(nightly)
    assert code == 0
    parties = pl.read_parquet(archive / "latest" / "parties" / "*.parquet")
    truth = pl.read_parquet(nightly.parent / "truth" / "20260630" / "standing.parquet").drop(
        "policy_status", "issued_on"
    )
    return parties.join(truth, on=PARTY)


def by_cause(parties: pl.DataFrame) -> pl.DataFrame:
    told = pl.when(pl.col("causes").list.len() > 0).then("causes").otherwise(pl.lit(["none"], pl.List(pl.String)))
    causes = parties.with_columns(cause=told).explode("cause")
    return (
        causes.group_by("cause")
        .agg(
            parties=pl.len(),
            refuted=(pl.col("verdict") == "refuted").mean().round(3),
            authentic=(pl.col("verdict") == "authentic").mean().round(3),
        )
        .sort("parties", "cause", descending=True)
    )


@pytest.mark.slow
def test_precision_and_recall_of_the_verdicts(judged: pl.DataFrame) -> None:
    true = pl.all_horizontal("name_true", "cert_true", "mobile_true")
    refuted, authentic = (judged.filter(pl.col("verdict") == word) for word in ("refuted", "authentic"))
    false_kind = refuted.filter(pl.col("refuted_kind") == "false")
    figures = {
        "precision of refuted": false_kind.select((~true).mean()).item(),
        "recall of refuted": judged.filter(~true).select((pl.col("verdict") == "refuted").mean()).item(),
        "precision of authentic": authentic.select(true.mean()).item(),
        "recall of authentic": judged.filter(true).select((pl.col("verdict") == "authentic").mean()).item(),
    }
    with pl.Config(tbl_rows=60):
        print(by_cause(judged), figures)
    assert figures["precision of refuted"] > 0.8
    assert figures["recall of refuted"] > 0.2
    not_refuted = judged.filter(pl.col("verdict") != "refuted").select(true.mean()).item()
    assert figures["precision of authentic"] > max(0.8, not_refuted)
    assert figures["recall of authentic"] > 0.5


@pytest.mark.slow
def test_evidence_moves_the_rate_towards_the_truth(judged: pl.DataFrame) -> None:
    true = pl.all_horizontal("name_true", "cert_true", "mobile_true")
    truth = judged.filter((pl.col("role") != "owner") & pl.col("is_person")).select(true.mean()).item()
    rates = {}
    for name in ("system", "final", "proven"):
        cells = count(counted(judged, [CALIBERS[name]], ON), [CALIBERS[name]], ON)
        city = cells.filter((pl.col("dimension") == "city") & (pl.col("period_kind") == "all")).row(0, named=True)
        rates[name] = city["numerator"] / city["denominator"]
    print(truth, rates)
    assert rates["proven"] < truth < rates["final"] <= rates["system"]


@pytest.mark.slow
def test_every_reason_and_advice_that_is_given_has_texts(judged: pl.DataFrame) -> None:
    known = set(advice.texts()["code"])
    assert set(judged["reasons"].explode().drop_nulls()) | set(judged["advice"].explode().drop_nulls()) <= known
    assert judged.filter((pl.col("verdict") != "authentic") & (pl.col("reasons").list.len() == 0)).height == 0
