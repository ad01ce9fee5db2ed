import io
import zipfile
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.errors import FeedRefused
from pipeline.ports import FEED_ROW, FeedReport
from tests.deliveries_sources import as_xls, as_xlsx, delivered, refusals, rejects_of, remarks, rows_of, values_of

HEADERS = ["保单号", "结果代码", "被叫号码", "采集时间"]


def _report(folder: Path, content: bytes, name: str = "f.xlsx", **more: Any) -> FeedReport:
    return delivered(folder, content, name, kind="callbacks", **more)


def _cell(folder: Path, write: Any) -> str | None:
    """What is read of one cell that ``write(workbook, sheet)`` put at C2."""
    report = _report(folder, as_xlsx([HEADERS, ["P1", "01"]], write))
    found: str | None = values_of(report)[0]["mobile"]
    return found


def _in_format(value: Any, form: str) -> Any:
    return lambda workbook, sheet: sheet.write(1, 2, value, workbook.add_format({"num_format": form}))


@pytest.mark.parametrize(
    ("write", "text"),
    [
        (lambda _, sheet: sheet.write_number(1, 2, 13912345678), "13912345678"),
        (lambda _, sheet: sheet.write_string(1, 2, " 13912345678 "), "13912345678"),
        # Written with 16 digits; the floating-point number nearest to them ends in 328.
        (lambda _, sheet: sheet.write_number(1, 2, 320106198801011234), "3.20106198801011328E+17"),
        (lambda _, sheet: sheet.write_string(1, 2, "320106198801011234"), "320106198801011234"),
        (lambda _, sheet: sheet.write_number(1, 2, 1.5), "1.5"),
        (lambda _, sheet: sheet.write_boolean(1, 2, True), "true"),
        (lambda _, sheet: sheet.write_formula(1, 2, '="139"&"1"', None, "1391"), "1391"),
        (lambda _, sheet: sheet.write_formula(1, 2, "=1/0", None, "#DIV/0!"), None),
        (lambda _, sheet: sheet.write_formula(1, 2, "=NA()", None, "#N/A"), None),
        (lambda _, sheet: sheet.write_string(1, 2, "=1+1"), "=1+1"),
        (lambda _, sheet: sheet.write_blank(1, 2, None), None),
        (lambda _, sheet: sheet.write_comment(1, 2, "x"), None),
        (_in_format(datetime(1988, 1, 1), "yyyy-mm-dd"), "1988-01-01"),
        (_in_format(datetime(2026, 11, 21, 10, 2, 3), "yyyy-mm-dd hh:mm:ss"), "2026-11-21 10:02:03"),
        (_in_format(time(10, 2, 3), "hh:mm:ss"), "10:02:03"),
        (_in_format(0.5, "0%"), "0.5"),
        (_in_format(13912345678, "@"), "13912345678"),
    ],
)
def test_the_cells_type_decides(write: Any, text: str | None, tmp_path: Path) -> None:
    assert _cell(tmp_path, write) == text


def test_the_old_date_system_of_the_mac_is_understood(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904
    book.active.append(HEADERS)
    book.active.append(["P1", "01", "139", date(2026, 11, 21)])
    stored = io.BytesIO()
    book.save(stored)
    assert values_of(_report(tmp_path, stored.getvalue()))[0]["captured_at"] == "2026-11-21"


def test_a_title_above_blank_rows_between_and_a_total_at_the_end(tmp_path: Path) -> None:
    table = [["回访日报"], [], HEADERS, ["P1", "01", 139.0], [], [" "], ["P2", "02", 138.0], ["合计", "", 2.0]]

    def write(_workbook: Any, sheet: Any) -> None:
        sheet.merge_range("A1:D1", "回访日报 2026-11-21")

    report = _report(tmp_path, as_xlsx(table, write))
    assert report.rows == 3
    assert [(row["policy_no"], row["mobile"]) for row in values_of(report)] == [("P1", "139"), ("P2", "138")]
    assert rejects_of(report).select("feed_row", "reason", "raw").rows() == [(3, "total_row", "合计||2|")]


@pytest.mark.parametrize(
    ("word", "total"),
    [("合计", True), ("总 计", True), ("小计：", True), ("Total", True), ("合计保险", False), ("P合计", False)],
)
def test_a_row_of_totals_says_so_in_its_first_filled_cell(word: str, total: bool, tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, ["P1", "01"], ["", word, 3.0]]))
    assert rejects_of(report)["reason"].to_list() == (["total_row"] if total else [])


def test_a_header_in_two_rows_is_read_as_one(tmp_path: Path) -> None:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.merge_range("A1:A2", "赔案号")
        sheet.merge_range("B1:C1", "报案人")
        sheet.merge_range("D1:E1", "三者")

    table = [[], ["", "姓名", "手机号", "姓名", "手机号"], ["C1", "张三", 139.0, "李四", 138.0]]
    report = delivered(tmp_path, as_xlsx(table, write), "f.xlsx", kind="claims")
    assert values_of(report) == [
        {
            "claim_no": "C1",
            "reporter.name": "张三",
            "reporter.mobile": "139",
            "third_party.name": "李四",
            "third_party.mobile": "138",
        }
    ]


def test_a_header_that_stands_twice_is_refused(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([[*HEADERS, "保单号"], ["P1", "01", "", "", "P1"]]))
    assert "header 保单号 stands twice, in columns 1 and 5" in refusals(report)[0]


