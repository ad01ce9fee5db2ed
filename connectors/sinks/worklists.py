"""Work lists as files people open: below ``<output>/worklists/<date>/<list>``, one CSV and one workbook per unit.

The folder is 0700: it holds whole numbers. A cell that a spreadsheet would take for a formula is put in quotes (OWASP, CSV
injection); ids and phones are text in the workbook.
"""

import os
import re
import shutil
from collections.abc import Collection, Mapping
from datetime import date
from pathlib import Path

import polars as pl
import xlsxwriter

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "callbacks": {
        "list_id": "抽样名单",
        "stratum": "层",
        "inclusion_probability": "入样概率",
        "policy_no": "保单号",
        "role": "角色",
        "name": "被访人",
        "phone": "电话",
        "call_group": "同号组",
        "tries": "最多次数",
        "first_try_on": "首次外呼日",
    },
    "corrections": {
        "salesperson_code": "业务员代码",
        "policy_no": "保单号",
        "role": "角色",
        "field": "字段",
        "value": "现值",
        "proposed": "建议值",
        "proposed_by": "建议来源",
        "reasons": "原因",
        "advice": "建议",
    },
    "lapsed": {"policy_no": "保单号", "name": "姓名", "phone": "电话"},
    "leads": {"key": "线索", "name": "姓名", "phone": "电话"},
}
"""List -> columns its readers need, and no other, with their headings."""

TO_FILL = ("状态", "更正值", "备注")
STATES = ("待处理", "已修正", "误报", "无法联系")
_FORMULA = "^[=+\\-@\t\r\n]"
_UNNAMED = "未分单位"
_OTHER = "其他单位"


def write_worklists(
    rows: pl.DataFrame, texts: Mapping[str, str], folder: Path, day: date, units: Collection[str]
) -> list[Path]:
    """Write ``rows`` (WORKLISTS) of the night ``day``; those of an earlier run of it are replaced. Gives the folders.

    ``texts``: code of a reason or advice -> what it says. ``units``: those that get files of their own; the others
    share one, for what a damaged delivery calls a unit may be a customer's value, which no file name may carry.
    """
    own_files = pl.col("unit").is_null() | (pl.col("unit") == "") | pl.col("unit").is_in(sorted(units))
    rows = rows.with_columns(file=pl.when(own_files).then("unit").otherwise(pl.lit(_OTHER)))
    place = folder / day.isoformat()
    shutil.rmtree(place, ignore_errors=True)
    written = []
    for name, columns in COLUMNS.items():
        of_list = rows.filter(pl.col("list") == name)
        if not of_list.height:
            continue
        target = place / name
        os.makedirs(target, mode=0o700)
        for (unit,), own in of_list.group_by("file", maintain_order=True):
            told = _told(own, columns, texts)
            stem = target / _file_name(str(unit or _UNNAMED))
            _csv(told, stem.with_suffix(".csv"))
            _workbook(told, stem.with_suffix(".xlsx"))
        written.append(target)
    if place.exists():
        os.chmod(folder, 0o700)
        os.chmod(place, 0o700)
    return written


def _told(own: pl.DataFrame, columns: Mapping[str, str], texts: Mapping[str, str]) -> pl.DataFrame:
    """Columns a reader needs, as text, codes in words."""
    words = pl.element().replace(dict(texts))
    lists = [name for name in columns if own.schema[name] == pl.List(pl.String)]
    return own.with_columns(pl.col(name).list.eval(words).list.join("；") for name in lists).select(
        pl.col(name).cast(pl.String).fill_null("").alias(heading) for name, heading in columns.items()
    )


def _csv(told: pl.DataFrame, path: Path) -> None:
    risky = pl.col(pl.String).str.contains(_FORMULA)
    safe = told.with_columns(pl.when(risky).then("'" + pl.col(pl.String)).otherwise(pl.col(pl.String)).name.keep())
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        safe.write_csv(file, include_bom=True, line_terminator="\r\n")


def _workbook(told: pl.DataFrame, path: Path) -> None:
    with xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        sheet = book.add_worksheet("清单")
        heading = book.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1})
        text = book.add_format({"num_format": "@"})
        headings = [*told.columns, *TO_FILL]
        sheet.write_row(0, 0, headings, heading)
        for place, name in enumerate(told.columns):
            for row, value in enumerate(told[name], 1):
                sheet.write_string(row, place, value, text)
        first = len(told.columns)
        for row in range(1, told.height + 1):
            sheet.write_string(row, first, STATES[0], text)
        sheet.data_validation(1, first, max(told.height, 1), first, {"validate": "list", "source": list(STATES)})
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(told.height, 1), len(headings) - 1)
        sheet.set_column(0, len(headings) - 1, 18, text)
    os.chmod(path, 0o600)


def _file_name(unit: str) -> str:
    """A name every file system takes."""
    return re.sub(r'[\\/:*?"<>|\s.]+', "_", unit).strip("_") or _UNNAMED
