"""Work lists as people get them: real workbooks read back, no formula, ids as text, nobody else's folder."""

import stat
from datetime import date, datetime
from pathlib import Path

import openpyxl
import polars as pl
from openpyxl.utils import column_index_from_string
from openpyxl.worksheet.worksheet import Worksheet

from connectors.sinks.worklists import STATES, TO_FILL, write_worklists
from pipeline.core.lists.worklists import WORKLISTS

DAY = date(2026, 6, 30)
UNITS = ("江宁", "../六合/一部")


def rows(*told: dict[str, object]) -> pl.DataFrame:
    usual = {"list": "corrections", "unit": "江宁", "reasons": ["missing.phone"], "advice": []}
    return pl.DataFrame([usual | row for row in told], schema=WORKLISTS.schema)


def test_ids_are_text_and_the_state_is_chosen_from_a_list(tmp_path: Path) -> None:
    number = "320102198801011236"
    (folder,) = write_worklists(
        rows({"policy_no": "P1", "value": number}), {"missing.phone": "缺电话"}, tmp_path, DAY, UNITS
    )
    sheet = openpyxl.load_workbook(folder / "江宁.xlsx").active
    cells = dict(zip([cell.value for cell in sheet[1]], sheet[2], strict=True))
    assert (cells["现值"].value, cells["现值"].data_type) == (number, "s")
    assert cells["问题"].value == "缺电话"
    assert cells["状态"].value == STATES[0]
    assert sheet.data_validations.dataValidation[0].formula1 == '"待处理,已修正,误报,无法联系"'


def test_only_what_is_to_be_filled_in_can_be_changed_and_a_row_is_known_again(tmp_path: Path) -> None:
    record = "underwriting/P1/policyholder"
    told = {"record_id": record, "policy_no": "P1", "role": "policyholder", "rule": "P02", "field": "phone"}
    seen = {"observed_at": datetime(2026, 6, 1, 8, 15, 30)}
    (folder,) = write_worklists(rows(told | seen), {}, tmp_path, DAY, UNITS)
    sheet = openpyxl.load_workbook(folder / "江宁.xlsx").active
    headings = [cell.value for cell in sheet[1]]
    cells = dict(zip(headings, sheet[2], strict=True))
    assert sheet.protection.sheet
    assert {name for name, cell in cells.items() if not cell.protection.locked} == set(TO_FILL["corrections"])
    keys = {name: cells[name].value for name in ("记录号", "角色", "规则", "字段", "所见信息时间")}
    assert list(keys.values()) == [record, "policyholder", "P02", "phone", "2026-06-01 08:15:30"]
    assert all(sheet.column_dimensions[sheet_group(sheet, cells[name].column_letter)].hidden for name in keys)
    assert (cells["角色名称"].value, cells["问题字段"].value) == ("投保人", "电话")


def sheet_group(sheet: Worksheet, letter: str) -> str:
    """The column under which openpyxl keeps the width and visibility of ``letter``: the first of its group."""
    number = column_index_from_string(letter)
    (first,) = [name for name, one in sheet.column_dimensions.items() if one.min <= number <= one.max]
    return str(first)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    harm = ["=1+1", "+86", "-1", "@SUM(A1)", "\t=1"]
    (folder,) = write_worklists(
        rows(*({"policy_no": str(n), "value": text} for n, text in enumerate(harm))), {}, tmp_path, DAY, UNITS
    )
    sheet = openpyxl.load_workbook(folder / "江宁.xlsx").active
    assert all(cell.data_type != "f" for line in sheet for cell in line)
    told = (folder / "江宁.csv").read_text(encoding="utf-8-sig")
    assert all(f",'{text}" in told or f"\"'{text}" in told for text in harm)


def test_only_its_owner_may_read_and_each_unit_has_its_own(tmp_path: Path) -> None:
    told = rows({"policy_no": "P1"}, {"policy_no": "P2", "unit": "../六合/一部"}, {"policy_no": "P3", "unit": None})
    (folder,) = write_worklists(told, {}, tmp_path / "worklists", DAY, UNITS)
    assert {path.stem for path in folder.glob("*.xlsx")} == {"江宁", "六合_一部", "未分单位"}
    assert stat.S_IMODE((tmp_path / "worklists").stat().st_mode) == 0o700
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())


def test_units_whose_names_a_file_system_takes_for_one_lose_no_entry(tmp_path: Path) -> None:
    units = ["甲 乙", "甲/乙", "Ab", "aB", "", None]
    told = rows(*({"policy_no": f"P{place}", "unit": unit} for place, unit in enumerate(units)))
    (folder,) = write_worklists(told, {}, tmp_path, DAY, {unit for unit in units if unit})
    lines = "".join(path.read_text(encoding="utf-8-sig") for path in folder.glob("*.csv"))
    assert all(f"P{place}" in lines for place in range(len(units)))


def test_a_later_run_replaces_the_lists_of_its_night(tmp_path: Path) -> None:
    write_worklists(rows({"policy_no": "P1"}), {}, tmp_path, DAY, UNITS)
    assert write_worklists(rows(), {}, tmp_path, DAY, UNITS) == []
    assert not (tmp_path / DAY.isoformat()).exists()


def test_what_is_no_unit_of_the_branch_names_no_file(tmp_path: Path) -> None:
    told = rows({"policy_no": "P1", "unit": "王小明"}, {"policy_no": "P2", "unit": "李娟"}, {"policy_no": "P3"})
    (folder,) = write_worklists(told, {}, tmp_path, DAY, UNITS)
    assert {path.stem for path in folder.iterdir()} == {"江宁", "其他单位"}
    assert (folder / "其他单位.csv").read_text(encoding="utf-8-sig").count("\n") == 3


def test_a_caller_reads_when_to_call(tmp_path: Path) -> None:
    told = {"list": "callbacks", "first_try_on": DAY, "later_tries_on": "2026-07-02 2026-07-08", "hours": "09:00-21:00"}
    (folder,) = write_worklists(rows(told | {"policy_no": "P1"}), {}, tmp_path, DAY, UNITS)
    line = (folder / "江宁.csv").read_text(encoding="utf-8-sig").splitlines()[1]
    assert line.endswith("2026-06-30,2026-07-02 2026-07-08,09:00-21:00")


def test_the_same_rows_give_the_same_files(tmp_path: Path) -> None:
    told = rows(
        {"policy_no": "P1"}, {"policy_no": "P2", "unit": "六合"}, {"list": "leads", "key": "L1", "name": "王小明"}
    )
    once, again = tmp_path / "once", tmp_path / "again"
    for folder in (once, again):
        write_worklists(told, {}, folder, DAY, UNITS)
    both = [{path.relative_to(folder): path.read_bytes() for path in folder.rglob("*.*")} for folder in (once, again)]
    assert both[0] == both[1]
    assert len(both[0]) == 6