def test_a_sheet_without_a_header_is_read_with_the_headers_told(tmp_path: Path) -> None:
    report = _report(
        tmp_path, as_xlsx([["P1", "01", 139.0], ["P2", "02", 138.0]]), header=["保单号", "结果代码", "被叫号码"]
    )
    assert [row["mobile"] for row in values_of(report)] == ["139", "138"]


def _sheets(workbook: Any, _sheet: Any) -> None:
    for name, hidden, number in (("隐藏", True, "P8"), ("20261121", False, "P9"), ("空", False, "")):
        sheet = workbook.add_worksheet(name)
        if number:
            sheet.write_row(0, 0, HEADERS)
            sheet.write_row(1, 0, [number, "01"])
        if hidden:
            sheet.hide()


def test_the_first_visible_sheet_is_read_and_others_are_told(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, ["P1", "01"]], _sheets))
    assert [row["policy_no"] for row in values_of(report)] == ["P1"]
    assert remarks(report) == [
        "feed callbacks, file f.xlsx: only sheet 回访 is read, 1 more hold data: 20261121. Say sheet: to read another."
    ]


@pytest.mark.parametrize(("told", "number"), [("20261121", "P9"), ("{date}", "P9"), ("隐藏", "P8")])
def test_the_sheet_told_is_read(told: str, number: str, tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, ["P1", "01"]], _sheets), sheet=told)
    assert [row["policy_no"] for row in values_of(report)] == [number]
    assert remarks(report) == []


def test_a_sheet_that_is_not_there_is_refused_and_the_others_named(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS]), sheet="明细")
    assert refusals(report) == ["feed callbacks, file f.xlsx: has no sheet 明细. Its sheets are 回访."]


def test_a_table_that_begins_in_the_middle_of_the_sheet_is_found(tmp_path: Path) -> None:
    def write(_workbook: Any, sheet: Any) -> None:
        sheet.write_row(7, 3, HEADERS)
        sheet.write_row(8, 3, ["P1", "01", 139.0])

    report = _report(tmp_path, as_xlsx([], write))
    assert rows_of(report).select("policy_no", "mobile", FEED_ROW).rows() == [("P1", "139", 1)]


def test_old_workbooks_are_read(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xls([HEADERS, ["P1", "01", 13912345678.0, ""], ["总计", "", 1.0, ""]]), "f.xls")
    assert [row["mobile"] for row in values_of(report)] == ["13912345678"]
    assert rejects_of(report)["reason"].to_list() == ["total_row"]


def _ole(stream: str) -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + stream.encode("utf-16-le") + b"\0" * 600


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (_ole("EncryptedPackage"), "is protected with a password. Ask for it without one."),
        (_ole("Nothing"), "is damaged, no Excel workbook"),
        (as_xlsx([HEADERS, ["P1", "01"]])[:-200], "is damaged, no Excel workbook"),
        (as_xlsx([HEADERS, ["P1", "01"]])[:500], "is damaged, no Excel workbook"),
        (b"PK\x03\x04rubbish", "is damaged, no Excel workbook"),
        (b"<html><table><tr><td>x", "is no Excel workbook but a web page"),
        ("保单号\t结果代码\n".encode("gbk"), "is no Excel workbook but text. Say format: text."),
    ],
)
def test_what_is_no_readable_workbook_is_refused(content: bytes, problem: str, tmp_path: Path) -> None:
    (refusal,) = refusals(_report(tmp_path, content))
    assert problem in refusal


@pytest.mark.parametrize("cell", ["XFD1048576"])
def test_a_stray_cell_far_outside_the_table_does_not_take_all_memory(cell: str, tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, ["P1", "01"]], lambda _, sheet: sheet.write(cell, "x")))
    assert "has cells far outside its table" in refusals(report)[0]


def test_a_workbook_without_a_visible_sheet_is_refused(tmp_path: Path) -> None:
    def write(workbook: Any, sheet: Any) -> None:
        workbook.add_chartsheet("图").activate()
        sheet.hide()

    assert "has no visible sheet" in refusals(_report(tmp_path, as_xlsx([HEADERS], write)))[0]


def test_a_workbook_of_another_kind_in_the_zip_is_refused(tmp_path: Path) -> None:
    stored = io.BytesIO()
    with zipfile.ZipFile(stored, "w") as archive:
        archive.writestr("word/document.xml", "<x/>")
    (refusal,) = refusals(_report(tmp_path, stored.getvalue()))
    assert "is damaged, no Excel workbook" in refusal


@pytest.mark.parametrize("table", [[], [HEADERS], [["保单号"], HEADERS]])
def test_a_workbook_without_rows_is_an_empty_increment(table: list[list[str]], tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx(table))
    assert (report.rows, report.refused) == (0, False)
    assert _report(tmp_path, as_xlsx(table), mode="full").refused


def test_a_workbook_changed_after_the_inspection_is_refused(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, ["P1", "01"]]))
    (tmp_path / "f.xlsx").write_bytes(as_xlsx([HEADERS, ["P2", "01"]]))
    with pytest.raises(FeedRefused, match="changed after it was inspected"):
        rows_of(report)


def test_rows_come_in_batches(tmp_path: Path) -> None:
    report = _report(tmp_path, as_xlsx([HEADERS, *([f"P{number}", "01"] for number in range(25))]))
    (chunk,) = report.chunks
    assert [batch.data.num_rows for batch in chunk.read(10)] == [10, 10, 5]
