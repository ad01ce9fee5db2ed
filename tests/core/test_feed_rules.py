from datetime import date, datetime

import polars as pl

from pipeline.core import feed_rules, ledger


def outcomes(*entries: tuple[str, int, str]) -> dict[str, tuple[int, int]]:
    accounts = ledger.total([ledger.entry("leads", measure, count, reason) for measure, count, reason in entries])
    stats = feed_rules.of_ledger(accounts)
    return {row["rule"]: (row["evaluated"], row["failed"]) for row in stats.iter_rows(named=True)}


def test_a_balanced_feed_passes() -> None:
    assert outcomes(("rows_read", 3, ""), ("rows_used", 3, "")) == {"C11": (1, 0), "C16": (1, 0)}


def test_a_lost_row_fails_reconciliation() -> None:
    assert outcomes(("rows_read", 3, ""), ("rows_used", 2, ""))["C16"] == (1, 1)


def test_a_key_delivered_twice_fails_c11() -> None:
    entries = (("rows_read", 2, ""), ("rows_used", 1, ""), ("rows_rejected", 1, "duplicate_key"))
    assert outcomes(*entries) == {"C11": (1, 1), "C16": (1, 0)}


def test_leads_set_aside_are_failures_of_c03() -> None:
    entries = (("rows_read", 3, ""), ("rows_rejected", 2, "no_consent"), ("rows_rejected", 1, "no_time"))
    assert outcomes(*entries)["C03"] == (3, 3)


def test_the_table_has_the_published_columns() -> None:
    assert feed_rules.of_ledger(ledger.total([])).schema == feed_rules.RULE_STATS.schema
    assert feed_rules.outcome("C13", "claims", "W").select(pl.col("failed_w")).item() == 1


def test_a_feed_whose_newest_row_is_too_old_is_stale() -> None:
    told = pl.DataFrame(
        {
            "source": ["claims", "claims", "sms"],
            "observed_at": [datetime(2026, 3, 1), datetime(2026, 2, 1), datetime(2026, 2, 1)],
        }
    )
    parts = [feed_rules.newest(told.head(1)), feed_rules.newest(told.tail(2))]
    stats = feed_rules.of_age(parts, date(2026, 3, 2), {"sms": 28})
    assert stats.select("source", "failed_w").rows() == [("claims", 0), ("sms", 1)]
    assert feed_rules.of_age(parts, date(2026, 3, 2), {"sms": 29})["failed"].sum() == 0
