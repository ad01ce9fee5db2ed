"""Rulings from night to night: once each, the last one stands, false positives within their share."""

from datetime import date

import polars as pl
import pytest

from pipeline.core.rulings.known import Bounds, bounded, known, settled
from tests.core.rulings.rulings import NIGHT, RECORD, false_positive, none, row, rulings


def states(told: pl.DataFrame) -> list[str | None]:
    return told.sort("decided_at", "rule")["state"].to_list()


def test_the_same_workbook_again_says_nothing_new() -> None:
    first = known(none(), rulings(row(), false_positive(rule="P05")))
    assert known(first, rulings(row(), false_positive(rule="P05"))).equals(first)


def test_a_row_without_a_time_is_the_same_on_a_later_night() -> None:
    first = known(none(), rulings(row(decided_at=None)))
    later = rulings(row(decided_at=None)).with_columns(pl.col("decided_at") + pl.duration(days=1))
    assert known(first, later).equals(first)


def test_a_later_ruling_on_a_finding_replaces_the_one_before() -> None:
    told = known(
        none(), rulings(false_positive(), row(decided_at="2026-03-02 10:00", status="无法联系", corrected=None))
    )
    assert states(told) == ["replaced", None]


def test_what_was_replaced_stays_so_when_its_workbook_comes_again() -> None:
    first = known(none(), rulings(row()))
    second = known(first, rulings(row(corrected="13905142688")))
    assert sorted(second.select("value", "state").rows()) == [("13905142687", "replaced"), ("13905142688", None)]
    assert known(second, rulings(row())).equals(second)


def test_of_two_values_for_one_field_the_later_stands_and_one_value_answers_several_findings() -> None:
    told = known(none(), rulings(row(), row(rule="P05", decided_at="2026-03-02 10:00", corrected="13905142688")))
    assert states(told) == ["replaced", None]
    both = known(none(), rulings(row(), row(rule="P05")))
    assert states(both) == [None, None]


@pytest.mark.parametrize(("on", "state"), [(date(2026, 12, 31), None), (date(2027, 1, 1), "expired")])
def test_a_false_positive_ends_with_its_last_day(on: date, state: str | None) -> None:
    findings = pl.DataFrame({"rule": ["P02"], "failed": [100]})
    told = bounded(known(none(), rulings(false_positive())), findings, Bounds(on, 0.05))
    assert told["state"].to_list() == [state]


@pytest.mark.parametrize(
    ("failed", "share", "reviewer", "state"),
    [
        (20, 0.05, None, None),
        (19, 0.05, None, "second_person_needed"),
        (19, 0.05, "王专员", "second_person_needed"),
        (19, 0.05, "李主管", None),
        (1, 1.0, None, None),
    ],
)
def test_above_the_share_somebody_else_must_review(
    failed: int, share: float, reviewer: str | None, state: str | None
) -> None:
    findings = pl.DataFrame({"rule": ["P02"], "failed": [failed]})
    told = known(none(), rulings(false_positive(reviewed_by=reviewer)))
    assert bounded(told, findings, Bounds(NIGHT, share))["state"].to_list() == [state]


def test_the_share_is_used_up_in_the_order_of_time() -> None:
    other = {"record": "underwriting/P2/policyholder", "policy_no": "P2", "decided_at": "2026-03-02 08:00"}
    told = known(none(), rulings(false_positive(), false_positive(**other)))
    done = bounded(told, pl.DataFrame({"rule": ["P02"], "failed": [20]}), Bounds(NIGHT, 0.05))
    assert dict(done.select("record_id", "state").iter_rows()) == {
        other["record"]: None, RECORD: "second_person_needed",
    }  # fmt: skip


def test_a_record_nobody_met_is_gone() -> None:
    told = known(none(), rulings(row()))
    nobody = pl.DataFrame(schema={"number": pl.UInt32(), "state": pl.String()})
    assert settled(told, nobody)["state"].to_list() == ["gone"]
