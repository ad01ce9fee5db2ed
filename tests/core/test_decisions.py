from datetime import date, datetime
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.core import decisions
from pipeline.core.digest import digest
from pipeline.core.matching.decided import STATES_SCHEMA
from pipeline.core.schema import DECISIONS
from pipeline.core.standardise import FeedSpec
from pipeline.errors import RunError

SPEC = FeedSpec("stewards", "decisions", (), date(2026, 3, 2), {"decision": {"OK": "same"}})
ROW = {"end_a": "r/1", "end_b": "r/2", "decision": "同一人", "decided_by": "陈主管"}
EARLY, LATE = datetime(2026, 3, 1, 8), datetime(2026, 3, 2, 8)


def understood(**told: str | None) -> decisions.Understood:
    row = {"feed_file": "d.csv", "feed_row": 1, **ROW, **told}
    return decisions.understand(pl.DataFrame([row]).with_columns(pl.col(pl.Null).cast(pl.String)), SPEC)


def table(*told: dict[str, Any]) -> pl.DataFrame:
    plain = {"end_a": "r/1", "end_b": "r/2", "decision": "same", "decided_by": "C", "decided_at": EARLY}
    return pl.DataFrame([plain | row for row in told], schema=DECISIONS.schema)


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("同一人", "same"),
        ("非同一人", "not_same"),
        ("Same", "same"),
        ("ｎｏｔ＿ｓａｍｅ", "not_same"),
        (" 不是同一人 ", "not_same"),
        ("ok", "same"),
    ],
)
def test_a_decision_is_understood_in_chinese_english_and_the_feeds_own_codes(said: str, expected: str):
    assert understood(decision=said).decisions["decision"].to_list() == [expected]


def test_the_smaller_end_comes_first_and_the_rest_is_as_told():
    told = understood(end_a="r/2", end_b="r/1", decided_at="2026-03-01 08:00", why="电话核实").decisions
    assert told.schema == DECISIONS.schema
    assert told.row(0) == ("r/1", "r/2", "same", "陈主管", EARLY, "电话核实", None, None, None)


def test_a_decision_without_a_time_is_of_the_business_date():
    assert understood().decisions["decided_at"].to_list() == [datetime(2026, 3, 2)]


@pytest.mark.parametrize(
    ("harm", "reason"),
    [
        ({"end_a": None}, "missing_end"),
        ({"end_b": " "}, "missing_end"),
        ({"end_b": "r/1"}, "same_end"),
        ({"decision": "也许"}, "unknown_decision"),
        ({"decision": None}, "unknown_decision"),
        ({"decided_by": None}, "missing_decider"),
        ({"decided_at": "上周"}, "unreadable_time"),
    ],
)
def test_a_row_that_decides_nothing_is_rejected_with_its_reason(harm: dict[str, str | None], reason: str):
    told = understood(**harm)
    assert told.decisions.is_empty()
    assert told.rejects["reason"].to_list() == [reason]
    assert told.rejects.select(pl.col("feed", "field", "advice", "raw").is_not_null().all()).row(0) == (True,) * 4


def test_a_later_decision_about_the_same_ends_replaces_an_earlier_one():
    told = decisions.known(table({}, {"end_b": "r/3"}), table({"decided_at": LATE, "decision": "not_same"}))
    assert told.select("end_b", "decision", "state").rows() == [
        ("r/2", "same", "replaced"), ("r/2", "not_same", None), ("r/3", "same", None),
    ]  # fmt: skip


def test_a_decision_told_again_is_one_and_keeps_its_records():
    bound = table({"record_a": "r/1", "record_b": "r/2", "state": "honoured"})
    assert decisions.known(bound, table({})).rows() == [bound.with_columns(state=pl.lit(None)).row(0)]


def test_a_later_decision_knows_the_records_of_the_earlier_one():
    told = decisions.known(table({"record_a": "r/5", "record_b": "r/6"}), table({"decided_at": LATE}))
    assert told.select("record_a", "record_b").rows() == [("r/5", "r/6")] * 2


def test_what_is_known_does_not_depend_on_the_order_of_rows():
    told = table({}, {"decided_at": LATE}, {"end_b": "r/3"}, {"why": "B"}, {"why": "B", "record_a": "r/1"})
    assert_frame_equal(decisions.known(told, told.clear()), decisions.known(told.clear(), told.reverse()))


def test_more_than_people_can_decide_is_refused(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(decisions, "MOST", 1)
    decisions.known(table({}), table({}))
    with pytest.raises(RunError):
        decisions.known(table({}), table({"end_b": "r/3"}))


def test_ends_are_of_decisions_in_force_with_the_records_that_stand_for_them():
    told = decisions.ends_of(
        table({"state": "replaced"}, {"end_a": "20260301-A", "record_a": "r/7", "decision": "not_same"})
    )
    codes = digest(pl.Series(["20260301-A", "r/7", "r/2"])).tolist()
    assert set(told.rows()) == {
        (1, False, 0, True, codes[0]), (1, False, 0, True, codes[1]), (1, False, 1, False, codes[2]),
    }  # fmt: skip


def test_what_nobody_met_is_waiting_and_what_was_bound_stays_bound():
    told = table({"end_b": "r/2"}, {"end_b": "r/3", "record_a": "r/1"}, {"end_b": "r/4", "state": "replaced"})
    met = pl.DataFrame([(0, "honoured", "r/1", "r/2")], schema=STATES_SCHEMA, orient="row")
    assert decisions.settled(told, met).select("state", "record_a").rows() == [
        ("honoured", "r/1"), ("waiting", "r/1"), ("replaced", None),
    ]  # fmt: skip
