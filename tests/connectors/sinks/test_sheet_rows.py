"""Rows written a column at a time, read back by two readers that others wrote."""

from pathlib import Path

import openpyxl
import polars as pl
import python_calamine
import xlsxwriter

from connectors.sinks.sheet_rows import cells_of, fill, looks_of

HARM = ["<b>&amp;</b>", "王\x0b小\x00明", "_x0041_ says A", "  spaces  ", "two\nlines\tand a tab", '"quoted"', ""]


def made(path: Path) -> Path:
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("清单")
        text, open_ = book.add_format({"num_format": "@"}), book.add_format({"locked": False})
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_string(1, 0, "sample", text)
        sheet.write_blank(1, 1, None, open_)
        sheet.autofilter(0, 0, len(HARM), 1)
    return path


def test_every_text_comes_back_as_it_was(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    told = pl.DataFrame({"甲": HARM, "乙": None}, schema_overrides={"乙": pl.String})
    fill(path, cells_of(told, looks_of(path)))
    sheet = openpyxl.load_workbook(path).active
    back = [openpyxl.utils.escape.unescape(cell.value or "") for cell in sheet["A"]]
    assert back == ["甲", *HARM]
    assert [row[0] for row in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()][4] == HARM[3]
    assert sheet.dimensions == f"A1:B{len(HARM) + 1}"


def test_every_row_looks_like_the_first(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    told = pl.DataFrame({"甲": HARM, "乙": None}, schema_overrides={"乙": pl.String})
    fill(path, cells_of(told, looks_of(path)))
    sheet = openpyxl.load_workbook(path).active
    assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}
    assert {cell.protection.locked for cell in sheet["B"][1:]} == {False}
    assert sheet.auto_filter.ref == f"A1:B{len(HARM) + 1}"


def test_without_rows_the_workbook_stays(tmp_path: Path) -> None:
    path = made(tmp_path / "a.xlsx")
    before = path.read_bytes()
    fill(path, pl.Series(dtype=pl.String))
    assert path.read_bytes() == before
