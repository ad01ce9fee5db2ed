"""What went in and how the night was made."""

from datetime import datetime

import polars as pl

from connectors.archive import LocalNight
from expectations.scorecard import expected, operations
from expectations.scorecard.expected import SAMPLED, SAMPLED_OF
from pipeline.core import masks
from pipeline.core.rules.catalogue import BY_ID
from tests.expectations.conftest import rewrite


def test_a_feed_says_how_old_its_newest_data_is(night: LocalNight) -> None:
    old = pl.lit(datetime(2026, 6, 27, 9), pl.Datetime("us"))
    aged = pl.when(pl.col("source") == "claims").then(old).otherwise("observed_at").alias("observed_at")
    rewrite(night, "observations", lambda rows: rows.with_columns(aged))
    night.run["feeds"]["sms"]["business_date"] = "2026-06-29"
    night.run["feeds"]["wechat"].update(refused=True, stale=True)
    told = {row["en"]: row for row in operations.feeds(night)}
    assert (told["claims"]["as_of"], told["claims"]["age"]) == ("2026-06-27", 3)
    assert (told["SMS"]["as_of"], told["SMS"]["age"]) == ("2026-06-29", 1)
    assert (told["WeChat"]["state"], told["claims"]["state"]) == ("refused", "fresh")


def test_the_run_says_how_long_it_took(night: LocalNight) -> None:
    told = operations.run_facts(night)
    assert told["seconds"] is not None and told["per_second"] > 0
    assert told["observations"] == night.scan("observations").select(pl.len()).collect().item()
    (night.folder / "timings.json").unlink()
    assert operations.run_facts(night)["seconds"] is None


def test_a_sample_shows_the_field_its_rule_asks_of(night: LocalNight) -> None:
    found = [{"status": "fail", "rule": rule, "subject": rule} for rule in BY_ID if rule[:1] in SAMPLED]
    told = expected.samples(night, found)
    columns = {*SAMPLED.values(), *SAMPLED_OF.values()} - {"address"}
    rows = night.scan("observations").select(columns).collect()
    masked = {column: set(masks.MASKS[column](rows[column]).drop_nulls()) for column in columns}
    met = set()
    for rule, samples in told.items():
        column = SAMPLED_OF.get(rule, SAMPLED[rule[0]])
        assert len(samples) <= expected.SAMPLES
        if column != "address":
            met.add(column)
            assert {one["shown"] for one in samples} <= masked[column], rule
    assert {"name", "cert_no", "mobile"} <= met
