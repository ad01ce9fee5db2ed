"""Rows written a column at a time, read back by two readers that others wrote."""

import zipfile
from datetime import datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import polars as pl
import python_calamine
import xlsxwriter

from pipeline.sheet_rows import PATTERN_ROWS, Pattern, rows_of

HARM = ["<b>&amp;</b>", "王\x0b小\x00明", "_x0041_ says A", "  spaces  ", "two\nlines\tand a tab", '"quoted"', ""]


def pattern() -> Pattern:
    made = BytesIO()
    with xlsxwriter.Workbook(made) as book:
        book.set_properties({"created": datetime(2026, 6, 30)})
        sheet = book.add_worksheet("清单")
        text, open_ = book.add_format({"num_format": "@"}), book.add_format({"locked": False})
        sheet.write_row(0, 0, ["甲", "乙"])
        sheet.write_string(1, 0, "sample", text)
        sheet.write_blank(1, 1, None, open_)
        sheet.autofilter(0, 0, PATTERN_ROWS, 1)
    return Pattern.of(made)


def written(values: list[str]) -> BytesIO:
    told = pl.DataFrame({"甲": values, "乙": None}, schema={"甲": pl.String, "乙": pl.String})
    like, book = pattern(), BytesIO()
    like.write(book, *rows_of(told, like.looks, [len(values)]))
    return book


def test_every_text_comes_back_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(written(HARM).getvalue())
    sheet = openpyxl.load_workbook(path).active
    back = [openpyxl.utils.escape.unescape(cell.value or "") for cell in sheet["A"]]
    assert back == ["甲", *HARM]
    assert [row[0] for row in python_calamine.load_workbook(path).get_sheet_by_index(0).to_python()][4] == HARM[3]
    assert sheet.dimensions == f"A1:B{len(HARM) + 1}"


def test_every_row_looks_like_the_first() -> None:
    book = written(HARM)
    sheet = openpyxl.load_workbook(book).active
    assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}
    assert {cell.protection.locked for cell in sheet["B"][1:]} == {False}
    assert sheet.auto_filter.ref == f"A1:B{len(HARM) + 1}"
    assert f"清单!$A$1:$B${len(HARM) + 1}<" in zipfile.ZipFile(book).read("xl/workbook.xml").decode()


def test_without_rows_the_one_of_the_pattern_is_left() -> None:
    sheet = openpyxl.load_workbook(written([])).active
    assert (sheet.dimensions, sheet.auto_filter.ref) == ("A1:B2", "A1:B2")


def test_a_number_that_only_looks_like_the_last_row_stays() -> None:
    own = [str(PATTERN_ROWS + 1), f"1{PATTERN_ROWS + 1}"]
    sheet = openpyxl.load_workbook(written(own)).active
    assert [cell.value for cell in sheet["A"]] == ["甲", *own]


def test_the_same_rows_give_the_same_bytes() -> None:
    assert written(HARM).getvalue() == written(HARM).getvalue()
