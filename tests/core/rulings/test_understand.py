"""Rows of filled-in work lists: what they say, and why they say nothing."""

from datetime import date, datetime

import pytest

from tests.core.rulings.rulings import false_positive, row, understood


def test_a_corrected_value_is_taken_as_it_was_written() -> None:
    told = understood(row(corrected=" １３９ ０５１４ ２６８７")).rulings.row(0, named=True)
    assert (told["status"], told["value"]) == ("corrected", "１３９ ０５１４ ２６８７")
    assert (told["unit"], told["decided_at"], told["seen_at"]) == (
        "江宁", datetime(2026, 3, 2, 9), datetime(2026, 2, 20, 8),
    )  # fmt: skip


def test_a_false_positive_has_its_last_day() -> None:
    told = understood(false_positive()).rulings.row(0, named=True)
    assert (told["status"], told["rule"], told["expires_on"]) == ("false_positive", "P02", date(2026, 12, 31))


def test_a_row_nobody_touched_is_pending_and_no_reject() -> None:
    done = understood(
        row(status="待处理", corrected=None, decided_by=None, decided_at=None), row(status=None, corrected=None)
    )
    assert (done.pending, done.rulings.height, done.rejects.height) == (2, 0, 0)


def test_a_time_not_told_is_the_night_s_and_marked() -> None:
    told = understood(row(decided_at=None)).rulings.row(0, named=True)
    assert (told["decided_at"], told["undated"]) == (datetime(2026, 3, 2), True)


@pytest.mark.parametrize(
    ("told", "reason", "field"),
    [
        (row(status="好了"), "unknown_status", "status"),
        (row(status="待处理"), "status_missing", "status"),
        (row(record=None), "missing_record", "record"),
        (row(record="underwriting/P9/policyholder", policy_no="P9"), "unknown_record", "record"),
        (row(policy_no="P2"), "other_party", "policy_no"),
        (row(rule="P99"), "unknown_rule", "rule"),
        (row(rule="C12"), "unknown_rule", "rule"),
        (false_positive(rule=None), "unknown_rule", "rule"),
        (row(field="vehicle"), "unknown_field", "field"),
        (row(decided_by=None), "missing_decider", "decided_by"),
        (false_positive() | {"why": None}, "missing_why", "why"),
        (false_positive() | {"expires_on": None}, "missing_expiry", "expires_on"),
        (false_positive() | {"expires_on": "到期"}, "unreadable_expiry", "expires_on"),
        (row(decided_at="昨天"), "unreadable_time", "decided_at"),
    ],
)
def test_a_row_that_rules_nothing_is_told_with_what_would_be_right(
    told: dict[str, str | None], reason: str, field: str
) -> None:
    done = understood(told)
    assert done.rulings.is_empty()
    (reject,) = done.rejects.iter_rows(named=True)
    assert (reject["reason"], reject["field"], reject["feed_row"]) == (reason, field, 1)
    assert reject["advice"]


def test_a_finding_of_no_field_of_ours_can_still_be_a_false_positive() -> None:
    assert understood(false_positive(field="vehicle", rule="V05")).rulings.height == 1
