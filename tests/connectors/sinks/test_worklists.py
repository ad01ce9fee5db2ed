"""Work lists as people get them: real workbooks read back, no formula, ids as text, nobody else's folder."""

import stat
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl

from connectors.sinks.worklists import STATES, write_worklists
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
    assert cells["原因"].value == "缺电话"
    assert cells["状态"].value == STATES[0]
    assert sheet.data_validations.dataValidation[0].formula1 == '"待处理,已修正,误报,无法联系"'


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


def test_a_later_run_replaces_the_lists_of_its_night(tmp_path: Path) -> None:
    write_worklists(rows({"policy_no": "P1"}), {}, tmp_path, DAY, UNITS)
    assert write_worklists(rows(), {}, tmp_path, DAY, UNITS) == []
    assert not (tmp_path / DAY.isoformat()).exists()


def test_what_is_no_unit_of_the_branch_names_no_file(tmp_path: Path) -> None:
    told = rows({"policy_no": "P1", "unit": "王小明"}, {"policy_no": "P2", "unit": "李娟"}, {"policy_no": "P3"})
    (folder,) = write_worklists(told, {}, tmp_path, DAY, UNITS)
    assert {path.stem for path in folder.iterdir()} == {"江宁", "其他单位"}
    assert (folder / "其他单位.csv").read_text(encoding="utf-8-sig").count("\n") == 3
