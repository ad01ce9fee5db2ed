"""Work lists on the page: who has how much to do, how far the drawn calls are, and workbooks without whole values."""

from datetime import datetime, timedelta
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from connectors.archive import LocalArchive, LocalNight
from expectations.scorecard import lists, masked_lists
from tests.expectations.conftest import rewrite


def plant(night: LocalNight, table: str, *planted: dict[str, object]) -> None:
    """The table with only the ``planted`` rows, all else empty."""
    schema = night.scan(table).collect_schema()
    rewrite(night, table, lambda _: pl.DataFrame([{**dict.fromkeys(schema), **row} for row in planted], schema=schema))


def entry(list_: str, unit: str, **told: object) -> dict[str, object]:
    return {"list": list_, "unit": unit, "reasons": [], "advice": [], **told}


def call(policy: str, list_id: str | None, answer: str) -> dict[str, object]:
    at = datetime(2026, 6, 30, 10)
    party = {"policy_no": policy, "role": "insured", "list_id": list_id, "answer": answer}
    return {**party, "source": "callback", "at": at, "record_id": policy + answer}


def test_progress_of_a_drawn_list_is_counted_by_party(archive: LocalArchive, night: LocalNight) -> None:
    drawn = [entry("callbacks", "甲", list_id="callbacks-2026-06-30", policy_no=f"P{n}") for n in range(4)]
    plant(night, "worklists", *drawn)
    ours = "callbacks-2026-06-30"
    calls = [call("P0", ours, "no_answer"), call("P0", ours, "confirmed"), call("P1", ours, "no_answer")]
    plant(night, "evidence", *calls, call("P9", "L1", "family_answered"), call("P8", None, "confirmed"))
    told = {row["list_id"]: row for row in lists.progress(archive, night)}
    names = ("entries", "called", "reached", "confirmed", "left")
    assert [told[ours][name] for name in names] == [4, 2, 1, 1, 2]
    assert [told["L1"][name] for name in ("entries", "called", "left")] == [None, 1, None]
    assert set(told) == {ours, "L1"}


def test_a_unit_sees_its_entries_and_its_usual_rule(night: LocalNight) -> None:
    plant(
        night,
        "worklists",
        *(entry("corrections", "甲", rule=rule) for rule in ("P07", "P07", "A01")),
        entry("leads", "甲"),
        entry("corrections", "13905142687", rule="A01"),
    )
    told = lists.by_unit(night, {"甲": "lists/甲.xlsx"})
    assert [
        (row["unit"], row["corrections"], row["leads"], row["rule"], row["count"], row["file"]) for row in told
    ] == [
        ("甲", 3, 1, "P07", 2, "lists/甲.xlsx"),
        (masked_lists.OTHERS, 1, 0, "A01", 1, ""),
    ]
    assert lists.of_rules(night) == {"P07": 2, "A01": 2}


def sheet(path: Path) -> list[tuple[object, ...]]:
    return list(openpyxl.load_workbook(path).active.iter_rows(values_only=True))


def test_a_masked_workbook_counts_what_looks_alike(night: LocalNight, tmp_path: Path) -> None:
    unit = masked_lists.units(night)[0]
    found = {"reasons": ["P07.directory_phone"], "advice": ["ask_number"], "rule": "P07", "field": "phone"}
    plant(
        night,
        "worklists",
        entry("corrections", unit, value="13905142687", **found),
        entry("corrections", unit, value="13900002687", **found),
        entry("corrections", unit, field="birth_date", rule="D08", value="1979-09-06"),
        entry("corrections", "王小明", field="name", rule="N05", value="王先生"),
        entry("leads", unit, value="x"),
    )
    made = masked_lists.write(night, tmp_path)
    assert set(made) == {unit, masked_lists.OTHERS}
    rows = sheet(tmp_path / made[unit])
    assert rows[0] == masked_lists.HEADINGS
    assert [(row[0], row[2], row[3], row[5]) for row in rows[1:]] == [
        ("P07", "电话", "139****2687", 2),
        ("D08", "出生日期", "1979-**-**", 1),
    ]
    assert rows[1][4] == "请向客户要本人手机号并批改"
    others = sheet(tmp_path / made[masked_lists.OTHERS])
    assert [row[3] for row in others[1:]] == ["王**"]


def test_a_long_list_says_how_much_is_left_out(
    night: LocalNight, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(masked_lists, "MOST_ROWS", 2)
    unit = masked_lists.units(night)[0]
    many = [entry("corrections", unit, field="phone", rule="P07", value=f"1390514268{n}") for n in range(5)]
    plant(night, "worklists", *many)
    made = masked_lists.write(night, tmp_path)
    rows = sheet(tmp_path / made[unit])
    assert len(rows) == 4
    assert f"其余 3 条见完整清单 worklists/{night.day}/corrections/" in str(rows[-1])


def test_every_entry_is_counted_once(night: LocalNight) -> None:
    rows = masked_lists.corrections(night, masked_lists.units(night))
    listed = night.scan("worklists").filter(pl.col("list") == "corrections").select(pl.len()).collect().item()
    assert rows["count"].sum() == listed > 0


def test_lists_are_looked_for_in_the_nights_before(archive: LocalArchive, night: LocalNight, earlier: object) -> None:
    before = earlier(3)  # type: ignore[operator]
    plant(before, "worklists", entry("callbacks", "甲", list_id="callbacks-before", policy_no="P0"))
    plant(night, "worklists", entry("leads", "甲"))
    told = {row["list_id"]: row for row in lists.progress(archive, night)}
    assert told["callbacks-before"]["entries"] == 1
    assert told["callbacks-before"]["drawn_on"] == night.day - timedelta(days=3)
